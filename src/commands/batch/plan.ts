// Reads the whole file before the first request: a fault of the last row is found before the first one is sent.
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';
import {
  foreignColumns,
  headerFault,
  type ColumnMapping,
  type RowReader,
  type RowRequest,
} from './columns.js';
import { digestInputFile, readInputFile, type InputDigest } from './input-file.js';
import { hashKey, isInShard, KeyIndex, keyOf, type KeyRule, type Shard } from './keys.js';
import { ROW_ENDS, type RowEnd } from './row-states.js';
import { readRows, type Row, type RowFormat } from './rows.js';
import type { LoadedJournal } from './segments.js';
import { emptyCounts, type RowCounts } from './summary.js';

export interface BatchInput {
  readonly file: string;
  readonly format: RowFormat;
  readonly mapping: ColumnMapping;
  readonly keyRule: KeyRule;
  readonly shard: Shard;
  readonly read: RowReader;
}

export interface Plan {
  readonly digest: InputDigest;
  /** Rows of the whole file. */
  readonly fileRows: number;
  /** Rows of this shard, by the end that each has before the run. */
  readonly counts: RowCounts;
  /** Rows of this shard. */
  readonly rows: number;
  /** Rows that the run has to send. */
  readonly toSend: number;
  /** Rows that were to be sent again, and whose own reference ID is used up. */
  readonly usedUp: number;
  readonly hasConsent: boolean;
  /** Columns of the header that the other suite alone would read. */
  readonly foreignColumns: readonly string[];
  /** What the first invalid rows lack, one line each. */
  readonly faults: readonly string[];
  readonly first: FirstRow | undefined;
}

/** The row that is sent first, and as which attempt. */
export interface FirstRow extends PlannedRow {
  readonly attempt: number;
}

/** What the journal says of a row. */
export interface KnownRow {
  readonly end: RowEnd;
  /** The number of the attempt that it needs next; `undefined` where it stays as it is. */
  readonly attempt: number | undefined;
  /** Whether it can only be sent under another reference ID than before. */
  readonly needsFreshId: boolean;
}

/** A row of this shard. */
export interface PlannedRow {
  readonly row: Row;
  readonly key: string;
  readonly request: RowRequest;
}

const MAX_FAULTS = 20;

/**
 * Reads and checks every row. Fails with `usage` where a line cannot be read, two rows share a key or a reference ID,
 * or the file does not begin with what an earlier run found in it.
 */
export async function planBatch(
  input: BatchInput,
  earlier: InputDigest | undefined,
  knownOf: (row: number) => KnownRow,
): Promise<Plan> {
  const { file, mapping, keyRule, shard } = input;
  const text = readInputFile(file, earlier);
  const keys = new KeyIndex();
  const referenceIds = new KeyIndex();
  const withConsent = createTally();
  const withoutConsent = createTally();
  let fileRows = 0;
  let hasConsent = false;
  let foreign: readonly string[] = [];
  const onHeader = (header: readonly string[]) => {
    const fault = headerFault(header, mapping, keyRule.type === 'column' ? keyRule.column : undefined);
    if (fault !== undefined) throw fault;
    hasConsent = header.includes(mapping.consent);
    foreign = foreignColumns(header, mapping);
  };
  for await (const row of readRows(text.text, input.format, onHeader)) {
    fileRows = row.number;
    const key = keyOf(row, keyRule);
    const hash = hashKey(key);
    const twin = keys.add(hash, row.number);
    if (twin !== undefined) throw sameKey(twin, row, keyRule, key);
    const referenceId = row.cells.get(mapping.reference_id);
    if (typeof referenceId === 'string' && referenceId !== '') {
      const other = referenceIds.add(hashKey(referenceId), row.number);
      if (other !== undefined)
        throw new Failure('usage', `Rows ${other} and ${row.number} have the same reference_id.`);
    }
    const isNamed = row.cells.has(mapping.consent);
    hasConsent ||= isNamed;
    if (!isInShard(hash, shard)) continue;
    const known = knownOf(row.number);
    const tally = isNamed ? withConsent : withoutConsent;
    // What is not sent again is not checked again.
    if (known.attempt === undefined) tally.counts[known.end] += 1;
    else tally.add({ row, key, request: input.read(row, isNamed), attempt: known.attempt }, known);
  }
  if (!text.beganWith()) {
    throw new Failure('usage', `${visible(file)} is not the file that this job began with.`, {
      hint: 'Rows may be added at its end only. Restore the file, or start a new job with --job.',
    });
  }
  // Where any row speaks of consent, a row that does not withholds it.
  if (hasConsent) withoutConsent.withholdAll();
  const tallies = [withConsent, withoutConsent];
  const counts = emptyCounts();
  for (const tally of tallies) for (const end of ROW_ENDS) counts[end] += tally.counts[end];
  const [first] = tallies
    .flatMap((tally) => tally.first ?? [])
    .sort((one, other) => one.row.number - other.row.number);
  return {
    digest: text.digest(),
    fileRows,
    counts,
    rows: ROW_ENDS.reduce((sum, end) => sum + counts[end], 0),
    toSend: tallies.reduce((sum, { toSend }) => sum + toSend, 0),
    usedUp: tallies.reduce((sum, { usedUp }) => sum + usedUp, 0),
    hasConsent,
    foreignColumns: foreign,
    faults: tallies.flatMap(({ faults }) => faults).slice(0, MAX_FAULTS),
    first,
  };
}

