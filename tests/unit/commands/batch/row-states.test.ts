import { describe, expect, test } from '@jest/globals';
import type { JournalRecord } from '../../../../src/commands/batch/journal.js';
import {
  nextAttempt,
  RowStates,
  type Retry,
  type RowState,
} from '../../../../src/commands/batch/row-states.js';
import { intent, outcome } from './records.js';

function fold(records: readonly (readonly [segment: number, record: JournalRecord])[]): RowStates {
  const states = new RowStates();
  records.forEach(([segment, record], index) => {
    states.apply(record, { segment, start: 100 * index });
  });
  return states;
}

test('an outcome takes the place of its intent; an earlier attempt keeps its own', () => {
  const states = fold([
    [1, intent(5, 1)],
    [1, outcome(5, 1, { end: 'again', sent: 'yes', http: 429 })],
    [1, intent(5, 2)],
    [2, intent(5, 2)],
    [2, outcome(5, 2)],
  ]);
  expect(states.stateOf(5)).toBe('created');
  expect(states.attemptOf(5)).toBe(2);
  expect(states.placesOf(5)).toEqual([
    { segment: 1, start: 100 },
    { segment: 1, start: 200 },
    { segment: 2, start: 400 },
  ]);
});

test('a million rows find their place beside each other', () => {
  const states = fold([
    [1, intent(1_000_000, 1)],
    [1, outcome(999_999, 0, { end: 'withheld', id: null })],
  ]);
  expect(states.stateOf(1_000_000)).toBe('sent');
  expect(states.stateOf(999_999)).toBe('withheld');
  expect(states.stateOf(999_998)).toBe('open');
  expect(states.placesOf(999_998)).toEqual([]);
});

describe('which attempt a row needs next', () => {
  const all: readonly Retry[] = ['unknown', 'lost', 'refused', 'upstream'];

  test.each<[RowState, number | undefined]>([
    ['open', 1],
    ['again', 3],
    ['afresh', 4],
    ['sent', undefined],
    ['created', undefined],
    ['refused', undefined],
    ['upstream', undefined],
    ['unknown', undefined],
    ['lost', undefined],
  ])('after attempt 3, %s without --retry: %p', (state, next) => {
    expect(nextAttempt(state, 3, new Set())).toBe(next);
  });

  test.each<[RowState, number | undefined]>([
    ['sent', 3],
    ['unknown', 3],
    ['lost', 4],
    ['refused', 4],
    ['upstream', 4],
    ['created', undefined],
  ])('after attempt 3, %s with every --retry: %p', (state, next) => {
    expect(nextAttempt(state, 3, new Set(all))).toBe(next);
  });

  test('what Decentro itself failed at is tried again by --retry upstream alone', () => {
    expect(nextAttempt('upstream', 1, new Set<Retry>(['upstream']))).toBe(2);
    expect(nextAttempt('refused', 1, new Set<Retry>(['upstream']))).toBeUndefined();
  });
});
