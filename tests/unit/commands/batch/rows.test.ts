import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { readInputFile, type InputDigest } from '../../../../src/commands/batch/input-file.js';
import { formatOf, readRows, type Row, type RowFormat } from '../../../../src/commands/batch/rows.js';
import { temporaryDirectory } from '../../../support/cleanup.js';

const CSV: RowFormat = { type: 'csv', delimiter: ',' };
const NDJSON: RowFormat = { type: 'ndjson', delimiter: ',' };

async function read(content: string | Buffer, format: RowFormat = CSV): Promise<Row[]> {
  const file = path.join(temporaryDirectory(), 'input.csv');
  writeFileSync(file, content);
  const rows: Row[] = [];
  for await (const row of readRows(readInputFile(file).text, format)) rows.push(row);
  return rows;
}

function cells(rows: readonly Row[]): Record<string, unknown>[] {
  return rows.map((row) => Object.fromEntries(row.cells));
}

describe('CSV', () => {
  test('every cell is text, as it is', async () => {
    const rows = await read('id,phone,note\n007,+919876543210,"a, ""b""\nc"\n1e5,\'x, y \n');
    expect(cells(rows)).toEqual([
      { id: '007', phone: '+919876543210', note: 'a, "b"\nc' },
      { id: '1e5', phone: "'x", note: ' y ' },
    ]);
    expect(rows.map(({ number, line }) => [number, line])).toEqual([
      [1, 3],
      [2, 4],
    ]);
  });

  test('a byte order mark, CRLF and a missing last line break are read', async () => {
    expect(cells(await read('\ufeffid,name\r\n1,ऋषि\r\n2,b'))).toEqual([
      { id: '1', name: 'ऋषि' },
      { id: '2', name: 'b' },
    ]);
  });

  test('other delimiters are read when they are asked for', async () => {
    expect(cells(await read('a;b\n1,5;2\n', { type: 'csv', delimiter: ';' }))).toEqual([
      { a: '1,5', b: '2' },
    ]);
    expect(cells(await read('a\tb\n1\t2\n', { type: 'csv', delimiter: '\t' }))).toEqual([{ a: '1', b: '2' }]);
  });

  test('a row that is long and split anywhere by the reading is whole', async () => {
    const rows = Array.from({ length: 1500 }, (_, index) => `${index},"${'ज'.repeat(index % 50)}\n"`);
    const found = await read(`id,text\n${rows.join('\n')}\n`);
    expect(found).toHaveLength(1500);
    expect(found[1499]?.cells.get('text')).toBe(`${'ज'.repeat(49)}\n`);
  });

  test.each([
    ['a cell too many', 'a,b\n1,2\n1,2,3\n', 'Line 3: the number of cells differs from the header.'],
    ['a cell too few', 'a,b\n1\n', 'Line 2: the number of cells differs from the header.'],
    ['an empty line', 'a,b\n1,2\n\n3,4\n', 'Line 3: the line is empty.'],
    ['an empty line in a file of one column', 'a\n1\n\n2\n', 'Line 3: the line is empty.'],
    [
      'a quote that is not closed',
      'a,b\n1,"2\n3,4\n',
      'Line 2: a quote is not closed in the row that begins here.',
    ],
    ['text after a quote', 'a,b\n1,"2"x\n', 'Line 2: text follows a closing quote.'],
    ['a quote inside a cell', 'a,b\n1,x"y\n', 'Line 2: a quote is inside an unquoted cell.'],
    ['a NUL character', 'a,b\n1,x\0y\n', 'Line 2: a cell contains a NUL character.'],
    ['a column without a name', 'a,,c\n1,2,3\n', 'Line 1: a column has no name.'],
    ['two columns of one name', 'a,b,a\n1,2,3\n', 'Line 1: column a appears twice.'],
    ['a column named __proto__', 'a,__proto__\n1,2\n', 'Line 1: a column must not be named __proto__.'],
    ['an empty file', '', 'The file is empty: it has no header.'],
    [
      'mixed line ends',
      'a,b\n1,2\r\n',
      'Line 2: a cell contains a lone carriage return; the line ends of the file may be mixed.',
    ],
    [
      'a file of semicolons',
      'a;b\n1;2\n',
      "Line 1: the header is one column and contains ';'; set --delimiter ';'.",
    ],
    ['an empty line instead of a header', '\na,b\n', 'Line 1: the line is empty.'],
    [
      'a file of tabs',
      'a\tb\n1\t2\n',
      'Line 1: the header is one column and contains tab; set --delimiter tab.',
    ],
    [
      'a row over 64 KiB',
      `a,b\n1,"${'x\n'.repeat(40_000)}"\n`,
      'Line 2: the row that begins here is over 64 KiB; a quote may not be closed.',
    ],
  ])('%s is named with its line', async (_what, content, message) => {
    await expect(read(content)).rejects.toMatchObject({ kind: 'usage', message });
  });

  test('what is not UTF-8 is named with its line, wherever it stands', async () => {
    const start = Buffer.from(`a,b\n${'1,2\n'.repeat(20_000)}`);
    const latin = Buffer.concat([start, Buffer.from([0x33, 0x2c, 0xe9, 0x0a])]);
    await expect(read(latin)).rejects.toMatchObject({
      message: expect.stringMatching(/^Line 20002 of .* is not UTF-8\.$/),
    });
    const cut = Buffer.from('a,b\n1,ऋ').subarray(0, -1);
    await expect(read(cut)).rejects.toMatchObject({ message: expect.stringMatching(/^Line 2 of /) });
  });
});

