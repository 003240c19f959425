import { describe, expect, test } from '@jest/globals';
import { fails, run, succeeds } from '../support/run.js';
import { documentOf, GIVEN, PAIR, PURPOSE, REDIRECT_URL } from './fixture.js';

const CONSENT_AND_URL = ['--consent', '--redirect-url', REDIRECT_URL];
const CONSENT_AND_PURPOSE = ['--consent', '--consent-purpose', PURPOSE];

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
    const { stdout } = await run(['init-session', ...GIVEN, '--print', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ body: { consent_purpose: PURPOSE } });
    await fails(['init-session', '--print', 'json', '--consent'], 3);
  });

  test('says why variables of another environment do not count', async () => {
    const { stderr } = await fails(['init-session', ...GIVEN, '--env', 'production'], 3, { env: PAIR });
    expect(stderr).toContain('DECENTRO_ENV=production');
  });
});

describe('help and version', () => {
  test.each([[[]], [['--help']], [['help']], [['init-session', '-h']], [['help', 'sandbox']]])(
    'of %j are a result: stdout and 0',
    async (args) => {
      const { stdout } = await succeeds(args, { stderr: [] });
      expect(stdout).toContain('Usage: digilocker');
      for (const line of stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(110);
    },
  );

  test.each([[['-V']], [['--version']], [['init-session', '-V']]])('%j prints the version', async (args) => {
    expect((await succeeds(args, { stderr: [] })).stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });
});
