import { expect, test } from '@jest/globals';
import { writeJson } from '../../../src/output/write-json.js';
import { jsonText } from '../../../src/safety/visible.js';

const LONG = 'QUJD'.repeat(300_000);

async function pieces(document: unknown): Promise<string[]> {
  const written: string[] = [];
  await writeJson(
    {
      write: (text) => {
        written.push(String(text));
        return Promise.resolve();
      },
    },
    document,
  );
  return written;
}

test('a document is written in one piece', async () => {
  const document = { a: 'b', c: [1, null], d: '\u202e' };
  expect(await pieces(document)).toEqual([`${jsonText(document)}\n`]);
});

test.each([
  ['one', { a: LONG, b: 1 }],
  ['beside what looks like their place', { a: '<long string>', b: LONG, c: '<long string>>' }],
  ['two', { a: [LONG], b: { c: `${LONG}D` } }],
  ['with what JSON escapes', { a: `${LONG}"\n\u0085`, b: LONG }],
])('long strings are written in pieces, to the same text: %s', async (_what, document) => {
  const written = await pieces(document);
  expect(written.length).toBeGreaterThan(2);
  expect(written.join('')).toBe(`${jsonText(document)}\n`);
});
