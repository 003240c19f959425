// Sends one row, and reads from the outcome what became of it and what it means for the pace of the others.
import { call, type CallOptions } from '../../api/call.js';
import type { Endpoint } from '../../api/endpoint.js';
import type { InitiateSessionParams, Session } from '../../api/endpoints/initiate-session.js';
import { findResponseKey } from '../../api/response-keys.js';
import { parseRetryAfter } from '../../api/retry.js';
import { bugFailure } from '../../failure/bug.js';
import { Failure } from '../../failure/failure.js';
import type { Answer } from './breakers.js';
import type { SendResult } from './errand.js';

/** How many answers are remembered, to find one that comes twice. */
const MAX_REMEMBERED = 1_000;

/**
 * Creates the sender of a run. It never rejects.
 *
 * @param onRepeated told of a session that two rows were answered with
 */
export function createSender(
  endpoint: Endpoint<InitiateSessionParams, Session>,
  options: Omit<CallOptions, 'referenceId' | 'createReferenceId' | 'onAnswer'>,
  onRepeated: (decentroTxnId: string) => void,
): (params: InitiateSessionParams, referenceId: string) => Promise<SendResult> {
  const remembered = new Set<string>();
  const remember = (id: string) => {
    if (remembered.has(id)) onRepeated(id);
    remembered.add(id);
    const [oldest] = remembered;
    if (remembered.size > MAX_REMEMBERED && oldest !== undefined) remembered.delete(oldest);
  };
  return async (params, referenceId) => {
    let retryAfterMs: number | undefined;
    try {
      const { facts, result } = await call(endpoint, params, {
        ...options,
        referenceId,
        onAnswer: ({ status, headers }) => {
          if (status === 429) retryAfterMs = parseRetryAfter(headers, options.host.now());
        },
      });
      remember(result.decentroTxnId);
      return {
        answer: { type: 'created' },
        outcome: {
          end: 'created',
          txn: result.decentroTxnId,
          link: result.authorizationUrl,
          key: facts.responseKey,
          http: facts.httpStatus,
          kind: null,
          sent: 'yes',
        },
      };
    } catch (error) {
      const failure = ofAccount(error instanceof Failure ? error : bugFailure(error));
      return { answer: answerOf(failure, retryAfterMs), outcome: outcomeOf(failure) };
    }
  };
}

// What they refuse is not what a request holds: who sends it, what the account may do or owes, or from where.
const STATUSES_OF_ACCOUNT: readonly (number | undefined)[] = [401, 402, 403, 407, 451];

// Under a key that nobody knows, the status tells: the next row would be refused for the same reason.
function ofAccount(failure: Failure): Failure {
  const { kind, message, hint, details, sent } = failure;
  const { httpStatus, responseKey } = details;
  const isAccount = STATUSES_OF_ACCOUNT.includes(httpStatus ?? undefined);
  if (kind !== 'rejected' || !isAccount || findResponseKey(responseKey ?? null) !== undefined) return failure;
  return new Failure('access', message.split('\n'), { hint: hint?.split('\n'), details, sent });
}

function outcomeOf({ kind, details, sent }: Failure): SendResult['outcome'] {
  return {
    end: details.effect === 'no' ? 'refused' : 'unknown',
    txn: details.decentroTxnId ?? null,
    link: null,
    key: details.responseKey ?? null,
    http: details.httpStatus ?? null,
    kind,
    sent,
  };
}

function answerOf(failure: Failure, retryAfterMs: number | undefined): Answer {
  const { kind, message, hint, details } = failure;
  if (details.responseKey === 'error_duplicate_reference_id')
    return { type: 'duplicate', isFirst: kind === 'rejected' };
  if (kind === 'access' || kind === 'network') return { type: kind, message, hint };
  if (kind === 'rejected') return { type: kind, message };
  return kind === 'upstream' && details.httpStatus === 429
    ? { type: 'throttled', retryAfterMs, message }
    : { type: 'upstream', message };
}
