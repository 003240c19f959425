import { describe, expect, test } from '@jest/globals';
import { initiateSession } from '../../src/library/index.js';
import { parseCallback } from '../../src/library/parse-callback.js';
import { createSandbox } from '../../src/sandbox/server.js';
import { cleanUp } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';

const PURPOSE = 'KYC for opening a bank account';
const CONSENT = ['--consent', '--consent-purpose', PURPOSE];
const PERSON = { name: 'Asha Canary', dob: '01-02-1990', gender: 'F', eaadhaar: 'Y' };
const ANSWER = {
  body: {
    decentroTxnId: 'CALL-1',
    status: 'SUCCESS',
    responseCode: 'S00007',
    message: 'Done.',
    responseKey: 'success_access_token',
    data: { expiresIn: 3600, ...PERSON },
  },
};

const to = (url: string, ...args: readonly string[]) => [
  'access-token',
  ...args,
  '--base-url',
  url,
  '--allow-host',
  '127.0.0.1',
];

test('the request holds the documented fields, and no other', async () => {
  const recorder = await createRecorder(ANSWER);
  const args = to(recorder.url, 'TXN-1', '--code', 'c-1', '--reference-id', 'ref-1', ...CONSENT);
  await succeeds([...args, '--json'], { env: credentials });
  const [request] = recorder.requests;
  expect([request?.method, request?.path]).toEqual(['POST', '/v2/kyc/digilocker/access_token/code']);
  expect(JSON.parse(request?.body ?? '')).toEqual({
    reference_id: 'ref-1',
    consent: true,
    consent_purpose: PURPOSE,
    initial_decentro_transaction_id: 'TXN-1',
    digilocker_code: 'c-1',
  });
});

test('the document names the session beside the call, and holds the result under data', async () => {
  const recorder = await createRecorder(ANSWER);
  const { document } = await succeeds([...to(recorder.url, 'TXN-1', '--code', 'c-1', ...CONSENT), '--json'], {
    env: credentials,
  });
  expect(document).toMatchObject({
    schema: 'digilocker.access-token/1',
    ok: true,
    sessionTxnId: 'TXN-1',
    decentroTxnId: 'CALL-1',
    effect: 'yes',
    data: { expiresIn: 3600, ...PERSON },
    raw: null,
    error: null,
  });
});

test('session and code may come from variables, and the code from standard input', async () => {
  const recorder = await createRecorder(ANSWER);
  const env = { ...credentials, DECENTRO_TXN_ID: 'TXN-2', DIGILOCKER_CODE: 'c-2' };
  await succeeds([...to(recorder.url, ...CONSENT), '--json'], { env });
  await succeeds([...to(recorder.url, 'TXN-3', '--code', '-', ...CONSENT), '--json'], {
    env,
    input: 'c-3\n',
  });
  expect(recorder.requests.map(({ body }) => JSON.parse(body) as unknown)).toMatchObject([
    { initial_decentro_transaction_id: 'TXN-2', digilocker_code: 'c-2' },
    { initial_decentro_transaction_id: 'TXN-3', digilocker_code: 'c-3' },
  ]);
});

test('the variable of a session belongs to the environment of the credential variables', async () => {
  const { stderr } = await fails(['access-token', '--env', 'sandbox', '--code', 'c', '--consent'], 2, {
    env: { ...credentials, DECENTRO_TXN_ID: 'TXN-OF-STAGING' },
  });
  expect(stderr).toContain('- the transaction ID of the session: SESSION or DECENTRO_TXN_ID');
  expect(stderr).toMatch(/DECENTRO_TXN_ID belongs to the environment staging: set\sDECENTRO_ENV=sandbox/);
});

describe('what is personal', () => {
  test.each([[['--verbose']], [['--verbose', '--json']]])('is in the result alone, with %j', async (form) => {
    const recorder = await createRecorder(ANSWER);
    const run = await runMain([...to(recorder.url, 'TXN-1', '--code', 'code-canary', ...CONSENT), ...form], {
      env: credentials,
    });
    expect(run.code).toBe(0);
    expect(run.stdout).toContain(PERSON.name);
    for (const personal of [PERSON.name, PERSON.dob, 'code-canary'])
      expect(run.stderr).not.toContain(personal);
  });

  test.each([
    ['an answer that lacks something', { body: { ...ANSWER.body, data: PERSON } }, 6],
    ['an answer that is no envelope', { body: `<p>${PERSON.name}</p>` }, 6],
    ['an answer that is cut short', { body: `{"data":{"name":"${PERSON.name}"`, then: 'close' as const }, 6],
  ])('is in no error: %s', async (_what, answer, code) => {
    const recorder = await createRecorder(answer);
    const args = [...to(recorder.url, 'TXN-1', '--code', 'code-canary', ...CONSENT), '--verbose'];
    const { stderr } = await fails(args, code, { env: credentials });
    for (const personal of [PERSON.name, 'code-canary']) expect(stderr).not.toContain(personal);
  });

  test('is not shown by --print', async () => {
    const args = ['access-token', 'TXN-1', '--code', 'code-canary', '--env', 'sandbox', ...CONSENT];
    const { stdout } = await succeeds([...args, '--print', 'curl']);
    expect(stdout).toContain('"initial_decentro_transaction_id":"TXN-1"');
    expect(stdout).not.toContain('code-canary');
  });
});

test('a request that may have arrived names its own doubt, and speaks of no link', async () => {
  const recorder = await createRecorder({ then: 'reset' });
  const { document } = await fails([...to(recorder.url, 'TXN-1', '--code', 'c', ...CONSENT), '--json'], 8, {
    env: credentials,
  });
  expect(document).toMatchObject({
    sessionTxnId: 'TXN-1',
    effect: 'unknown',
    error: { hint: expect.stringMatching(/code may have been exchanged/) },
  });
  expect(JSON.stringify(document)).not.toContain('link');
});

test('the sandbox exchanges the code of a session without abstraction, once', async () => {
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  const session = await initiateSession(
    {
      consent: true,
      consentPurpose: PURPOSE,
      redirectUrl: 'https://app.example/return',
      abstractAccessToken: false,
    },
    {
      baseUrl: sandbox.url,
      credentials: { clientId: 'sandbox-client-id', clientSecret: 'sandbox-client-secret' },
    },
  );
  const redirect = sandbox.visit(session.authorizationUrl, 'allow');
  const { code } = parseCallback(redirect, { state: session.decentroTxnId });
  const args = ['access-token', session.decentroTxnId, '--code', code ?? '', '--consent', '--env', 'sandbox'];
  const { document } = await succeeds([...args, '--base-url', sandbox.url, '--json']);
  expect(document).toMatchObject({ responseKey: 'success_access_token', data: { expiresIn: 3600 } });
  const { document: second } = await fails([...args, '--base-url', sandbox.url, '--json'], 6);
  expect(second).toMatchObject({ effect: 'no', message: 'The code was used before.' });
});
