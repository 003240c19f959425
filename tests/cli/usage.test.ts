import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { privateFile } from '../support/private-file.js';
import { documentOf, GIVEN, PAIR, PURPOSE, REDIRECT_URL, sessionAt } from '../support/session.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, runMain } from '../support/run-main.js';

const CONSENT_AND_URL = ['--consent', '--redirect-url', REDIRECT_URL];
const CONSENT_AND_PURPOSE = ['--consent', '--consent-purpose', PURPOSE];

describe('a wrong argument ends with 2 before anything is sent:', () => {
  test.each<[string, readonly string[], RegExp]>([
    ['an unknown flag', ['--consnet'], /--consnet[^]*--consent/],
    ['an argument too many', ['extra'], /too many arguments/i],
    ['a flag without its value', ['--timeout'], /--timeout/],
    [
      'a flag instead of a value',
      ['--reference-id', '--no-open'],
      /--reference-id has no value: another flag/,
    ],
    [
      'a short flag instead of a value',
      ['--reference-id', '-q'],
      /--reference-id has no value: another flag/,
    ],
    ['-h instead of a value', ['--reference-id', '-h'], /--reference-id has no value: another flag/],
    ['letters instead of a value', ['--reference-id', '-hq'], /--reference-id has no value: another flag/],
    [
      'letters of which one is no flag, taken for the value',
      ['--timeout', '-hello'],
      /500ms, 30s, 10m or 1h/,
    ],
    ['two hyphens instead of a value', ['--reference-id', '--', '-q'], /--reference-id has no value/],
    ['a flag instead of the value of a letter', ['-qe', '--no-open'], /-qe has no value: another flag/],
    ['a flag instead of a value that may be repeated', ['--param', '--no-open'], /--param has no value/],
    ['a duration without a unit', ['--timeout', '30'], /500ms, 30s, 10m or 1h/],
    ['a duration of nothing', ['--timeout', '0s'], /500ms, 30s, 10m or 1h/],
    ['a duration over a day', ['--timeout', '25h'], /500ms, 30s, 10m or 1h/],
    ['a negative number of retries', ['--retries', '-1'], /--retries/],
    ['a number of retries that is none', ['--retries', 'two'], /whole number/],
    ['an unknown form of output', ['--output', 'xml'], /human, json, env, shell/],
    ['an unknown form of --print', ['--print', 'wget'], /curl, curl-flags, http, json/],
    [
      '--json with another form',
      ['--json', '--output', 'env'],
      /--json cannot be combined with --output env/,
    ],
    ['--field with --json', ['--field', 'ok', '--json'], /--field cannot be combined with --json/],
    ['--field with --output', ['--field', 'ok', '-o', 'shell'], /--field cannot be combined with --output/],
    ['--quiet with --verbose', ['-q', '-v'], /--quiet cannot be combined with --verbose/],
    ['--print with --json', ['--print', 'curl', '--json'], /--print curl cannot be combined with --json/],
    [
      '--print with --field',
      ['--print', 'json', '--field', 'ok'],
      /--print json cannot be combined with --field/,
    ],
    ['a field that no document has', ['--field', 'decentroTxnID'], /decentroTxnID/],
    ['a field below a value', ['--field', 'ok.really'], /ok\.really/],
    ['a field of an attempt that none has', ['--field', 'attempts.0.url'], /attempts\.0\.url/],
    ['a field of every object', ['--field', 'constructor'], /constructor/],
    ['an empty reference ID', ['--reference-id', ''], /error_empty_reference_id/],
    ['a reference ID with a space', ['--reference-id', 'my id'], /error_invalid_reference_id/],
    ['a reference ID in Hindi', ['--reference-id', 'सत्र-1'], /error_invalid_reference_id/],
    ['a consent that was refused', ['--no-consent'], /error_consent_false/],
    ['an empty purpose', ['--consent-purpose', ' '], /error_empty_purpose/],
    ['a purpose of 19 characters', ['--consent-purpose', 'x'.repeat(19)], /error_short_purpose_length/],
    ['a purpose of 51 characters', ['--consent-purpose', 'x'.repeat(51)], /error_long_purpose_length/],
    ['a redirect URL without a host', ['--redirect-url', '/return'], /error_malformed_request/],
    ['a redirect URL of another kind', ['--redirect-url', 'ftp://a/b'], /error_malformed_request/],
    ['a base URL that is none', ['--base-url', 'api.example'], /--base-url/],
    ['a base URL with a password', ['--base-url', 'https://a:b@api.example'], /--base-url/],
    ['a base URL with a query', ['--base-url', 'https://api.example/?a=b'], /--base-url/],
    ['a URL for --allow-host', ['--allow-host', 'https://a.example'], /--allow-host/],
  ])('%s', async (_what, flags, message) => {
    const recorder = await createRecorder([]);
    const { stdout, stderr } = await fails(sessionAt(recorder, ...flags), 2, { env: PAIR });
    expect(`${stdout}${stderr}`.replaceAll('\n', ' ')).toMatch(message);
    expect(stderr).not.toContain('Reference ID');
    expect(recorder.connections).toBe(0);
  });

  test.each([
    [['init-sesion'], /init-session/],
    [['init-session', '--env', 'stagin'], /--env[^]*staging/],
    [['sandbox', '--port', '65536'], /65535/],
    [['sandbox', '--port', 'any'], /whole number/],
    [['sandbox', '--scenario', 'http-430'], /http-403-html|http-429/],
    [['sandbox', '--scenario', 'http-429*0'], /http-429/],
    [['explain', 'error_consent_fals'], /error_consent_false/],
    [['config', 'shwo'], /show/],
    [['config', 'show', '--nope'], /--nope/],
  ])('%j, with a near miss', async (args, message) => {
    expect((await fails(args, 2)).stderr).toMatch(message);
  });

  test('all of what is wrong is named at once', async () => {
    const flags = ['--reference-id', '', '--consent-purpose', 'x', '--redirect-url', 'y', '--no-consent'];
    const { stderr } = await fails(['init-session', ...flags], 2, { env: PAIR });
    for (const flag of ['--reference-id', '--consent-purpose', '--redirect-url']) {
      expect(stderr).toContain(flag);
    }
    expect(stderr).toContain('error_consent_false');
  });

  test.each([
    ['digilocker.session/1', ['init-session', '--nope', '--json']],
    ['digilocker.session/1', ['init-session', '--timeout', 'x', '-o', 'json']],
    ['digilocker.session/1', ['init-session', '--json', '--field', 'nope']],
    ['digilocker.explain/1', ['explain', 'nope', '--json']],
    ['digilocker.config/1', ['config', 'show', '--json', '--nope']],
  ])('its JSON document is a %s', async (schema, args) => {
    const result = await fails(args, 2);
    expect(result.document).toMatchObject({ schema, error: { kind: 'usage', sent: 'no', retryable: false } });
    expect(result.stderr).toBe('');
    if (schema === 'digilocker.session/1') expect(documentOf(result).sessionCreated).toBe('no');
  });
});

