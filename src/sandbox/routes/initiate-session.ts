import { parseUrl } from '../../safety/url.js';
import { isRedirectScenario } from '../api/scenarios.js';
import type { ExtraField, Terms } from '../sessions.js';
import { purposeOf } from './common-fields.js';
import type { Call, JsonObject, Refusal, Route } from './route.js';

/** The link that starts a session. */
export const initiateSession: readonly Route[] = [
  startRoute('/v2/kyc/digilocker/initiate_session', classicTerms),
  startRoute('/v2/kyc/sso/digilocker/session', ssoTerms, checkDocuments),
];

type OwnTerms = Pick<Terms, 'purpose' | 'isAbstract' | 'needsToken' | 'documents' | 'extraFields' | 'cookie'>;

function startRoute(
  path: string,
  ownTerms: (body: JsonObject) => OwnTerms,
  checkRest: (body: JsonObject) => Refusal | null = () => null,
): Route {
  return {
    method: 'POST',
    path,
    success: 'success_initiate_session',
    plays: ['redirect-failure', 'redirect-other-session', 'redirect-without-id'],
    check: ({ body }) => checkRedirectUrl(body['redirect_url']) ?? checkRest(body),
    answer: (call) => ({ authorizationUrl: call.start({ ...commonTerms(call), ...ownTerms(call.body) }) }),
  };
}

function checkRedirectUrl(value: unknown): Refusal | null {
  const isWebUrl = typeof value === 'string' && /^https?:\/\//i.test(value) && parseUrl(value) !== undefined;
  return isWebUrl ? null : { key: 'error_malformed_request' };
}

function checkDocuments({ documents_for_consent: value }: JsonObject): Refusal | null {
  return value === undefined || isListOfTexts(value) ? null : { key: 'error_malformed_request' };
}

// A scenario can create a session out of a body that would have been refused.
function commonTerms({ body, clientId, scenario }: Call): Omit<Terms, keyof OwnTerms> {
  return {
    clientId,
    redirectUrl: textOf(body['redirect_url']),
    startsWithSignUp: body['redirect_to_signup'] === true,
    redirect: scenario !== null && isRedirectScenario(scenario) ? scenario : null,
  };
}

function classicTerms(body: JsonObject): OwnTerms {
  // The page says that it defaults to true, but an app that sends nothing gets a code.
  const isAbstract = body['abstract_access_token'] === true;
  const purpose = textOf(purposeOf(body, false));
  return { purpose, isAbstract, needsToken: !isAbstract, documents: null, extraFields: [], cookie: 'unused' };
}

function ssoTerms(body: JsonObject): OwnTerms {
  const documents = body['documents_for_consent'];
  const isSignUp = body['redirect_to_signup'] === true;
  const hasNoPin = body[isSignUp ? 'pinless_signup' : 'pinless_signin'] === true;
  const extraFields: ExtraField[] = [];
  if (isSignUp && body['usernameless_signup'] !== true) extraFields.push('username');
  if (!hasNoPin) extraFields.push('pin');
  return {
    purpose: textOf(purposeOf(body, true)),
    isAbstract: false,
    needsToken: false,
    documents: isListOfTexts(documents) && documents.length > 0 ? documents : null,
    extraFields,
    cookie: body['clear_cookies'] === true ? 'forgets' : 'remembers',
  };
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}

function isListOfTexts(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((item) => typeof item === 'string');
}
