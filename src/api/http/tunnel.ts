// The way through a proxy: CONNECT. Whatever fails before it stands is the proxy's failure, and has sent nothing.
import { HttpsProxyAgent } from 'https-proxy-agent';
import type { Connection } from './connection.js';
import type { Proxy } from './proxy.js';

type Connect = HttpsProxyAgent<string>['connect'];

/** The agent of one request. */
export class Tunnel extends HttpsProxyAgent<string> {
  /** What the proxy answered to CONNECT: an HTTP status, or `NaN` for what is no HTTP. */
  status: number | undefined;
  readonly #pending: AbortController;
  #timer: NodeJS.Timeout | undefined;

  /** @param limitMs for look-up, connection and answer of the proxy together */
  constructor(
    { url, authorization }: Proxy,
    certificates: Connection['certificates'],
    private readonly limitMs: number,
  ) {
    const pending = new AbortController();
    super(url, {
      // Neither in the URL, which the library shows to DEBUG, nor as a value, which Node shows to NODE_DEBUG.
      headers: () => (authorization === undefined ? {} : { 'Proxy-Authorization': authorization }),
      ...(certificates !== undefined && { ca: [...certificates] }),
      signal: pending.signal,
    });
    this.#pending = pending;
  }

  /** Whether the proxy has connected to the target: from then on, TLS with the target decides. */
  get isOpen(): boolean {
    return this.status === 200;
  }

  /** Gives up a tunnel that does not stand yet. One that does belongs to its request. */
  close(): void {
    if (this.#timer !== undefined) this.#pending.abort();
  }

  override async connect(...[request, options]: Parameters<Connect>): ReturnType<Connect> {
    this.#timer = setTimeout(() => {
      this.close();
    }, this.limitMs);
    request.once('proxyConnect', (answer: { readonly statusCode: number }) => {
      this.status = answer.statusCode;
    });
    try {
      const socket = await super.connect(request, options);
      if (this.isOpen) return socket;
      // A stand-in, with which the library would pass a refusal off as the target's own answer.
      socket.destroy();
      throw new Error('The proxy opened no tunnel.');
    } finally {
      clearTimeout(this.#timer);
      this.#timer = undefined;
    }
  }
}