describe('NDJSON', () => {
  test('each line is one object, its values of their own types', async () => {
    const rows = await read('{"key":"1","consent":true}\n{"key":2,"note":null}\n', NDJSON);
    expect(cells(rows)).toEqual([
      { key: '1', consent: true },
      { key: 2, note: null },
    ]);
  });

  test.each([
    ['an empty line', '{"a":1}\n\n{"a":2}\n', 'Line 2: the line is empty.'],
    ['a list', '[1]\n', 'Line 1: not a JSON object, or a key appears twice.'],
    ['a key that appears twice', '{"a":1,"a":2}\n', 'Line 1: not a JSON object, or a key appears twice.'],
    ['a broken line', '{"a":1}\n{"a":\n', 'Line 2: not a JSON object, or a key appears twice.'],
    ['a row over 64 KiB', `{"a":"${'x'.repeat(65_536)}"}\n`, 'Line 1: the row is over 64 KiB.'],
    ['a column without a name', '{"":1}\n', 'Line 1: a column has no name.'],
    ['an empty file', '', 'The file is empty: it has no rows.'],
  ])('%s is named with its line', async (_what, content, message) => {
    await expect(read(content, NDJSON)).rejects.toMatchObject({ kind: 'usage', message });
  });
});

describe('the input file', () => {
  test('a folder and a missing file are usage errors', async () => {
    const folder = temporaryDirectory();
    const first = async (file: string) => {
      for await (const text of readInputFile(file).text) return text;
      return undefined;
    };
    await expect(first(folder)).rejects.toMatchObject({ kind: 'usage' });
    await expect(first(path.join(folder, 'nothing.csv'))).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringContaining('cannot be read (ENOENT)'),
    });
  });

  test.each([
    ['the same file', 'a\n1\n2', 'a\n1\n2', true],
    ['rows added', 'a\n1\n2\n', 'a\n1\n2\n3\n', true],
    ['rows added after a last line without its break', 'a\n1\n2', 'a\n1\n2\n3\n', true],
    ['more on the last line', 'a\n1\n2', 'a\n1\n23\n', false],
    ['another row', 'a\n1\n2\n', 'a\n1\n3\n', false],
    ['a shorter file', 'a\n1\n2\n', 'a\n1\n', false],
  ])('%s: whether a run may go on', async (_what, before, after, isSame) => {
    const file = path.join(temporaryDirectory(), 'input.csv');
    const readAll = async (earlier?: Parameters<typeof readInputFile>[1]) => {
      const input = readInputFile(file, earlier);
      for await (const text of input.text) expect(text).not.toBe('');
      return input;
    };
    writeFileSync(file, before);
    const digest = (await readAll()).digest();
    writeFileSync(file, after);
    expect((await readAll(digest)).beganWith()).toBe(isSame);
  });

  test('rows that follow a whole block of the reading are rows added', async () => {
    const file = path.join(temporaryDirectory(), 'input.csv');
    const readAll = async (earlier?: InputDigest) => {
      const input = readInputFile(file, earlier);
      for await (const text of input.text) expect(text).not.toBe('');
      return input;
    };
    const block = 'abc\n'.repeat(16 * 1024);
    writeFileSync(file, block);
    const digest = (await readAll()).digest();
    expect(digest.bytes).toBe(64 * 1024);
    writeFileSync(file, `${block}more\n`);
    expect((await readAll(digest)).beganWith()).toBe(true);
  });

  test('a line over 1 MiB is refused before it is read to its end', async () => {
    await expect(read(`a\n${'x'.repeat(1_200_000)}`)).rejects.toMatchObject({
      kind: 'usage',
      message: expect.stringMatching(/^Line 2 of .* is over 1 MiB\.$/),
    });
  });

  test('the name decides between CSV and NDJSON', () => {
    expect(formatOf('a.NDJSON', ',').type).toBe('ndjson');
    expect(formatOf('a.jsonl', ',').type).toBe('ndjson');
    expect(formatOf('a.csv', ',').type).toBe('csv');
  });
});
