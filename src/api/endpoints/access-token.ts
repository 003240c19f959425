import { emptyFaults, faultsOfCall, type CommonParams } from '../checks.js';
import type { Endpoint } from '../endpoint.js';
import { isObject } from '../envelope.js';

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

/** `POST /v2/kyc/digilocker/access_token/code`. Source: contract, what follows a session. */
export const ACCESS_TOKEN: Endpoint<AccessTokenParams, AccessToken> = {
  method: 'POST',
  path: '/v2/kyc/digilocker/access_token/code',
  build: (params, referenceId) => ({
    reference_id: referenceId,
    consent: params.consent,
    consent_purpose: params.consentPurpose,
    initial_decentro_transaction_id: params.transactionId,
    digilocker_code: params.code,
  }),
  faultsOf: (params, referenceId) =>
    faultsOfCall(params, referenceId, [
      ...emptyFaults('transactionId', params.transactionId, 'error_malformed_request'),
      ...emptyFaults('code', params.code, 'error_empty_code'),
    ]),
  parse: ({ data }) =>
    isObject(data) && typeof data['expiresIn'] === 'number'
      ? { result: data as unknown as AccessToken }
      : { lack: 'token lifetime (data.expiresIn)' },
  doubt:
    'The code may have been exchanged, and a code works once: ask for the issued files, and start a new session if they are refused.',
  personal: ['data', 'digilocker_code'],
};
