import { mkdir } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Page } from 'playwright-core';
import { createSandbox, type Sandbox } from '../../src/sandbox/server.js';
import { cleanUp } from '../support/cleanup.js';
import { createRecorder, type RecordedRequest } from '../support/recorder.js';

const SCREENSHOTS = fileURLToPath(new URL('../../artifacts/screenshots/', import.meta.url));

const RETURN_PAGE = {
  status: 200,
  headers: { 'Content-Type': 'text/html' },
  body: '<!doctype html><title>The client</title><link rel="icon" href="data:,"><h1>Welcome back</h1>',
};

export interface RoundTrip {
  readonly sandbox: Sandbox;
  readonly link: string;
  readonly transactionId: string;
  /** Starts another session, and returns its link. */
  readonly another: (fields: object) => Promise<string>;
  /** What came to the redirect URL, oldest first. */
  readonly returns: readonly RecordedRequest[];
}

/**
 * Starts a sandbox and a client, and a session between them, for the running test. `changes` are fields of the body,
 * or made from the sandbox's URL.
 */
export async function startRoundTrip(
  changes: object | ((sandboxUrl: string) => object) = {},
  path = '/v2/kyc/digilocker/initiate_session',
): Promise<RoundTrip> {
  const client = await createRecorder(() => RETURN_PAGE);
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  let count = 0;
  const startSession = async (fields: object) => {
    const response = await fetch(sandbox.url + path, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', client_id: 'any', client_secret: 'any' },
      body: JSON.stringify({
        reference_id: `browser-session-${++count}`,
        consent: true,
        consent_purpose: 'KYC for opening a bank account',
        redirect_url: `${client.url}/digilocker/return?tab=1`,
        ...fields,
      }),
    });
    const { decentroTxnId, data } = (await response.json()) as {
      decentroTxnId: string;
      data: { authorizationUrl: string };
    };
    return { link: data.authorizationUrl, transactionId: decentroTxnId };
  };
  const session = await startSession(
    typeof changes === 'function' ? (changes as (url: string) => object)(sandbox.url) : changes,
  );
  const another = async (fields: object) => (await startSession(fields)).link;
  return { sandbox, ...session, another, returns: client.requests };
}

/** Opens a link and signs in with what the form is filled in with. */
export async function signIn(page: Page, link: string): Promise<void> {
  await page.goto(link);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('button', { name: 'Allow' }).waitFor();
}

/** Keeps a picture of the whole page under `artifacts/screenshots/`. */
export async function takePicture(page: Page, name: string): Promise<void> {
  await mkdir(SCREENSHOTS, { recursive: true });
  await page.screenshot({ path: path.join(SCREENSHOTS, `${name}.png`), fullPage: true });
}
