import { describe, expect, test } from '@jest/globals';
import { createTokens } from '../../../src/sandbox/tokens.js';

const NUMBERS = [0, 1, 2, 255, 1_000_000, 2 ** 32 - 1];

describe.each([
  ['hex', /^[0-9A-F]{32}$/],
  ['base64url', /^[\w-]{22}$/],
] as const)('a token in %s', (form, shape) => {
  test('names its number, and no two numbers share one', () => {
    const { tokenOf, numberOf } = createTokens(form);
    const tokens = NUMBERS.map(tokenOf);
    for (const token of tokens) expect(token).toMatch(shape);
    expect(new Set(tokens).size).toBe(NUMBERS.length);
    expect(tokens.map(numberOf)).toEqual(NUMBERS);
    expect(NUMBERS.map(tokenOf)).toEqual(tokens);
  });

  test('is unknown to other tokens, and in any other spelling', () => {
    const { tokenOf, numberOf } = createTokens(form);
    const token = tokenOf(7);
    const others = [
      '',
      `${token}x`,
      token.slice(1),
      token.toLowerCase(),
      ` ${token}`,
      createTokens(form).tokenOf(7),
    ];
    const changed = token.slice(0, -1) + (token.endsWith('A') ? 'B' : 'A');
    for (const other of [...others, changed]) expect(numberOf(other)).toBeUndefined();
  });
});
