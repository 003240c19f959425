// One HTTP exchange. got's errors carry the request's headers, and so the secrets: none of them leaves this file,
// neither as it is nor as a cause.
import got, { TimeoutError, type Response } from 'got';
import http from 'node:http';
import https from 'node:https';
import type { Socket } from 'node:net';

export interface HttpRequest {
  readonly method: 'POST';
  readonly url: URL;
  /** In the order and spelling in which they are sent. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: http.IncomingHttpHeaders;
  /** Decompressed; as far as it came where the exchange failed. */
  readonly body: Buffer;
}

export type Exchange =
  | { readonly type: 'answered'; readonly answer: HttpAnswer }
  | {
      readonly type: 'failed';
      /** What went wrong, in words that hold nothing of request or answer. */
      readonly reason: string;
      readonly hint?: string | undefined;
      /** Whether a byte of the request may have reached the server. */
      readonly sent: boolean;
      /** Whether the same request may well succeed a moment later. */
      readonly isTransient: boolean;
      /** The answer came, but is of no use: its connection did not fail. */
      readonly isUnreadable?: boolean;
      readonly answer?: HttpAnswer | undefined;
    };

/** More than a hundred times what the API answers, and little enough to hold. */
export const MAX_BODY_BYTES = 1024 * 1024;

const PHASE_LIMITS_MS = { lookup: 5_000, connect: 10_000, secureConnect: 10_000, send: 10_000 };

/**
 * Sends one request and reads its answer: no redirect followed, no retry, `timeoutMs` for all of it.
 * Never rejects: a failure is an outcome, and so is an abort by `signal`.
 */
export async function exchange(
  request: HttpRequest,
  timeoutMs: number,
  signal: AbortSignal,
): Promise<Exchange> {
  let sent = false;
  let response: Response | undefined;
  let size = 0;
  const chunks: Buffer[] = [];
  const answer = () =>
    response && { status: response.statusCode, headers: response.headers, body: Buffer.concat(chunks) };

  const limit = (phaseMs: number) => Math.max(1, Math.min(phaseMs, timeoutMs));
  const stream = got.stream(request.url, {
    method: request.method,
    body: request.body,
    headers: { 'user-agent': undefined },
    // Given as options, the headers would be printed by NODE_DEBUG=http.
    request: (url, options) => {
      const outgoing = (url.protocol === 'https:' ? https : http).request(url, options);
      for (const [name, value] of Object.entries(request.headers)) outgoing.setHeader(name, value);
      outgoing.once('socket', (socket: Socket) => {
        // The request leaves as soon as the connection stands. got's own timings and events mislead here.
        socket.once(url.protocol === 'https:' ? 'secureConnect' : 'connect', () => {
          sent = true;
        });
      });
      return outgoing;
    },
    // A connection of its own for each request, so that every one has a moment at which nothing has left yet.
    agent: { http: new http.Agent(), https: new https.Agent() },
    followRedirect: false,
    throwHttpErrors: false,
    retry: { limit: 0 },
    timeout: {
      lookup: limit(PHASE_LIMITS_MS.lookup),
      connect: limit(PHASE_LIMITS_MS.connect),
      secureConnect: limit(PHASE_LIMITS_MS.secureConnect),
      send: limit(PHASE_LIMITS_MS.send),
      request: limit(timeoutMs),
    },
    signal,
  });
  stream.once('response', (received: Response) => {
    response = received;
  });

  try {
    for await (const chunk of stream as AsyncIterable<Buffer>) {
      size += chunk.length;
      if (size > MAX_BODY_BYTES) return { type: 'failed', ...TOO_LARGE, sent: true, answer: answer() };
      chunks.push(chunk);
    }
    const received = answer();
    if (received === undefined) throw new Error('The stream ended without a response.');
    return { type: 'answered', answer: received };
  } catch (error) {
    return { type: 'failed', ...describe(error, request.url), sent, answer: answer() };
  } finally {
    // Until it is destroyed, it answers a later abort with an error that nobody waits for.
    stream.destroy();
  }
}

const TOO_LARGE = { reason: 'the answer is larger than 1 MiB', isTransient: false, isUnreadable: true };

interface Description {
  readonly reason: string;
  readonly hint?: string;
  readonly isTransient: boolean;
  readonly isUnreadable?: boolean;
}

function describe(error: unknown, { hostname }: URL): Description {
  if (error instanceof TimeoutError)
    return { reason: TIMEOUTS[error.event] ?? 'no answer came in time', isTransient: true };
  const code = String((error as NodeJS.ErrnoException).code);
  const reason = REASONS[code]?.replace('{host}', hostname);
  if (reason !== undefined) return { reason: `${reason} (${code})`, isTransient: true };
  if (/CERT|SELF_SIGNED|VERIFY|ISSUER|ALTNAME/.test(code)) {
    return {
      reason: `the certificate of ${hostname} was not accepted (${code})`,
      hint: 'Where a proxy inspects TLS, let NODE_EXTRA_CA_CERTS name the file with its CA certificate.',
      isTransient: false,
    };
  }
  if (/^(EPROTO|ERR_SSL|ERR_TLS)/.test(code)) {
    return { reason: `no TLS connection to ${hostname} could be made (${code})`, isTransient: false };
  }
  if (code.startsWith('HPE_')) return { reason: `the answer is not HTTP (${code})`, isTransient: false };
  if (/^(Z_|ERR_ZLIB|ERR_BROTLI|ERR__ERROR)/.test(code)) {
    return {
      reason: `the answer could not be decompressed (${code})`,
      isTransient: false,
      isUnreadable: true,
    };
  }
  return { reason: `the connection failed (${code})`, isTransient: false };
}

const TIMEOUTS: Record<string, string> = {
  lookup: 'the look-up of the name took too long',
  connect: 'the connection took too long',
  secureConnect: 'the TLS handshake took too long',
  send: 'the request could not be sent in time',
};

const REASONS: Record<string, string> = {
  ENOTFOUND: 'the name {host} was not found',
  EAI_AGAIN: 'the look-up of {host} failed for now',
  ECONNREFUSED: 'the connection to {host} was refused',
  ENETUNREACH: 'the network of {host} cannot be reached',
  EHOSTUNREACH: '{host} cannot be reached',
  EADDRNOTAVAIL: 'no local address is left for a connection to {host}',
  ETIMEDOUT: 'the connection to {host} took too long',
  ECONNRESET: 'the connection was reset',
  EPIPE: 'the connection was closed',
};
