import { expect, test } from '@jest/globals';
import {
  fetchEaadhaar,
  initiateSession,
  listIssuedFiles,
  parseCallback,
  pullFile,
  revokeSession,
} from '../../src/library/index.js';
import { createSandbox, SANDBOX_CREDENTIALS } from '../../src/sandbox/server.js';
import { cleanUp, temporaryDirectory } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { PURPOSE } from '../support/session.js';

const COMMON = { consent: true, consentPurpose: PURPOSE } as const;
const REDIRECT = { redirectUrl: 'https://app.example/return' };

async function startSandbox() {
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  return {
    sandbox,
    options: { baseUrl: sandbox.url, credentials: SANDBOX_CREDENTIALS, suite: 'sso' as const },
  };
}

test('the library goes from a session of SSO to its documents and ends the access', async () => {
  const { sandbox, options } = await startSandbox();
  const session = await initiateSession(
    { ...COMMON, ...REDIRECT, documentsForConsent: ['ADHAR'], pinlessSignin: true },
    options,
  );
  const redirect = sandbox.visit(session.authorizationUrl, 'allow');
  expect(parseCallback(redirect, { state: session.decentroTxnId }).code).toEqual(expect.any(String));
  const call = { ...COMMON, transactionId: session.decentroTxnId };
  expect((await listIssuedFiles(call, options)).data.map(({ doctype }) => doctype)).toEqual(['ADHAR']);
  const person = { idNumber: 'ABCDE1234F', fullName: 'Asha Example' };
  expect((await pullFile({ ...call, documentType: 'PAN', ...person }, options)).effect).toBe('yes');
  expect((await listIssuedFiles(call, options)).data).toHaveLength(2);
  // As integrators do it: the ID of one suite in a call of the other.
  expect((await fetchEaadhaar(call, { ...options, suite: 'classic' })).effect).toBe('yes');
  const revoked = await revokeSession({ transactionId: session.decentroTxnId }, options);
  expect(revoked).toMatchObject({ data: { revoked: true }, referenceId: null, responseCode: 'S00007' });
  await expect(listIssuedFiles(call, options)).rejects.toMatchObject({ kind: 'upstream' });
});

test('the library names what a suite does not have, before anything is sent', async () => {
  const recorder = await createRecorder([]);
  const options = { baseUrl: recorder.url, credentials: SANDBOX_CREDENTIALS };
  const session = { ...COMMON, ...REDIRECT };
  await expect(initiateSession({ ...session, pinlessSignin: true }, options)).rejects.toMatchObject({
    kind: 'usage',
    message: 'pinlessSignin is not a parameter of the classic suite.',
  });
  await expect(
    initiateSession({ ...session, abstractAccessToken: true }, { ...options, suite: 'sso' }),
  ).rejects.toMatchObject({ kind: 'usage' });
  await expect(revokeSession({ transactionId: 'TXN' }, options)).rejects.toMatchObject({ kind: 'usage' });
  await expect(revokeSession({ transactionId: '../x' }, { ...options, suite: 'sso' })).rejects.toMatchObject({
    kind: 'usage',
  });
  await expect(initiateSession(session, { ...options, suite: 'third' as 'sso' })).rejects.toMatchObject({
    kind: 'config',
    message: 'suite is neither classic nor sso.',
  });
});

test('the command line goes the same way, with the journal alone to know suite and session', async () => {
  const { sandbox } = await startSandbox();
  const home = temporaryDirectory();
  const target = ['--env', 'sandbox', '--base-url', sandbox.url];
  const session = ['init-session', '--suite', 'sso', '--consent', '--no-open', ...target];
  const started = await succeeds([...session, '--json'], { home });
  sandbox.visit(String(started.document['authorizationUrl']), 'allow');
  const files = ['issued-files', '--last', '--consent', ...target, '--json'];
  const listed = await succeeds(files, { home });
  expect(listed.document).toMatchObject({ sessionTxnId: started.document['decentroTxnId'], ok: true });
  const revoke = ['revoke', String(started.document['decentroTxnId']), ...target];
  expect((await runMain(revoke, { home })).code).toBe(0);
  await fails(files, 6, { home });
});

test('smoke checks what SSO documents, and records how an unknown session is refused', async () => {
  const { document, stderr } = await succeeds(
    ['smoke', '--env', 'sandbox', '--suite', 'sso', '--consent', '--json', '--quiet'],
    { stderr: [/^Reference ID: /] },
  );
  const cases = document['cases'] as {
    id: string;
    status: string;
    observed: string;
    referenceId: string | null;
  }[];
  // Neither carried an ID.
  expect(cases.filter(({ referenceId }) => referenceId === null).map(({ id }) => id)).toEqual([
    'reference-id-empty',
    'unknown-session-revoked',
  ]);
  expect(stderr).not.toContain('(empty-id)');
  expect(cases.map(({ id, status }) => [id, status])).toEqual([
    ['session-starts', 'ok'],
    ['consent-refused', 'ok'],
    ['purpose-too-short', 'ok'],
    ['purpose-too-long', 'ok'],
    ['reference-id-empty', 'ok'],
    ['unknown-session-revoked', 'recorded'],
  ]);
  expect(cases.at(-1)?.observed).toContain('error_provider_error');
  const { stdout } = await succeeds(['smoke', '--list', '--suite', 'sso'], { stderr: [] });
  expect(stdout).toMatch(/\n6 calls, which may create 1 session\.\n$/);
  await fails(['smoke', '--list', '--suite', 'sso', '--only', 'answer-shape'], 2);
  await fails(['smoke', '--list', '--suite', 'sso', '--interactive'], 2);
});

test('doctor --live starts a session of the suite in force', async () => {
  const recorder = await createRecorder();
  await runMain(
    [
      'doctor',
      '--live',
      '--consent',
      '--consent-purpose',
      PURPOSE,
      '--redirect-url',
      REDIRECT.redirectUrl,
    ].concat(['--suite', 'sso', '--base-url', recorder.url, '--allow-host', '127.0.0.1']),
    { env: credentials },
  );
  expect(recorder.requests.at(-1)?.path).toBe('/v2/kyc/sso/digilocker/session');
});
