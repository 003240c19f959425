// The way through a proxy: CONNECT (RFC 9110, section 9.3.6). A failure before it stands is the proxy's, and nothing
// was sent.
import https from 'node:https';
import net, { type Socket } from 'node:net';
import tls from 'node:tls';
import { attemptLimit, type Connection } from './connection.js';
import type { Proxy } from './proxy.js';
import { secureContextFor } from './tls-options.js';

type Connect = https.Agent['createConnection'];

// As much as Node reads of the head of an answer, whose error code stands for more.
const MAX_HEAD_BYTES = 16 * 1024;

/** The agent of one request. */
export class Tunnel extends https.Agent {
  /** What the proxy answered to CONNECT: an HTTP status, or `NaN` where that was not HTTP. */
  status: number | undefined;
  // Node shows to NODE_DEBUG what it finds in an agent, but none of its private fields.
  readonly #proxy: Proxy;
  readonly #certificates: Connection['certificates'];
  readonly #limitMs: number;
  #pending: Socket | undefined;

  /** @param limitMs for look-up, connection and answer of the proxy together */
  constructor(proxy: Proxy, certificates: Connection['certificates'], limitMs: number) {
    super();
    this.#proxy = proxy;
    this.#certificates = certificates;
    this.#limitMs = limitMs;
  }

  /** Whether the proxy has connected to the target: from then on, TLS with the target decides. */
  get isOpen(): boolean {
    return this.status !== undefined && this.status >= 200 && this.status < 300;
  }

  /** Gives up a tunnel that does not stand yet. One that does belongs to its request. */
  close(): void {
    this.#pending?.destroy(Object.assign(new Error('The tunnel was given up.'), { code: 'ABORT_ERR' }));
  }

  override createConnection(...[options, done]: Parameters<Connect>): undefined {
    const { port = '' } = options;
    const host = options.host ?? '';
    this.#open(`${net.isIPv6(host) ? `[${host}]` : host}:${port}`).then(
      // With a socket of its own, TLS looks at neither host nor port.
      (socket) => done?.(null, tls.connect({ ...(options as tls.ConnectionOptions), socket })),
      (error: unknown) => done?.(error as Error, undefined as never),
    );
    return undefined;
  }

  async #open(target: string): Promise<Socket> {
    const socket = this.#connect();
    this.#pending = socket;
    const timer = setTimeout(() => {
      this.close();
    }, this.#limitMs);
    try {
      const { authorization } = this.#proxy;
      const headers = [
        ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
        `Host: ${target}`,
        'Proxy-Connection: close',
      ];
      socket.write(`CONNECT ${target} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      // Interim answers may come before the one that counts (RFC 9110, section 15.2).
      let status: number;
      do status = parseStatus(await readHead(socket));
      while (status >= 100 && status < 200);
      this.status = status;
      if (!this.isOpen) throw new Error('The proxy opened no tunnel.');
      return socket;
    } catch (error) {
      socket.destroy();
      throw error;
    } finally {
      clearTimeout(timer);
      this.#pending = undefined;
    }
  }

  #connect(): Socket {
    const { protocol, hostname, port } = this.#proxy.url;
    const secure = protocol === 'https:';
    const host = hostname.replace(/^\[|\]$/g, '');
    // The URL drops the port that belongs to its scheme.
    const where = {
      host,
      port: Number(port === '' ? (secure ? 443 : 80) : port),
      ...attemptLimit(this.#limitMs),
    };
    if (!secure) return net.connect(where);
    return tls.connect({
      ...where,
      ALPNProtocols: ['http/1.1'],
      // Else NODE_TLS_REJECT_UNAUTHORIZED=0 would decide who gets its user name and password.
      rejectUnauthorized: true,
      ...(net.isIP(host) === 0 && { servername: host }),
      ...(this.#certificates !== undefined && { secureContext: secureContextFor(this.#certificates) }),
    });
  }
}

/** Reads the head of one answer, and leaves what follows it to the next reader. */
async function readHead(socket: Socket): Promise<string> {
  let read = Buffer.alloc(0);
  return new Promise((resolve, reject) => {
    const settle = (act: () => void) => {
      socket.off('readable', onReadable).off('error', onError).off('end', onEnd).off('close', onEnd);
      act();
    };
    const onError = (error: Error) => {
      settle(() => {
        reject(error);
      });
    };
    const onEnd = () => {
      onError(new Error('The proxy closed the connection.'));
    };
    const onReadable = () => {
      for (;;) {
        const chunk = socket.read() as Buffer | null;
        if (chunk === null) return;
        read = Buffer.concat([read, chunk]);
        const end = read.indexOf('\r\n\r\n');
        if (end === -1 && read.length <= MAX_HEAD_BYTES) continue;
        if (end === -1) {
          onError(Object.assign(new Error('The head is too large.'), { code: 'HPE_HEADER_OVERFLOW' }));
          return;
        }
        settle(() => {
          socket.unshift(read.subarray(end + 4));
          resolve(read.subarray(0, end).toString('latin1'));
        });
        return;
      }
    };
    socket.on('readable', onReadable).on('error', onError).on('end', onEnd).on('close', onEnd);
  });
}

function parseStatus(head: string): number {
  const [first = '', ...headers] = head.split('\r\n');
  const [, status] = /^HTTP\/1\.[01] (\d{3})(?: |$)/.exec(first) ?? [];
  return headers.every((header) => header.includes(':')) ? Number(status) : Number.NaN;
}
