import type { Failure } from '../failure/failure.js';
import type { Block, Report } from './report.js';
import type { Shape } from './scripted.js';

/** Where `--field` may lead in an error. */
export const ERROR_SHAPE: Shape = {
  kind: 'value',
  exitCode: 'value',
  message: 'value',
  hint: 'value',
  sent: 'value',
  retryable: 'value',
};

/** The `error` key of every JSON document. */
export function errorDocument({
  kind,
  exitCode,
  message,
  hint,
  sent,
  retryable,
}: Failure): Record<string, unknown> {
  return { kind, exitCode, message, hint, sent, retryable };
}

/** What a person reads of a failure, around the facts that the command knows. */
export function failureBlocks({ message, hint }: Failure, facts: readonly Block[] = []): Block[] {
  return [
    { type: 'title', text: `error: ${message}`.split('\n'), tone: 'bad' },
    ...facts,
    ...(hint === null ? [] : [{ type: 'hint', text: hint } as const]),
  ];
}

/**
 * The report of a failure of a command that knows no more than that. Every key of its document is always present:
 * `empty` holds those of its own, for as long as nothing is known.
 */
export function plainFailure(
  schema: string,
  failure: Failure,
  empty: Readonly<Record<string, unknown>> = {},
): Report {
  return {
    document: { schema, ...empty, ...failure.details.document, ok: false, error: errorDocument(failure) },
    blocks: failureBlocks(failure),
  };
}
