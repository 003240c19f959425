import type { CallFacts, Callback } from '../../failure/facts.js';
import type { Failure } from '../../failure/failure.js';
import { failureBlocks } from '../../output/failure-report.js';
import type { Block, FieldRows, Report } from '../../output/report.js';
import { CALLBACK_SHAPE, callbackRows } from '../../redirect/callback-report.js';
import { answerRows, declareDocument } from '../calling/call-report.js';
import { linkBlock } from '../calling/shown-session.js';

/** What is known of a session. */
export interface SessionDocument extends CallFacts {
  readonly environment: string | null;
  readonly authorizationUrl: string | null;
  /** What the redirect brought, where it was waited for. */
  readonly callback: Callback | null;
}

const DOCUMENT = declareDocument<SessionDocument>('digilocker.session/1', {
  first: [
    ['authorizationUrl', 'value', ({ authorizationUrl }) => authorizationUrl],
    ['sessionCreated', 'value', ({ effect = 'no' }) => effect],
  ],
  last: [['callback', CALLBACK_SHAPE, ({ callback }) => callback]],
});

/** Where `--field` may lead. */
export const SESSION_SHAPE = DOCUMENT.shape;

/** The report of a session that was created, in full with `isVerbose`. `next` tells, in sentences, what comes after it. */
export function sessionReport(
  document: SessionDocument,
  next: string,
  isVerbose: boolean,
  nowMs?: number,
): Report {
  const { environment, authorizationUrl, decentroTxnId, callback } = document;
  return {
    document: DOCUMENT.write(document),
    variables: variablesOf(document),
    blocks: [
      {
        type: 'title',
        text: `DigiLocker session ${callback === null ? 'started' : 'completed'} (${environment ?? ''})`,
        tone: 'good',
      },
      factsBlock(document, isVerbose, callback === null ? [] : callbackRows(callback, nowMs, decentroTxnId)),
      // Once the end user came back, the link is used up.
      ...(callback === null ? [linkBlock(authorizationUrl ?? '')] : []),
      { type: 'text', text: next },
    ],
  };
}

/** The report of a command that ended without a session, or could not show it: whatever is known stays in it. */
export function sessionFailure(failure: Failure): Report {
  const known = failure.details;
  const hasFacts = known.referenceId != null || known.decentroTxnId != null;
  const facts = factsBlock(known, true, failure.kind === 'declined' ? [] : unwrittenRows(known));
  return {
    document: DOCUMENT.write(known, failure),
    variables: variablesOf(known),
    blocks: failureBlocks(failure, hasFacts ? [facts] : []),
  };
}

/** What nothing else holds where the result could not be written: the link or, once it is used up, what came of it. */
function unwrittenRows({ callback, authorizationUrl, decentroTxnId }: Partial<SessionDocument>): FieldRows {
  return callback == null
    ? [['Link (works once)', authorizationUrl ?? null]]
    : callbackRows(callback, undefined, decentroTxnId ?? null);
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

function factsBlock(known: Partial<SessionDocument>, isFull: boolean, extra: FieldRows): Block {
  const rows: FieldRows = [
    ['Transaction ID', known.decentroTxnId ?? null],
    ['Reference ID', known.referenceId ?? null],
    ...(isFull ? answerRows(known) : []),
    ...extra,
  ];
  return { type: 'fields', rows };
}
