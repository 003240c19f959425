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
  /** What came to the redirect URL, oldest first. */
  readonly returns: readonly RecordedRequest[];
}

/** Starts a sandbox and a client, and a session between them, for the running test. */
export async function startRoundTrip(changes: object = {}): Promise<RoundTrip> {
  const client = await createRecorder(() => RETURN_PAGE);
  const sandbox = await createSandbox();
  cleanUp(() => sandbox.close());
  const response = await fetch(`${sandbox.url}/v2/kyc/digilocker/initiate_session`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', client_id: 'any', client_secret: 'any' },
    body: JSON.stringify({
      reference_id: 'browser-1',
      consent: true,
      consent_purpose: 'KYC for opening a bank account',
      redirect_url: `${client.url}/digilocker/return?tab=1`,
      ...changes,
    }),
  });
  const { decentroTxnId, data } = (await response.json()) as {
    decentroTxnId: string;
    data: { authorizationUrl: string };
  };
  return { sandbox, link: data.authorizationUrl, transactionId: decentroTxnId, returns: client.requests };
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
