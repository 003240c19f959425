import { setTimeout as sleep } from 'node:timers/promises';
import type { CallOptions as ApiOptions } from '../api/call.js';
import type { Connection } from '../api/http/connection.js';
import { faultSentence } from '../api/checks.js';
import type { Endpoint } from '../api/endpoint.js';
import { inSuite, type Suited } from '../api/suite.js';
import { createReferenceId } from '../api/reference-id.js';
import type { CallFacts } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import { checkKeys, membersOf } from './check-keys.js';
import { chooseBaseUrl, chooseConnection, givenOptions, type CallOptions } from './options.js';
import { lossOf, textOf, typeFaults } from './params.js';

/** What every call takes besides its own parameters. */
export interface CallParams {
  /** That the end user agreed, which only the caller can know: anything else is refused before it is sent. */
  readonly consent: true;
  /** Why the data is wanted, in 20 to 50 characters that the end user could read. */
  readonly consentPurpose: string;
  /** Your own unique ID of this request, generated when absent. Decentro uses it up, whatever it answers. */
  readonly referenceId?: string | undefined;
}

/** A call that succeeded: its facts, and the `data` of its answer. */
export interface CallResult<Data> extends CallFacts {
  readonly data: Data;
}

const DEFAULT_TIMEOUT_MS = 30_000;
const DEFAULT_RETRIES = 2;

/**
 * Makes a function of an endpoint. It rejects with a {@link Failure}: before anything is sent `usage` for parameters
 * that Decentro would refuse, `config` for options that are wrong; else `access`, `rejected`, `upstream`, `network`,
 * `unknown`, or `interrupted` by the signal. Its details hold what is known all the same, its `effect` among it.
 */
export function createFunction<Params extends object, Result, Name extends keyof Params & string>(
  endpoint: Suited<Params, Result>,
  texts: readonly Name[],
  optional: readonly (keyof Params & string)[] = [],
): (params: FunctionParams<Params, Name>, options: CallOptions) => Promise<CallResult<Result>> {
  return async (params, options) => {
    const known = [...texts, ...optional, 'consent', 'consentPurpose', 'referenceId'] as const;
    checkKeys('params', params, known);
    // A program without types may give anything, or nothing.
    const untyped: Readonly<Record<string, unknown>> = membersOf(params as Record<string, unknown>, known);
    const given = Object.fromEntries(texts.map((name) => [name, textOf(untyped[name])]));
    const taken = { ...untyped, ...given, consent: untyped['consent'] === true } as unknown as Params;
    const wrong = optional.flatMap((name) => lossOf(name, untyped[name]) ?? []);
    const { facts, result } = await makeCall(
      endpoint,
      taken,
      untyped['referenceId'] as string | undefined,
      options,
      wrong,
    );
    return { ...facts, data: result };
  };
}

/** The parameters of an endpoint, of which some have to be there. */
type FunctionParams<Params, Name extends keyof Params & string> = CallParams &
  Readonly<Record<Name, string>> &
  Omit<Params, Name | keyof CallParams>;

/** What a client keeps from one call to the next. */
export type Kept = Pick<ApiOptions, 'connections' | 'redactors'> & {
  /** Resolves the connection of every call: to read the certificates that Node trusts takes some 50 ms. */
  readonly resolveConnection?: () => Promise<Connection>;
};

/** Makes one call with the options of a program. */
export async function makeCall<Params extends object, Result>(
  suited: Suited<Params, Result>,
  untyped: Params,
  given: string | undefined,
  untypedOptions: CallOptions,
  wrong: readonly string[] = [],
  { resolveConnection, ...kept }: Kept = {},
): Promise<{ readonly facts: CallFacts; readonly result: Result }> {
  const options = givenOptions(untypedOptions);
  const params = membersOf(untyped, Object.keys(untyped) as (keyof Params)[]);
  const baseUrl = chooseBaseUrl(options);
  const endpoint = inSuite(suited, options.suite ?? 'classic', (other) => `options.suite '${other}'`);
  const referenceId = given ?? createReferenceId();
  checkParams(endpoint, params, textOf(referenceId), wrong);
  const connection = await (resolveConnection?.() ?? chooseConnection(options, baseUrl));
  const { call } = await import('../api/call.js');
  const interruption = createInterruption(options.signal);
  try {
    return await call(endpoint, params, {
      ...kept,
      baseUrl,
      credentials: options.credentials,
      connection,
      handsOutReceived: true,
      // A call without a body has none.
      referenceId: endpoint.build === undefined ? null : referenceId,
      createReferenceId: referenceId === given ? undefined : () => createReferenceId(),
      timeoutMs: options.timeoutMs ?? DEFAULT_TIMEOUT_MS,
      retries: options.retries ?? DEFAULT_RETRIES,
      host: {
        signal: interruption.signal,
        now: () => Date.now(),
        elapsed: () => performance.now(),
        sleep: (ms) => sleep(ms, undefined, { signal: interruption.signal }),
        random: () => Math.random(),
      },
      observe: async (event) => {
        if (event.type === 'attempt' && event.referenceId !== null)
          await options.onAttempt?.(event.referenceId);
      },
    });
  } finally {
    interruption.release();
  }
}

/** Fails with `usage` that names everything that Decentro would refuse, and what else is wrong. */
export function checkParams<Params extends object>(
  endpoint: Endpoint<Params, unknown>,
  params: Params,
  referenceId: string,
  others: readonly string[],
): void {
  const mistyped = typeFaults(params);
  const faults = (mistyped.length > 0 ? [] : endpoint.faultsOf(params, referenceId)).map(
    (fault) =>
      `${fault.parameter} ${faultSentence(fault.parameter === 'consent' ? { ...fault, what: 'is not true' } : fault)}.`,
  );
  const wrong = [...mistyped, ...faults, ...others];
  if (wrong.length > 0) throw new Failure('usage', wrong, { details: { effect: 'no' } });
}

/** A signal whose reason is a failure, for the time of one call. */
function createInterruption(outer: AbortSignal | undefined) {
  const controller = new AbortController();
  const onAbort = () => {
    controller.abort(
      new Failure('interrupted', 'The call was ended by its signal.', {
        hint: 'details.effect says whether the call may have taken effect.',
      }),
    );
  };
  if (outer?.aborted === true) onAbort();
  return {
    signal: controller.signal,
    release: outer === undefined ? () => undefined : listen(outer, onAbort),
  };
}

const LISTENERS = new WeakMap<EventTarget, Set<() => void>>();

/** Calls `onAbort` when a signal aborts. Returns what ends that. */
function listen(signal: AbortSignal, onAbort: () => void): () => void {
  const listeners = LISTENERS.get(signal) ?? new Set();
  LISTENERS.set(signal, listeners.add(onAbort));
  // One for all calls at once: of more than ten on one signal, Node warns.
  signal.addEventListener('abort', tellAll);
  return () => {
    listeners.delete(onAbort);
    // A signal that outlives many calls must not gather their listeners.
    if (listeners.size === 0) signal.removeEventListener('abort', tellAll);
  };
}

function tellAll({ currentTarget }: Event): void {
  for (const tell of (currentTarget && LISTENERS.get(currentTarget)) ?? []) tell();
}
