import { expect, test } from '@jest/globals';
import { parseEnvelope } from '../../../src/api/envelope.js';
import { inexactNumber, quoteInexactNumbers } from '../../../src/safety/exact-numbers.js';

const INEXACT = [
  '12345678901234567890',
  '-9007199254740993',
  '9007199254740992',
  '1e400',
  '-1E+400',
  '1e21',
  '1e-400',
  '0.12345678901234567',
  '3.14159265358979323846',
];

const EXACT = ['0', '-0', '-0.0', '1.0', '1.50', '1e3', '10E-1', '0.1', '9007199254740991'];

test.each(INEXACT)('%s is no number that a double holds (rule 41)', (number) => {
  expect(inexactNumber(`{"a":[1,${number}]}`)).toBe(number);
  expect(JSON.parse(quoteInexactNumbers(`{"a":[1,${number}]}`))).toEqual({ a: [1, number] });
  const envelope = parseEnvelope(
    Buffer.from(`{"status":"SUCCESS","quota":${number},"data":{"n":[${number}]}}`),
  );
  expect(envelope?.raw).toEqual({ status: 'SUCCESS', quota: number, data: { n: [number] } });
});

test.each(EXACT)('%s is one', (number) => {
  const json = `{"a":[${number}]}`;
  expect(inexactNumber(json)).toBeUndefined();
  expect(quoteInexactNumbers(json)).toBe(json);
});

test('digits in strings and keys are no numbers', () => {
  const json = '{"12345678901234567890":"say \\"12345678901234567890\\" \\\\","b":"1e400"}';
  expect(quoteInexactNumbers(json)).toBe(json);
});
