/** Who has to do something: the `caller` about the request, the `operator` about the account, or Decentro. */
export type Move = 'caller' | 'operator' | 'decentro';

export interface ResponseKey {
  readonly meaning: string;
  /** `null` where nothing has to be done. */
  readonly move: Move | null;
  readonly remedy: string;
  /** Whether the same intent can succeed without anybody changing anything, with a fresh reference ID. */
  readonly canRetry: boolean;
}

const caller = (meaning: string, remedy: string): ResponseKey => ({
  meaning,
  move: 'caller',
  remedy,
  canRetry: false,
});
const operator = (meaning: string, remedy: string): ResponseKey => ({
  meaning,
  move: 'operator',
  remedy,
  canRetry: false,
});
const decentro = (meaning: string, remedy: string): ResponseKey => ({
  meaning,
  move: 'decentro',
  remedy,
  canRetry: true,
});

/**
 * What Initiate Session answers. Decentro's response-key page documents them; new ones appear without notice.
 * `error_unsanitized_values` and `error_invalid_module_secret` are documented for other modules only.
 */
export const RESPONSE_KEYS: Readonly<Record<string, ResponseKey>> = {
  success_initiate_session: {
    meaning: 'The session was created; the link is in data.authorizationUrl.',
    move: null,
    remedy: 'Send the end user to the link, once.',
    canRetry: false,
  },
  error_consent_false: caller(
    'The consent parameter was false.',
    "Obtain the end user's consent, then say so with --consent.",
  ),
  error_invalid_consent_type: caller(
    'The consent parameter was not a boolean.',
    'Send JSON true, not a string.',
  ),
  error_empty_purpose: caller('The consent purpose was missing or empty.', 'Say why the data is wanted.'),
  error_invalid_purpose: caller('The consent purpose is not acceptable text.', 'Say it in plain words.'),
  error_short_purpose_length: caller('The consent purpose has fewer than 20 characters.', 'Say more.'),
  error_long_purpose_length: caller(
    'The consent purpose has more than 50 characters.',
    'Say it in fewer words.',
  ),
  error_empty_reference_id: caller(
    'The reference ID was missing or empty.',
    'Give one, or let one be generated.',
  ),
  error_invalid_reference_id: caller(
    'The reference ID is not an acceptable string.',
    'Use letters, digits, - and _ only.',
  ),
  error_duplicate_reference_id: {
    meaning: 'The reference ID was used before, by any request, successful or not.',
    move: 'caller',
    remedy: 'Use a fresh one. If this was a second try, the first one arrived, and what it brought is lost.',
    canRetry: true,
  },
  error_malformed_request: caller(
    'The body was not the JSON that Decentro expects.',
    'Check the parameters.',
  ),
  error_unsanitized_values: caller(
    'A value contains characters that Decentro does not accept.',
    'Remove them.',
  ),
  error_invalid_endpoint: caller('There is no such API path.', 'Check the base URL and the path.'),
  error_empty_module_secret: operator(
    'This account needs a module secret.',
    "Configure the KYC module's secret as moduleSecret or DECENTRO_MODULE_SECRET.",
  ),
  error_invalid_module_secret: operator('The module secret is wrong.', "Use the KYC module's secret."),
  error_unauthorized_module: operator(
    'The credentials are not accepted for this module.',
    'Check that the credentials belong to this environment, and the module secret with them.',
  ),
  // Observed by an integrator, not documented.
  invalid_client_credentials: operator(
    'The credentials are those of another environment.',
    'Check that the credentials belong to this environment.',
  ),
  error_no_subscription_found: operator(
    'The account is not subscribed to the KYC module.',
    'Ask Decentro to enable it.',
  ),
  error_module_access_expired: operator('The subscription to the module has run out.', 'Renew it.'),
  error_module_credits_exhausted: operator('No credits are left.', 'Top the account up.'),
  error_insufficient_account_balance: operator('No balance is left.', 'Top the account up.'),
  error_missing_configuration: operator(
    'No plan is configured for the account.',
    'Ask Decentro to configure one.',
  ),
  error_ip_not_configured: operator(
    'The IP address of this machine is not on the allow list.',
    'Have it added by Decentro.',
  ),
  error_provider_error: decentro('DigiLocker, the provider behind Decentro, failed.', 'Try again later.'),
  error_unexpected_response: decentro(
    'DigiLocker answered something that Decentro did not expect.',
    'Try again later.',
  ),
  error_decentro_error: decentro(
    'Something broke inside Decentro.',
    'Try again later; keep the transaction ID for support.',
  ),
  success_access_token: {
    meaning: 'Decentro has exchanged the code for an access token, and keeps it.',
    move: null,
    remedy: 'Ask for the issued files or the eAadhaar with the transaction ID of the session.',
    canRetry: false,
  },
  success_issued_files: {
    meaning: 'The documents that the end user shared are listed in data.',
    move: null,
    remedy: 'Fetch a document by its uri.',
    canRetry: false,
  },
  success_file_download: {
    meaning: 'The document was fetched; it is in data.file, in base64.',
    move: null,
    remedy: 'Keep the document: fetching it again is billed again.',
    canRetry: false,
  },
  success_file_data: {
    meaning: "The document's data was fetched as JSON.",
    move: null,
    remedy: 'Keep the data: fetching it again is billed again.',
    canRetry: false,
  },
  success_file_pull: {
    meaning: 'The issuer has handed the document over.',
    move: null,
    remedy: 'List the issued files: it is among them.',
    canRetry: false,
  },
  success_eaadhaar_download: {
    meaning: 'The eAadhaar was fetched.',
    move: null,
    remedy: 'Keep it: fetching it again is billed again.',
    canRetry: false,
  },
  success_revoke_token: {
    meaning: 'The access to the session has ended.',
    move: null,
    remedy: 'Start a new session for what comes after.',
    canRetry: false,
  },
  error_empty_code: caller('The DigiLocker code is missing or empty.', 'Give the code of the redirect.'),
  error_empty_document_type_related_parameters: caller(
    'What the issuer needs to find the document is missing or empty.',
    'Give ID number and full name.',
  ),
};

/** Looks a key up, whatever it is called: `constructor` is not a response key. */
export function findResponseKey(key: string | null): ResponseKey | undefined {
  return key !== null && Object.hasOwn(RESPONSE_KEYS, key) ? RESPONSE_KEYS[key] : undefined;
}
