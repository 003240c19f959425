import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Exchange } from '../../../src/api/http/exchange.js';
import { delayBeforeRetry, parseRetryAfter } from '../../../src/api/retry.js';
import { Failure } from '../../../src/failure/failure.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

describe('parseRetryAfter (rule 19)', () => {
  test.each([
    [undefined, undefined],
    ['0', 0],
    ['2', 2000],
    ['3600', 3_600_000],
    ['Fri, 02 Jan 2026 03:04:15 GMT', 10_000],
    ['Fri, 02 Jan 2026 03:04:05 GMT', 0],
    ['Thu, 01 Jan 2026 00:00:00 GMT', 0],
    ['', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['1e3', undefined],
    ['2, 3', undefined],
    ['soon', undefined],
    ['9999999999', undefined],
    ['Fri, 99 Jan 2026 03:04:15 GMT', undefined],
    ['Xxx, 02 Xxx 2026 03:04:15 GMT', undefined],
    ['2026-01-02T03:04:15Z', undefined],
  ])('of %j is %p', (value, delayMs) => {
    expect(parseRetryAfter({ 'retry-after': value }, NOW)).toBe(delayMs);
  });

  test.each([
    ['Fri, 02 Jan 2026 03:04:05 GMT', 10_000],
    ['Fri, 02 Jan 2026 05:00:00 GMT', 0],
    ['Fri, 99 Jan 2026 03:04:05 GMT', 70_000],
    ['now', 70_000],
  ])('of a date goes by the clock of the server, which says %j', (date, delayMs) => {
    const headers = { 'retry-after': 'Fri, 02 Jan 2026 03:04:15 GMT', date };
    expect(parseRetryAfter(headers, NOW - 60_000)).toBe(delayMs);
  });

  test('is never negative, whatever it is given', () => {
    const date = fc.date({ noInvalidDate: true }).map((at) => at.toUTCString());
    fc.assert(
      fc.property(fc.oneof(fc.string(), fc.integer().map(String), date), fc.date(), (value, now) => {
        expect(parseRetryAfter({ 'retry-after': value }, now.getTime()) ?? 0).not.toBeLessThan(0);
      }),
    );
  });
});

describe('delayBeforeRetry', () => {
  const network = new Failure('network', 'x');
  const upstream = new Failure('upstream', 'x');
  const state = { attempts: 1, canRenewId: true, now: NOW, random: 0.5 };

  const failed = (sent: boolean, isTransient: boolean): Exchange => ({
    type: 'failed',
    reason: 'x',
    sent,
    isTransient,
  });
  const answered = (status: number, retryAfter?: string): Exchange => ({
    type: 'answered',
    answer: { status, headers: { 'retry-after': retryAfter }, body: Buffer.alloc(0) },
  });

  test.each([
    [1, 0, 125],
    [1, 0.5, 187.5],
    [1, 1, 250],
    [2, 0.5, 375],
    [3, 0.5, 750],
  ])('after try %i that sent nothing it grows, with jitter (%p) (rule 18)', (attempts, random, delayMs) => {
    expect(delayBeforeRetry(failed(false, true), network, { ...state, attempts, random })).toBe(delayMs);
  });

  test('what may have left, or will not pass, is not repeated (rules 18, 20)', () => {
    expect(delayBeforeRetry(failed(true, true), new Failure('unknown', 'x'), state)).toBeUndefined();
    expect(delayBeforeRetry(failed(false, false), network, state)).toBeUndefined();
  });

  test('429 is repeated when it says when (rule 19)', () => {
    expect(delayBeforeRetry(answered(429, '2'), upstream, state)).toBe(2000);
    expect(delayBeforeRetry(answered(429), upstream, state)).toBeUndefined();
    expect(delayBeforeRetry(answered(429, 'soon'), upstream, state)).toBeUndefined();
  });

  test('429 is not repeated with the ID that it has used up, nor for credits that are gone (rule 19)', () => {
    expect(delayBeforeRetry(answered(429, '2'), upstream, { ...state, canRenewId: false })).toBeUndefined();
    expect(delayBeforeRetry(answered(429, '2'), new Failure('access', 'x'), state)).toBeUndefined();
  });

  test.each([200, 400, 500, 502, 503])('%i is not repeated (rules 19, 20)', (status) => {
    expect(delayBeforeRetry(answered(status, '2'), upstream, state)).toBeUndefined();
  });
});
