import type { IncomingHttpHeaders } from 'node:http';
import type { Failure } from '../failure/failure.js';
import type { Exchange } from './http/exchange.js';

const BASE_DELAY_MS = 250;

export interface RetryState {
  /** How many requests were made so far. */
  readonly attempts: number;
  /** Whether a fresh reference ID may take the place of the one that was used up. */
  readonly canRenewId: boolean;
  readonly now: number;
  readonly random: number;
}

/**
 * How long to wait before a failed call may be repeated, in milliseconds; `undefined` where it may not be. Only what
 * cannot have had an effect is repeated: a failure before anything was sent, and HTTP 429 that says when.
 */
export function delayBeforeRetry(
  exchanged: Exchange,
  failure: Failure,
  state: RetryState,
): number | undefined {
  if (exchanged.type === 'failed') {
    if (exchanged.sent || !exchanged.isTransient) return undefined;
    return BASE_DELAY_MS * 2 ** (state.attempts - 1) * (0.5 + state.random / 2);
  }
  const { status, headers } = exchanged.answer;
  // A key may say more than the status: credits that are used up do not come back by waiting.
  if (status !== 429 || failure.kind !== 'upstream' || !state.canRenewId) return undefined;
  return parseRetryAfter(headers, state.now);
}

/**
 * Reads a Retry-After header (RFC 9110, section 10.2.3), in milliseconds. A date is compared with the server's own clock,
 * which its Date header gives: the one here, `now`, may be set wrongly.
 */
export function parseRetryAfter(
  { 'retry-after': value, date }: Pick<IncomingHttpHeaders, 'retry-after' | 'date'>,
  now: number,
): number | undefined {
  if (value === undefined) return undefined;
  if (/^\d{1,9}$/.test(value)) return Number(value) * 1000;
  const at = parseHttpDate(value);
  return at === undefined ? undefined : Math.max(0, at - (parseHttpDate(date) ?? now));
}

// RFC 9110, section 5.6.7: the one form that servers may send.
function parseHttpDate(text = ''): number | undefined {
  if (!/^[A-Z][a-z]{2}, \d{2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}:\d{2} GMT$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : at;
}
