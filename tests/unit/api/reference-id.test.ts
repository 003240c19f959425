import { expect, test } from '@jest/globals';
import { createReferenceId } from '../../../src/api/reference-id.js';

const LATER = Date.UTC(2100, 0, 1);

test('is a UUID of version 7 and variant 2', () => {
  for (let count = 0; count < 200; count += 1) {
    expect(createReferenceId(Date.UTC(2026, 0, 1))).toMatch(
      /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
    );
  }
});

test('begins with the time in milliseconds', () => {
  const id = createReferenceId(LATER);
  expect(Number.parseInt(id.replaceAll('-', '').slice(0, 12), 16)).toBe(LATER);
});

test('sorts by creation within one millisecond, and when the clock goes back', () => {
  const times = [LATER + 5, LATER + 5, LATER + 5, LATER + 1, LATER + 9, LATER + 9];
  const ids = times.map((now) => createReferenceId(now));
  expect(ids.toSorted()).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
});

test('is random beyond the time', () => {
  const tails = Array.from({ length: 50 }, () => createReferenceId(0).slice(-12));
  expect(new Set(tails).size).toBe(50);
});
