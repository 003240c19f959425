import type { Answer } from './answer.js';

export const PURPOSE = 'KYC for opening a bank account';

/** What every call after a session is given. */
export const CONSENT = ['--consent', '--consent-purpose', PURPOSE] as const;

/** A call that goes to a server on this machine. */
export const callTo = (url: string, ...args: readonly string[]): string[] => [
  ...args,
  ...CONSENT,
  '--base-url',
  url,
  '--allow-host',
  '127.0.0.1',
];

/** The answer of a call that succeeded. */
export const answerWith = (data: unknown, more: object = {}): Answer => ({
  body: { ...SUCCESS, data, ...more },
});

const SUCCESS = {
  decentroTxnId: 'CALL-1',
  status: 'SUCCESS',
  responseCode: 'S00000',
  message: 'Done.',
  responseKey: 'success_of_a_call',
};

/** An answer that refuses a call. */
export const refusalOf = (message: string, responseKey: string): Answer => ({
  status: 400,
  body: { decentroTxnId: 'CALL-1', status: 'FAILURE', responseCode: 'E00009', message, responseKey },
});
