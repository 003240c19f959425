interface Reply {
  readonly httpStatus: 200 | 400 | 401 | 404 | 500;
  readonly responseCode: string;
  readonly message: string;
}

const success = (message: string, responseCode = 'S00000'): Reply => ({
  httpStatus: 200,
  responseCode,
  message,
});
/** About the request. */
const refused = (message: string, httpStatus: Reply['httpStatus'] = 400): Reply => ({
  httpStatus,
  responseCode: 'E00009',
  message,
});
/** About the account. */
const unauthorized = (message: string, httpStatus: Reply['httpStatus'] = 401): Reply => ({
  httpStatus,
  responseCode: 'E00030',
  message,
});

/**
 * What the sandbox answers for each response key of Decentro's response-key page and of the calls after a session.
 * The messages of the successes, of `error_consent_false`, `error_short_purpose_length`, `error_long_purpose_length`,
 * `error_empty_reference_id`, `error_empty_code` and `error_empty_document_type_related_parameters` are Decentro's
 * published ones; the others are the sandbox's own words. Decentro publishes few statuses and codes, so the rest
 * follow those few.
 */
export const REPLIES = {
  success_initiate_session: success('Session created successfully.'),
  success_access_token: success('Access Token generated successfully from MeriPehchaan', 'S00007'),
  success_issued_files: success('Issued files received successfully from MeriPehchaan'),
  success_file_download: success('File fetched successfully from MeriPehchaan'),
  success_file_data: success('File data fetched successfully as JSON from MeriPehchaan'),
  success_file_pull: success('Document pulled successfully from Issuer'),
  success_eaadhaar_download: success('E-Aadhaar information received successfully from MeriPehchaan'),
  success_revoke_token: success('Token has been revoked successfully for the session', 'S00007'),
  error_consent_false: refused('Consent should be True, otherwise the request cannot be processed'),
  error_invalid_consent_type: refused('Consent has to be a JSON boolean.'),
  error_empty_purpose: refused('Purpose cannot be null or empty.'),
  error_invalid_purpose: refused('Purpose has to be a string of readable text.'),
  error_short_purpose_length: refused('Purpose should be at least 20 characters in length.'),
  error_long_purpose_length: refused('Purpose can be at most 50 characters in length.'),
  error_empty_reference_id: refused(
    'Request reference ID cannot be null or empty. Hint: reference_id (string)',
  ),
  error_invalid_reference_id: refused(
    'Reference ID has to be a string of letters, digits, hyphens and underscores.',
  ),
  error_duplicate_reference_id: refused('This reference ID was used before.'),
  error_empty_code: refused('Code cannot be null or empty. Hint: code (string)'),
  error_empty_document_type_related_parameters: refused(
    'Document type related parameters cannot be null OR empty.',
  ),
  error_malformed_request: refused('The body is not the JSON object that this API expects.'),
  error_unsanitized_values: refused('A value holds characters that are not accepted.'),
  error_invalid_endpoint: refused('There is no such API.', 404),
  error_empty_module_secret: unauthorized('This account needs a module secret.'),
  error_invalid_module_secret: unauthorized('The module secret is wrong.'),
  error_unauthorized_module: unauthorized('The credentials are missing, or not accepted for this module.'),
  invalid_client_credentials: unauthorized('The credentials are those of another environment.'),
  error_no_subscription_found: unauthorized('The account is not subscribed to this module.', 400),
  error_module_access_expired: unauthorized('The subscription of this module has run out.', 400),
  error_module_credits_exhausted: unauthorized('No credits are left for this module.', 400),
  error_insufficient_account_balance: unauthorized('The balance of the account is too low.', 400),
  error_missing_configuration: unauthorized('No plan is configured for the account.', 400),
  error_ip_not_configured: unauthorized('This IP address is not on the allow list of the account.', 400),
  error_provider_error: refused('The provider failed. Try again later.'),
  error_unexpected_response: refused('The provider answered something unexpected. Try again later.'),
  error_decentro_error: refused('Something broke on this side. Try again later.', 500),
} as const satisfies Record<string, Reply>;

export type ResponseKey = keyof typeof REPLIES;

export function isResponseKey(name: string): name is ResponseKey {
  return Object.hasOwn(REPLIES, name);
}
