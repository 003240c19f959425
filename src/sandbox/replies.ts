interface Reply {
  readonly httpStatus: 200 | 400 | 401 | 404 | 500;
  readonly responseCode: string;
  readonly message: string;
}

/**
 * What the sandbox answers for each response key of Decentro's response-key page. The messages of
 * `success_initiate_session`, `error_consent_false`, `error_short_purpose_length`,
 * `error_long_purpose_length` and `error_empty_reference_id` are Decentro's published ones; the others
 * are the sandbox's own words. Decentro publishes few statuses and codes, so the rest follow those few.
 */
export const REPLIES = {
  success_initiate_session: {
    httpStatus: 200,
    responseCode: 'S00000',
    message: 'Session created successfully.',
  },
  success_access_token: {
    httpStatus: 200,
    responseCode: 'S00007',
    message: 'Access Token generated successfully from MeriPehchaan',
  },
  error_consent_false: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Consent should be True, otherwise the request cannot be processed',
  },
  error_invalid_consent_type: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Consent has to be a JSON boolean.',
  },
  error_empty_purpose: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Purpose cannot be null or empty.',
  },
  error_invalid_purpose: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Purpose has to be a string of readable text.',
  },
  error_short_purpose_length: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Purpose should be at least 20 characters in length.',
  },
  error_long_purpose_length: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Purpose can be at most 50 characters in length.',
  },
  error_empty_reference_id: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Request reference ID cannot be null or empty. Hint: reference_id (string)',
  },
  error_invalid_reference_id: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Reference ID has to be a string of letters, digits, hyphens and underscores.',
  },
  error_duplicate_reference_id: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'This reference ID was used before.',
  },
  error_empty_code: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'Code cannot be null or empty. Hint: code (string)',
  },
  error_malformed_request: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'The body is not the JSON object that this API expects.',
  },
  error_unsanitized_values: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'A value holds characters that are not taken.',
  },
  error_invalid_endpoint: {
    httpStatus: 404,
    responseCode: 'E00009',
    message: 'There is no such API.',
  },
  error_empty_module_secret: {
    httpStatus: 401,
    responseCode: 'E00030',
    message: 'This account needs a module secret.',
  },
  error_invalid_module_secret: {
    httpStatus: 401,
    responseCode: 'E00030',
    message: 'The module secret is wrong.',
  },
  error_unauthorized_module: {
    httpStatus: 401,
    responseCode: 'E00030',
    message: 'The credentials are missing, or not accepted for this module.',
  },
  error_no_subscription_found: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'The account is not subscribed to this module.',
  },
  error_module_access_expired: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'The subscription of this module has run out.',
  },
  error_module_credits_exhausted: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'No credits are left for this module.',
  },
  error_insufficient_account_balance: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'The balance of the account is too low.',
  },
  error_missing_configuration: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'No plan is configured for the account.',
  },
  error_ip_not_configured: {
    httpStatus: 400,
    responseCode: 'E00030',
    message: 'This IP address is not on the allow list of the account.',
  },
  error_provider_error: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'The provider failed. Try again later.',
  },
  error_unexpected_response: {
    httpStatus: 400,
    responseCode: 'E00009',
    message: 'The provider answered something unexpected. Try again later.',
  },
  error_decentro_error: {
    httpStatus: 500,
    responseCode: 'E00009',
    message: 'Something broke on this side. Try again later.',
  },
} as const satisfies Record<string, Reply>;

export type ResponseKey = keyof typeof REPLIES;

export function isResponseKey(name: string): name is ResponseKey {
  return Object.hasOwn(REPLIES, name);
}
