// What GitHub Actions reads: workflow commands, a summary in Markdown, and the outputs of a step.
import type { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';
import type { CaseResult } from './run-smoke.js';
import { countCases, summaryOf, timeText, type SmokeDocument } from './report.js';

/** An `::error::` for each failed case, and for what ended the run before its end. */
export function renderAnnotations({ environment, cases }: SmokeDocument, end: Failure | undefined): string {
  const failed = cases
    .filter(({ status }) => status === 'failed')
    .map(({ id, expected, observed }) => annotation(id, `Expected ${expected}; observed ${observed ?? ''}`));
  const ended = end === undefined ? [] : [annotation(environment ?? 'smoke', end.message)];
  return [...failed, ...ended].join('');
}

/** A section for `$GITHUB_STEP_SUMMARY`. */
export function renderSummary(
  { environment, cases, settled }: SmokeDocument,
  end: Failure | undefined,
): string {
  const row = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  const lines = [
    `### digilocker smoke: ${markdown(environment ?? '')}`,
    '',
    `${markdown(summaryOf(cases))}.`,
    '',
    ...(end === undefined ? [] : [markdown(end.message), '']),
    row(['Status', 'Case', 'Mark', 'Expected', 'Observed', 'Transaction ID', 'Time']),
    row(Array.from({ length: 7 }, () => '---')),
    ...cases.map((one) => row(cellsOf(one).map(markdown))),
    '',
    ...settled.map(
      ({ mark, question, finding }) => `- Settled (${mark}): ${markdown(`${question}: ${finding}`)}`,
    ),
  ];
  return `${lines.join('\n').trimEnd()}\n\n`;
}

/** Lines for `$GITHUB_OUTPUT`; `delimiter` occurs in none of the values. */
export function renderOutputs({ cases }: SmokeDocument, isOk: boolean, delimiter: string): string {
  const ids = cases.filter(({ status }) => status === 'failed').map(({ id }) => id);
  const started = cases.find(({ id }) => id === 'session-starts');
  const outputs: readonly (readonly [name: string, value: string])[] = [
    ['ok', String(isOk)],
    ['passed', String(countCases(cases, 'ok'))],
    ['failed', String(countCases(cases, 'failed'))],
    ['recorded', String(countCases(cases, 'recorded'))],
    ['skipped', String(countCases(cases, 'skipped'))],
    ['failed-cases', ids.join(',')],
    ['decentro-txn-id', visible(started?.decentroTxnId ?? '')],
  ];
  return outputs.map(([name, value]) => `${name}<<${delimiter}\n${value}\n${delimiter}\n`).join('');
}

function cellsOf({ status, id, mark, expected, observed, decentroTxnId, durationMs }: CaseResult): string[] {
  return [status ?? '', id, mark, expected, observed ?? '', decentroTxnId ?? '', timeText(durationMs)];
}

// As the runner reads it back: https://github.com/actions/toolkit, packages/core, command.ts.
function annotation(title: string, message: string): string {
  const data = (text: string) =>
    visibleLines(text).replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
  const property = (text: string) => data(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
  return `::error title=${property(`digilocker smoke: ${title}`)}::${data(message)}\n`;
}

function visibleLines(text: string): string {
  return text.split('\n').map(visible).join('\n');
}

// CommonMark takes a backslash before any punctuation; GitHub would make links of addresses and of @names besides.
function markdown(text: string): string {
  return visibleLines(text)
    .replace(/[!-+/:-@[-`{-~]/g, '\\$&')
    .replaceAll('\n', '<br>');
}
