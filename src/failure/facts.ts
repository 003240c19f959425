import type { Sent } from './failure.js';

/** One request of a call. */
export interface Attempt {
  readonly referenceId: string;
  readonly httpStatus: number | null;
  readonly sent: Sent;
}

/** What is known of a call, however it ended: keys of the JSON document. */
export interface CallFacts {
  readonly referenceId: string;
  readonly decentroTxnId: string | null;
  readonly status: string | null;
  readonly responseCode: string | null;
  readonly responseKey: string | null;
  readonly message: string | null;
  readonly sessionCreated: 'no' | 'yes' | 'unknown';
  readonly httpStatus: number | null;
  readonly durationMs: number;
  readonly attempts: readonly Attempt[];
  readonly raw: unknown;
}
