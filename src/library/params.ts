import {
  FOREIGN_PARAMETERS,
  PARAMETER_NAMES,
  type InitiateSessionParams,
  type SsoSessionParams,
} from '../api/endpoints/initiate-session.js';
import { isObject } from '../api/envelope.js';
import type { Suite } from '../api/suite.js';

/** The parameters of a session. */
export interface SessionParams extends SsoSessionParams {
  /** That the end user agreed, which only the caller can know: anything else is refused before it is sent. */
  readonly consent: true;
  /** Why the data is wanted, in 20 to 50 characters that the end user could read. */
  readonly consentPurpose: string;
  /** Where DigiLocker sends the end user, with the DigiLocker code. Absolute, http or https. */
  readonly redirectUrl: string | URL;
  /** Your own unique ID of this request, generated when absent. Decentro uses it up, whatever it answers. */
  readonly referenceId?: string | undefined;
  /** `true` starts at Aadhaar-based sign-up, `false` (Decentro's default) at sign-in with the mobile number. */
  readonly redirectToSignup?: boolean | undefined;
  /** `true` (the default, always sent) lets Decentro fetch the access token itself once the code exists. */
  readonly abstractAccessToken?: boolean | undefined;
  /** Parameters that Decentro added after this version, under their wire names. */
  readonly extra?: Readonly<Record<string, unknown>> | undefined;
}

export const SESSION_KEYS: readonly (keyof SessionParams)[] = [
  'consent',
  'consentPurpose',
  'redirectUrl',
  'referenceId',
  'redirectToSignup',
  'abstractAccessToken',
  'pinlessSignin',
  'pinlessSignup',
  'usernamelessSignup',
  'documentsForConsent',
  'clearCookies',
  'extra',
];

/** The parameters as the endpoint takes them. A program without types may give anything, or nothing. */
export function sessionParams(params: SessionParams, suite?: Suite): InitiateSessionParams {
  const { consent, consentPurpose, redirectUrl }: Partial<Record<keyof SessionParams, unknown>> = params;
  return {
    ...params,
    consent: consent === true,
    consentPurpose: textOf(consentPurpose),
    redirectUrl: String(redirectUrl),
    abstractAccessToken: suite === 'sso' ? undefined : (params.abstractAccessToken ?? true),
  };
}

/** The parameters that the suite does not have, as sentences. */
export function foreignFaults(params: SessionParams, suite: Suite = 'classic'): string[] {
  const [, names = []] = Object.entries(FOREIGN_PARAMETERS).find(([name]) => name === suite) ?? [];
  return names
    .filter((name) => params[name] !== undefined)
    .map((name) => `${name} is not a parameter of the ${suite} suite.`);
}

/** What is wrong with `extra`, as sentences. */
export function extraFaults({ extra = {} }: SessionParams): string[] {
  if (!isObject(extra)) return [];
  const named = PARAMETER_NAMES.filter((name) => Object.hasOwn(extra, name));
  const lost = lossOf('extra', extra);
  return [
    ...(named.length === 0
      ? []
      : [`extra is for parameters without a name here, and not for ${named.join(', ')}.`]),
    ...(lost === undefined ? [] : [lost]),
  ];
}

const SWITCHES = [
  'redirectToSignup',
  'abstractAccessToken',
  'pinlessSignin',
  'pinlessSignup',
  'usernamelessSignup',
  'clearCookies',
  'generateXml',
  'generatePdf',
];

const OPTIONAL_TEXTS = ['idNumber', 'fullName'];
const OBJECTS = ['extra', 'related'];

/** The parameters that are not of their type, which a program without types may give, as sentences. */
export function typeFaults(params: object): string[] {
  const given = Object.entries(params).filter(([, value]) => value !== undefined);
  return given.flatMap(([name, value]: [string, unknown]) => {
    if (SWITCHES.includes(name) && typeof value !== 'boolean') return `${name} must be true or false.`;
    if (OPTIONAL_TEXTS.includes(name) && typeof value !== 'string') return `${name} must be a text.`;
    if (OBJECTS.includes(name) && !isObject(value)) return `${name} must be an object.`;
    const isList = Array.isArray(value) && value.every((one) => typeof one === 'string');
    return name === 'documentsForConsent' && !isList ? `${name} must be a list of texts.` : [];
  });
}

/** What JSON would send as something else, as a sentence. */
export function lossOf(name: string, value: unknown): string | undefined {
  const rounded: string[] = [];
  try {
    JSON.stringify(value, (key, inner: unknown) => {
      const isHeld = Number.isInteger(inner) ? Number.isSafeInteger(inner) : Number.isFinite(inner);
      if (typeof inner === 'number' && !isHeld) rounded.push(key);
      return inner;
    });
  } catch {
    return `${name} cannot be written as JSON.`;
  }
  return rounded.length === 0
    ? undefined
    : `${name} has a number that JSON does not hold exactly (${rounded.join(', ')}): give it as text.`;
}

/** A text that a program may have left out, or given as something else. */
export function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
