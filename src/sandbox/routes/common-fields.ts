import type { Refusal, JsonObject } from './route.js';

/**
 * Checks what all requests with a body have in common. Decentro documents the keys, not their order: reference
 * ID, consent, purpose is the sandbox's.
 *
 * @param isFresh tells whether a reference ID is new, and burns it
 */
export function checkCommonFields(
  body: JsonObject,
  isSso: boolean,
  isFresh: (referenceId: string) => boolean,
): Refusal | null {
  return (
    referenceIdFault(body['reference_id'], isFresh) ??
    consentFault(body['consent']) ??
    purposeFault(body, isSso)
  );
}

function referenceIdFault(value: unknown, isFresh: (referenceId: string) => boolean): Refusal | null {
  if (isEmpty(value)) return { key: 'error_empty_reference_id' };
  if (typeof value !== 'string' || !/^[\w-]+$/.test(value)) return { key: 'error_invalid_reference_id' };
  return isFresh(value) ? null : { key: 'error_duplicate_reference_id' };
}

function consentFault(value: unknown): Refusal | null {
  // The reference page: "Defaults to false". So an absent consent is not of a wrong type.
  if (value === false || value === undefined) return { key: 'error_consent_false' };
  return value === true ? null : { key: 'error_invalid_consent_type' };
}

// Not every invisible character: joiners (U+200C, U+200D) are part of correct Hindi and Malayalam.
const UNREADABLE = /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\p{Bidi_Control}]|^\s+$/u;

function purposeFault(body: JsonObject, isSso: boolean): Refusal | null {
  const value = purposeOf(body, isSso);
  if (isEmpty(value)) return { key: 'error_empty_purpose' };
  if (typeof value !== 'string' || UNREADABLE.test(value)) return { key: 'error_invalid_purpose' };
  const length = Array.from(value).length;
  if (length < 20) return { key: 'error_short_purpose_length' };
  if (length <= 50) return null;
  // The suites word this one differently.
  const message = isSso ? {} : { message: 'Consent purpose can be at most 50 characters in length.' };
  return { key: 'error_long_purpose_length', ...message };
}

/** SSO's SDK sends `purpose`, its guide shows `consent_purpose`: there, either is read. */
export function purposeOf(body: JsonObject, isSso: boolean): unknown {
  return isSso && !isEmpty(body['purpose']) ? body['purpose'] : body['consent_purpose'];
}

function isEmpty(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
