import http from 'node:http';
import https from 'node:https';
import type { Duplex } from 'node:stream';

/** Below what servers allow: nginx 75 s, a load balancer of AWS 60 s, Apache and Node.js 5 s. */
const IDLE_LIMIT_MS = 4_000;

/** Resets of reused connections in a row after which none is reused. */
const MAX_RESETS = 3;

const BEAT_MS = 500;

/** Late by this much, the process may have missed that a server closed what was idle. */
const MAX_LATENESS_MS = 1_500;

/**
 * Tells whether the process was stopped, suspended or starved just now. By both clocks: the monotonic one stands still
 * while the machine is suspended, and the other one may be set.
 */
class Pulse {
  #beat = readClocks();
  #lateUntil = 0;
  readonly #timer = setInterval(() => {
    // The answers that came meanwhile may be read after this, or before it.
    if (this.#isOverdue()) this.#lateUntil = performance.now() + BEAT_MS;
    this.#beat = readClocks();
  }, BEAT_MS).unref();

  get isLate(): boolean {
    return this.#isOverdue() || performance.now() < this.#lateUntil;
  }

  #isOverdue(): boolean {
    const { monotonicMs, wallMs } = readClocks();
    const sinceMs = Math.max(monotonicMs - this.#beat.monotonicMs, wallMs - this.#beat.wallMs);
    return sinceMs > BEAT_MS + MAX_LATENESS_MS;
  }

  end(): void {
    clearInterval(this.#timer);
  }
}

function readClocks() {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** The connections of many calls, kept from one call to the next. Not through a proxy, whose tunnels serve one each. */
export class KeptConnections {
  readonly #agents: Readonly<Record<'http' | 'https', http.Agent>>;
  #resets = 0;
  #isReusing = true;
  readonly #pulse = new Pulse();

  /**
   * @param maxConnections at once
   * @param onGivenUp told once, when resets are the reason why connections are not reused any more
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
    for (const agent of Object.values(this.#agents)) {
      // Before the agent's own listener, which hands it to the next request. Its end may wait to be read as its answer did.
      agent.prependListener('free', (socket: Duplex) => {
        if (this.#pulse.isLate) socket.destroy();
      });
    }
  }

  /** The agent for one request; `undefined` where it needs a connection of its own. */
  agentFor(isSecure: boolean): http.Agent | undefined {
    if (!this.#isReusing) return undefined;
    const agent = this.#agents[isSecure ? 'https' : 'http'];
    if (this.#pulse.isLate)
      for (const sockets of Object.values(agent.freeSockets))
        for (const socket of sockets ?? []) socket.destroy();
    return agent;
  }

  /** Whether a server may have closed a kept connection unnoticed, because the process was asleep. */
  get mayBeStale(): boolean {
    return this.#pulse.isLate;
  }

  /** Counts how a request on a reused connection ended: with a reset before any answer, or otherwise. */
  reused(wasReset: boolean): void {
    this.#resets = wasReset ? this.#resets + 1 : 0;
    if (this.#resets < MAX_RESETS || !this.#isReusing) return;
    this.giveUp();
    this.onGivenUp();
  }

  /** Gives each request a connection of its own from now on. */
  giveUp(): void {
    this.#isReusing = false;
  }

  /** Closes every connection: a request that is under way on one fails. */
  close(): void {
    this.#pulse.end();
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}
