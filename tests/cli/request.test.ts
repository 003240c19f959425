import { describe, expect, test } from '@jest/globals';
import { chmodSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runMain, succeeds } from '../support/run-main.js';

const PURPOSE = 'KYC for opening a bank account';
const REDIRECT = 'https://app.example/return';
const PARAMS = ['--consent', '--consent-purpose', PURPOSE, '--redirect-url', REDIRECT];

function to(url: string, ...flags: readonly string[]): string[] {
  return ['init-session', '--base-url', url, '--allow-host', '127.0.0.1', ...flags];
}

/** The body of the one request that a command line sends, without its reference ID. */
async function bodyOf(...flags: readonly string[]): Promise<unknown> {
  const recorder = await createRecorder([{}]);
  await succeeds(to(recorder.url, ...flags), { env: credentials });
  const { reference_id: id, ...body } = recorder.requests[0]?.json() as Record<string, unknown>;
  expect(id).toEqual(expect.any(String));
  return body;
}

describe('the body', () => {
  const REQUIRED = {
    consent: true,
    consent_purpose: PURPOSE,
    redirect_url: REDIRECT,
    // Always sent: what Decentro does without it is not what its page says.
    abstract_access_token: true,
  };

  test.each<[flags: string[], more: object]>([
    [[], {}],
    [['--redirect-to-signup'], { redirect_to_signup: true }],
    [['--no-redirect-to-signup'], { redirect_to_signup: false }],
    [['--abstract-access-token'], { abstract_access_token: true }],
    [['--no-abstract-access-token'], { abstract_access_token: false }],
    [['--param', 'a=1', '--param', 'b:=1', '--param', 'c.d-e='], { a: '1', b: 1, 'c.d-e': '' }],
    [['--param', 'a:={"x":[null]}', '--param', 'b=x=y\nz'], { a: { x: [null] }, b: 'x=y\nz' }],
  ])('with %j', async (flags, more) => {
    expect(await bodyOf(...PARAMS, ...flags)).toEqual({ ...REQUIRED, ...more });
  });

  test('may hold any parameter, and miss any, with --no-validate', async () => {
    expect(await bodyOf('--no-validate')).toEqual({ abstract_access_token: true });
    expect(
      await bodyOf('--no-validate', '--no-consent', '--param', 'consent_purpose=x', '--redirect-url', 'y'),
    ).toEqual({
      consent: false,
      consent_purpose: 'x',
      redirect_url: 'y',
      abstract_access_token: true,
    });
    const param = ['--param', 'consent:="true"', '--param', 'abstract_access_token:=0'];
    expect(await bodyOf('--no-validate', '--consent', ...param)).toEqual({
      consent: 'true',
      abstract_access_token: 0,
    });
  });

  test('holds a parameter called __proto__ like the others', async () => {
    const recorder = await createRecorder([{}]);
    await succeeds(to(recorder.url, ...PARAMS, '--param', '__proto__=x'), { env: credentials });
    expect(recorder.requests[0]?.body).toContain('"__proto__":"x"');
  });
});

describe('what is wrong is named before anything is sent', () => {
  test.each([
    [
      ['--param', 'consent=yes'],
      '--param is for parameters without a flag of their own, and not for consent.',
    ],
    [
      ['--param', 'reference_id=1', '--param', 'redirect_url=1'],
      '--param is for parameters without a flag of their own, and not for reference_id, redirect_url.',
    ],
    [['--param', 'novalue'], 'Invalid value "novalue" for --param. Give key=text or key:=json.'],
    [['--param', '1a=x'], 'Invalid value "1a=x" for --param. Give key=text or key:=json.'],
    [
      ['--param', 'a:={'],
      'Invalid value "a:={" for --param. What follows := is not JSON, or names a key twice.',
    ],
    [['--param', 'a=1', '--param', 'a:=1'], 'Invalid value "a:=1" for --param. a is given twice.'],
    [['--reference-id', ''], '--reference-id is empty; Decentro would answer error_empty_reference_id.'],
    [['--no-consent'], 'The consent was refused; Decentro would answer error_consent_false.'],
    [
      ['--redirect-url', '/return'],
      '--redirect-url is not an absolute http(s) URL; Decentro would answer error_malformed_request.',
    ],
    [
      ['--consent-purpose', 'short'],
      '--consent-purpose has 5 characters, and needs at least 20; Decentro would answer error_short_purpose_length.',
    ],
  ])('%j', async (flags, message) => {
    const recorder = await createRecorder([]);
    const { document } = await fails(to(recorder.url, ...PARAMS, ...flags, '--json'), 2, {
      env: credentials,
    });
    expect(document).toMatchObject({ error: { kind: 'usage', message, sent: 'no' }, sessionCreated: 'no' });
    expect(recorder.connections).toBe(0);
  });

  test('all of it at once, as configuration when some of it was stored', async () => {
    const env = { ...credentials, DECENTRO_CONSENT_PURPOSE: 'short' };
    const { stderr } = await fails(['init-session', '--no-consent', '--redirect-url', 'x'], 3, { env });
    expect(stderr.replaceAll('\n', ' ')).toMatch(
      /DECENTRO_CONSENT_PURPOSE has 5 characters.*--redirect-url is not.*The consent was refused/,
    );
  });

  test('every problem of the settings at once', async () => {
    const { stderr } = await fails(
      ['init-session', '--env', 'nonsense', '--base-url', 'x', '--allow-host', '*'],
      2,
    );
    expect(stderr).toContain('--base-url is not an absolute');
    expect(stderr).toContain('--allow-host must be a host name');
    expect(stderr).toContain('--env names an environment that does not exist');
  });
});

