import { describe, expect, test } from '@jest/globals';
import { copyFileSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CANARIES } from '../support/canaries.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { privateFile } from '../support/private-file.js';
import { fails, succeeds } from '../support/run-main.js';
import { sent } from '../support/sent.js';
import { BODY, GIVEN, PAIR, PURPOSE, REDIRECT_URL } from '../support/session.js';

const EXAMPLE = fileURLToPath(new URL('../../.decentrorc.example', import.meta.url));

describe('values of a config file', () => {
  const settings = {
    environment: 'gateway',
    defaults: { consentPurpose: 'A purpose for every environment', redirectToSignup: true },
    environments: {
      gateway: {
        clientId: '0123',
        clientSecret: CANARIES.clientSecret,
        moduleSecret: 'env:DECENTRO_GATEWAY_MODULE',
        defaults: { consentPurpose: PURPOSE, redirectUrl: REDIRECT_URL, abstractAccessToken: false },
      },
    },
  };
  const yaml = `
environment: gateway
defaults: { consentPurpose: A purpose for every environment, redirectToSignup: true }
environments:
  gateway:
    clientId: 0123
    clientSecret: ${CANARIES.clientSecret}
    moduleSecret: env:DECENTRO_GATEWAY_MODULE
    defaults:
      consentPurpose: ${PURPOSE}
      redirectUrl: ${REDIRECT_URL}
      abstractAccessToken: false
`;

  test.each([
    ['.decentrorc', yaml],
    ['.decentrorc.yml', yaml],
    ['.decentrorc', JSON.stringify(settings)],
    ['.decentrorc.json', JSON.stringify(settings)],
  ])('from %s reach the wire, those of the environment first', async (name, content) => {
    const cwd = temporaryDirectory();
    privateFile(cwd, name, content);
    const env = { DECENTRO_GATEWAY_MODULE: CANARIES.moduleSecret };
    const request = await sent([], { base: ['--consent', '--reference-id', 'ref-1'], cwd, env });
    expect(request.body).toBe(
      `{"reference_id":"ref-1",${BODY},"redirect_to_signup":true,"abstract_access_token":false}`,
    );
    expect(request.header('client_id')).toBe('0123');
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request.header('module_secret')).toBe(CANARIES.moduleSecret);
  });

  test('give way to a variable, and that to a flag', async () => {
    const cwd = temporaryDirectory();
    privateFile(cwd, '.decentrorc', { defaults: { consentPurpose: 'Of the file', redirectUrl: 'http://a' } });
    const env = { ...PAIR, DECENTRO_CONSENT_PURPOSE: PURPOSE, DECENTRO_REDIRECT_URL: 'http://variable' };
    const base = ['--consent', '--redirect-url', REDIRECT_URL, '--reference-id', 'ref-1'];
    expect((await sent([], { base, cwd, env })).body).toBe(
      `{"reference_id":"ref-1",${BODY},"abstract_access_token":true}`,
    );
  });

  test('are taken from the example once it is copied and filled in', async () => {
    const cwd = temporaryDirectory();
    copyFileSync(EXAMPLE, path.join(cwd, '.decentrorc'));
    const text = readFileSync(EXAMPLE, 'utf8');
    privateFile(cwd, '.decentrorc', text.replace('your-staging-client-id', CANARIES.clientId));
    const env = { DECENTRO_STAGING_SECRET: CANARIES.clientSecret };
    const request = await sent([], { base: ['--consent', '--reference-id', 'ref-1'], cwd, env });
    expect(request.body).toBe(`{"reference_id":"ref-1",${BODY},"abstract_access_token":true}`);
    expect(request.header('client_id')).toBe(CANARIES.clientId);
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
  });

  test('are taken from the example with every comment that is a setting put in force', async () => {
    const cwd = temporaryDirectory();
    const text = readFileSync(EXAMPLE, 'utf8').replaceAll(/^( *)# (?= *[a-zA-Z]+:(?: |$))/gm, '$1');
    privateFile(cwd, '.decentrorc', text);
    privateFile(cwd, 'secrets/gateway', `${CANARIES.clientSecret}\n`);
    const request = await sent(['--env', 'gateway'], { base: ['--consent'], cwd, env: {} });
    expect(request.header('client_id')).toBe('your-gateway-client-id');
    expect(request.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request.json()).toMatchObject({
      redirect_url: 'https://gateway.example/digilocker/return',
      redirect_to_signup: true,
      abstract_access_token: false,
    });
  });
});

