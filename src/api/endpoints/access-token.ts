import { textFaults, faultsOfCall, type CommonParams } from '../checks.js';
import { isObject } from '../envelope.js';
import { inBothSuites, providerRemedy } from '../suite.js';

export interface AccessTokenParams extends CommonParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
  /** The DigiLocker code that the redirect brought; it is valid for 1 hour. */
  readonly code?: string | undefined;
}

/** Whose token Decentro holds now. No token is handed out. */
export interface AccessToken {
  /** Seconds for which the token is valid. */
  readonly expiresIn: number;
  readonly name?: string;
  /** `DD-MM-YYYY`. */
  readonly dob?: string;
  /** `M`, `F` or `T`. */
  readonly gender?: string;
  /** `Y` where the end user has an eAadhaar, else `N`. */
  readonly eaadhaar?: string;
}

/** In classic `access_token/code`, in SSO `{id}/token`. Source: contract, what follows a session. */
export const ACCESS_TOKEN = inBothSuites<AccessTokenParams, AccessToken>(
  {
    faultsOf: (params, referenceId) =>
      faultsOfCall(params, referenceId, [
        ...textFaults('transactionId', params.transactionId, 'error_malformed_request'),
        ...textFaults('code', params.code, 'error_empty_code'),
      ]),
    parse: ({ data }) =>
      isObject(data) && typeof data['expiresIn'] === 'number'
        ? { result: data as unknown as AccessToken }
        : { lack: 'token lifetime (data.expiresIn)' },
    doubt:
      'The code may have been exchanged, and a code works once: ask for the issued files, and start a new session if they are refused.',
    providerRemedy: providerRemedy(
      'and the code, which works once and for 1 hour, and not for a session whose token Decentro fetches itself',
    ),
    personal: ['data', 'digilocker_code', 'code'],
  },
  { classic: 'access_token/code', sso: 'token' },
  { classic: ({ code }) => ({ digilocker_code: code }), sso: ({ code }) => ({ code }) },
);
