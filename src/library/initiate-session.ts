import { SESSION } from '../api/endpoints/initiate-session.js';
import type { CallFacts } from '../failure/facts.js';
import { makeCall, type Kept } from './call.js';
import { givenOptions, type CallOptions } from './options.js';
import { checkKeys, membersOf } from './check-keys.js';
import { extraFaults, foreignFaults, SESSION_KEYS, sessionParams, type SessionParams } from './params.js';

/** A session that exists. */
export interface Session extends CallFacts {
  readonly referenceId: string;
  /** Names the session in every later call, and comes back as the `state` of the redirect. */
  readonly decentroTxnId: string;
  /** Leads the end user to DigiLocker. It works once: nothing but the end user's browser may fetch it. */
  readonly authorizationUrl: string;
}

/**
 * Creates a DigiLocker session through Decentro's API.
 *
 * Rejects with a {@link Failure}. Before anything is sent: `usage` for parameters that Decentro would refuse, `config`
 * for options that are wrong. Else `access`, `rejected`, `upstream`, `network`, `unknown`, or `interrupted` by the
 * signal; its details hold what is known all the same, the reference ID and whether a session may exist among it.
 */
export function initiateSession(params: SessionParams, options: CallOptions): Promise<Session> {
  return startSession(params, options, {});
}

/** Creates a session with what a client keeps. */
export async function startSession(
  untyped: SessionParams,
  untypedOptions: CallOptions,
  kept: Kept,
): Promise<Session> {
  checkKeys('params', untyped, SESSION_KEYS);
  const params = membersOf(untyped, SESSION_KEYS);
  const options = givenOptions(untypedOptions);
  const { facts, result } = await makeCall(
    SESSION,
    sessionParams(params, options.suite),
    params.referenceId,
    options,
    [...extraFaults(params), ...foreignFaults(params, options.suite)],
    kept,
  );
  return { ...facts, referenceId: facts.referenceId ?? '', ...result };
}
