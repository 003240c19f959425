import type { FailureKind } from '../failure/exit-codes.js';
import { findResponseKey, type Move } from './response-keys.js';
import type { Envelope } from './envelope.js';

export interface Refusal {
  readonly type: 'refusal';
  readonly kind: Extract<FailureKind, 'access' | 'rejected' | 'upstream' | 'unknown'>;
  /** Whether the request may have taken effect all the same. */
  readonly effect: 'no' | 'unknown';
  readonly isRetryable: boolean;
}

/** What an answer means for the exit code, before the endpoint has looked at its data. */
export type Verdict = { readonly type: 'success'; readonly envelope: Envelope } | Refusal;

const KINDS: Record<Move, Refusal['kind']> = { caller: 'rejected', operator: 'access', decentro: 'upstream' };

/**
 * Judges an answer. A key of the catalogue decides before the HTTP status does; otherwise the status decides, and
 * where it says nothing, the envelope's own SUCCESS or FAILURE.
 */
export function judge(
  httpStatus: number,
  envelope: Envelope | undefined,
  isSuccess = (answer: Envelope) => answer.status === 'SUCCESS',
): Verdict {
  const key = findResponseKey(envelope?.responseKey ?? null);
  if (key?.move) {
    const effect = envelope?.responseKey === 'error_duplicate_reference_id' ? 'unknown' : 'no';
    return { type: 'refusal', kind: KINDS[key.move], effect, isRetryable: key.canRetry };
  }
  const isOk = httpStatus >= 200 && httpStatus < 300;
  const isRedirect = httpStatus >= 300 && httpStatus < 400;
  if (envelope !== undefined && isSuccess(envelope) && (isOk || (key !== undefined && !isRedirect))) {
    return { type: 'success', envelope };
  }
  const kind = kindOf(httpStatus, envelope);
  const isSaid =
    envelope?.status === 'FAILURE' || (httpStatus >= 400 && (kind === 'access' || kind === 'rejected'));
  return {
    type: 'refusal',
    kind,
    effect: isSaid && kind !== 'unknown' ? 'no' : 'unknown',
    isRetryable: kind === 'upstream' && httpStatus >= 400,
  };
}

function kindOf(httpStatus: number, envelope: Envelope | undefined): Refusal['kind'] {
  if (httpStatus === 429 || httpStatus === 500 || httpStatus === 503) return 'upstream';
  if (httpStatus === 408 || httpStatus >= 500) return 'unknown';
  if (httpStatus >= 300 && httpStatus < 400) return 'upstream';
  if ((httpStatus === 401 || httpStatus === 403) && (envelope?.responseKey ?? null) === null) return 'access';
  return httpStatus >= 400 || envelope?.status === 'FAILURE' ? 'rejected' : 'upstream';
}
