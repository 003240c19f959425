import { describe, expect, test } from '@jest/globals';
import type { Answer } from '../../../../src/commands/batch/breakers.js';
import {
  createScheduler,
  type Scheduler,
  type SchedulerRules,
} from '../../../../src/commands/batch/scheduler.js';
import { Failure } from '../../../../src/failure/failure.js';

const RULES: SchedulerRules = { rate: undefined, concurrency: 64, maxRefused: 20, patienceMs: 600_000 };
const CREATED: Answer = { type: 'created' };
const REJECTED: Answer = { type: 'rejected', message: 'refused' };
const UPSTREAM: Answer = { type: 'upstream', message: 'failed' };
const NETWORK: Answer = { type: 'network', message: 'not sent', hint: null };
const ACCESS: Answer = { type: 'access', message: 'no account', hint: null };
const throttled = (retryAfterMs?: number): Answer => ({ type: 'throttled', retryAfterMs, message: '429' });

function start(rules: Partial<SchedulerRules> = {}): Scheduler {
  return createScheduler({ ...RULES, ...rules }, 0, () => 0.5);
}

/** Departs as long as it may, and returns how many did. */
function departAll(scheduler: Scheduler, now: number): number {
  let count = 0;
  for (; scheduler.next(now).type === 'depart'; count += 1) scheduler.departed(now);
  return count;
}

/** One request after another, each answered at once. */
function play(scheduler: Scheduler, answers: readonly Answer[], now = 0): void {
  for (const answer of answers) {
    scheduler.departed(now);
    scheduler.answered(answer, now, now);
  }
}

/** Plays a server for a while; returns the times of departure. */
function simulate(
  scheduler: Scheduler,
  {
    untilMs,
    latencyMs,
    answer,
  }: { untilMs: number; latencyMs: number; answer: (count: number, now: number) => Answer },
): number[] {
  const departures: number[] = [];
  const pending: { at: number; departedAt: number; answer: Answer }[] = [];
  for (let now = 0; now < untilMs;) {
    const action = scheduler.next(now);
    if (action.type === 'stop') break;
    if (action.type === 'depart') {
      scheduler.departed(now);
      pending.push({ at: now + latencyMs, departedAt: now, answer: answer(departures.length, now) });
      departures.push(now);
      continue;
    }
    const wakes = [action.untilMs, pending[0]?.at].filter((at) => at !== undefined);
    now = Math.min(...wakes);
    while (pending[0] !== undefined && pending[0].at <= now) {
      const arrived = pending.shift();
      if (arrived !== undefined) scheduler.answered(arrived.answer, arrived.departedAt, now);
    }
  }
  return departures;
}

describe('slow start', () => {
  test('one row goes alone until a first success, then twice as many with each round', () => {
    const scheduler = start();
    const rounds: number[] = [];
    for (let now = 1; rounds.length < 9; now += 1) {
      const count = departAll(scheduler, now);
      rounds.push(count);
      for (let answers = 0; answers < count; answers += 1) scheduler.answered(CREATED, now, now + 0.5);
    }
    expect(rounds).toEqual([1, 2, 4, 8, 16, 32, 64, 64, 64]);
  });

  test('a refusal lets no second row go beside the next one', () => {
    const scheduler = start();
    play(scheduler, [REJECTED, REJECTED], 1);
    expect(departAll(scheduler, 2)).toBe(1);
  });
});

describe('the rate', () => {
  test.each([1, 10, 100, 250, 1000])('in no second do more than 1.1 times %i/s depart', (rate) => {
    const departures = simulate(start({ rate, concurrency: 1024 }), {
      untilMs: 20_000,
      latencyMs: 200,
      answer: () => CREATED,
    });
    // One more than the most in a second would all depart within one.
    const most = Math.max(2, Math.ceil(1.1 * rate));
    expect(departures.filter((from, index) => (departures[index + most] ?? Infinity) < from + 1000)).toEqual(
      [],
    );
    const steady = departures.filter((at) => at >= 10_000).length;
    expect(steady).toBeGreaterThanOrEqual(10 * rate * 0.97 - 1);
  });

  test('after a long sleep the bucket is full, and nothing is owed', () => {
    const scheduler = start({ rate: 100 });
    play(scheduler, Array<Answer>(64).fill(CREATED));
    expect(departAll(scheduler, 3_600_000)).toBe(5);
  });

  test('429 lowers it once in ten seconds, and it recovers by steps', () => {
    const scheduler = start({ rate: 100 });
    let now = 0;
    const answer = (one: Answer) => {
      scheduler.departed(now);
      scheduler.answered(one, now, now);
    };
    answer(CREATED);
    for (let count = 0; count < 5; count += 1) answer(throttled(0));
    expect(scheduler.rate()).toBeCloseTo(70);
    now = 11_000;
    answer(throttled(0));
    expect(scheduler.rate()).toBeCloseTo(49);
    const rates: (number | undefined)[] = [];
    for (now = 30_000; rates.length < 12; now += 10_000) {
      answer(CREATED);
      rates.push(scheduler.rate());
    }
    expect(rates[0]).toBeCloseTo(54);
    expect(rates.at(-1)).toBe(100);
  });

  test('a few 429 among many answers leave it as it is, and it never falls below a twentieth', () => {
    const few = start({ rate: 100 });
    play(few, [...Array<Answer>(96).fill(CREATED), throttled(0)], 5);
    expect(few.rate()).toBe(100);
    const many = start({ rate: 100, patienceMs: 10_000_000 });
    for (let minute = 1; minute < 40; minute += 1) play(many, [throttled(0)], minute * 60_000);
    expect(many.rate()).toBe(5);
  });
});

