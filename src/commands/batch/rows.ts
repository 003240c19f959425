// Reads the rows of an input file, strictly: a cell that means one thing here and another elsewhere is an error.
import { CsvError, parse } from 'csv-parse';
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';
import { parseStrictJson } from '../../safety/strict-json.js';

/** One row of the input, its cells by the names of their columns. Cells of CSV are text. */
export interface Row {
  /** Counted from 1, without the header. */
  readonly number: number;
  /** The line of the file that the row ends on. */
  readonly line: number;
  readonly cells: ReadonlyMap<string, unknown>;
}

export type Delimiter = ',' | ';' | '\t';

export interface RowFormat {
  readonly type: 'csv' | 'ndjson';
  readonly delimiter: Delimiter;
}

/** The format of a file, by its name. */
export function formatOf(file: string, delimiter: Delimiter): RowFormat {
  return { type: /\.(ndjson|jsonl)$/i.test(file) ? 'ndjson' : 'csv', delimiter };
}

/** 64 KiB: more is a quote that was never closed. */
const MAX_RECORD_LENGTH = 64 * 1024;

/**
 * Reads rows. `onHeader` gets the columns of CSV before the first row. Fails with `usage`, naming the line.
 */
export function readRows(
  text: AsyncIterable<string>,
  format: RowFormat,
  onHeader: (columns: readonly string[]) => void = () => undefined,
): AsyncGenerator<Row> {
  return format.type === 'csv' ? readCsv(text, format.delimiter, onHeader) : readNdjson(text);
}

/** The cells of a record, and the line that it ends on. */
type CsvRecord = readonly string[] & { readonly line: number };

async function* readCsv(
  text: AsyncIterable<string>,
  delimiter: Delimiter,
  onHeader: (columns: readonly string[]) => void,
): AsyncGenerator<Row> {
  let header: readonly string[] | undefined;
  let number = 0;
  for await (const record of parseCsv(text, delimiter)) {
    const { line } = record;
    const fault = header === undefined ? headerFault(record, delimiter) : recordFault(record);
    if (fault !== undefined) throw new Failure('usage', `Line ${line - loneReturns(record)}: ${fault}.`);
    if (header === undefined) {
      header = record;
      onHeader(header);
      continue;
    }
    number += 1;
    const cells = new Map<string, string>();
    for (let index = 0; index < header.length; index += 1)
      cells.set(header[index] ?? '', record[index] ?? '');
    yield { number, line, cells };
  }
  if (header === undefined) throw new Failure('usage', 'The file is empty: it has no header.');
}

async function* parseCsv(text: AsyncIterable<string>, delimiter: Delimiter): AsyncGenerator<CsvRecord> {
  let lastLine = 0;
  const parser = parse({
    delimiter,
    max_record_size: MAX_RECORD_LENGTH,
    on_record: (record, { lines }) => {
      lastLine = lines;
      return Object.assign(record, { line: lines });
    },
  });
  const feeding = feed(text, parser);
  // The loop below may have ended with another error by then.
  feeding.catch(() => undefined);
  try {
    for await (const one of parser) yield one as CsvRecord;
    await feeding;
  } catch (error) {
    throw error instanceof CsvError ? unparsable(error, lastLine + 1) : error;
  } finally {
    parser.destroy();
  }
}

async function feed(text: AsyncIterable<string>, parser: ReturnType<typeof parse>): Promise<void> {
  try {
    for await (const part of text) {
      if (parser.destroyed) return;
      if (!parser.write(part)) await drained(parser);
    }
    parser.end();
  } catch (error) {
    parser.destroy(error as Error);
    throw error;
  }
}

async function drained(parser: ReturnType<typeof parse>): Promise<void> {
  await new Promise<void>((resolve) => {
    const done = () => {
      parser.off('drain', done).off('close', done);
      resolve();
    };
    parser.on('drain', done).on('close', done);
  });
}

const CSV_FAULTS: Readonly<Record<string, string>> = {
  CSV_RECORD_INCONSISTENT_FIELDS_LENGTH: 'the number of cells differs from the header',
  CSV_QUOTE_NOT_CLOSED: 'a quote is not closed in the row that begins here',
  CSV_INVALID_CLOSING_QUOTE: 'text follows a closing quote',
  INVALID_OPENING_QUOTE: 'a quote is inside an unquoted cell',
  CSV_MAX_RECORD_SIZE: 'the row that begins here is over 64 KiB; a quote may not be closed',
};

// The messages of the library quote cells, which hold personal data.
function unparsable({ code, record }: CsvError, firstLine: number): Failure {
  // csv-parse 7 hands over the record of such an error, which its types do not tell precisely.
  if (Array.isArray(record) && record.length === 1 && record[0] === '')
    return new Failure('usage', `Line ${firstLine}: the line is empty.`);
  return new Failure('usage', `Line ${firstLine}: ${CSV_FAULTS[code] ?? `not valid CSV (${code})`}.`, {
    hint: 'Every row has as many cells as the header; a cell with a comma, quote or line break is quoted.',
  });
}

// The parser counts each as a line.
function loneReturns(record: readonly string[]): number {
  return record.join().match(/\r(?!\n)/g)?.length ?? 0;
}

function headerFault(header: readonly string[], delimiter: Delimiter): string | undefined {
  const fault = recordFault(header);
  if (fault !== undefined) return fault;
  const [first = ''] = header;
  const other = [';', '\t', ','].find((one) => one !== delimiter && first.includes(one));
  if (header.length === 1 && other !== undefined) {
    const name = other === '\t' ? 'tab' : `'${other}'`;
    return `the header is one column and contains ${name}; set --delimiter ${name}`;
  }
  return namesFault(header);
}

function namesFault(names: readonly string[]): string | undefined {
  if (names.some((name) => name === '')) return 'a column has no name';
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) return `column ${visible(twice)} appears twice`;
  const reserved = names.find((name) => name === '__proto__');
  return reserved === undefined ? undefined : `a column must not be named ${reserved}`;
}

function recordFault(record: readonly string[]): string | undefined {
  // A line of its own without a cell is one empty cell where there is one column.
  if (record.length === 1 && record[0] === '') return 'the line is empty';
  for (const cell of record) {
    if (cell.includes('\0')) return 'a cell contains a NUL character';
    if (cell.includes('\r') && /\r(?!\n)/.test(cell))
      return 'a cell contains a lone carriage return; the line ends of the file may be mixed';
  }
  return undefined;
}

async function* readNdjson(text: AsyncIterable<string>): AsyncGenerator<Row> {
  let number = 0;
  for await (const part of text) {
    const lines = part.split('\n');
    if (lines.at(-1) === '') lines.pop();
    for (const line of lines) {
      number += 1;
      const parsed = line.length > MAX_RECORD_LENGTH ? 'the row is over 64 KiB' : parseObject(line);
      if (typeof parsed === 'string') throw new Failure('usage', `Line ${number}: ${parsed}.`);
      yield { number, line: number, cells: parsed };
    }
  }
  if (number === 0) throw new Failure('usage', 'The file is empty: it has no rows.');
}

function parseObject(line: string): ReadonlyMap<string, unknown> | string {
  if (/^\s*$/.test(line)) return 'the line is empty';
  const value = parseStrictJson(line)?.value;
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return 'not a JSON object, or a key appears twice';
  const entries = Object.entries(value);
  return namesFault(entries.map(([name]) => name)) ?? new Map<string, unknown>(entries);
}
