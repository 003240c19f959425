import { describe, expect, test } from '@jest/globals';
import { findResponseKey, RESPONSE_KEYS, type Move } from '../../../src/api/response-keys.js';
import { REPLIES } from '../../../src/sandbox/replies.js';

const CATALOGUE: readonly (readonly [key: string, move: Move | null, canRetry: boolean, remedy: RegExp])[] = [
  ['success_initiate_session', null, false, /end user.*once/],
  ['error_consent_false', 'caller', false, /Obtain the end user's consent/],
  ['error_invalid_consent_type', 'caller', false, /JSON true, not a string/],
  ['error_empty_purpose', 'caller', false, /why the data is wanted/],
  ['error_invalid_purpose', 'caller', false, /plain words/],
  ['error_short_purpose_length', 'caller', false, /Say more/],
  ['error_long_purpose_length', 'caller', false, /fewer words/],
  ['error_empty_reference_id', 'caller', false, /Give one/],
  ['error_invalid_reference_id', 'caller', false, /letters, digits, - and _/],
  ['error_duplicate_reference_id', 'caller', true, /fresh one.*first one arrived/],
  ['error_malformed_request', 'caller', false, /Check/],
  ['error_unsanitized_values', 'caller', false, /Remove/],
  ['error_invalid_endpoint', 'caller', false, /base URL/],
  ['error_empty_module_secret', 'operator', false, /DECENTRO_MODULE_SECRET/],
  ['error_invalid_module_secret', 'operator', false, /KYC module's secret/],
  ['error_unauthorized_module', 'operator', false, /environment.*module secret/],
  ['invalid_client_credentials', 'operator', false, /environment/],
  ['error_no_subscription_found', 'operator', false, /enable/],
  ['error_module_access_expired', 'operator', false, /Renew/],
  ['error_module_credits_exhausted', 'operator', false, /Top/],
  ['error_insufficient_account_balance', 'operator', false, /Top/],
  ['error_missing_configuration', 'operator', false, /Ask Decentro/],
  ['error_ip_not_configured', 'operator', false, /added/],
  ['error_provider_error', 'decentro', true, /later/],
  ['error_unexpected_response', 'decentro', true, /later/],
  ['error_decentro_error', 'decentro', true, /later.*transaction ID/],
  ['success_access_token', null, false, /issued files/],
  ['success_issued_files', null, false, /by its uri/],
  ['success_file_download', null, false, /billed/],
  ['success_file_data', null, false, /billed/],
  ['success_file_pull', null, false, /issued files/],
  ['success_eaadhaar_download', null, false, /billed/],
  ['success_revoke_token', null, false, /new session/],
  ['error_empty_code', 'caller', false, /code of the redirect/],
  ['error_empty_document_type_related_parameters', 'caller', false, /ID number and full name/],
];

describe('the catalogue', () => {
  test('holds the keys that Decentro documents, in their order', () => {
    expect(Object.keys(RESPONSE_KEYS)).toEqual(CATALOGUE.map(([key]) => key));
  });

  test.each(CATALOGUE)('%s: the move is of %p, a retry helps: %p', (key, move, canRetry, remedy) => {
    expect(findResponseKey(key)).toMatchObject({ move, canRetry });
    expect(findResponseKey(key)?.remedy).toMatch(remedy);
    expect(findResponseKey(key)?.meaning).toMatch(/^[A-Z].*\.$/);
  });

  test('the sandbox can answer every key of the catalogue', () => {
    expect(Object.keys(REPLIES)).toEqual(expect.arrayContaining(Object.keys(RESPONSE_KEYS)));
  });
});

test.each(['constructor', '__proto__', 'toString', 'error_from_the_future', '', null])(
  'finds nothing for %p',
  (key) => {
    expect(findResponseKey(key)).toBeUndefined();
  },
);
