import type { CallFacts, Callback } from '../../failure/facts.js';
import type { Failure } from '../../failure/failure.js';
import { findResponseKey } from '../../api/response-keys.js';
import { ERROR_SHAPE, errorDocument, failureBlocks } from '../../output/failure-report.js';
import type { Block, FieldRows, Report } from '../../output/report.js';
import { CALLBACK_SHAPE, callbackRows } from '../../redirect/callback-report.js';
import type { Shape } from '../../output/scripted.js';

const SCHEMA = 'digilocker.session/1';

const LINK_LABEL = 'Link (works once: only the end user may open it)';

/** The JSON document of `init-session`, every key always present. */
export interface SessionDocument extends CallFacts {
  readonly environment: string | null;
  readonly authorizationUrl: string | null;
  /** What the redirect brought, where it was waited for. */
  readonly callback: Callback | null;
}

/** Where `--field` may lead. */
export const SESSION_SHAPE: Shape = {
  schema: 'value',
  ok: 'value',
  environment: 'value',
  referenceId: 'value',
  decentroTxnId: 'value',
  status: 'value',
  responseCode: 'value',
  responseKey: 'value',
  message: 'value',
  authorizationUrl: 'value',
  sessionCreated: 'value',
  httpStatus: 'value',
  durationMs: 'value',
  attempts: [{ referenceId: 'value', httpStatus: 'value', sent: 'value' }],
  callback: CALLBACK_SHAPE,
  raw: 'any',
  error: ERROR_SHAPE,
};

/** The report of a session that was created. `next` tells, in sentences, what comes after it. */
export function sessionReport(document: SessionDocument, next: string): Report {
  const { environment, authorizationUrl, callback } = document;
  return {
    document: documentOf(document, true, null),
    variables: variablesOf(document),
    blocks: [
      {
        type: 'title',
        text: `DigiLocker session ${callback === null ? 'started' : 'completed'} (${environment ?? ''})`,
        tone: 'good',
      },
      factsBlock(document, callback === null ? [] : callbackRows(callback)),
      // Once somebody came back, the link is used up.
      ...(callback === null ? [linkBlock(authorizationUrl ?? '')] : []),
      { type: 'text', text: next },
    ],
  };
}

/** The link of a session that is waited for, told before its result. */
export function linkBlock(authorizationUrl: string): Block {
  return { type: 'link', label: LINK_LABEL, url: authorizationUrl };
}

/** The report of a command that ended without a session, or could not show it: whatever is known stays in it. */
export function sessionFailure(failure: Failure): Report {
  const known = failure.details;
  const hasFacts = known.referenceId != null || known.decentroTxnId != null;
  // Nobody else has the link of a session whose result could not be written.
  const facts = factsBlock(
    known,
    failure.kind === 'declined' ? [] : [['Link (works once)', known.authorizationUrl ?? null]],
  );
  return {
    document: documentOf(known, false, errorDocument(failure)),
    variables: variablesOf(known),
    blocks: failureBlocks(failure, hasFacts ? [facts] : []),
  };
}

function variablesOf(known: Partial<SessionDocument>): NonNullable<Report['variables']> {
  return [
    ['DECENTRO_TXN_ID', known.decentroTxnId ?? null],
    ['DECENTRO_REFERENCE_ID', known.referenceId ?? null],
    ['DECENTRO_RESPONSE_KEY', known.responseKey ?? null],
    ['DECENTRO_AUTHORIZATION_URL', known.authorizationUrl ?? null],
    ['DIGILOCKER_CODE', known.callback?.code ?? null],
  ];
}

function documentOf(known: Partial<SessionDocument>, ok: boolean, error: unknown): Record<string, unknown> {
  return {
    schema: SCHEMA,
    ok,
    environment: known.environment ?? null,
    referenceId: known.referenceId ?? null,
    decentroTxnId: known.decentroTxnId ?? null,
    status: known.status ?? null,
    responseCode: known.responseCode ?? null,
    responseKey: known.responseKey ?? null,
    message: known.message ?? null,
    authorizationUrl: known.authorizationUrl ?? null,
    sessionCreated: known.effect ?? 'no',
    httpStatus: known.httpStatus ?? null,
    durationMs: known.durationMs ?? null,
    attempts: known.attempts ?? [],
    callback: known.callback ?? null,
    raw: known.raw ?? null,
    error,
  };
}

function factsBlock(known: Partial<SessionDocument>, extra: FieldRows = []): Block {
  const { status = null, responseCode = null, httpStatus = null, responseKey = null, message = null } = known;
  const codes = [responseCode, httpStatus === null ? null : `HTTP ${httpStatus}`].filter(
    (code) => code !== null,
  );
  const key = findResponseKey(responseKey);
  return {
    type: 'fields',
    rows: [
      ['Transaction ID', known.decentroTxnId ?? null],
      ['Reference ID', known.referenceId ?? null],
      ['Status', status === null ? (codes[0] ?? null) : `${status} (${codes.join(', ')})`],
      ['Response key', responseKey],
      ['Meaning', key?.meaning ?? (responseKey === null ? null : 'Not in the catalogue of this version.')],
      ['Message', message],
      ...extra,
    ],
  };
}
