import { credentials } from './canaries.js';
import { DOCUMENT_KEYS } from './document-keys.js';
import { createRecorder, type Answer, type Recorder } from './recorder.js';

export const PURPOSE = 'KYC for opening a bank account';
export const REDIRECT_URL = 'https://app.example/digilocker/return';
/** What `GIVEN` becomes, in the body of a request. */
export const BODY = `"consent":true,"consent_purpose":"${PURPOSE}","redirect_url":"${REDIRECT_URL}"`;

export const API_PATH = '/v2/kyc/digilocker/initiate_session';

/** Everything that a session needs beside credentials. */
export const GIVEN = ['--consent', '--consent-purpose', PURPOSE, '--redirect-url', REDIRECT_URL] as const;

/** The canary credentials as an account without a module secret has them. */
export const PAIR = {
  DECENTRO_CLIENT_ID: credentials['DECENTRO_CLIENT_ID'] ?? '',
  DECENTRO_CLIENT_SECRET: credentials['DECENTRO_CLIENT_SECRET'] ?? '',
} as const;

export const ERROR_KEYS = ['kind', 'exitCode', 'message', 'hint', 'sent', 'retryable'] as const;

export interface SessionDocument {
  readonly ok: boolean;
  readonly environment: string | null;
  readonly referenceId: string | null;
  readonly decentroTxnId: string | null;
  readonly responseKey: string | null;
  readonly message: string | null;
  readonly authorizationUrl: string | null;
  readonly sessionCreated: string;
  readonly httpStatus: number | null;
  readonly attempts: readonly {
    readonly referenceId: string;
    readonly httpStatus: number | null;
    readonly sent: string;
  }[];
  readonly raw: unknown;
  readonly error: {
    readonly kind: string;
    readonly exitCode: number;
    readonly message: string;
    readonly hint: string | null;
    readonly sent: string;
    readonly retryable: boolean;
  } | null;
}

/** The command line that starts a session at a recorder, and no browser. */
export function sessionAt({ url }: Pick<Recorder, 'url'>, ...more: readonly string[]): string[] {
  return ['init-session', ...GIVEN, '--base-url', url, '--allow-host', '127.0.0.1', '--no-open', ...more];
}

/** The JSON document of a run, once its keys are all there, in their order. */
export function documentOf({ document }: { readonly document: unknown }): SessionDocument {
  const session = document as SessionDocument;
  const missing = [
    ...difference(DOCUMENT_KEYS, Object.keys(session)),
    ...(session.error === null ? [] : difference(ERROR_KEYS, Object.keys(session.error))),
  ];
  if (missing.length > 0) throw new Error(`The document's keys are not the promised ones: ${missing.join()}`);
  return session;
}

function difference(promised: readonly string[], found: readonly string[]): string[] {
  return promised.join() === found.join() ? [] : [`${found.join(' ')} instead of ${promised.join(' ')}`];
}

/** An answer that waits until the test releases it, and tells when the request has come. */
export async function heldRecorder(answer: Answer = {}) {
  let release: () => void = () => undefined;
  let arrive: () => void = () => undefined;
  const released = new Promise<void>((resolve) => {
    release = resolve;
  });
  const arrived = new Promise<void>((resolve) => {
    arrive = resolve;
  });
  const recorder = await createRecorder(async () => {
    arrive();
    await released;
    return answer;
  });
  return { recorder, arrived, release };
}