describe('HTTP 429', () => {
  test('nothing departs until the latest Retry-After of one event has passed', () => {
    const scheduler = start();
    play(scheduler, Array<Answer>(8).fill(CREATED), 0);
    expect(departAll(scheduler, 10)).toBe(9);
    expect(scheduler.answered(throttled(5_000), 10, 20)).toMatch(/^429 Pausing for 5\.0 s\.$/);
    expect(scheduler.answered(throttled(9_000), 10, 30)).toBeUndefined();
    expect(scheduler.answered(throttled(2_000), 10, 40)).toBeUndefined();
    for (let left = 0; left < 6; left += 1) scheduler.answered(CREATED, 10, 50);
    expect(scheduler.next(100)).toEqual({ type: 'wait', untilMs: 9_030 });
    expect(scheduler.pauses()).toBe(1);
    expect(departAll(scheduler, 9_030)).toBe(1);
  });

  test.each([
    ['without Retry-After', undefined, [750, 1500, 3000, 6000, 12000, 24000, 45000, 45000]],
    ['with Retry-After: 0', 0, [0, 1500, 3000, 6000, 12000, 24000, 45000, 45000]],
    ['with Retry-After: 10', 10_000, [10_000, 10_000, 10_000, 10_000, 12000, 24000, 45000, 45000]],
  ])('%s the pauses grow to a minute while nothing succeeds', (_what, retryAfterMs, expected) => {
    const scheduler = start({ patienceMs: 3_600_000 });
    const pauses: number[] = [];
    let now = 0;
    for (let count = 0; count < 8; count += 1) {
      now += 1;
      scheduler.departed(now);
      scheduler.answered(throttled(retryAfterMs), now, now);
      const action = scheduler.next(now);
      const until = action.type === 'wait' ? (action.untilMs ?? now) : now;
      pauses.push(until - now);
      now = until;
    }
    expect(pauses).toEqual(expected);
  });

  test('a Retry-After of a year waits no longer than the patience, tries once more, and stops', () => {
    const scheduler = start({ patienceMs: 600_000 });
    play(scheduler, [throttled(365 * 24 * 3_600_000)], 0);
    expect(scheduler.next(1)).toEqual({ type: 'wait', untilMs: 600_000 });
    play(scheduler, [throttled()], 600_000);
    expect(scheduler.stopped()).toMatchObject({ kind: 'upstream', exitCode: 6 });
  });
});

describe('breakers', () => {
  test('a refused account stops the run with the first answer', () => {
    const scheduler = start();
    play(scheduler, [ACCESS]);
    expect(scheduler.next(0)).toEqual({ type: 'stop' });
    expect(scheduler.stopped()).toMatchObject({ kind: 'access', exitCode: 4, message: 'no account' });
  });

  test('five refusals at the start stop it, and twenty in a row later', () => {
    const first = start();
    play(first, Array<Answer>(4).fill(REJECTED));
    expect(first.stopped()).toBeUndefined();
    play(first, [REJECTED]);
    expect(first.stopped()).toMatchObject({ kind: 'rejected', exitCode: 5 });

    const later = start();
    play(later, [CREATED, ...Array<Answer>(19).fill(REJECTED), CREATED, ...Array<Answer>(19).fill(REJECTED)]);
    expect(later.stopped()).toBeUndefined();
    play(later, [REJECTED]);
    expect(later.stopped()).toMatchObject({
      exitCode: 5,
      message: expect.stringContaining('20 requests in a row'),
    });
  });

  test('three duplicates on first attempts stop it; on repetitions they do not', () => {
    const again = start();
    play(again, Array<Answer>(30).fill({ type: 'duplicate', isFirst: false }));
    expect(again.stopped()).toBeUndefined();
    const copied = start();
    play(copied, [CREATED, ...Array<Answer>(3).fill({ type: 'duplicate', isFirst: true })]);
    expect(copied.stopped()).toMatchObject({ exitCode: 5, message: expect.stringContaining('sent before') });
  });

  test('nothing departs while the network is away but one row as a probe, until patience runs out', () => {
    const scheduler = start({ patienceMs: 100_000 });
    const departures = simulate(scheduler, { untilMs: 1_000_000, latencyMs: 0, answer: () => NETWORK });
    expect(departures).toEqual([0, 1_000, 3_000, 7_000, 15_000, 31_000, 63_000, 100_000]);
    expect(scheduler.stopped()).toMatchObject({ kind: 'network', exitCode: 7 });
  });

  test('ten failures of Decentro in a row make everything wait, and a success ends it', () => {
    const scheduler = start();
    play(scheduler, [CREATED, ...Array<Answer>(9).fill(UPSTREAM)], 0);
    expect(scheduler.next(1).type).toBe('depart');
    play(scheduler, [UPSTREAM], 1);
    expect(scheduler.next(2)).toEqual({ type: 'wait', untilMs: 30_001 });
    play(scheduler, [CREATED], 30_001);
    expect(departAll(scheduler, 30_002)).toBe(2);
  });

  test('patience is about what nothing interrupts: any answer of Decentro to the row begins it anew', () => {
    const scheduler = start({ patienceMs: 50_000 });
    for (let second = 0; second < 600; second += 10)
      play(scheduler, [second % 20 === 0 ? throttled(1_000) : CREATED], second * 1000);
    expect(scheduler.stopped()).toBeUndefined();
  });

  test('the first reason to stop is the one that counts', () => {
    const scheduler = start();
    scheduler.stop(new Failure('interrupted', 'Interrupted by SIGINT.', { signal: 'SIGINT' }));
    play(scheduler, [ACCESS]);
    expect(scheduler.stopped()?.exitCode).toBe(130);
  });
});
