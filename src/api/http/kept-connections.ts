import http from 'node:http';
import https from 'node:https';

/** Below what servers allow: nginx 75 s, a load balancer of AWS 60 s, Apache and Node.js 5 s. */
const IDLE_LIMIT_MS = 4_000;

/** Resets of reused connections in a row after which none is reused. */
const MAX_RESETS = 3;

/** The connections of many calls, kept from one call to the next. Not through a proxy, whose tunnels serve one each. */
export class KeptConnections {
  readonly #agents: Readonly<Record<'http' | 'https', http.Agent>>;
  #resets = 0;
  #isReusing = true;

  /**
   * @param maxConnections at once
   * @param onGivenUp told once, when connections are not reused any more
   */
  constructor(
    maxConnections: number,
    private readonly onGivenUp: () => void = () => undefined,
  ) {
    const options = {
      keepAlive: true,
      maxSockets: maxConnections,
      maxFreeSockets: maxConnections,
      // The one that was used last is the least likely to have been closed meanwhile.
      scheduling: 'lifo',
      // Without it, Node.js 20 would not heed a server that asks for less with `Keep-Alive: timeout=`.
      timeout: IDLE_LIMIT_MS,
    } as const;
    this.#agents = { http: new http.Agent(options), https: new https.Agent(options) };
  }

  /** The agent for one request; `undefined` where it needs a connection of its own. */
  agentFor(isSecure: boolean): http.Agent | undefined {
    return this.#isReusing ? this.#agents[isSecure ? 'https' : 'http'] : undefined;
  }

  /** Counts how a request on a reused connection ended: with a reset before any answer, or otherwise. */
  reused(wasReset: boolean): void {
    this.#resets = wasReset ? this.#resets + 1 : 0;
    if (this.#resets < MAX_RESETS || !this.#isReusing) return;
    this.#isReusing = false;
    this.onGivenUp();
  }

  /** Closes what is idle, and all else with its last answer. */
  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}
