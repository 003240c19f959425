import { textFaults } from '../checks.js';
import { isObject } from '../envelope.js';
import { pathFaults, providerRemedy, type Suited } from '../suite.js';

export interface RevokeParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
}

export interface Revoked {
  readonly revoked: true;
}

/** `DELETE /v2/kyc/sso/digilocker/session/{id}`: SSO alone has it. Source: contract, what follows a session. */
export const REVOKE: Suited<RevokeParams, Revoked> = {
  sso: {
    method: 'DELETE',
    path: ({ transactionId = '' }) => `/v2/kyc/sso/digilocker/session/${transactionId}`,
    faultsOf: (params) => [
      ...textFaults('transactionId', params.transactionId, 'error_malformed_request'),
      ...pathFaults(params),
    ],
    parse: ({ data }) =>
      isObject(data) && data['revoked'] === true
        ? { result: { revoked: true } }
        : { lack: 'word that the access was revoked (data.revoked)' },
    doubt: 'The access may have been revoked: to revoke it again does no harm.',
    providerRemedy: providerRemedy('and whether the access was revoked before'),
    personal: ['data'],
  },
};
