// `digilocker batch results`: every row with its end, in the order of the file; several shards become one.
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { createLargeFile } from '../../host/create-file.js';
import { isFolder, placeFault } from '../../host/document-file.js';
import type { Host } from '../../host/host.js';
import { writeNote } from '../../output/note.js';
import { isPrintable, visible } from '../../safety/visible.js';
import { describeRow, renderHeader, renderRow, type BatchRow, type RowForm } from './batch-row.js';
import { readInputFile } from './input-file.js';
import { hashKey, KeyIndex, keyOf } from './keys.js';
import { openJobs, type OpenJob } from './open-jobs.js';
import type { RowEnd } from './row-states.js';
import { formatOf, readRows, type RowFormat } from './rows.js';
import { RecordFinder } from './segments.js';
import { countText } from './summary.js';

export interface ResultsFlags {
  readonly output?: RowForm;
  readonly only?: readonly RowEnd[];
  readonly to?: string;
  readonly with?: string;
  readonly spreadsheet?: boolean;
}

/** A job with a reader of its records. */
interface Source extends OpenJob {
  readonly finder: RecordFinder;
}

const PART_LENGTH = 64 * 1024;

/** Writes every row. Fails with `partial` where a row is open. */
export async function writeResults(host: Host, names: readonly string[], flags: ResultsFlags): Promise<void> {
  if (flags.spreadsheet === true && flags.output !== 'csv')
    throw new Failure('usage', '--spreadsheet requires --output csv.');
  const target = flags.to === undefined ? undefined : path.resolve(host.cwd, flags.to);
  checkTarget(host, flags, target);
  const jobs = await openJobs(host, names);
  for (const file of jobs.flatMap(({ journal }) => journal.damaged)) {
    await writeNote(host.stderr, `warning: ${file} has a damaged line; what follows it counts as sent.`);
  }
  checkShards(jobs);
  const sources = jobs.map((job) => ({ ...job, finder: new RecordFinder(job.folder) }));
  const tally = { open: 0, unprintable: 0, missing: 0 };
  try {
    const lines = linesOf(host, sources, flags, tally);
    if (target === undefined) for await (const part of inParts(lines)) await host.stdout.write(part);
    else await save(target, inParts(lines));
  } finally {
    for (const { finder } of sources) finder.close();
  }
  if (tally.unprintable > 0) {
    const text = `${countText(tally.unprintable, 'link')} ${tally.unprintable === 1 ? 'holds' : 'hold'} characters that CSV cannot carry safely: use -o ndjson.`;
    await writeNote(host.stderr, text);
  }
  if (tally.missing > 0)
    await writeNote(
      host.stderr,
      `${countText(tally.missing, 'row')} of the job ${are(tally.missing)} not in the file of --with.`,
    );
  if (tally.open === 0) return;
  throw new Failure('partial', `${countText(tally.open, 'row')} ${are(tally.open)} open.`, {
    hint: 'Run `digilocker batch run` again to go on.',
  });
}

function are(count: number): string {
  return count === 1 ? 'is' : 'are';
}

function checkTarget({ stdout }: Host, { output }: ResultsFlags, target: string | undefined): void {
  if (target === undefined) {
    if (!stdout.isTerminal || output !== undefined) return;
    throw new Failure('usage', 'Links are not printed on a terminal without --output.', {
      hint: 'Use --to links.csv -o csv, or -o ndjson to see them here.',
    });
  }
  if (!isFolder(path.dirname(target)))
    throw new Failure('usage', `The folder of --to ${visible(target)} does not exist.`);
  const fault = placeFault(target, false);
  if (fault?.reason === 'unusable') throw new Failure('usage', `--to: ${visible(target)} ${fault.what}.`);
  if (fault !== undefined) throw taken(target);
}

function taken(target: string): Failure {
  return new Failure('usage', `${visible(target)} exists already.`, {
    hint: 'Choose another name for --to, or remove the file.',
  });
}

async function save(target: string, parts: AsyncIterable<string>): Promise<void> {
  try {
    if (!(await createLargeFile(target, parts))) throw taken(target);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (error instanceof Failure || code === undefined) throw error;
    throw new Failure('output', `${visible(target)} could not be written (${code}).`);
  }
}

async function* inParts(lines: AsyncIterable<string>): AsyncGenerator<string> {
  let part = '';
  for await (const line of lines) {
    part += line;
    if (part.length < PART_LENGTH) continue;
    yield part;
    part = '';
  }
  if (part !== '') yield part;
}

