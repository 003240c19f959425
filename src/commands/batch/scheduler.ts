// When the next request may leave: events in, an action out. Times are monotonic milliseconds, handed in. Pure.
import type { Failure } from '../../failure/failure.js';
import type { Answer, BreakerRules } from './breakers.js';
import { createBreakers } from './breakers.js';
import { createBucket } from './bucket.js';

export interface SchedulerRules extends BreakerRules {
  /** Departures a second; `undefined` for no limit. */
  readonly rate: number | undefined;
  /** Requests in flight at most. */
  readonly concurrency: number;
}

export type Action =
  | { readonly type: 'depart' }
  /** Until that time; without one, until an answer. */
  | { readonly type: 'wait'; readonly untilMs?: number }
  | { readonly type: 'stop' };

export interface Scheduler {
  readonly next: (now: number) => Action;
  readonly departed: (now: number) => void;
  /** Returns what should be told about it, if anything. */
  readonly answered: (answer: Answer, departedAt: number, now: number) => string | undefined;
  /** Nothing departs any more. The first reason counts. */
  readonly stop: (failure: Failure) => void;
  readonly stopped: () => Failure | undefined;
  readonly inFlight: () => number;
  /** How many may be in flight at present. */
  readonly window: () => number;
  /** How often everything paused. */
  readonly pauses: () => number;
  /** Departures a second at present. */
  readonly rate: () => number | undefined;
}

/** Creates the scheduler of a run: one row alone until a first success, then twice as many with each round. */
export function createScheduler(rules: SchedulerRules, startedAt: number, random: () => number): Scheduler {
  const bucket = createBucket(rules.rate, startedAt);
  const judge = createBreakers(rules, random);
  let window = 1;
  let inFlight = 0;
  let pausedAt = Number.NEGATIVE_INFINITY;
  let pausedUntil = Number.NEGATIVE_INFINITY;
  let pauses = 0;
  let stopped: Failure | undefined;

  const pause = (ms: number, isProbe: boolean, departedAt: number, now: number): boolean => {
    // What had left before the pause began tells of the same event.
    const isSameEvent = departedAt <= pausedAt;
    pausedUntil = Math.max(pausedUntil, now + ms);
    if (isProbe) window = 1;
    if (isSameEvent) return false;
    pausedAt = now;
    pauses += 1;
    return true;
  };

  return {
    next: (now) => {
      if (stopped !== undefined) return { type: 'stop' };
      if (inFlight >= window) return { type: 'wait' };
      if (now < pausedUntil) return { type: 'wait', untilMs: pausedUntil };
      const delayMs = bucket.delayMs(now);
      return delayMs > 0 ? { type: 'wait', untilMs: now + delayMs } : { type: 'depart' };
    },
    departed: (now) => {
      inFlight += 1;
      bucket.take(now);
    },
    answered: (answer, departedAt, now) => {
      inFlight -= 1;
      if (answer.type !== 'network') bucket.answered(now, answer.type === 'throttled');
      const verdict = judge(answer, now, departedAt <= pausedAt);
      if (verdict.type === 'stop') stopped ??= verdict.failure;
      else if (verdict.type === 'go') {
        // A success of before the pause says nothing about what follows it.
        if (answer.type === 'created' && departedAt > pausedAt)
          window = Math.min(rules.concurrency, window + 1);
      } else if (verdict.ms > 0 && pause(verdict.ms, verdict.isProbe, departedAt, now)) {
        return `${verdict.reason} Pausing for ${seconds(pausedUntil - now)}.`;
      }
      return undefined;
    },
    stop: (failure) => {
      stopped ??= failure;
    },
    stopped: () => stopped,
    inFlight: () => inFlight,
    window: () => window,
    pauses: () => pauses,
    rate: bucket.rate,
  };
}

function seconds(ms: number): string {
  return ms >= 120_000 ? `${Math.round(ms / 60_000)} min` : `${(ms / 1000).toFixed(1)} s`;
}
