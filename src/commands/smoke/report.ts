import type { Failure } from '../../failure/failure.js';
import type { Mark } from './cases.js';
import type { CaseResult, CaseStatus, SettledMark, UnsettledMark } from './run-smoke.js';
import { errorDocument, failureBlocks } from '../../output/failure-report.js';
import type { Block, Report, Tone } from '../../output/report.js';

const SCHEMA = 'digilocker.smoke/1';

/** The JSON document of `smoke`, without what every document has; every key always present. */
export interface SmokeDocument {
  readonly environment: string | null;
  /** The host that the calls go to; `null` for the sandbox inside the command. */
  readonly host: string | null;
  readonly plan: { readonly calls: number; readonly sessions: number } | null;
  readonly cases: readonly CaseResult[];
  readonly settled: readonly SettledMark[];
  readonly unsettled: readonly UnsettledMark[];
}

const LETTERS: Record<Mark, string> = { documented: 'D', observed: 'O', assumed: 'A' };

const LEGEND = 'D documented, O observed by integrators, A assumed: O and A are recorded.';

const STATUSES: Record<CaseStatus, readonly [label: string, tone: Tone]> = {
  ok: ['ok', 'good'],
  failed: ['FAIL', 'bad'],
  recorded: ['recorded', 'plain'],
  skipped: ['skipped', 'plain'],
};

/** How many cases ended with a status. */
export function countCases(cases: readonly CaseResult[], status: CaseStatus): number {
  return cases.filter((one) => one.status === status).length;
}

/** A duration for people. */
export function timeText(durationMs: number | null): string {
  if (durationMs === null) return '';
  return durationMs < 1000 ? `${durationMs} ms` : `${(durationMs / 1000).toFixed(1)} s`;
}

/** The counts as a sentence without its stop. */
export function summaryOf(cases: readonly CaseResult[]): string {
  const counts = (['ok', 'failed', 'recorded', 'skipped'] as const).map(
    (status) => `${countCases(cases, status)} ${status}`,
  );
  return `${cases.length} ${cases.length === 1 ? 'case' : 'cases'}: ${counts.join(', ')}`;
}

/** The report of a run, successful or not: what ended it is shown separately. */
export function smokeReport(document: SmokeDocument, isOk: boolean): Report {
  const { environment, host, cases, settled, unsettled } = document;
  const recorded = cases.filter(({ status }) => status === 'recorded');
  return {
    document: documentOf(document, isOk, null),
    blocks: [
      {
        type: 'title',
        text: `Smoke check of ${environment ?? ''} (${host ?? 'inside the command'})`,
        tone: 'plain',
      },
      { type: 'table', rows: cases.map(rowOf) },
      { type: 'text', text: LEGEND },
      ...cases.filter(({ status }) => status === 'failed').flatMap(failedBlocks),
      ...listed(
        'Recorded:',
        recorded.map(({ id, observed }) => `${id}: ${observed ?? ''}`),
      ),
      ...(environment === 'sandbox'
        ? [{ type: 'text', text: 'A sandbox settles nothing about Decentro.' } as const]
        : marksBlocks(settled, unsettled)),
      { type: 'title', text: `${summaryOf(cases)}.`, tone: isOk ? 'good' : 'bad' },
    ],
  };
}

/** The report of what would be done: of `--dry-run`, and of `--list`, which knows no environment. */
export function planReport(document: SmokeDocument, plan: string): Report {
  return {
    document: documentOf(document, true, null),
    blocks: [
      {
        type: 'fields',
        rows: document.cases.map(({ id, title, mark }) => [id, `${LETTERS[mark]} ${title}`] as const),
      },
      { type: 'text', text: LEGEND },
      { type: 'text', text: plan },
    ],
  };
}

/** The report of a command that failed, with whatever is known. */
export function smokeFailure(failure: Failure): Report {
  return {
    document: {
      ...documentOf({}, false, null),
      ...failure.details.document,
      ok: false,
      error: errorDocument(failure),
    },
    blocks: failureBlocks(failure),
  };
}

function documentOf(known: Partial<SmokeDocument>, ok: boolean, error: unknown): Report['document'] {
  const { environment = null, host = null, plan = null, cases = [], settled = [], unsettled = [] } = known;
  return { schema: SCHEMA, ok, environment, host, plan, cases, settled, unsettled, error };
}

function rowOf({ id, mark, status, decentroTxnId, durationMs, observed }: CaseResult) {
  const [label, tone] = STATUSES[status ?? 'skipped'];
  const facts = status === 'skipped' ? [observed ?? ''] : [decentroTxnId ?? '-', timeText(durationMs)];
  return { tone, cells: [label, id, LETTERS[mark], ...facts] };
}

function failedBlocks({ id, title, expected, observed, decentroTxnId, referenceId }: CaseResult): Block[] {
  return [
    { type: 'title', text: `FAIL ${id}: ${title}`, tone: 'bad' },
    {
      type: 'fields',
      rows: [
        ['Expected', expected],
        ['Observed', observed],
        ['Transaction ID', decentroTxnId],
        ['Reference ID', referenceId],
      ],
    },
  ];
}

function marksBlocks(settled: readonly SettledMark[], unsettled: readonly UnsettledMark[]): Block[] {
  return [
    ...listed(
      'Settled by this run:',
      settled.map(({ mark, question, finding }) => `${LETTERS[mark]} ${question}: ${finding}`),
    ),
    ...listed(
      'Not settled:',
      unsettled.map(({ mark, question, reason }) => `${LETTERS[mark]} ${question}: ${reason}`),
    ),
  ];
}

function listed(heading: string, lines: readonly string[]): Block[] {
  return lines.length === 0
    ? []
    : [{ type: 'text', text: [heading, ...lines.map((line) => `- ${line}`)].join('\n') }];
}
