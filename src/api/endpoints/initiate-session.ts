import { isLiteralLoopback, parseHttpUrl } from '../../safety/url.js';
import { faultsOfCall, redirectUrlFaults, type CommonParams } from '../checks.js';
import { text, type Envelope } from '../envelope.js';
import type { Endpoint } from '../endpoint.js';

export interface InitiateSessionParams extends CommonParams {
  /** Where DigiLocker sends the end user, with the DigiLocker code. */
  readonly redirectUrl?: string | undefined;
  /** `true` starts at Aadhaar-based sign-up, `false` (Decentro's default) at sign-in with the mobile number. */
  readonly redirectToSignup?: boolean | undefined;
  /** `true` lets Decentro fetch the access token itself once the code exists; without it the caller has to. */
  readonly abstractAccessToken?: boolean | undefined;
  /** Parameters under their wire names; they win over those above. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

export interface Session {
  readonly decentroTxnId: string;
  /** Leads the end user to DigiLocker. It works once: nothing but the end user's browser may fetch it. */
  readonly authorizationUrl: string;
}

/** The wire names of the six parameters, in the order of Decentro's reference page. */
export const PARAMETER_NAMES = [
  'reference_id',
  'consent',
  'consent_purpose',
  'redirect_url',
  'redirect_to_signup',
  'abstract_access_token',
] as const;

/** `POST /v2/kyc/digilocker/initiate_session`. Source: Decentro's reference page of Initiate Session. */
export const INITIATE_SESSION: Endpoint<InitiateSessionParams, Session> = {
  method: 'POST',
  path: '/v2/kyc/digilocker/initiate_session',
  build: (params, referenceId) => ({
    reference_id: referenceId,
    consent: params.consent,
    consent_purpose: params.consentPurpose,
    redirect_url: params.redirectUrl,
    redirect_to_signup: params.redirectToSignup,
    abstract_access_token: params.abstractAccessToken,
    ...params.extra,
  }),
  faultsOf: (params, referenceId) =>
    faultsOfCall(
      params,
      referenceId,
      params.redirectUrl === undefined ? [] : redirectUrlFaults(params.redirectUrl),
    ),
  doubt:
    'The reference ID may be used up, and a session may exist whose link is lost: start again with a fresh reference ID.',
  parse: (envelope, baseUrl) => {
    const { decentroTxnId, data } = envelope;
    if (decentroTxnId === null) return { lack: 'transaction ID' };
    const link = parseLink(data, baseUrl);
    return link === undefined
      ? { lack: 'link that starts with https' }
      : { result: { decentroTxnId, authorizationUrl: link } };
  },
};

// A sandbox on this machine speaks plain HTTP, and so does its link.
function parseLink(data: Envelope['data'], baseUrl: URL): string | undefined {
  const link = text(data, 'authorizationUrl', 'authorization_url');
  const url = link ? parseHttpUrl(link) : undefined;
  const isOfSandbox = url !== undefined && isLiteralLoopback(baseUrl) && url.origin === baseUrl.origin;
  return link && (url?.protocol === 'https:' || isOfSandbox) ? link : undefined;
}
