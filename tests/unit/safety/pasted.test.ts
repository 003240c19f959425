import { expect, test } from '@jest/globals';
import { copyFault, unquoted } from '../../../src/safety/pasted.js';

test.each([
  ['made-up value\r', 'ends with a line break, as in a file with the line ends of Windows'],
  ['made-up value\r\n', 'ends with a line break, as in a file with the line ends of Windows'],
  ['made-up value\n', 'ends with a line break'],
  ['made-up\nvalue', 'contains a line break'],
  ['made-up\u2028value', 'contains a line break'],
  ['\ufeffmade-up value', 'starts with a byte order mark'],
  ['made-up value ', 'starts or ends with a space'],
  ['\u00a0made-up value', 'starts or ends with a space'],
  ['made-up value\t', 'starts or ends with a space'],
  ['made-up\tvalue', 'contains a tab'],
  ['made-up value\u200b', 'contains the invisible character U+200B'],
  ['made-up \u202evalue', 'contains the invisible character U+202E'],
  ['made-up value\ud800', 'contains the invisible character U+D800'],
  ['made-up value\u0000', 'contains the invisible character U+0000'],
  ['made-up value\u3164', 'contains the invisible character U+3164'],
  ['made-up\u2060value', 'contains the invisible character U+2060'],
  ['made-up\u{e0041}value', 'contains the invisible character U+E0041'],
  ['made-up value\u2800', 'contains the invisible character U+2800'],
  ['„made-up value“', 'is enclosed in „…“: leave these marks out'],
  ['‹made-up value›', 'is enclosed in ‹…›: leave these marks out'],
  ['”made-up value”', 'is enclosed in ”…”: leave these marks out'],
  ['(made-up value)', undefined],
  ['"made-up value"', 'is enclosed in "…": leave these marks out'],
  ["'made-up value'", "is enclosed in '…': leave these marks out"],
  ['“made-up value”', 'is enclosed in “…”: leave these marks out'],
  ['<made-up-value>', 'is enclosed in <…>: leave these marks out'],
  ['""', 'is enclosed in "…": leave these marks out'],
  ['"one" and "two"', undefined],
  ["'s Hertogenbosch", undefined],
  ['"', undefined],
  ['', undefined],
  ['made-up\u00a0value', undefined],
  ['അവൻ\u200d के\u200cवल', undefined],
  ['🙂', undefined],
  ['❤\ufe0f', undefined],
])('what %j was copied along with: %p', (value, fault) => {
  expect(copyFault(value)).toBe(fault);
});

test.each([
  [' "one" ', 'one'],
  ['< one >', 'one'],
  ['"one" "two"', '"one" "two"'],
  ['one', 'one'],
])('%j is taken as %j', (pasted, value) => {
  expect(unquoted(pasted)).toBe(value);
});
