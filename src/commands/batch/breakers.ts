// What ends a run, or makes it wait, before it burns an account: the table of breakers. Pure.
import { Failure } from '../../failure/failure.js';
import { roughDurationText } from './progress.js';

/** What came of a request, as far as the pace of the others depends on it. */
export type Answer =
  | { readonly type: 'created' }
  /** Refused because of the row: the caller's keys. */
  | { readonly type: 'rejected'; readonly message: string }
  /** Its reference ID was used before; `isFirst` on the first attempt of a row. */
  | { readonly type: 'duplicate'; readonly isFirst: boolean }
  /** Refused because of the account: the operator's keys, and statuses such as 401, 402 and 403. */
  | { readonly type: 'access'; readonly message: string; readonly hint: string | null }
  | { readonly type: 'throttled'; readonly retryAfterMs: number | undefined; readonly message: string }
  /** Nothing left this machine. */
  | { readonly type: 'network'; readonly message: string; readonly hint: string | null }
  /** 5xx, Decentro's keys, and all that leaves open whether the request arrived. */
  | { readonly type: 'upstream'; readonly message: string };

export interface BreakerRules {
  /** Refusals of requests in a row that end the run. */
  readonly maxRefused: number;
  /** How long nothing may succeed. */
  readonly patienceMs: number;
}

/** What an answer does to the run. */
export type Verdict =
  | { readonly type: 'go' }
  /** `isProbe`: one request alone afterwards. */
  | { readonly type: 'pause'; readonly ms: number; readonly reason: string; readonly isProbe: boolean }
  | { readonly type: 'stop'; readonly failure: Failure };

const ACCOUNT_HINT = 'Ask Decentro what the account lacks, then run the same command again to go on.';
const FIRST_REFUSED = 5;
const MAX_DUPLICATES = 3;
const MAX_UPSTREAM = 10;
const NETWORK_PAUSE_MS = { first: 1_000, longest: 60_000 };
const UPSTREAM_PAUSE_MS = { first: 30_000, longest: 300_000 };
const THROTTLE_PAUSE_MS = { first: 1_000, longest: 60_000 };

const GO: Verdict = { type: 'go' };

/** Creates the breakers of a run. `random` is from 0 to below 1. */
export function createBreakers(
  { maxRefused, patienceMs }: BreakerRules,
  random: () => number,
): (answer: Answer, now: number, isOfThisPause: boolean) => Verdict {
  let answers = 0;
  let rejected = 0;
  let duplicates = 0;
  let upstream = 0;
  let failingSince: number | undefined;
  let pauses = 0;

  const stop = (kind: Failure['kind'], message: string, hint?: string | null): Verdict => ({
    type: 'stop',
    failure: new Failure(kind, message, { hint: hint ?? 'Run the same command again to go on.' }),
  });

  const pauseFor = (
    now: number,
    kind: 'network' | 'upstream',
    reason: string,
    hint: string | null,
    wantedMs: number,
    isProbe: boolean,
  ): Verdict => {
    const leftMs = (failingSince ?? now) + patienceMs - now;
    if (leftMs <= 0)
      return stop(kind, `Nothing succeeded for ${roughDurationText(patienceMs)}. ${reason}`, hint);
    return { type: 'pause', ms: Math.min(wantedMs, leftMs), reason, isProbe };
  };

  const backOff = ({ first, longest }: typeof NETWORK_PAUSE_MS) =>
    Math.min(longest, first * 2 ** Math.min(pauses, 20));

  // A server that asks for no pause, and answers the next request no better, is asked more and more slowly.
  const throttlePauseMs = (retryAfterMs: number | undefined) => {
    const isFirst = pauses === 0;
    if (retryAfterMs !== undefined && (isFirst || retryAfterMs >= THROTTLE_PAUSE_MS.longest)) return 0;
    return backOff(THROTTLE_PAUSE_MS) * (0.5 + random() / 2);
  };

  return (answer, now, isOfThisPause) => {
    const isFailure = ['throttled', 'network', 'upstream'].includes(answer.type);
    if (!isFailure) failingSince = undefined;
    else failingSince ??= now;
    if (answer.type !== 'network') answers += 1;
    if (answer.type !== 'rejected') rejected = 0;
    if (answer.type !== 'duplicate') duplicates = 0;
    if (answer.type !== 'upstream') upstream = 0;
    switch (answer.type) {
      case 'created':
        pauses = 0;
        return GO;
      case 'access':
        return stop('access', answer.message, answer.hint ?? ACCOUNT_HINT);
      case 'rejected':
        rejected += 1;
        pauses = 0;
        if (rejected < maxRefused && (rejected < FIRST_REFUSED || rejected < answers)) return GO;
        return stop(
          'rejected',
          `${rejected === 1 ? 'A request was' : `${rejected} requests in a row were`} refused. ${answer.message}`,
          'Check the rows and defaults, then run the same command again. --max-refused raises the limit.',
        );
      case 'duplicate':
        duplicates += answer.isFirst ? 1 : 0;
        if (duplicates < MAX_DUPLICATES) return GO;
        return stop(
          'rejected',
          `${duplicates} reference IDs in a row were used before: these rows were sent before.`,
          'Another copy of this job may be at work, or its journal was lost. The links are where it was run.',
        );
      case 'throttled': {
        const wantedMs = Math.max(answer.retryAfterMs ?? 0, throttlePauseMs(answer.retryAfterMs));
        if (!isOfThisPause) pauses += 1;
        return pauseFor(now, 'upstream', answer.message, null, wantedMs, wantedMs >= 1_000);
      }
      case 'network': {
        const wantedMs = backOff(NETWORK_PAUSE_MS);
        if (!isOfThisPause) pauses += 1;
        return pauseFor(now, 'network', answer.message, answer.hint, wantedMs, true);
      }
      case 'upstream': {
        upstream += 1;
        if (upstream < MAX_UPSTREAM) return GO;
        const wantedMs = backOff(UPSTREAM_PAUSE_MS);
        if (!isOfThisPause) pauses += 1;
        return pauseFor(now, 'upstream', answer.message, null, wantedMs, true);
      }
    }
  };
}
