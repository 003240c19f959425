import {
  INITIATE_SESSION,
  PARAMETER_NAMES,
  type InitiateSessionParams,
} from '../api/endpoints/initiate-session.js';
import { Failure } from '../failure/failure.js';

/** What Decentro is told about a session. */
export interface SessionParams {
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

/**
 * Takes parameters as the endpoint wants them. Fails with `usage` that names everything that Decentro would refuse,
 * because a refused request uses its reference ID up.
 */
export function takeParams(params: SessionParams, referenceId: string): InitiateSessionParams {
  // A program without types may give anything, or nothing.
  const { consent, consentPurpose, redirectUrl }: Partial<Record<keyof SessionParams, unknown>> = params;
  const taken = {
    ...params,
    consent: consent === true,
    consentPurpose: textOf(consentPurpose),
    redirectUrl: String(redirectUrl),
    abstractAccessToken: params.abstractAccessToken ?? true,
  };
  const wrong = INITIATE_SESSION.faultsOf(taken, textOf(referenceId)).map(
    ({ parameter, what, responseKey }) =>
      `${parameter} ${parameter === 'consent' ? 'is not true' : what}; Decentro would answer ${responseKey}.`,
  );
  const named = PARAMETER_NAMES.filter((name) => Object.hasOwn(params.extra ?? {}, name));
  if (named.length > 0)
    wrong.push(`extra is for parameters without a name here, and not for ${named.join(', ')}.`);
  if (wrong.length > 0) throw new Failure('usage', wrong.join('\n'), { details: { effect: 'no' } });
  return taken;
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
