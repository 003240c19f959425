// Decentro has two suites. A call of its API is declared in the words of each suite that has it.
import { Failure } from '../failure/failure.js';
import type { CommonParams, ParameterFault } from './checks.js';
import type { Endpoint } from './endpoint.js';

export type Suite = 'classic' | 'sso';

/** One call in the words of each suite that has it. */
export type Suited<Params, Result> = Readonly<Partial<Record<Suite, Endpoint<Params, Result>>>>;

/**
 * The words that a suite has for a call. Fails with `usage` where it does not have the call.
 *
 * @param inWords how the other suite is chosen, for a hint
 */
export function inSuite<Params, Result>(
  call: Suited<Params, Result>,
  suite: Suite,
  inWords = (other: Suite) => `--suite ${other}, or DECENTRO_SUITE=${other}`,
): Endpoint<Params, Result> {
  const endpoint = call[suite];
  if (endpoint !== undefined) return endpoint;
  const other = suite === 'classic' ? 'sso' : 'classic';
  throw new Failure('usage', `The ${suite} suite does not have this call.`, {
    hint: `The ${other} suite has it, for its own sessions: ${inWords(other)}.`,
    details: { effect: 'no' },
  });
}

/** What a call is for, beside what every call carries. */
interface SessionParams extends CommonParams {
  readonly transactionId?: string | undefined;
}

/** The body that the calls of classic begin with: the session is named in it. */
export function classicBody({ consent, consentPurpose, transactionId }: SessionParams, referenceId: string) {
  return {
    reference_id: referenceId,
    consent,
    consent_purpose: consentPurpose,
    initial_decentro_transaction_id: transactionId,
  };
}

/** The body that the calls of SSO begin with. Its SDK calls the purpose one thing and its guide another: both are sent. */
export function ssoBody({ consent, consentPurpose }: CommonParams, referenceId: string) {
  return { reference_id: referenceId, consent, purpose: consentPurpose, consent_purpose: consentPurpose };
}

/**
 * What to do where DigiLocker may have refused a call for a session.
 *
 * @param own what else to check, as the end of a list
 */
export function providerRemedy(own: string): string {
  return `DigiLocker may have refused the call: check the transaction ID, whether the end user has consented, ${own}. If all is right, try again later.`;
}

/** Where a call of SSO goes: the session is named in the path. */
export function ssoPath(below: string): (params: SessionParams) => string {
  return ({ transactionId = '' }) => `/v2/kyc/sso/digilocker/${transactionId}/${below}`;
}

/** What keeps a transaction ID from standing in a path. */
export function pathFaults({ transactionId }: SessionParams): ParameterFault[] {
  if (transactionId === undefined || transactionId === '' || /^[A-Za-z0-9_-]{1,128}$/.test(transactionId))
    return [];
  const what = 'is not 1 to 128 letters, digits, - and _';
  return [{ parameter: 'transactionId', what, responseKey: 'error_invalid_endpoint' }];
}

/** The same call in the words of both suites, which differ in path and body alone. */
export function inBothSuites<Params extends SessionParams, Result>(
  common: Omit<Endpoint<Params, Result>, 'method' | 'path' | 'build'>,
  paths: Readonly<Record<Suite, string>>,
  own: Readonly<Record<Suite, (params: Params) => Readonly<Record<string, unknown>>>>,
): Readonly<Record<Suite, Endpoint<Params, Result>>> {
  return {
    classic: {
      ...common,
      method: 'POST',
      path: `/v2/kyc/digilocker/${paths.classic}`,
      build: (params, referenceId) => ({ ...classicBody(params, referenceId), ...own.classic(params) }),
    },
    sso: {
      ...common,
      method: 'POST',
      path: ssoPath(paths.sso),
      build: (params, referenceId) => ({ ...ssoBody(params, referenceId), ...own.sso(params) }),
      faultsOf: (params, referenceId) => [...common.faultsOf(params, referenceId), ...pathFaults(params)],
    },
  };
}
