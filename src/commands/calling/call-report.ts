// What a command says of one call. One declaration gives the JSON document and the paths that `--field` may name.
import { findResponseKey } from '../../api/response-keys.js';
import type { CallFacts, SavedDocument } from '../../failure/facts.js';
import type { Failure } from '../../failure/failure.js';
import { ERROR_SHAPE, errorDocument } from '../../output/failure-report.js';
import type { Block, FieldRows, Report } from '../../output/report.js';
import type { Shape } from '../../output/scripted.js';

/** What is known of a call that was made for a session. */
export interface CallKnowledge extends CallFacts {
  readonly environment: string | null;
  /** The session that the call was made for; `decentroTxnId` is the call's own. */
  readonly sessionTxnId: string | null;
  readonly data: unknown;
  /** The documents of its answer that were written to files. */
  readonly files?: readonly SavedDocument[];
}

/** A key of a document: where `--field` may lead in it, and its value, of what is known. */
export type Key<Known> = readonly [name: string, shape: Shape, value: (known: Partial<Known>) => unknown];

export interface CallDocument<Known> {
  readonly shape: Shape;
  /** Every key is always present; what is not known is `null`. */
  readonly write: (known: Partial<Known>, failure?: Failure) => Record<string, unknown>;
}

/**
 * Declares the JSON document of a call. `own` keys of a command follow those that every call has: the first ones
 * before what is known of the exchange, the last ones behind it.
 */
export function declareDocument<Known extends CallFacts & { readonly environment: string | null }>(
  schema: string,
  own: { readonly first: readonly Key<Known>[]; readonly last: readonly Key<Known>[] },
): CallDocument<Known> {
  const plain = (name: keyof Known & string): Key<Known> => [name, 'value', (known) => known[name]];
  const keys: readonly Key<Known>[] = [
    plain('environment'),
    plain('referenceId'),
    plain('decentroTxnId'),
    plain('status'),
    plain('responseCode'),
    plain('responseKey'),
    plain('message'),
    ...own.first,
    plain('httpStatus'),
    plain('durationMs'),
    ['attempts', ATTEMPTS_SHAPE, ({ attempts = [] }) => attempts],
    ...own.last,
    ['raw', 'any', ({ raw }) => raw],
  ];
  const named = keys.map(([name, shape]) => [name, shape] as const);
  return {
    shape: Object.fromEntries<Shape>([
      ['schema', 'value'],
      ['ok', 'value'],
      ...named,
      ['error', ERROR_SHAPE],
    ]),
    write: (known, failure) => ({
      schema,
      ok: failure === undefined,
      ...Object.fromEntries(keys.map(([name, , value]) => [name, value(known) ?? null])),
      error: failure === undefined ? null : errorDocument(failure),
    }),
  };
}

/** Where `--field` may lead in the files of a call. */
export const FILES_SHAPE: Shape = [{ kind: 'value', path: 'value', bytes: 'value', type: 'value' }];

const ATTEMPTS_SHAPE: Shape = [{ referenceId: 'value', httpStatus: 'value', sent: 'value' }];

/** What Decentro answered, as rows for a person. */
export function answerRows(known: Partial<CallFacts>): FieldRows {
  const { status = null, responseCode = null, httpStatus = null, responseKey = null, message = null } = known;
  const codes = [responseCode, httpStatus === null ? null : `HTTP ${httpStatus}`].filter(
    (code) => code !== null,
  );
  const key = findResponseKey(responseKey);
  return [
    ['Status', status === null ? (codes[0] ?? null) : `${status} (${codes.join(', ')})`],
    ['Response key', responseKey],
    ['Meaning', key?.meaning ?? (responseKey === null ? null : 'Not in the catalogue of this version.')],
    ['Message', message],
  ];
}

const FILE_LABELS: Readonly<Record<SavedDocument['kind'], string>> = {
  pdf: 'PDF',
  xml: 'XML',
  photo: 'Photo',
  file: 'Document',
};

/** The files that were written, as rows for a person. */
export function fileRows({ files = [] }: Partial<Pick<CallKnowledge, 'files'>>): FieldRows {
  return files.map(({ kind, path, bytes, type }) => [
    FILE_LABELS[kind],
    `${path} (${type?.toUpperCase() ?? 'unreadable'}, ${bytes} bytes)`,
  ]);
}

/** A block of rows, where one of them has something to show. */
export function fieldsBlock(rows: FieldRows): Block[] {
  return rows.some(([, value]) => value !== null) ? [{ type: 'fields', rows }] : [];
}

/** The IDs of a call, for a person. */
export function idRows(known: Partial<CallKnowledge>): FieldRows {
  return [
    ['Session', known.sessionTxnId ?? null],
    ['Call', known.decentroTxnId ?? null],
    ['Reference ID', known.referenceId ?? null],
  ];
}

/** What a call gives to scripts. */
export function variablesOf(known: Partial<CallKnowledge>): NonNullable<Report['variables']> {
  return [
    ['DECENTRO_TXN_ID', known.sessionTxnId ?? null],
    ['DECENTRO_CALL_TXN_ID', known.decentroTxnId ?? null],
    ['DECENTRO_REFERENCE_ID', known.referenceId ?? null],
    ['DECENTRO_RESPONSE_KEY', known.responseKey ?? null],
  ];
}
