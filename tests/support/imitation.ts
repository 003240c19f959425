import type { Answer } from './answer.js';
import { SESSION_CREATED } from './answer.js';
import type { RecordedRequest } from './recorder.js';

interface Body {
  readonly reference_id: string;
  readonly consent: unknown;
  readonly consent_purpose: string;
}

/** Changes one answer: told the request, what it would be answered, and its number. */
export type Twist = (
  request: RecordedRequest,
  answer: Answer,
  index: number,
) => Answer | undefined | Promise<Answer | undefined>;

/** Answers as Decentro documents it, each time with a transaction ID of its own, but for what `twist` returns. */
export function createImitation(twist: Twist = () => undefined) {
  const burnt = new Set<string>();
  return async (request: RecordedRequest, index: number): Promise<Answer> => {
    const body = request.json() as Body;
    const key = keyOf(body, burnt.has(body.reference_id));
    burnt.add(body.reference_id);
    const decentroTxnId = index.toString(16).toUpperCase().padStart(32, 'A');
    const answer =
      key === undefined
        ? { status: 200, body: { ...SESSION_CREATED, decentroTxnId } }
        : {
            status: 400,
            body: {
              decentroTxnId,
              status: 'FAILURE',
              responseCode: 'E00009',
              message: 'No.',
              responseKey: key,
            },
          };
    const withUrn = { ...answer, headers: { 'X-DECENTRO-URN': decentroTxnId } };
    return (await twist(request, withUrn, index)) ?? withUrn;
  };
}

function keyOf({ consent, consent_purpose: purpose }: Body, isBurnt: boolean): string | undefined {
  if (isBurnt) return 'error_duplicate_reference_id';
  if (consent === false) return 'error_consent_false';
  if (consent !== true) return 'error_invalid_consent_type';
  if (purpose.length < 20) return 'error_short_purpose_length';
  return purpose.length > 50 ? 'error_long_purpose_length' : undefined;
}
