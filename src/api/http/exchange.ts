// One HTTP exchange.
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';
import { attemptLimit, type Connection } from './connection.js';
import {
  describeFailure,
  describeProxyFailure,
  NO_CODE,
  type Cause,
  type Description,
} from './connection-failures.js';
import { decompress, receive, TOO_LARGE, type Reception } from './reception.js';
import type { KeptConnections } from './kept-connections.js';
import { limitPhases, type Phase } from './phase-limits.js';
import type { Method } from './send.js';
import { sendByGot } from './send-by-got.js';
import { tlsOptions } from './tls-options.js';
import type { Tunnel } from './tunnel.js';

export interface HttpRequest {
  readonly method: Method;
  readonly url: URL;
  /** In the order and spelling in which they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Decompressed; as far as it came where the exchange failed. */
  readonly body: Buffer;
}

export type Exchange =
  | { readonly type: 'answered'; readonly answer: HttpAnswer }
  | ({
      readonly type: 'failed';
      /** Whether a byte of the request may have reached the server. */
      readonly sent: boolean;
      readonly answer?: HttpAnswer | undefined;
      /** What came, and was no HTTP. */
      readonly stray?: Buffer | undefined;
    } & Description);

/** More than a hundred times what most calls answer, and little enough to hold. */
const MAX_BODY_BYTES = 1024 * 1024;

export interface ExchangeOptions {
  /** Those of a run, but not through a proxy. Absent, each request has a connection of its own. */
  readonly connections?: KeptConnections | undefined;
  /** Of the body, before and after decompression: 1 MiB by default. */
  readonly maxBytes?: number | undefined;
}

const PHASE_LIMITS_MS = {
  lookup: 5_000,
  connect: 10_000,
  secureConnect: 10_000,
  send: 10_000,
  tunnel: 15_000,
};

/**
 * Sends one request and reads its answer: no redirect followed, no retry, `timeoutMs` for all of it.
 * Never rejects: a failure is an outcome, and so is an abort by `signal`.
 */
export async function exchange(
  request: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal,
  connection: Connection = {},
  { connections, maxBytes = MAX_BODY_BYTES }: ExchangeOptions = {},
): Promise<Exchange> {
  let sent = false;
  const reuse = { wasOpen: false, isStale: false };
  let reception: Reception | undefined;
  let overtime: Phase | undefined;
  let stopTiming: () => void = () => undefined;
  const ending = new AbortController();
  const end = () => {
    ending.abort();
  };
  if (signal.aborted) end();
  signal.addEventListener('abort', end);
  const limit = (phaseMs: number) => Math.max(1, Math.min(phaseMs, timeoutMs));
  const limits = {
    lookup: limit(PHASE_LIMITS_MS.lookup),
    connect: limit(PHASE_LIMITS_MS.connect),
    secureConnect: limit(PHASE_LIMITS_MS.secureConnect),
    send: limit(PHASE_LIMITS_MS.send),
    request: limit(timeoutMs),
  };
  const tunnel = await createTunnel(connection, limit(PHASE_LIMITS_MS.tunnel));
  const isSecure = request.url.protocol === 'https:';
  // Given as options, the headers would be printed by NODE_DEBUG=http.
  const open = (headers: http.OutgoingHttpHeaders): http.ClientRequest => {
    const { url, method } = request;
    const attempt = attemptLimit(limit(PHASE_LIMITS_MS.connect));
    // Else one of its own, which leaves no doubt about the moment at which nothing has left yet.
    const agent = connections?.agentFor(isSecure);
    const outgoing = isSecure
      ? https.request(url, {
          method,
          headers,
          ...attempt,
          ...tlsOptions(url, connection),
          agent: tunnel ?? agent ?? new https.Agent(),
        })
      : http.request(url, { method, headers, ...attempt, agent: agent ?? new http.Agent() });
    for (const [name, value] of Object.entries(request.headers)) outgoing.setHeader(name, value);
    outgoing.once('socket', (socket: Socket) => {
      // The request leaves as soon as the connection stands. got's own events mislead here.
      if (isConnected(socket) && connections?.mayBeStale === true) {
        // Chosen before the process was put to sleep: its bytes would be lost, and nobody could tell whether they arrived.
        reuse.isStale = true;
        outgoing.destroy();
      } else if (isConnected(socket)) {
        reuse.wasOpen = true;
        sent = true;
      } else {
        socket.once(isSecure ? 'secureConnect' : 'connect', () => {
          sent = true;
        });
      }
    });
    reception = receive(outgoing, maxBytes);
    stopTiming = limitPhases(outgoing, url, limits, (phase) => {
      overtime ??= phase;
      ending.abort();
    });
    return outgoing;
  };
  // Thousands of requests would take the processor a third longer through got.
  const send =
    connections === undefined || tunnel !== undefined ? sendByGot : (await import('./send-bare.js')).sendBare;
  const code = await send(request, open, ending.signal).finally(() => {
    stopTiming();
    signal.removeEventListener('abort', end);
    tunnel?.close();
  });
  const cause = causeOf(code, overtime);
  // With a connection of its own, which is never stale.
  if (reuse.isStale && !signal.aborted) return exchange(request, timeoutMs, signal, connection, { maxBytes });
  const { answer, obstacle } = await read(reception, maxBytes);
  if (reuse.wasOpen) connections?.reused(answer === undefined && cause !== undefined && isReset(cause));
  if (obstacle === TOO_LARGE) {
    const reason = `the answer is larger than ${maxBytes / 1024 / 1024} MiB`;
    return { type: 'failed', reason, isTransient: false, isUnreadable: true, sent: true, answer };
  }
  if (answer === undefined || reception?.isComplete !== true) {
    const description = describe(cause ?? { code: NO_CODE }, request.url, connection, tunnel);
    return { type: 'failed', ...description, sent, answer, stray: reception?.stray };
  }
  return obstacle === undefined
    ? { type: 'answered', answer }
    : { type: 'failed', ...describeFailure({ code: obstacle }, request.url.hostname), sent, answer };
}

function causeOf(code: string | undefined, overtime: Phase | undefined): Cause | undefined {
  if (overtime !== undefined) return { overtime };
  return code === undefined ? undefined : { code };
}

async function read(
  reception: Reception | undefined,
  maxBytes: number,
): Promise<{ readonly answer?: HttpAnswer; readonly obstacle?: string | undefined }> {
  if (reception?.head === undefined) return {};
  const { head, body: received } = reception;
  const { body, obstacle } = await decompress(received, head.headers['content-encoding'], maxBytes);
  return { answer: { ...head, body }, obstacle: received.length > maxBytes ? TOO_LARGE : obstacle };
}

function isReset(cause: Cause): boolean {
  return 'code' in cause && ['ECONNRESET', 'EPIPE'].includes(cause.code);
}

// Where the system refuses at once, as it does without a route, the socket is gone before its request hears of it.
function isConnected(socket: Socket): boolean {
  if (socket.destroyed) return false;
  return 'secureConnecting' in socket ? socket.secureConnecting === false : !socket.connecting;
}

async function createTunnel(
  { proxy, certificates }: Connection,
  limitMs: number,
): Promise<Tunnel | undefined> {
  if (proxy === undefined) return undefined;
  const { Tunnel } = await import('./tunnel.js');
  return new Tunnel(proxy, certificates, limitMs);
}

function describe(
  cause: Cause,
  { hostname }: URL,
  { proxy }: Connection,
  tunnel: Tunnel | undefined,
): Description {
  return proxy !== undefined && tunnel?.isOpen === false
    ? describeProxyFailure(cause, proxy, tunnel.status)
    : describeFailure(cause, hostname);
}
