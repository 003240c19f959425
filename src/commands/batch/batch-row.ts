// A row as scripts get it: `digilocker.batch-row/1`, the same in a run's output and in `batch results`.
import type { Attempt, Sent } from '../../failure/facts.js';
import type { FailureKind } from '../../failure/exit-codes.js';
import { isPrintable, jsonText, visible } from '../../safety/visible.js';
import type { OutcomeRecord } from './journal.js';
import { endOf, type AttemptRecord, type RowEnd, type RowState } from './row-states.js';

export interface BatchRow {
  readonly schema: 'digilocker.batch-row/1';
  readonly row: number;
  /** Null for a row that was not sent, where the input is not at hand. */
  readonly key: string | null;
  readonly end: RowEnd;
  readonly sessionCreated: 'no' | 'yes' | 'unknown';
  readonly referenceId: string | null;
  readonly decentroTxnId: string | null;
  readonly authorizationUrl: string | null;
  readonly responseKey: string | null;
  readonly httpStatus: number | null;
  readonly kind: FailureKind | null;
  readonly attempts: readonly Attempt[];
  readonly at: string | null;
}

/** Describes a row by the records of its attempts, the oldest first. */
export function describeRow(
  row: number,
  state: RowState,
  records: readonly AttemptRecord[],
  key: string | null = null,
): BatchRow {
  const end = endOf(state);
  const latest = records.at(-1);
  const outcome: OutcomeRecord | undefined = latest?.t === 'o' ? latest : undefined;
  return {
    schema: 'digilocker.batch-row/1',
    row,
    // What was forgotten is empty.
    key: latest === undefined || latest.k === '' ? key : latest.k,
    end,
    // A reference ID of the row's own that was used before: for this row or another one.
    sessionCreated: outcome?.key === 'error_duplicate_reference_id' ? 'unknown' : SESSION_CREATED[end],
    referenceId: latest === undefined || latest.id === '' ? null : latest.id,
    decentroTxnId: outcome?.txn ?? null,
    authorizationUrl: outcome?.link ?? null,
    responseKey: outcome?.key ?? null,
    httpStatus: outcome?.http ?? null,
    // An intent without an outcome: the process ended while the request was under way.
    kind: outcome?.kind ?? (state === 'sent' ? 'unknown' : null),
    attempts: records.flatMap(attemptOf),
    at: latest === undefined ? null : new Date(latest.at).toISOString(),
  };
}

const SESSION_CREATED: Readonly<Record<RowEnd, BatchRow['sessionCreated']>> = {
  created: 'yes',
  refused: 'no',
  unknown: 'unknown',
  lost: 'unknown',
  withheld: 'no',
  invalid: 'no',
  open: 'no',
};

function attemptOf(record: AttemptRecord): Attempt[] {
  if (record.id === null || record.id === '') return [];
  const sent: Sent = record.t === 'o' ? record.sent : 'unknown';
  return [{ referenceId: record.id, httpStatus: record.t === 'o' ? record.http : null, sent }];
}

export type RowForm = 'ndjson' | 'csv';

const CSV_COLUMNS = [
  'row',
  'key',
  'end',
  'sessionCreated',
  'referenceId',
  'decentroTxnId',
  'authorizationUrl',
  'responseKey',
  'httpStatus',
  'kind',
  'attempts',
  'at',
] as const satisfies readonly (keyof BatchRow)[];

export interface RowLayout {
  readonly form: RowForm;
  /** Cells that a spreadsheet would take for a formula begin with an apostrophe. */
  readonly isForSpreadsheet: boolean;
  /** Columns of the input that come first. */
  readonly inputColumns: readonly string[];
}

/** The line that comes before all rows; nothing in NDJSON. */
export function renderHeader({ form, isForSpreadsheet, inputColumns }: RowLayout): string {
  if (form === 'ndjson') return '';
  const own: readonly string[] = CSV_COLUMNS;
  const names = [...inputColumns.map((name) => (own.includes(name) ? `input_${name}` : name)), ...own];
  return csvLine(names, isForSpreadsheet);
}

/** One row as one line. `inputCells`: what the input has under {@link RowLayout.inputColumns}. */
export function renderRow(
  row: BatchRow,
  { form, isForSpreadsheet, inputColumns }: RowLayout,
  inputCells: readonly unknown[] = [],
): string {
  if (form === 'ndjson') {
    const input =
      inputColumns.length === 0
        ? {}
        : { input: Object.fromEntries(inputColumns.map((name, index) => [name, inputCells[index] ?? null])) };
    return `${jsonText({ ...row, ...input }, 0)}\n`;
  }
  const own = CSV_COLUMNS.map((name) => {
    if (name === 'attempts') return row.attempts.length;
    // A link is used as it is, or not at all: the NDJSON form has every link.
    if (name === 'authorizationUrl') return isPrintable(row[name] ?? '') ? row[name] : null;
    return row[name];
  });
  const texts = own.map((value) => (value === null ? '' : visible(String(value))));
  return csvLine([...inputCells.map(cellText), ...texts], isForSpreadsheet);
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function csvLine(cells: readonly string[], isForSpreadsheet: boolean): string {
  const safe = cells.map((cell) => (isForSpreadsheet && /^[=+\-@\t\r]/.test(cell) ? `'${cell}` : cell));
  return `${safe.map((cell) => (/[",\r\n]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',')}\n`;
}
