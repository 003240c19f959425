import { describe, expect, test } from '@jest/globals';
import { liftLongStrings } from '../../../src/api/long-strings.js';

const LONG = 'QUJD'.repeat(20_000);

/** What a text is parsed to, with and without its long strings set apart, and how long it is meanwhile. */
function read(text: string) {
  const { json, restore } = liftLongStrings(Buffer.from(text));
  const value = JSON.parse(json.toString()) as unknown;
  restore(value);
  return { value, plain: JSON.parse(text) as unknown, length: json.length };
}

describe('a long string', () => {
  test.each([
    ['of an object', { a: LONG, b: 1 }],
    ['beside what looks like its place', { a: 'long-string-0', b: LONG, c: 'long-string--0' }],
    ['in a list', ['x', LONG, { c: [LONG] }]],
    ['that is all there is', { a: { b: { c: LONG } } }],
    ['twice', { a: LONG, b: LONG }],
    ['beside quotes and backslashes', { 'a"b\\': '\\"', c: LONG, d: '\\\\' }],
  ])('%s is set apart, and put back', (_what, object) => {
    const { value, plain, length } = read(JSON.stringify(object));
    expect(value).toEqual(plain);
    expect(length).toBeLessThan(500);
  });

  test('under __proto__ stays a member of its own', () => {
    const { value } = read(`{"__proto__":"${LONG}"}`);
    expect(Object.entries(value as object)).toEqual([['__proto__', LONG]]);
  });

  test.each([
    ['with an escape', `{"a":"${LONG}\\n"}`],
    ['that is no ASCII', `{"a":"${LONG}é"}`],
    ['that is a key', `{"${LONG}" \n: 1}`],
    ['that does not end', `{"a":"${LONG}`],
    ['that ends behind an escaped quote', `{"a":"${LONG}\\"","b":"c"}`],
  ])('%s stays where it is', (_what, text) => {
    expect(liftLongStrings(Buffer.from(text)).json.toString()).toBe(text);
  });
});

test('a short text is left as it is', () => {
  const text = Buffer.from('{"a":"b"}');
  expect(liftLongStrings(text).json).toBe(text);
});
