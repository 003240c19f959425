import { setTimeout as sleep } from 'node:timers/promises';
import { INITIATE_SESSION } from '../api/endpoints/initiate-session.js';
import { createReferenceId } from '../api/reference-id.js';
import type { CallFacts } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import { chooseBaseUrl, type CallOptions } from './options.js';
import { takeParams, type SessionParams } from './params.js';

/** A session that exists. */
export interface Session extends CallFacts {
  /** Names the session in every later call, and comes back as the `state` of the redirect. */
  readonly decentroTxnId: string;
  /** Leads the end user to DigiLocker. It works once: nothing but the end user's browser may fetch it. */
  readonly authorizationUrl: string;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;

/**
 * Creates a DigiLocker session through Decentro's API.
 *
 * Rejects with a {@link Failure}. Before anything is sent: `usage` for parameters that Decentro would refuse, `config`
 * for options that are wrong. Else `access`, `rejected`, `upstream`, `network`, `unknown`, or `interrupted` by the
 * signal; its details hold what is known all the same, the reference ID and whether a session may exist among it.
 */
export async function initiateSession(params: SessionParams, options: CallOptions): Promise<Session> {
  const baseUrl = chooseBaseUrl(options);
  const referenceId = params.referenceId ?? createReferenceId();
  const taken = takeParams(params, referenceId);
  const { call } = await import('../api/call.js');
  const interruption = createInterruption(options.signal);
  try {
    const { facts, result } = await call(INITIATE_SESSION, taken, {
      baseUrl,
      credentials: options.credentials,
      referenceId,
      createReferenceId: params.referenceId === undefined ? () => createReferenceId() : undefined,
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      retries: options.retries ?? DEFAULT_RETRIES,
      host: {
        signal: interruption.signal,
        now: () => Date.now(),
        sleep: (ms) => sleep(ms, undefined, { signal: interruption.signal }),
        random: () => Math.random(),
      },
      observe: async (event) => {
        if (event.type === 'attempt') await options.onAttempt?.(event.referenceId);
      },
    });
    return { ...facts, ...result };
  } finally {
    interruption.release();
  }
}

/** A signal whose reason is a failure, for the time of one call. */
function createInterruption(outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const onAbort = () => {
    controller.abort(
      new Failure('interrupted', 'The call was ended by its signal.', {
        hint: 'details.effect says whether a session may exist all the same.',
      }),
    );
  };
  if (outer?.aborted === true) onAbort();
  outer?.addEventListener('abort', onAbort, { once: true });
  return {
    signal: controller.signal,
    // A signal that outlives many calls must not gather their listeners.
    release: () => {
      outer?.removeEventListener('abort', onAbort);
    },
  };
}
