// What a run, or a job, came to: `digilocker.batch/1`, and what a person reads of it.
import { Failure } from '../../failure/failure.js';
import type { FailureKind } from '../../failure/exit-codes.js';
import { errorDocument, failureBlocks } from '../../output/failure-report.js';
import type { Block, Report, TableRow } from '../../output/report.js';
import { ROW_ENDS, type RowEnd } from './row-states.js';

export type RowCounts = Record<RowEnd, number>;

export function emptyCounts(): RowCounts {
  return { created: 0, refused: 0, unknown: 0, lost: 0, withheld: 0, invalid: 0, open: 0 };
}

/** The JSON document without `schema`, `ok` and `error`. */
export interface BatchDocument {
  readonly environment: string | null;
  readonly batch: string | null;
  readonly job: string | null;
  /** Such as `2/8`. */
  readonly shard: string | null;
  readonly input: { readonly file: string; readonly rows: number; readonly sha256: string } | null;
  readonly rows: (RowCounts & { readonly total: number }) | null;
  /** How often each response key was answered: in this run, or for `status` in all. */
  readonly responseKeys: Readonly<Record<string, number>>;
  readonly requests: number;
  readonly pauses: number;
  readonly durationMs: number;
  /** What ended the run before its end. */
  readonly stopped: { readonly kind: FailureKind; readonly message: string } | null;
}

const NOTHING: BatchDocument = {
  environment: null,
  batch: null,
  job: null,
  shard: null,
  input: null,
  rows: null,
  responseKeys: {},
  requests: 0,
  pauses: 0,
  durationMs: 0,
  stopped: null,
};

/** The report of a run or job that went as it should. */
export function batchReport(document: BatchDocument, more: readonly Block[] = []): Report {
  return {
    document: { schema: 'digilocker.batch/1', ok: true, ...document, error: null },
    blocks: [...summaryBlocks(document), ...more],
  };
}

/** The report of a failure, with what is known in spite of it. */
export function batchFailure(failure: Failure): Report {
  return {
    document: {
      schema: 'digilocker.batch/1',
      ok: false,
      ...NOTHING,
      ...failure.details,
      error: errorDocument(failure),
    },
    blocks: failureBlocks(failure),
  };
}

/** The blocks of a summary: how many rows came to which end. */
export function summaryBlocks({ environment, batch, rows, responseKeys }: BatchDocument): Block[] {
  if (rows === null) return [];
  const isWhole = rows.created === rows.total;
  const table: TableRow[] = ROW_ENDS.filter((end) => rows[end] > 0).map((end) => ({
    tone: end === 'created' ? 'good' : end === 'open' || end === 'withheld' ? 'plain' : 'bad',
    cells: [end, grouped(rows[end]), MEANINGS[end]],
  }));
  const refusals = Object.entries(responseKeys).filter(([key]) => !key.startsWith('success_'));
  return [
    {
      type: 'title',
      tone: isWhole ? 'good' : 'plain',
      text: `${grouped(rows.created)} of ${countText(rows.total, 'row')} ${have(rows.total === 1 ? 1 : rows.created)} a link`,
    },
    {
      type: 'fields',
      rows: [
        ['Environment', environment],
        ['Batch', batch],
      ],
    },
    ...(table.length > 0 ? [{ type: 'table', rows: table } as const] : []),
    ...(refusals.length > 0
      ? [
          {
            type: 'table',
            rows: refusals.map(([key, count]) => ({
              tone: 'plain' as const,
              cells: [key, grouped(count)],
            })),
          } as const,
        ]
      : []),
  ];
}

const MEANINGS: Readonly<Record<RowEnd, string>> = {
  created: 'with a link',
  refused: 'refused; no session',
  unknown: 'may have a session; --retry unknown finds out',
  lost: 'sent before; the link is lost',
  withheld: 'not sent: no consent',
  invalid: 'not sent: Decentro would refuse them',
  open: 'not sent yet',
};

/** A whole number with its thousands apart. */
export function grouped(count: number): string {
  return String(count).replace(/\B(?=(\d{3})+$)/g, ',');
}

/** So many of what the noun names, such as `1 row` and `1,000 rows`. */
export function countText(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? '' : 's'}`;
}

/** The verb behind a number of rows. */
export function have(count: number): string {
  return count === 1 ? 'has' : 'have';
}

/** The failure of counts that do not add up: a bug, which must not pass for a result. */
export function countsFault({
  total,
  ...counts
}: RowCounts & { readonly total: number }): Failure | undefined {
  const sum = ROW_ENDS.reduce((all, end) => all + counts[end], 0);
  if (sum === total) return undefined;
  return new Failure(
    'internal',
    `The counts of this run do not add up: ${sum} of ${total} rows have an end.`,
    {
      hint: 'Please report it. The journal of the job tells the truth: digilocker batch results.',
      sent: 'unknown',
    },
  );
}
