import { describe, expect, test } from '@jest/globals';
import { findDrift, type AnswerShape } from '../../../../src/commands/smoke/drift.js';
import { quoteServer } from '../../../../src/commands/smoke/quote-server.js';

const SHAPE: AnswerShape = { id: 'text', responseKey: 'text', data: { url: 'text' } };
const GOOD = { id: 'a', responseKey: 'b', data: { url: 'c' } };

test.each<[what: string, answer: unknown, drift: readonly (readonly [kind: string, text: string])[]]>([
  ['nothing', GOOD, []],
  ['a new key', { ...GOOD, more: 1 }, [['extra', 'more is not documented']]],
  ['a key that is gone', { id: 'a', responseKey: 'b' }, [['missing', 'data is missing']]],
  [
    'another spelling',
    { id: 'a', response_key: 'b', data: { Url: 'c' } },
    [
      ['renamed', 'responseKey is called response_key'],
      ['renamed', 'data.url is called Url'],
    ],
  ],
  [
    'a near name with another type',
    { id: 'a', responseKeys: ['b'], data: GOOD.data },
    [
      ['renamed', 'responseKey is called responseKeys'],
      ['type', 'responseKey is a list, not a text'],
    ],
  ],
  [
    'other types',
    { id: 1, responseKey: null, data: 'c' },
    [
      ['type', 'id is a number, not a text'],
      ['type', 'responseKey is null, not a text'],
      ['type', 'data is a text, not an object'],
    ],
  ],
  ['no object', [], [['type', 'the answer is a list, not an object']]],
])('%s is told as it is', (_what, answer, drift) => {
  expect(findDrift(answer, SHAPE).map(({ kind, text }) => [kind, text])).toEqual(drift);
});

test('keys that every object has are none of the answer', () => {
  expect(
    findDrift(JSON.parse('{"__proto__": {"id": "x"}}'), { toString: 'text' } as unknown as AnswerShape),
  ).toEqual([
    { kind: 'missing', text: 'toString is missing' },
    { kind: 'extra', text: '__proto__ is not documented' },
  ]);
});

describe('what a server says', () => {
  test.each([
    ['error_new', 'error_new'],
    ['::stop-commands::x', '\\u003a:stop-commands::x'],
    [':::x', '\\u003a::x'],
    ['##[error]x', '\\u0023#[error]x'],
    ['a\u001b[2J\n\tb', 'a\\u001b[2J\\u000a b'],
    ['😀'.repeat(81), `${'😀'.repeat(80)}…`],
  ])('%j is shown as %j', (text, shown) => {
    expect(quoteServer(text)).toBe(shown);
  });
});
