import { parseUrl } from '../../safety/url.js';
import type { ResponseKey } from '../replies.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/**
 * The key that answers the body of Initiate Session. Decentro documents the keys, not their order: body,
 * reference ID, consent, purpose, redirect URL is the sandbox's.
 *
 * @param isFresh tells whether a reference ID is new, and burns it
 */
export function checkSession(
  body: JsonObject | null,
  isFresh: (referenceId: string) => boolean,
): ResponseKey {
  if (body === null) return 'error_malformed_request';
  return (
    refuseReferenceId(body['reference_id'], isFresh) ??
    refuseConsent(body['consent']) ??
    refusePurpose(body['consent_purpose']) ??
    refuseRedirectUrl(body['redirect_url']) ??
    'success_initiate_session'
  );
}

function refuseReferenceId(value: unknown, isFresh: (referenceId: string) => boolean): ResponseKey | null {
  if (isEmpty(value)) return 'error_empty_reference_id';
  if (typeof value !== 'string' || !/^[\w-]+$/.test(value)) return 'error_invalid_reference_id';
  return isFresh(value) ? null : 'error_duplicate_reference_id';
}

function refuseConsent(value: unknown): ResponseKey | null {
  // The reference page: "Defaults to false". So an absent consent is no wrong type.
  if (value === false || value === undefined) return 'error_consent_false';
  return value === true ? null : 'error_invalid_consent_type';
}

// Not every invisible character: joiners (U+200C, U+200D) are part of correct Hindi and Malayalam.
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|^\s+$/u;

function refusePurpose(value: unknown): ResponseKey | null {
  if (isEmpty(value)) return 'error_empty_purpose';
  if (typeof value !== 'string' || UNREADABLE.test(value)) return 'error_invalid_purpose';
  const length = Array.from(value).length;
  if (length < 20) return 'error_short_purpose_length';
  return length > 50 ? 'error_long_purpose_length' : null;
}

function refuseRedirectUrl(value: unknown): ResponseKey | null {
  const isWebUrl = typeof value === 'string' && /^https?:\/\//i.test(value) && parseUrl(value) !== undefined;
  return isWebUrl ? null : 'error_malformed_request';
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
