import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { createSandbox, type Sandbox, type SandboxOptions } from '../../../src/sandbox/server.js';
import { cleanUp } from '../../support/cleanup.js';

export const ENDPOINT = '/v2/kyc/digilocker/initiate_session';

export const CREDENTIALS = { client_id: 'any-id', client_secret: 'any-secret' };

export const GOOD_BODY = {
  reference_id: 'ref-1',
  consent: true,
  consent_purpose: 'KYC for opening a bank account',
  redirect_url: 'https://app.example/digilocker/return?tab=1',
};

export interface Envelope {
  decentroTxnId: string;
  status: string;
  responseCode: string;
  message: string;
  data?: { authorizationUrl: string } & Record<string, unknown>;
  responseKey: string;
}

/** Starts a sandbox that ends with its test. */
export async function start(options?: SandboxOptions): Promise<Sandbox> {
  const sandbox = await createSandbox(options);
  cleanUp(() => sandbox.close());
  return sandbox;
}

/** Posts a body, as it is when it is a string, to Initiate Session or another path. */
export function post(
  { url }: Sandbox,
  body: unknown,
  headers: Record<string, string> = CREDENTIALS,
  path = ENDPOINT,
): Promise<Response> {
  return fetch(url + path, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json', ...headers },
    body: typeof body === 'string' || body instanceof Uint8Array ? body : JSON.stringify(body),
  });
}

export async function envelopeOf(response: Response): Promise<Envelope> {
  return (await response.json()) as Envelope;
}

/** The status and the key that answer a body. */
export async function keyFor(
  sandbox: Sandbox,
  body: unknown,
  headers?: Record<string, string>,
): Promise<[number, string]> {
  const response = await post(sandbox, body, headers);
  return [response.status, (await envelopeOf(response)).responseKey];
}

/** Creates a session and returns its link. */
export async function linkOf(sandbox: Sandbox, changes: object = {}): Promise<string> {
  const { data } = await envelopeOf(await post(sandbox, { ...GOOD_BODY, ...changes }));
  if (data === undefined) throw new Error('no session was created');
  return data.authorizationUrl;
}

export interface RawEnd {
  /** Everything that the sandbox sent, up to the end of the connection. */
  text: string;
  errorCode: string | null;
}

/** Sends bytes to a sandbox over a plain socket and collects what comes back until the connection ends. */
export function exchange({ url }: Sandbox, bytes: string): Promise<RawEnd> {
  return new Promise((resolve) => {
    const socket = connect(Number(new URL(url).port), '127.0.0.1');
    let text = '';
    let errorCode: string | null = null;
    socket.setEncoding('latin1');
    socket.on('data', (chunk: string) => (text += chunk));
    socket.on('error', (error: NodeJS.ErrnoException) => (errorCode = error.code ?? error.message));
    socket.on('close', () => {
      resolve({ text, errorCode });
    });
    socket.write(bytes, 'latin1');
  });
}

/** A raw POST to Initiate Session that closes the connection afterwards. */
export function rawPost({ url }: Sandbox, body: object): string {
  const json = JSON.stringify(body);
  return [
    `POST ${ENDPOINT} HTTP/1.1`,
    `Host: ${new URL(url).host}`,
    'client_id: any-id',
    'client_secret: any-secret',
    `Content-Length: ${json.length}`,
    'Connection: close',
    '',
    json,
  ].join('\r\n');
}

/** Lets other things happen until a condition holds. */
export async function waitFor(isReached: () => boolean): Promise<void> {
  while (!isReached()) await delay(2);
}

export const SIGN_IN = { number: '00000 00000', otp: '000000' };
export const SIGN_UP = { number: '0000 0000 0000', otp: '000000' };

/** Opens a link, as a browser would, and returns the address of the page behind it. */
export async function openLink(link: string): Promise<string> {
  const response = await fetch(link, { redirect: 'manual' });
  const location = response.headers.get('location');
  if (response.status !== 303 || location === null) throw new Error('the link led nowhere');
  return new URL(location, link).href;
}

/** Sends a form to a page behind a link, and follows no redirect. */
export function submit(
  page: string,
  fields: Record<string, string> | string,
  headers: Record<string, string> = {},
): Promise<Response> {
  return fetch(page, {
    method: 'POST',
    redirect: 'manual',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(fields).toString(),
  });
}

/** Creates a session, signs in, and returns the address of its consent page. */
export async function signIn(sandbox: Sandbox, changes: object = {}): Promise<string> {
  const page = await openLink(await linkOf(sandbox, changes));
  await submit(page, SIGN_IN);
  return page;
}

/** Allows or denies, and returns where the end user is sent. */
export async function decideOn(page: string, decision: 'allow' | 'deny'): Promise<string | null> {
  const response = await submit(page, { decision });
  return response.status === 303 ? response.headers.get('location') : null;
}

/** The text of a page, as somebody reads it. */
export async function textOf(page: Response | Promise<Response>): Promise<string> {
  const markup = await (await page).text();
  const body = markup.slice(markup.indexOf('<body>'));
  return body
    .replace(/<[^>]+>/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();
}

const CLASSIC = '/v2/kyc/digilocker';
const SSO = '/v2/kyc/sso/digilocker';

/** The paths of the calls after a session, in both suites, for a transaction ID. */
export const CALLS = {
  classic: (id: string) => ({
    session: ENDPOINT,
    token: `${CLASSIC}/access_token/code`,
    issuedFiles: `${CLASSIC}/issued_files`,
    file: `${CLASSIC}/file`,
    data: `${CLASSIC}/file/data`,
    eaadhaar: `${CLASSIC}/eaadhaar`,
    fields: { initial_decentro_transaction_id: id },
  }),
  sso: (id: string) => ({
    session: `${SSO}/session`,
    token: `${SSO}/${id}/token`,
    issuedFiles: `${SSO}/${id}/files/issued`,
    file: `${SSO}/${id}/file/download`,
    data: `${SSO}/${id}/file`,
    eaadhaar: `${SSO}/${id}/eaadhaar`,
    fields: {},
  }),
};

export type Suite = keyof typeof CALLS;
export type CallName = Exclude<keyof ReturnType<(typeof CALLS)['sso']>, 'fields' | 'session'>;

let callCount = 0;

/** Starts a session, and returns its transaction ID and its link. */
export async function startSession(
  sandbox: Sandbox,
  suite: Suite,
  changes: object = {},
): Promise<{ id: string; link: string }> {
  const body = { ...GOOD_BODY, reference_id: `session-${++callCount}`, ...changes };
  const response = await post(sandbox, body, CREDENTIALS, CALLS[suite]('').session);
  const { decentroTxnId, data } = await envelopeOf(response);
  return { id: decentroTxnId, link: data?.authorizationUrl ?? '' };
}

/** Makes a call after a session. */
export function callFor(
  sandbox: Sandbox,
  suite: Suite,
  name: CallName,
  id: string,
  fields: object = {},
  headers = CREDENTIALS,
): Promise<Response> {
  const { [name]: path, fields: own } = CALLS[suite](id);
  const { consent, consent_purpose } = GOOD_BODY;
  const body = { reference_id: `call-${++callCount}`, consent, consent_purpose, ...own, ...fields };
  return post(sandbox, body, headers, path);
}
