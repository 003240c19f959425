import { expect, test } from '@jest/globals';
import { parseUrl } from '../../../src/safety/url.js';

test('a URL, whole or by its base, or nothing', () => {
  expect(parseUrl('https://app.example/a b')?.href).toBe('https://app.example/a%20b');
  expect(parseUrl('//other.example', new URL('https://app.example/x'))?.href).toBe('https://other.example/');
  expect(parseUrl('app.example')).toBeUndefined();
});

test('the same however often it is read', () => {
  // By then V8 has optimised the call.
  const read = Array.from({ length: 20_000 }, () => parseUrl('https://app.example/caf\u00e9')?.href);
  expect(new Set(read)).toEqual(new Set(['https://app.example/caf%C3%A9']));
});
