// Apps that know one form of the redirect each, as they are in the field.
import { expect, test } from '@jest/globals';
import { createSandbox, SANDBOX_CREDENTIALS } from '../../src/sandbox/server.js';
import { initiateSession } from '../../src/library/index.js';
import { cleanUp } from '../support/cleanup.js';
import { walkThrough, type Decision } from '../support/end-user.js';
import { createRecorder } from '../support/recorder.js';

interface Journey {
  readonly sandboxUrl: string;
  readonly transactionId: string;
  /** What came to the app. */
  readonly query: URLSearchParams;
}

/** Starts a session whose redirect URL has parameters of the app's own, and sends its end user through the pages. */
async function travel(decision: Decision, abstractAccessToken?: boolean): Promise<Journey> {
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  const app = await createRecorder(() => ({ body: 'Welcome back' }));
  const session = await initiateSession(
    {
      consent: true,
      consentPurpose: 'KYC for opening a bank account',
      redirectUrl: `${app.url}/return?state=of-the-app&tab=1`,
      abstractAccessToken,
    },
    { baseUrl: sandbox.url, credentials: SANDBOX_CREDENTIALS },
  );
  const wayBack = await walkThrough(session.authorizationUrl, decision);
  await fetch(String(wayBack));
  const { searchParams } = new URL(app.requests[0]?.path ?? '', app.url);
  return { sandboxUrl: sandbox.url, transactionId: session.decentroTxnId, query: searchParams };
}

/** What an app does that never heard of a code. */
function finishByStatus({ query, transactionId }: Journey): boolean {
  if (query.get('initiation_decentro_transaction_id')?.toUpperCase() !== transactionId)
    throw new Error('This is the redirect of another session');
  return query.get('status')?.toUpperCase() === 'SUCCESS';
}

/** What an app does that never heard of a status: it exchanges the code. */
async function finishByCode({ query, transactionId, sandboxUrl }: Journey): Promise<boolean> {
  if (!query.getAll('state').includes(transactionId))
    throw new Error('This is the redirect of another session');
  const code = query.get('code');
  if (code === null) return false;
  const { clientId, clientSecret } = SANDBOX_CREDENTIALS;
  const response = await fetch(`${sandboxUrl}/v2/kyc/digilocker/access_token/code`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', client_id: clientId, client_secret: clientSecret },
    body: JSON.stringify({
      reference_id: `token-${transactionId}`,
      consent: true,
      consent_purpose: 'KYC for opening a bank account',
      initial_decentro_transaction_id: transactionId,
      digilocker_code: code,
    }),
  });
  expect(await response.json()).toMatchObject({ responseKey: 'success_access_token' });
  return true;
}

test.each([undefined, true])('an app that ignores a code completes a session (%p)', async (isAbstract) => {
  expect(finishByStatus(await travel('allow', isAbstract))).toBe(true);
  expect(finishByStatus(await travel('deny', isAbstract))).toBe(false);
});

test('an app that knows a code only completes a session that asks for one', async () => {
  expect(await finishByCode(await travel('allow', false))).toBe(true);
  expect(await finishByCode(await travel('deny', false))).toBe(false);
});

test('an app whose redirect URL has parameters of its own gets them back', async () => {
  for (const isAbstract of [true, false]) {
    const { query } = await travel('allow', isAbstract);
    expect([query.get('state'), query.get('tab')]).toEqual(['of-the-app', '1']);
  }
});
