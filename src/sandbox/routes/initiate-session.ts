import { parseUrl } from '../../safety/url.js';
import type { Terms } from '../sessions.js';
import type { Call, Route } from './route.js';

/** `POST initiate_session`: the link that starts a session. */
export const initiateSession: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/kyc/digilocker/initiate_session',
    success: 'success_initiate_session',
    check: ({ body }) => (isWebUrl(body['redirect_url']) ? null : { key: 'error_malformed_request' }),
    answer: (call) => ({ authorizationUrl: call.start(termsOf(call)) }),
  },
];

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//i.test(value) && parseUrl(value) !== undefined;
}

// A scenario can create a session out of a body that would have been refused.
function termsOf({ body, clientId }: Call): Terms {
  const purpose = body['consent_purpose'];
  const redirectUrl = body['redirect_url'];
  return {
    clientId,
    purpose: typeof purpose === 'string' ? purpose : '',
    redirectUrl: typeof redirectUrl === 'string' ? redirectUrl : '',
    startsWithSignUp: body['redirect_to_signup'] === true,
    // The page says that it defaults to true, but who sends nothing gets a code.
    isAbstract: body['abstract_access_token'] === true,
  };
}
