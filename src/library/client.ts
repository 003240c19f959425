import type { Connection } from '../api/http/connection.js';
import { KeptConnections } from '../api/http/kept-connections.js';
import { Failure } from '../failure/failure.js';
import { createRedactors } from '../safety/redact.js';
import type { Kept } from './call.js';
import { checkKeys, membersOf } from './check-keys.js';
import { startSession, type Session } from './initiate-session.js';
import { chooseBaseUrl, chooseConnection, givenOptions, type CallOptions } from './options.js';
import type { SessionParams } from './params.js';

/** What a client is created with: the options of its calls, and how many connections it may have. */
export type ClientOptions = CallOptions & {
  /** At once, and kept for later calls: 64 by default. */
  readonly maxConnections?: number | undefined;
};

/** Makes many calls to one host: keeps their connections, and what they would each make anew. */
export interface Client {
  /**
   * As `initiateSession`, with the options of the client. `options` has what belongs to one call alone.
   */
  readonly initiateSession: (
    params: SessionParams,
    options?: Pick<CallOptions, 'signal' | 'onAttempt'>,
  ) => Promise<Session>;
  /** Closes the connections. A call that is under way fails with `unknown` where its request has left. */
  readonly close: () => void;
}

const OWN_KEYS = ['signal', 'onAttempt'] as const;

/**
 * Creates a client. Throws a {@link Failure} `config` for options that are wrong. Idle connections are closed after
 * 4 seconds and keep no program running.
 */
export function createClient(options: ClientOptions): Client {
  // A program without types may have given nothing.
  const { maxConnections: given, ...others } =
    (options as ClientOptions | undefined) ?? ({} as ClientOptions);
  const shared = givenOptions(others);
  const baseUrl = chooseBaseUrl(shared);
  const maxConnections = (Object.hasOwn(options, 'maxConnections') ? given : undefined) ?? 64;
  if (!(Number.isInteger(maxConnections) && maxConnections >= 1))
    throw new Failure('config', 'maxConnections is not a whole number from 1.');
  const connections = new KeptConnections(maxConnections);
  let connection: Promise<Connection> | undefined;
  const kept: Kept = {
    connections,
    redactors: createRedactors(shared.credentials),
    resolveConnection: () => (connection ??= chooseConnection(shared, baseUrl)),
  };
  return {
    initiateSession: async (params, own = {}) => {
      checkKeys('options', own, OWN_KEYS);
      return startSession(params, { ...shared, ...membersOf(own, OWN_KEYS) }, kept);
    },
    close: () => {
      connections.close();
    },
  };
}
