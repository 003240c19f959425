// What an answer means for a case. Pure.
import type { CallFacts, Callback } from '../../failure/facts.js';
import { Failure } from '../../failure/failure.js';
import type { Session } from '../../api/endpoints/initiate-session.js';
import { findResponseKey } from '../../api/response-keys.js';
import { isDeclined } from '../../redirect/callback.js';
import { isSameId } from '../../redirect/same-id.js';
import { findDrift, type AnswerShape } from './drift.js';
import { quoteServer } from './quote-server.js';

/** What a call brought. */
export interface CallAnswer {
  readonly facts: Partial<CallFacts>;
  /** Absent where a session was created. */
  readonly failure: Failure | undefined;
  /** The header `X-DECENTRO-URN`. */
  readonly urn: string | null;
  readonly redirectUrl: string;
  /** The session that was created. */
  readonly session?: Session;
  /** What the redirect brought, or why none came, where an end user had to go through the session. */
  readonly wayBack?: Callback | Failure;
}

export interface Judgement {
  readonly isMet: boolean;
  /** What was seen, as a sentence without its stop. */
  readonly observed: string;
  /** Whether it answers the question of an undocumented case. */
  readonly isSettled: boolean;
}

/** `undefined` where the call brought another kind of answer than the one that is looked at. */
export type Judge = (answer: CallAnswer) => Judgement | undefined;

const REFUSAL_SHAPE: AnswerShape = {
  decentroTxnId: 'text',
  status: 'text',
  responseCode: 'text',
  message: 'text',
  responseKey: 'text',
};
const SESSION_SHAPE: AnswerShape = { ...REFUSAL_SHAPE, data: { authorizationUrl: 'text' } };

/** A judgement that answers its question. */
export function met(isMet: boolean, observed: string): Judgement {
  return { isMet, observed, isSettled: true };
}

/** Expects a response key. */
export function refusedWith(key: string): Judge {
  return (answer) => met(answer.facts.responseKey === key, describeAnswer(answer));
}

/** For a call after a session that does not exist: what is wrong with the account says nothing of the session. */
export const judgeUnknownSession: Judge = (answer) => ({
  isMet: true,
  observed: answer.failure === undefined ? 'answered as for a session' : describeAnswer(answer),
  isSettled: findResponseKey(answer.facts.responseKey ?? null)?.move !== 'operator',
});

/** For what is said of a session's answer: it was created, or Decentro says so and the answer has drifted. */
export function ofSession(judge: (answer: CallAnswer) => Judgement): Judge {
  return (answer) => {
    const { facts, failure } = answer;
    const isRefused = failure !== undefined && failure.kind !== 'upstream';
    const isFailing =
      failure !== undefined && findResponseKey(facts.responseKey ?? null)?.move === 'decentro';
    return isRefused || isFailing ? undefined : judge(answer);
  };
}

/** A session settles the question, and so does one of the refusals that are about it; no other answer does. */
export function record(answer: CallAnswer, whenCreated: string, refusals: readonly string[]): Judgement {
  const { facts, failure } = answer;
  if (failure === undefined) return met(true, whenCreated);
  return {
    isMet: true,
    observed: describeAnswer(answer),
    isSettled: refusals.includes(facts.responseKey ?? ''),
  };
}

/** What a call brought, in a few words. */
export function describeAnswer({ facts, failure, wayBack }: CallAnswer): string {
  if (wayBack instanceof Failure) return quoteServer(wayBack.message.replace(/\.$/, ''));
  const { responseKey, status, httpStatus, raw } = facts;
  if (failure === undefined) return `a session was created (HTTP ${httpStatus ?? ''})`;
  if (raw === null) return quoteServer(failure.message.replaceAll(/\s+/g, ' '));
  const word = responseKey ?? status ?? 'an answer without a response key';
  const lack = status === 'SUCCESS' ? ', but it cannot be used' : '';
  return `${quoteServer(word)} (HTTP ${httpStatus ?? ''})${lack}`;
}

const MAX_LISTED = 8;

