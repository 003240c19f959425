import { describe, expect, test } from '@jest/globals';
import { collect, parseCount, parseDuration } from '../../../src/commands/flags.js';

describe('a duration', () => {
  test.each([
    ['1ms', 1],
    ['500ms', 500],
    ['30s', 30_000],
    ['1.5s', 1500],
    ['10m', 600_000],
    ['1h', 3_600_000],
    ['0.5h', 1_800_000],
    ['24h', 86_400_000],
  ])('%s is %i ms', (text, durationMs) => {
    expect(parseDuration(text)).toBe(durationMs);
  });

  test.each([
    '',
    '30',
    's',
    '30 s',
    '-1s',
    '0s',
    '0.1ms',
    '25h',
    '1d',
    '1e3s',
    '1.2345s',
    '99999999999ms',
    'Infinitys',
    '30S',
  ])('%j is none', (text) => {
    expect(() => parseDuration(text)).toThrow('Give a duration such as 500ms, 30s, 10m or 1h.');
  });
});

describe('a count', () => {
  test.each([
    ['0', 0],
    ['20', 20],
    ['007', 7],
  ])('%s is %i', (text, count) => {
    expect(parseCount(20)(text)).toBe(count);
  });

  test.each(['', '-1', '21', '1.5', '1e1', ' 1', 'x', '1000000'])('%j is none up to 20', (text) => {
    expect(() => parseCount(20)(text)).toThrow('Give a whole number from 0 to 20.');
  });
});

test('a repeatable flag collects its values', () => {
  expect(collect('b', collect('a'))).toEqual(['a', 'b']);
});
