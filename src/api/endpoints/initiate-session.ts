import { isLiteralLoopback, parseHttpUrl } from '../../safety/url.js';
import { faultsOfCall, redirectUrlFaults, textFaults, type CommonParams } from '../checks.js';
import { text, type Envelope } from '../envelope.js';
import type { Endpoint } from '../endpoint.js';
import { ssoBody, type Suite } from '../suite.js';

/** The parameters that the SSO suite alone has. */
export interface SsoSessionParams {
  /** `true` lets the end user sign in without a PIN. */
  readonly pinlessSignin?: boolean | undefined;
  /** `true` lets the end user sign up without a PIN. */
  readonly pinlessSignup?: boolean | undefined;
  /** `true` lets the end user sign up without a user name. */
  readonly usernamelessSignup?: boolean | undefined;
  /** The types of the documents that the end user is asked for, such as `ADHAR`; all when absent. */
  readonly documentsForConsent?: readonly string[] | undefined;
  /** `true` forgets who is signed in in the browser. */
  readonly clearCookies?: boolean | undefined;
}

export interface InitiateSessionParams extends CommonParams, SsoSessionParams {
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
    faultsOfCall(params, referenceId, [
      ...(params.redirectUrl === undefined ? [] : redirectUrlFaults(params.redirectUrl)),
      ...(params.documentsForConsent ?? []).flatMap((type) =>
        textFaults('documentsForConsent', type, 'error_malformed_request'),
      ),
    ]),
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

/** The wire names of the parameters that a session has in each suite. */
export const SESSION_NAMES: Readonly<Record<Suite, readonly string[]>> = {
  classic: PARAMETER_NAMES,
  sso: [
    'reference_id',
    'consent',
    'purpose',
    'consent_purpose',
    'redirect_url',
    'redirect_to_signup',
    'pinless_signin',
    'pinless_signup',
    'usernameless_signup',
    'documents_for_consent',
    'clear_cookies',
  ],
};

/** The parameters of a session that a suite does not have. */
export const FOREIGN_PARAMETERS = {
  classic: ['pinlessSignin', 'pinlessSignup', 'usernamelessSignup', 'documentsForConsent', 'clearCookies'],
  sso: ['abstractAccessToken'],
} as const satisfies Readonly<Record<Suite, readonly (keyof InitiateSessionParams)[]>>;

/** The link that starts a session: in SSO `POST /v2/kyc/sso/digilocker/session`. Source: contract, what follows a session. */
export const SESSION: Readonly<Record<Suite, Endpoint<InitiateSessionParams, Session>>> = {
  classic: INITIATE_SESSION,
  sso: {
    ...INITIATE_SESSION,
    path: '/v2/kyc/sso/digilocker/session',
    build: (params, referenceId) => ({
      ...ssoBody(params, referenceId),
      redirect_url: params.redirectUrl,
      redirect_to_signup: params.redirectToSignup,
      pinless_signin: params.pinlessSignin,
      pinless_signup: params.pinlessSignup,
      usernameless_signup: params.usernamelessSignup,
      documents_for_consent: params.documentsForConsent,
      clear_cookies: params.clearCookies,
      ...params.extra,
    }),
  },
};

// A sandbox on this machine speaks plain HTTP, and so does its link.
function parseLink(data: Envelope['data'], baseUrl: URL): string | undefined {
  const link = text(data, 'authorizationUrl', 'authorization_url');
  const url = link ? parseHttpUrl(link) : undefined;
  const isOfSandbox = url !== undefined && isLiteralLoopback(baseUrl) && url.origin === baseUrl.origin;
  return link && (url?.protocol === 'https:' || isOfSandbox) ? link : undefined;
}
