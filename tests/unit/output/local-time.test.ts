import { describe, expect, test } from '@jest/globals';
import { localTime } from '../../../src/output/local-time.js';

const NOW = Date.UTC(2026, 10, 26, 13, 16, 0);
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];

describe('a time for people', () => {
  test.each([
    ['Asia/Kolkata', 59 * MINUTE, '19:45 IST, in 59 min'],
    ['Asia/Kolkata', HOUR, '19:46 IST, in 60 min'],
    ['Asia/Kolkata', 6 * HOUR, '27 Nov 00:46 IST, in 6 h'],
    ['Asia/Kolkata', 47 * DAY, '12 Jan 2027 18:46 IST, in 47 days'],
    ['Asia/Kolkata', -400 * DAY, '22 Oct 2025 18:46 IST, 400 days ago'],
    ['UTC', 0, '13:16 UTC, now'],
    ['UTC', -30 * SECOND, '13:15 UTC, 30 s ago'],
    ['UTC', -90 * SECOND, '13:14 UTC, 2 min ago'],
    ['UTC', -25 * HOUR, '25 Nov 12:16 UTC, 25 h ago'],
    ['Europe/Berlin', MINUTE, '14:17 CET, in 60 s'],
    ['America/New_York', MINUTE, '08:17 EST, in 60 s'],
    ['Asia/Kathmandu', MINUTE, /^19:02 \S+, in 60 s$/],
  ])('in %s, %d ms from now, is local, with zone and distance', (timeZone, ms, shown) => {
    const text = localTime({ atMs: NOW + ms, nowMs: NOW }, timeZone);
    if (typeof shown === 'string') expect(text).toBe(shown);
    else expect(text).toMatch(shown);
  });

  test('has its date, and no distance, where the present is not known', () => {
    expect(localTime({ atMs: NOW }, 'Asia/Kolkata')).toBe('26 Nov 2026 18:46 IST');
  });

  test.each([Number.NaN, 1e300])('that is none (%d) is called unknown', (atMs) => {
    expect(localTime({ atMs, nowMs: NOW })).toBe('unknown');
  });
});