/**
 * The plan of a run that has nothing left to send, of a file that is the one of an earlier run to the last byte: what
 * was read and checked then is not read again. `undefined` where this is another case.
 */
export async function finishedPlan(
  file: string,
  { states, lastRun }: Pick<LoadedJournal, 'states' | 'lastRun'>,
  knownOf: (row: number) => KnownRow,
): Promise<Plan | undefined> {
  if (lastRun === undefined) return undefined;
  const { bytes, sha256, rows: fileRows, mine: rows } = lastRun.input;
  const counts = emptyCounts();
  let settled = 0;
  for (let row = 1; row <= states.highest; row += 1) {
    if (states.stateOf(row) === 'open') continue;
    const { end, attempt } = knownOf(row);
    if (attempt !== undefined) return undefined;
    counts[end] += 1;
    settled += 1;
  }
  if (settled !== rows) return undefined;
  const digest = await digestInputFile(file);
  if (digest.bytes !== bytes || digest.sha256 !== sha256) return undefined;
  const nothing = {
    toSend: 0,
    usedUp: 0,
    hasConsent: false,
    foreignColumns: [],
    faults: [],
    first: undefined,
  };
  return { digest, fileRows, counts, rows, ...nothing };
}

/** The rows of this shard once more, in the order of the file, for those that `isWanted`. */
export async function* plannedRows(
  input: BatchInput,
  { hasConsent, digest, toSend, counts }: Pick<Plan, 'hasConsent' | 'digest' | 'toSend' | 'counts'>,
  isWanted: (rowNumber: number) => boolean,
  needsFreshId: (rowNumber: number) => boolean,
): AsyncGenerator<PlannedRow> {
  if (toSend + counts.withheld + counts.invalid === 0) return;
  const text = readInputFile(input.file, digest);
  for await (const row of readRows(text.text, input.format)) {
    if (!isWanted(row.number)) continue;
    const key = keyOf(row, input.keyRule);
    if (!isInShard(hashKey(key), input.shard)) continue;
    const request = input.read(row, hasConsent);
    if (!(needsFreshId(row.number) && hasOwnId(request))) yield { row, key, request };
  }
}

// A reference ID of the row's own is never replaced.
function hasOwnId(request: RowRequest): boolean {
  return request.type === 'send' && request.referenceId !== undefined;
}

interface Tally {
  readonly counts: RowCounts;
  toSend: number;
  usedUp: number;
  faults: string[];
  first: FirstRow | undefined;
  readonly add: (planned: FirstRow, known: KnownRow) => void;
  readonly withholdAll: () => void;
}

function createTally(): Tally {
  const tally: Tally = {
    counts: emptyCounts(),
    toSend: 0,
    usedUp: 0,
    faults: [],
    first: undefined,
    add: (planned, { end, needsFreshId }) => {
      const { row, request } = planned;
      // A row that was sent before keeps its end until another one comes.
      const isUnsent = end === 'open';
      if (!isUnsent && request.type !== 'send') tally.counts[end] += 1;
      else if (needsFreshId && hasOwnId(request)) {
        tally.counts[end] += 1;
        tally.usedUp += 1;
      } else if (request.type === 'send') {
        tally.counts[end] += 1;
        tally.toSend += 1;
        tally.first ??= planned;
      } else {
        tally.counts[request.type] += 1;
        if (request.type === 'invalid' && tally.faults.length < MAX_FAULTS)
          tally.faults.push(`Row ${row.number} (line ${row.line}): ${request.faults.join('; ')}.`);
      }
    },
    withholdAll: () => {
      const { counts } = tally;
      counts.withheld += counts.open + counts.invalid;
      counts.open = 0;
      counts.invalid = 0;
      tally.toSend = 0;
      tally.usedUp = 0;
      tally.faults = [];
      tally.first = undefined;
    },
  };
  return tally;
}

function sameKey(twin: number, row: Row, rule: KeyRule, key: string): Failure {
  if (rule.type === 'cells') {
    return new Failure('usage', `Rows ${twin} and ${row.number} are equal.`, {
      hint: 'Remove one, name a column that tells rows apart with --key, or use --key row.',
    });
  }
  return new Failure('usage', `Rows ${twin} and ${row.number} have the same key: ${visible(key)}.`, {
    hint: 'The column chosen by --key must name each row once.',
  });
}
