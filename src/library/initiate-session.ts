import { INITIATE_SESSION } from '../api/endpoints/initiate-session.js';
import type { CallFacts } from '../failure/facts.js';
import { makeCall } from './call.js';
import type { CallOptions } from './options.js';
import { extraFaults, sessionParams, type SessionParams } from './params.js';

/** A session that exists. */
export interface Session extends CallFacts {
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
export async function initiateSession(params: SessionParams, options: CallOptions): Promise<Session> {
  const taken = sessionParams(params);
  const { facts, result } = await makeCall(
    INITIATE_SESSION,
    taken,
    params.referenceId,
    options,
    extraFaults(params),
  );
  return { ...facts, ...result };
}