describe('a value that was copied along with something else', () => {
  const ID = '59F864A69B6E4DE0BCD4DD927A5D6160';
  const SESSION = ['init-session', '--consent', '--print', 'json'];
  const CALL = ['--consent', '--consent-purpose', PURPOSE, '--print', 'json'];
  const COPIES: readonly (readonly [copy: (value: string) => string, fault: RegExp])[] = [
    [(value) => `${value}\r`, /ends with a line break/],
    [(value) => ` ${value}`, /starts or ends with a space/],
    [(value) => `\ufeff${value}`, /starts with a byte order mark/],
    [(value) => `${value}\u200b`, /contains the invisible character U\+200B/],
    [(value) => `"${value}"`, /is enclosed in "…"/],
    [(value) => `<${value}>`, /is enclosed in <…>/],
  ];

  test.each<readonly [place: string, code: number, line: (value: string) => string[], value: string]>([
    [
      '--consent-purpose',
      2,
      (value) => [...SESSION, '--redirect-url', REDIRECT_URL, '--consent-purpose', value],
      PURPOSE,
    ],
    [
      '--redirect-url',
      2,
      (value) => [...SESSION, '--consent-purpose', PURPOSE, '--redirect-url', value],
      REDIRECT_URL,
    ],
    ['--env', 2, (value) => [...SESSION, ...GIVEN, '--env', value], 'staging'],
    ['--base-url', 2, (value) => [...SESSION, ...GIVEN, '--base-url', value], 'https://gateway.example'],
    ['--state', 2, (value) => ['callback', `code=4f1c&state=${ID}`, '--state', value], ID],
    ['--code', 2, (value) => ['access-token', ID, ...CALL, '--code', value], '4f1c0a'],
    ['SESSION', 2, (value) => ['issued-files', value, ...CALL], ID],
    ['URN', 2, (value) => ['file', ID, value, ...CALL], 'in.gov.pan-PANCR-ABC'],
  ])('is refused by %s, and nothing is sent', async (place, code, line, value) => {
    for (const [copy, fault] of COPIES) {
      const { stderr } = await fails(line(copy(value)), code, { env: PAIR });
      const told = stderr.replace(/\s+/g, ' ');
      expect(told).toMatch(fault);
      expect(told).toContain(`${place} `);
    }
  });

  test.each([
    ['DECENTRO_ENV', 'staging'],
    ['DECENTRO_CLIENT_ID', CANARIES.clientId],
    ['DECENTRO_CLIENT_SECRET', CANARIES.clientSecret],
    ['DECENTRO_MODULE_SECRET', CANARIES.moduleSecret],
    ['DECENTRO_BASE_URL', 'https://gateway.example'],
    ['DECENTRO_CONSENT_PURPOSE', PURPOSE],
    ['DECENTRO_REDIRECT_URL', REDIRECT_URL],
    ['DECENTRO_TXN_ID', ID],
  ])('is refused by %s, and nothing is sent', async (variable, value) => {
    const line =
      variable === 'DECENTRO_TXN_ID'
        ? ['issued-files', '--consent', '--consent-purpose', PURPOSE]
        : ['init-session', '--consent'];
    for (const [copy, fault] of COPIES) {
      const { stderr } = await fails(line, 3, { env: { ...PAIR, [variable]: copy(value) } });
      const told = stderr.replace(/\s+/g, ' ');
      expect(told).toMatch(fault);
      expect(told).toContain(`${variable} `);
    }
  });

  test('is sent as it is with --no-validate', async () => {
    const { stdout } = await succeeds(
      [...SESSION, '--no-validate', '--consent-purpose', `${PURPOSE}\r`, '--redirect-url', REDIRECT_URL],
      { env: PAIR },
    );
    expect(stdout).toContain(`${PURPOSE}\\r`);
  });

  test('is no reason to go to an environment of another name', async () => {
    const target = ['--base-url', 'https://gateway.example', '--allow-host', 'gateway.example'];
    const { stderr } = await fails([...SESSION, ...GIVEN, ...target, '--env', 'sta ging'], 2, { env: PAIR });
    expect(stderr).toContain('--env names an environment that does not exist');
  });
});