/** Expects the documented answer of a session. */
export function judgeSessionShape({ facts }: CallAnswer): Judgement {
  return judgeShape(facts.raw, SESSION_SHAPE);
}

/** Expects the documented answer of a refusal. */
export function judgeRefusalShape({ facts, failure }: CallAnswer): Judgement | undefined {
  if (failure === undefined) return undefined;
  const { isMet, observed } = judgeShape(facts.raw, REFUSAL_SHAPE);
  const isBadRequest = facts.httpStatus === 400;
  const status = isBadRequest ? '' : `HTTP ${facts.httpStatus ?? ''}; `;
  return met(isMet && isBadRequest, `${status}${observed}`);
}

/** Keys get added without notice: those are reported, and are not a fault. */
function judgeShape(raw: unknown, shape: AnswerShape): Judgement {
  const drifts = findDrift(raw, shape);
  const listed = drifts.slice(0, MAX_LISTED).map(({ text }) => text);
  const more = drifts.length > MAX_LISTED ? [`and ${drifts.length - MAX_LISTED} more`] : [];
  return met(
    drifts.every(({ kind }) => kind === 'extra'),
    drifts.length === 0 ? 'as documented' : [...listed, ...more].join('; '),
  );
}

/** Reads which spelling the keys have. */
export function judgeSpelling({ facts }: CallAnswer): Judgement {
  const keys = Object.keys(facts.raw as object);
  const isCamel = keys.some((key) => ['decentroTxnId', 'responseCode', 'responseKey'].includes(key));
  const isSnake = keys.some((key) => ['decentro_txn_id', 'response_code', 'response_key'].includes(key));
  if (isCamel && isSnake) return met(true, 'both spellings in one answer');
  if (!isCamel && !isSnake) return { isMet: true, observed: 'neither spelling', isSettled: false };
  return met(true, isCamel ? 'camel case' : 'snake case');
}

/** Compares the ID of the gateway with that of the answer. */
export function judgeUrn({ urn, facts }: CallAnswer): Judgement {
  if (urn === null) return { isMet: true, observed: 'the answer has no such header', isSettled: false };
  return met(true, urn === facts.decentroTxnId ? 'it does' : 'it holds another ID');
}

/** Records the form of the redirect; how a refusal comes back does not tell how a success does. */
export function judgeWayBack(answer: CallAnswer): Judgement | undefined {
  const callback = callbackOf(answer);
  return callback && { isMet: true, observed: formOf(callback, answer), isSettled: !isDeclined(callback) };
}

/** Records the form of a redirect that brings a refusal or an error. */
export function judgeRefusedWayBack(answer: CallAnswer): Judgement | undefined {
  const callback = callbackOf(answer);
  return callback && isDeclined(callback) ? met(true, formOf(callback, answer)) : undefined;
}

/** Compares the ID of the redirect with the session's. */
export function judgeReturnedId(answer: CallAnswer): Judgement | undefined {
  const callback = callbackOf(answer);
  return callback && met(true, idText(callback.decentroTxnId, answer));
}

function callbackOf({ wayBack }: CallAnswer): Callback | undefined {
  return wayBack instanceof Failure ? undefined : wayBack;
}

/** Which parameters the redirect had; never the code. */
function formOf(
  { status, code, state, decentroTxnId, error, errorDescription }: Callback,
  answer: CallAnswer,
): string {
  const parts = [
    status === null ? null : `status=${quoteServer(status)}`,
    code === null ? null : 'code',
    error === null ? null : `error=${quoteServer(error)}`,
    errorDescription === null ? null : 'error_description',
    decentroTxnId === null ? null : `initiation_decentro_transaction_id (${idText(decentroTxnId, answer)})`,
    state === null ? null : `state (${idText(state, answer)})`,
  ];
  return parts.filter((part) => part !== null).join(', ');
}

function idText(id: string | null, { facts }: CallAnswer): string {
  const { decentroTxnId } = facts;
  if (id === null) return 'none';
  if (id === decentroTxnId) return 'that of the session';
  return isSameId(id, decentroTxnId ?? '') ? 'that of the session, in other case' : 'another one';
}