describe('a wrong value ends with 3 when it was stored:', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['a purpose', { DECENTRO_CONSENT_PURPOSE: 'short' }, /DECENTRO_CONSENT_PURPOSE has 5 characters/],
    ['a redirect URL', { DECENTRO_REDIRECT_URL: 'return' }, /DECENTRO_REDIRECT_URL/],
    ['an environment', { DECENTRO_ENV: 'prodution' }, /DECENTRO_ENV names/],
    ['a base URL', { DECENTRO_BASE_URL: 'api.example' }, /DECENTRO_BASE_URL/],
    ['a client ID', { DECENTRO_CLIENT_ID: 'my id' }, /DECENTRO_CLIENT_ID contains a space/],
    ['a secret', { DECENTRO_CLIENT_SECRET: 'two\nlines' }, /DECENTRO_CLIENT_SECRET/],
    [
      'a secret file',
      { DECENTRO_MODULE_SECRET: '', DECENTRO_MODULE_SECRET_FILE: '/does/not/exist' },
      /\/does\/not\/exist does not exist/,
    ],
    ['a secret twice', { DECENTRO_CLIENT_ID_FILE: '/etc/hostname' }, /DECENTRO_CLIENT_ID_FILE/],
  ])('%s in a variable', async (_what, env, message) => {
    const flags = ['--consent', '--json'];
    const args = ['init-session', ...flags];
    const base = { DECENTRO_CONSENT_PURPOSE: PURPOSE, DECENTRO_REDIRECT_URL: REDIRECT_URL };
    const result = await fails(args, 3, {
      env: { ...credentials, ...base, ...env },
      secrets: ['two\nlines'],
    });
    expect(documentOf(result).error?.message).toMatch(message);
  });

  test.each<[string, object, RegExp]>([
    ['a purpose', { defaults: { consentPurpose: 'short' } }, /defaults\.consentPurpose/],
    ['a redirect URL', { defaults: { redirectUrl: 'x' } }, /defaults\.redirectUrl/],
    ['an environment', { environment: 'nowhere' }, /nowhere|environment/],
    ['a choice', { defaults: { redirectToSignup: 'yes' } }, /redirectToSignup has to be true or false/],
    ['production', { environment: 'production' }, /production/],
  ])('%s in a file, which is named with its key', async (_what, content, message) => {
    const cwd = temporaryDirectory();
    privateFile(cwd, '.decentrorc', content);
    const flags = JSON.stringify(content).includes('Purpose') ? CONSENT_AND_URL : CONSENT_AND_PURPOSE;
    const { stderr } = await fails(['init-session', ...flags], 3, { cwd, env: PAIR });
    const text = stderr.replace(/\s+/g, ' ');
    expect(text).toContain(path.join(cwd, '.decentrorc'));
    expect(text).toMatch(message);
  });
});

