import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseStrictJson } from '../../../src/safety/strict-json.js';

describe('strict JSON', () => {
  test('is read as JSON.parse reads it', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.constantFrom(0, 2), (value, indent) => {
        const text = JSON.stringify(value, null, indent);
        expect(parseStrictJson(text)).toEqual({ value: JSON.parse(text) as unknown });
      }),
    );
  });

  test.each(['', '{', "{'a':1}", '{"a":1,}', '\uFEFF{}', '{"a":1} {"b":2}'])('is not %j', (text) => {
    expect(parseStrictJson(text)).toBeUndefined();
  });

  test.each([
    '{"a":1,"a":2}',
    '{"a":1,"a":1}',
    '{"a":1,"\\u0061":2}',
    '[{"inner":{"a" :1, "a"\n: 2}}]',
    '{"__proto__":1,"__proto__":2}',
    '{"":1,"":2}',
  ])('names no key twice, as %s does', (text) => {
    expect(parseStrictJson(text)).toBeUndefined();
  });

  test.each([
    '{"a":"a","b":{"a":1}}',
    '{"a":"\\"a\\":1"}',
    '["a:","\\\\",":"]',
    '{"\\\\":1,"\\"":2}',
    '{"__proto__":1}',
  ])('may name it in several objects, and in texts, as %s does', (text) => {
    expect(parseStrictJson(text)).toEqual({ value: JSON.parse(text) as unknown });
  });

  test('may be nested to any depth', () => {
    const depth = 200_000;
    expect(parseStrictJson(`${'['.repeat(depth)}${']'.repeat(depth)}`)).toBeDefined();
  });
});
