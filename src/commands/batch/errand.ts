// A row on its way: what is sent for it, what is written down of it, and which end an answer gives it. Pure.
import { deriveReferenceId } from '../../api/derive-reference-id.js';
import type { InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import type { Answer } from './breakers.js';
import type { OutcomeRecord, RecordedEnd } from './journal.js';
import type { PlannedRow } from './plan.js';
import type { AttemptRecord } from './row-states.js';

/** What one request brought. */
export interface SendResult {
  readonly answer: Answer;
  readonly outcome: Pick<OutcomeRecord, 'txn' | 'link' | 'key' | 'http' | 'kind' | 'sent'> & {
    readonly end: 'created' | 'refused' | 'unknown';
  };
}

/** A row, and what was written down of it. */
export interface RecordedRow {
  readonly row: number;
  readonly key: string;
  attempt: number;
  referenceId: string | null;
  readonly records: AttemptRecord[];
}

/** A row on its way. */
export interface Errand extends RecordedRow {
  readonly params: InitiateSessionParams;
  readonly ownReferenceId: string | undefined;
  /** Repeats, under the same reference ID, what may have arrived. */
  readonly isSecondTry: boolean;
  /** How often it was answered with HTTP 429. */
  throttles: number;
}

/** A row that has its end. */
export interface EndedRow {
  readonly row: number;
  /** All that is known of it, the oldest first. */
  readonly records: readonly AttemptRecord[];
  readonly outcome: OutcomeRecord;
}

/** What the journal knows of a row that is to be sent. */
export interface Standing {
  /** The number of the next attempt. */
  readonly attempt: number;
  /** Whether that attempt may have arrived already. */
  readonly isSecondTry: boolean;
  readonly records: readonly AttemptRecord[];
}

/** Takes a row up. */
export function createErrand({ row, key, request }: PlannedRow, standing: Standing): Errand {
  if (request.type !== 'send') throw new Error('Only rows that are sent become errands');
  return {
    row: row.number,
    key,
    params: request.params,
    ownReferenceId: request.referenceId,
    attempt: standing.attempt,
    referenceId: null,
    isSecondTry: standing.isSecondTry,
    throttles: 0,
    records: [...standing.records],
  };
}

/** An outcome of which nothing is known yet. */
export function emptyOutcome({ row, attempt, key, referenceId }: RecordedRow): Omit<OutcomeRecord, 'at'> {
  return {
    t: 'o',
    r: row,
    n: attempt,
    k: key,
    id: referenceId,
    end: 'unknown',
    txn: null,
    link: null,
    key: null,
    http: null,
    kind: null,
    sent: 'unknown',
  };
}

/** What the answer says of the pace. A refused repetition of what may have arrived says nothing of a second copy. */
export function answerFor({ attempt, isSecondTry }: Errand, { answer }: SendResult): Answer {
  if (answer.type !== 'duplicate') return answer;
  return { type: 'duplicate', isFirst: answer.isFirst && attempt === 1 && !isSecondTry };
}

/** The end that an answer gives a row. */
export function endAfter(
  { ownReferenceId, isSecondTry }: Errand,
  end: SendResult['outcome']['end'],
  { type }: Answer,
): RecordedEnd {
  if (end === 'created') return 'created';
  // A derived ID belongs to one row: the row was sent before, and its link was not kept.
  if (type === 'duplicate') return ownReferenceId === undefined || isSecondTry ? 'lost' : 'refused';
  return isSecondTry ? 'unknown' : end;
}

/** The reference ID of the attempt that comes next. */
export function referenceIdOf(
  { ownReferenceId, key, attempt }: Errand,
  batch: Readonly<Record<'environment' | 'batch', string>>,
): string {
  return ownReferenceId ?? deriveReferenceId({ ...batch, key, attempt });
}

/** Whether a row goes on under a fresh reference ID after HTTP 429; its own is used up, and is not replaced. */
export function mayGoAfresh({ ownReferenceId, isSecondTry, throttles }: Errand): boolean {
  return ownReferenceId === undefined && !isSecondTry && throttles < MAX_THROTTLES;
}

/** HTTP 429 for one row, after which it counts as refused. */
const MAX_THROTTLES = 10;
