const { createSandbox, SANDBOX_CREDENTIALS } = require('digilocker-cli/sandbox');
const { finishKyc, startKyc } = require('./kyc.js');

const REDIRECT_URL = 'https://app.example/digilocker/return';

let sandbox;

async function open(options) {
  sandbox = await createSandbox(options);
  return { baseUrl: sandbox.url, credentials: SANDBOX_CREDENTIALS };
}

afterEach(() => sandbox.close());

test('an end user who agrees comes back with a status', async () => {
  const { decentroTxnId, authorizationUrl } = await startKyc(await open(), REDIRECT_URL);
  const wayBack = sandbox.visit(authorizationUrl, 'allow');
  expect(wayBack).toMatch(/^https:\/\/app\.example\/digilocker\/return\?status=SUCCESS&/);
  expect(finishKyc(wayBack, decentroTxnId)).toBe(true);
});

test('an end user who refuses has not completed the session', async () => {
  const { decentroTxnId, authorizationUrl } = await startKyc(await open(), REDIRECT_URL);
  expect(finishKyc(sandbox.visit(authorizationUrl, 'deny'), decentroTxnId)).toBe(false);
});

test("another end user's redirect is not taken", async () => {
  const decentro = await open();
  const [mine, other] = [await startKyc(decentro, REDIRECT_URL), await startKyc(decentro, REDIRECT_URL)];
  const wayBack = sandbox.visit(other.authorizationUrl, 'allow');
  expect(() => finishKyc(wayBack, mine.decentroTxnId)).toThrow(expect.objectContaining({ kind: 'mismatch' }));
});

test('Decentro is told what for, and that the end user agreed', async () => {
  await startKyc(await open(), REDIRECT_URL);
  expect(sandbox.requests).toMatchObject([
    { status: 200, body: { consent: true, consent_purpose: 'KYC for opening a bank account' } },
  ]);
});

test('an account without credits is not asked again', async () => {
  const decentro = await open({ scenario: 'error_module_credits_exhausted' });
  await expect(startKyc(decentro, REDIRECT_URL)).rejects.toMatchObject({ kind: 'access', retryable: false });
  expect(sandbox.requests).toHaveLength(1);
});

test('when DigiLocker fails once, the next try goes through', async () => {
  const decentro = await open({ scenario: 'error_provider_error*1' });
  await expect(startKyc(decentro, REDIRECT_URL)).rejects.toMatchObject({ kind: 'upstream', retryable: true });
  await expect(startKyc(decentro, REDIRECT_URL)).resolves.toHaveProperty('authorizationUrl');
});

test('a connection that breaks leaves it open whether a session exists', async () => {
  const decentro = await open({ scenario: 'reset' });
  await expect(startKyc(decentro, REDIRECT_URL)).rejects.toMatchObject({
    kind: 'unknown',
    details: { effect: 'unknown', referenceId: expect.any(String) },
  });
});
