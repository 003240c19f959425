import type { RouteScenario } from '../api/scenarios.js';
import type { ResponseKey } from '../replies.js';
import type { Session, Terms } from '../sessions.js';

export type JsonObject = Readonly<Record<string, unknown>>;

/** One request to the API, after the checks that all of them have. */
export interface Call {
  /** Empty where the request has no body. */
  readonly body: JsonObject;
  readonly clientId: string;
  /** The client's session that the path or the body names. */
  readonly session: Session | undefined;
  readonly nowMs: number;
  /** One of those that the route `plays`. */
  readonly scenario: RouteScenario | null;
  /** Creates a session whose transaction ID is that of this call, and returns its link. */
  readonly start: (terms: Terms) => string;
}

/** Why a request is refused. Without a message, the one that goes with the key is answered. */
export interface Refusal {
  readonly key: ResponseKey;
  readonly message?: string;
}

/** One endpoint of the API. */
export interface Route {
  readonly method: 'POST' | 'DELETE';
  /** `:id` stands for the transaction ID of the session; without it, the body names the session. */
  readonly path: string;
  readonly success: ResponseKey;
  readonly plays?: readonly RouteScenario[];
  /** The checks of this endpoint alone: its own fields first, then its session. */
  readonly check: (call: Call) => Refusal | null;
  /** Does what the call is for and returns the `data`. A scenario may want it without the checks. */
  readonly answer: (call: Call) => object | undefined | Promise<object | undefined>;
}

/** What DigiLocker would refuse. Nobody documents its key: this one is assumed. */
export function refusedByProvider(message: string | undefined): Refusal {
  return { key: 'error_provider_error', ...(message !== undefined && { message }) };
}
