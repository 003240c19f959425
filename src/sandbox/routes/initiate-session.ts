import { parseUrl } from '../../safety/url.js';
import type { Terms } from '../sessions.js';
import type { Call, Route } from './route.js';

/** `POST initiate_session`: the link that starts a session. */
export const initiateSession: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/kyc/digilocker/initiate_session',
    success: 'success_initiate_session',
    plays: ['redirect-failure', 'redirect-other-session', 'redirect-without-id'],
    check: ({ body }) => (isWebUrl(body['redirect_url']) ? null : { key: 'error_malformed_request' }),
    answer: (call) => ({ authorizationUrl: call.start(termsOf(call)) }),
  },
];

function isWebUrl(value: unknown): boolean {
  return typeof value === 'string' && /^https?:\/\//i.test(value) && parseUrl(value) !== undefined;
}

// A scenario can create a session out of a body that would have been refused.
function termsOf({ body, clientId, scenario }: Call): Terms {
  const purpose = body['consent_purpose'];
  const redirectUrl = body['redirect_url'];
  // The page says that it defaults to true, but an app that sends nothing gets a code.
  const isAbstract = body['abstract_access_token'] === true;
  return {
    clientId,
    purpose: typeof purpose === 'string' ? purpose : '',
    redirectUrl: typeof redirectUrl === 'string' ? redirectUrl : '',
    startsWithSignUp: body['redirect_to_signup'] === true,
    isAbstract,
    needsToken: !isAbstract,
    redirect: scenario,
  };
}
