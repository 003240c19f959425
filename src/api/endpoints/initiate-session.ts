import { isLiteralLoopback, parseHttpUrl } from '../../safety/url.js';
import { text, type Envelope } from '../envelope.js';
import type { Endpoint } from '../endpoint.js';

export interface InitiateSessionParams {
  /** Whether the end user agreed. Decentro refuses anything but `true`. */
  readonly consent?: boolean | undefined;
  /** Why the data is wanted, in 20 to 50 characters that the end user could read. */
  readonly consentPurpose?: string | undefined;
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
  parse: (envelope, baseUrl) => {
    const { decentroTxnId, data } = envelope;
    if (decentroTxnId === null) return { lack: 'the transaction ID' };
    const link = readLink(data, baseUrl);
    return link === undefined
      ? { lack: 'a link that starts with https' }
      : { result: { decentroTxnId, authorizationUrl: link } };
  },
};

// A sandbox on this machine speaks plain HTTP, and so does its link.
function readLink(data: Envelope['data'], baseUrl: URL): string | undefined {
  const link = data && text(data, 'authorizationUrl', 'authorization_url');
  const url = link ? parseHttpUrl(link) : undefined;
  const isOfSandbox = url !== undefined && isLiteralLoopback(baseUrl) && url.origin === baseUrl.origin;
  return link && (url?.protocol === 'https:' || isOfSandbox) ? link : undefined;
}

export interface Objection {
  readonly parameter: 'referenceId' | 'consent' | 'consentPurpose' | 'redirectUrl';
  /** What is wrong, as the end of a sentence. */
  readonly what: string;
  /** What Decentro would have answered. */
  readonly responseKey: string;
}

const MIN_PURPOSE_LENGTH = 20;
const MAX_PURPOSE_LENGTH = 50;

/** Says what is wrong with a purpose; its length counts characters (code points), not bytes. */
export function objectToPurpose(purpose: string): Objection | undefined {
  const { length } = Array.from(purpose); // code points, not UTF-16 units
  const object = (what: string, responseKey: string): Objection => ({
    parameter: 'consentPurpose',
    what,
    responseKey,
  });
  if (purpose.trim() === '') return object('is empty', 'error_empty_purpose');
  if (length < MIN_PURPOSE_LENGTH) {
    return object(
      `has ${length} characters, and needs at least ${MIN_PURPOSE_LENGTH}`,
      'error_short_purpose_length',
    );
  }
  if (length > MAX_PURPOSE_LENGTH) {
    return object(
      `has ${length} characters, and may have ${MAX_PURPOSE_LENGTH}`,
      'error_long_purpose_length',
    );
  }
  return undefined;
}

/** Says what is wrong with a redirect URL. */
export function objectToRedirectUrl(url: string): Objection | undefined {
  if (parseHttpUrl(url) !== undefined) return undefined;
  return {
    parameter: 'redirectUrl',
    what: 'is not an absolute http(s) URL',
    responseKey: 'error_malformed_request',
  };
}

/** Says what is wrong with what is there; a refused request uses its reference ID up, so this is worth a look before. */
export function objectTo(params: InitiateSessionParams, referenceId: string): Objection[] {
  const { consent, consentPurpose, redirectUrl } = params;
  return [
    referenceId === ''
      ? ({ parameter: 'referenceId', what: 'is empty', responseKey: 'error_empty_reference_id' } as const)
      : undefined,
    consentPurpose === undefined ? undefined : objectToPurpose(consentPurpose),
    redirectUrl === undefined ? undefined : objectToRedirectUrl(redirectUrl),
    consent === false
      ? ({ parameter: 'consent', what: 'was refused', responseKey: 'error_consent_false' } as const)
      : undefined,
  ].filter((objection) => objection !== undefined);
}