/** Several jobs are one batch only as its shards, each of them once, over one input. */
function checkShards(jobs: readonly OpenJob[]): void {
  const [first] = jobs;
  if (first === undefined) return;
  const { job, journal } = first;
  const foreign = jobs.find(
    (other) =>
      other.job.batch !== job.batch ||
      other.job.environment !== job.environment ||
      other.job.shard.count !== job.shard.count ||
      other.journal.lastRun?.input.sha256 !== journal.lastRun?.input.sha256,
  );
  if (foreign !== undefined) {
    throw new Failure(
      'usage',
      `${visible(first.folder)} and ${visible(foreign.folder)} are not shards of one batch over one file.`,
    );
  }
  const indexes = jobs.map((one) => one.job.shard.index);
  const twice = indexes.find((index, place) => indexes.indexOf(index) !== place);
  if (twice !== undefined) throw new Failure('usage', `Shard ${twice} was given twice.`);
  const missing = Array.from({ length: job.shard.count }, (_, place) => place + 1).filter(
    (index) => !indexes.includes(index),
  );
  if (missing.length === 0) return;
  throw new Failure('usage', `Shards are missing: ${missing.join(', ')} of ${job.shard.count}.`, {
    hint: 'Give the folders of all shards, or the folder that holds them.',
  });
}

interface Tally {
  open: number;
  unprintable: number;
  missing: number;
}

async function* linesOf(
  host: Host,
  sources: readonly Source[],
  flags: ResultsFlags,
  tally: Tally,
): AsyncGenerator<string> {
  const form = flags.output ?? 'ndjson';
  const wanted = flags.only && new Set(flags.only);
  const layout = { form, isForSpreadsheet: flags.spreadsheet === true };
  const note = (row: BatchRow): boolean => {
    if (row.end === 'open') tally.open += 1;
    return wanted === undefined || wanted.has(row.end);
  };
  const file = flags.with;
  if (file === undefined) {
    yield renderHeader({ ...layout, inputColumns: [] });
    const total = Math.max(0, ...sources.map(({ journal }) => journal.lastRun?.input.rows ?? 0));
    for (let row = 1; row <= total; row += 1) {
      const described = rowOf(sources, row, null);
      if (!note(described)) continue;
      const line = renderRow(described, { ...layout, inputColumns: [] });
      if (isLinkLeftOut(described, form)) tally.unprintable += 1;
      yield line;
    }
    return;
  }
  const [source] = sources;
  if (source === undefined) return;
  const index = indexKeys(sources);
  const { job } = source;
  let found = 0;
  const format = formatOf(file, job.format.delimiter);
  const read = () => readInputFile(path.resolve(host.cwd, file)).text;
  const columns = await columnsOf(read(), format);
  yield renderHeader({ ...layout, inputColumns: columns });
  for await (const row of readRows(read(), format)) {
    const inputColumns = form === 'ndjson' && format.type === 'ndjson' ? [...row.cells.keys()] : columns;
    const key = keyOf(row, job.keyRule);
    const number = index.find(hashKey(key));
    if (number !== undefined) found += 1;
    const described = number === undefined ? openRow(row.number, key) : rowOf(sources, number, key);
    if (!note(described)) continue;
    const line = renderRow(
      described,
      { ...layout, inputColumns },
      inputColumns.map((name) => row.cells.get(name)),
    );
    if (isLinkLeftOut(described, form)) tally.unprintable += 1;
    yield line;
  }
  tally.missing = index.size - found;
}

/** All columns of a file: objects may have different ones. */
async function columnsOf(text: AsyncIterable<string>, format: RowFormat): Promise<string[]> {
  const columns = new Set<string>();
  const add = (names: Iterable<string>) => {
    for (const name of names) columns.add(name);
  };
  for await (const { cells } of readRows(text, format, add)) {
    if (format.type === 'csv') break;
    add(cells.keys());
  }
  return [...columns];
}

function isLinkLeftOut({ authorizationUrl }: BatchRow, form: RowForm): boolean {
  return form === 'csv' && !isPrintable(authorizationUrl ?? '');
}

function openRow(row: number, key: string): BatchRow {
  return describeRow(row, 'open', [], key);
}

function rowOf(sources: readonly Source[], row: number, key: string | null): BatchRow {
  const holders = sources.filter(({ journal }) => journal.states.placesOf(row).length > 0);
  if (holders.length > 1) {
    throw new Failure('usage', `Row ${row} is in more than one shard.`, {
      hint: 'These jobs are not the shards of one batch.',
    });
  }
  const [holder] = holders;
  if (holder === undefined) return describeRow(row, 'open', [], key);
  const { states } = holder.journal;
  return describeRow(
    row,
    states.stateOf(row),
    states.placesOf(row).map((place) => holder.finder.find(place)),
    key,
  );
}

function indexKeys(sources: readonly Source[]): KeyIndex {
  const index = new KeyIndex();
  for (const { journal, finder } of sources) {
    for (let row = 1; row <= journal.states.highest; row += 1) {
      const place = journal.states.placesOf(row).at(-1);
      if (place === undefined) continue;
      const { k: key } = finder.find(place);
      if (key === '') {
        throw new Failure('usage', 'The keys of this job are forgotten: --with cannot find its rows.', {
          hint: 'Leave --with out: each row has its number.',
        });
      }
      index.add(hashKey(key), row);
    }
  }
  return index;
}