describe('credentials', () => {
  test('travel in their headers, and are shown nowhere (rule 27)', async () => {
    const recorder = await createRecorder((request) => ({
      body: { echo: request.headers, status: 'FAILURE' },
    }));
    const { stderr } = await fails(to(recorder.url, ...PARAMS, '--verbose'), 5, { env: credentials });
    expect(recorder.requests[0]?.header('module_secret')).toBe(CANARIES.moduleSecret);
    expect(stderr).toContain('"client_secret","********"');
  });

  test('do not leave over TLS that anybody may answer (rule 12)', async () => {
    const env = { ...credentials, NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const recorder = await createRecorder([]);
    const { stderr } = await fails(to(recorder.url, ...PARAMS), 3, { env });
    expect(stderr.replaceAll('\n', ' ')).toContain(
      'NODE_TLS_REJECT_UNAUTHORIZED=0 turns certificate checks off; refusing to send credentials.',
    );
    expect(stderr).toContain('NODE_EXTRA_CA_CERTS');
    const sandbox = ['init-session', '--env', 'sandbox', '--consent'];
    await succeeds(sandbox, { env: { NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  });

  test('of a file that others can read are warned of, unless quiet (rule 7)', async () => {
    const recorder = await createRecorder([{}, {}]);
    const cwd = temporaryDirectory();
    const file = path.join(cwd, '.decentrorc');
    const { clientId, clientSecret } = CANARIES;
    writeFileSync(
      file,
      `environments: { staging: { clientId: ${clientId}, clientSecret: ${clientSecret} } }`,
    );
    chmodSync(file, 0o644);
    const warning = `warning: ${file} holds secrets and can be read by other users: chmod 600 it.`;
    await succeeds(to(recorder.url, ...PARAMS), { cwd, stderr: [warning, /^Reference ID/] });
    await succeeds(to(recorder.url, ...PARAMS, '-q'), { cwd, stderr: [/^Reference ID/] });
  });
});

describe('--print', () => {
  test('shows the request as curl, and sends nothing', async () => {
    const recorder = await createRecorder([]);
    const { stdout, stderr } = await succeeds(
      to(recorder.url, ...PARAMS, '--reference-id', 'my-own-1', '--print', 'curl'),
      { env: credentials, stderr: [] },
    );
    expect(stderr).toBe('');
    expect(stdout).toContain(
      `curl -X POST '${recorder.url}/v2/kyc/digilocker/initiate_session' \\\n  -H @- \\\n`,
    );
    expect(stdout).toContain('module_secret: ${DECENTRO_MODULE_SECRET:?}');
    expect(stdout).toContain('"reference_id":"my-own-1"');
    expect(recorder.connections).toBe(0);
  });

  test('shows it as JSON, without a header for a credential that is not there', async () => {
    const { stdout } = await succeeds(['init-session', ...PARAMS, '--print', 'json'], { stderr: [] });
    expect(JSON.parse(stdout)).toMatchObject({
      url: 'https://in.staging.decentro.tech/v2/kyc/digilocker/initiate_session',
      headers: { client_id: '${DECENTRO_CLIENT_ID}', client_secret: '${DECENTRO_CLIENT_SECRET}' },
    });
    expect(stdout).not.toContain('module_secret');
  });

  test('names the stand-alone sandbox for the one inside', async () => {
    const { stdout } = await succeeds(['init-session', '--env', 'sandbox', '--consent', '--print', 'json']);
    expect(stdout).toContain('"http://127.0.0.1:4010/v2/kyc/digilocker/initiate_session"');
  });

  test.each(['curl', 'curl-flags', 'http', 'json'])(
    'as %s carries the public credentials of the sandbox, and says that it has to run',
    async (form) => {
      const args = ['init-session', '--env', 'sandbox', '--consent', '--print', form];
      const { stdout } = await succeeds(args, { stderr: [] });
      expect(stdout).toContain('sandbox-client-id');
      expect(stdout).toContain('Start the sandbox first: digilocker sandbox');
      expect(stdout).not.toContain('DECENTRO_');
    },
  );
});

test('429 is waited for, which stderr tells with both reference IDs (rules 19, 21)', async () => {
  const recorder = await createRecorder([{ status: 429, headers: { 'Retry-After': '3' }, body: 'x' }, {}]);
  const { stderr, sleeps } = await runMain(to(recorder.url, ...PARAMS), { env: credentials });
  expect(sleeps).toEqual([3000]);
  expect(stderr).toMatch(
    /^Reference ID: (\S+)\nTrying again in 3\.0 s\. Unexpected response .*\nReference ID: (?!\1)\S+\n$/,
  );
});
