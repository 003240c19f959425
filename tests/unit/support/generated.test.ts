import { describe, expect, test } from '@jest/globals';
import { dealt, generated, generatedTimeoutMs } from '../../support/generated.js';

function generate(env: Record<string, string>) {
  const lines: string[] = [];
  return { ...generated('answers', 200, env, (line) => lines.push(line)), lines };
}

describe('generated runs', () => {
  test('have a fiftieth of the number that the test asks for, and a seed that is printed', () => {
    const { numRuns, seed, lines } = generate({});
    expect(numRuns).toBe(4);
    expect(lines).toEqual([`answers: 4 runs, DIGILOCKER_TEST_SEED=${seed}\n`]);
    expect([generate({}).seed, generate({}).seed]).not.toEqual([seed, seed]);
  });

  test.each([
    ['', 4],
    ['1', 200],
    ['50', 10_000],
    ['0.1', 20],
    ['0.0001', 1],
  ])('are scaled by %j', (DIGILOCKER_TEST_SCALE, numRuns) => {
    expect(generate({ DIGILOCKER_TEST_SCALE }).numRuns).toBe(numRuns);
  });

  test('are replayed with their seed', () => {
    expect(generate({ DIGILOCKER_TEST_SEED: '-42' }).seed).toBe(-42);
  });

  test.each([
    ['DIGILOCKER_TEST_SCALE', '0'],
    ['DIGILOCKER_TEST_SCALE', '-1'],
    ['DIGILOCKER_TEST_SCALE', 'ten'],
    ['DIGILOCKER_TEST_SCALE', 'Infinity'],
    ['DIGILOCKER_TEST_SEED', '1.5'],
    ['DIGILOCKER_TEST_SEED', 'x'],
  ])('refuse %s=%s', (name, value) => {
    expect(() => generate({ [name]: value })).toThrow(name);
  });

  test('may take longer when there are more of them, and no less when there are fewer', () => {
    expect(generatedTimeoutMs(1000, { DIGILOCKER_TEST_SCALE: '3' })).toBe(3000);
    expect(generatedTimeoutMs(1000, { DIGILOCKER_TEST_SCALE: '0.1' })).toBe(1000);
  });
});

describe('dealt items', () => {
  const ITEMS = ['a', 'b', 'c', 'd', 'e'];
  const hands = (env: Record<string, string>) => [0, 1].map((hand) => dealt(ITEMS, hand, 2, env));

  test('are each in one hand', () => {
    expect(hands({})).toEqual([
      ['a', 'c', 'e'],
      ['b', 'd'],
    ]);
  });

  test('come round again after the last hand', () => {
    expect(dealt(ITEMS, 3, 2, {})).toEqual(['b', 'd']);
  });

  test('are all in every hand when DIGILOCKER_TEST_SCALE is 1', () => {
    expect(hands({ DIGILOCKER_TEST_SCALE: '1' })).toEqual([ITEMS, ITEMS]);
  });
});