describe('what is missing where nobody can be asked (rule 26)', () => {
  test('is named at once, with 3, when a setting is among it', async () => {
    const { stderr } = await fails(['init-session'], 3);
    for (const name of [
      'DECENTRO_CLIENT_ID',
      'DECENTRO_CLIENT_SECRET',
      '--consent-purpose',
      'DECENTRO_CONSENT_PURPOSE',
      '--redirect-url',
      'DECENTRO_REDIRECT_URL',
    ]) {
      expect(stderr).toContain(name);
    }
    expect(stderr).toMatch(/--consent,/);
    expect(stderr.replaceAll('\n', ' ')).toMatch(/hint: .*digilocker config init.*--env sandbox/);
  });

  test('ends with 2 when it is the consent alone', async () => {
    const flags = ['--consent-purpose', PURPOSE, '--redirect-url', REDIRECT_URL];
    const { stderr } = await fails(['init-session', ...flags], 2, { env: PAIR });
    expect(stderr).toContain('--consent');
    expect(stderr).not.toContain('DECENTRO_');
  });

  test.each([
    ['the client secret', GIVEN, { DECENTRO_CLIENT_ID: PAIR.DECENTRO_CLIENT_ID }],
    ['the client ID', GIVEN, { DECENTRO_CLIENT_SECRET: PAIR.DECENTRO_CLIENT_SECRET }],
    ['the client ID', GIVEN, { ...PAIR, DECENTRO_CLIENT_ID: '' }],
    ['the redirect URL', CONSENT_AND_PURPOSE, PAIR],
    ['the consent purpose', CONSENT_AND_URL, { ...PAIR, DECENTRO_CONSENT_PURPOSE: '' }],
  ])('ends with 3 when it is %s', async (what, flags, env) => {
    const result = await fails(['init-session', ...flags, '--json'], 3, { env });
    const { message, kind } = documentOf(result).error ?? {};
    expect(kind).toBe('config');
    expect(message?.match(/^- .*:/gm)).toEqual([`- ${what}:`].map((line) => expect.stringContaining(line)));
  });

  test('does not need credentials to print the request', async () => {
    const { stdout } = await runMain(['init-session', ...GIVEN, '--print', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ body: { consent_purpose: PURPOSE } });
    await fails(['init-session', '--print', 'json', '--consent'], 3);
  });

  test('says why variables of another environment do not count', async () => {
    const { stderr } = await fails(['init-session', ...GIVEN, '--env', 'production'], 3, { env: PAIR });
    expect(stderr).toContain('DECENTRO_ENV=production');
  });
});
