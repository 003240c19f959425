// The loopback listener that the redirect arrives at (RFC 8252, sections 7.3 and 8.3).
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { finished } from 'node:stream';
import { parseRedirect, type Expectation, type RedirectFault, type RequestFault } from './callback.js';
import type { Callback } from '../failure/facts.js';
import { checkNetworkPermission } from '../failure/permission.js';
import { createGate } from './gate.js';
import { arrivalPage, PAGE_HEADERS, STRAY_PAGE, TOO_LARGE_PAGE } from './page.js';

export interface Listener {
  /** `http://127.0.0.1:PORT` */
  readonly origin: string;
  /**
   * Resolves with the redirect of the expected session. Whatever else arrives on its path is answered and given to
   * `onIgnored`. Rejects with the signal's reason.
   */
  readonly wait: (
    expected: Expectation,
    signal: AbortSignal,
    onIgnored?: (fault: RedirectFault | RequestFault) => void,
  ) => Promise<Callback>;
  /** Ends at once, whatever is open. */
  readonly close: () => Promise<void>;
}

export interface ListenerOptions {
  /** 0 takes a free one. */
  readonly port: number;
  /** The path that the redirect has; absent where it is not known. */
  readonly path?: string | undefined;
  /** Further names that it may be addressed by: those of a tunnel or an app that forwards to it. */
  readonly hosts?: readonly string[];
  /** Milliseconds since the epoch. */
  readonly now: () => number;
}

interface Wait {
  readonly expected: Expectation;
  readonly onIgnored: (fault: RedirectFault | RequestFault) => void;
}

const MAX_SOCKETS = 64;

// Of what the requests bring, cookies apart: browsers send those of every other program on 127.0.0.1 along.
const MAX_HEADER_BYTES = 8 * 1024;

// Redirects that came before it is known whose they have to be.
const MAX_HELD = 16;
const HELD_MS = 10_000;

// Of a DigiLocker code (contract: initiate-session.md, "The link and the code").
const CODE_LIFETIME_MS = 3_600_000;

const TOO_LARGE = {
  fault: {
    kind: 'request',
    what: 'brings more headers or cookies along than fit: open its address in a private window',
  },
} as const;

const LIMITS = {
  maxHeaderSize: 64 * 1024,
  headersTimeout: 2_000,
  requestTimeout: 2_000,
  connectionsCheckingInterval: 500,
  keepAlive: false,
};

/** Listens on literal 127.0.0.1. Rejects with Node's error where the port cannot be had, with a Failure where none may be. */
export async function createListener({ port, path, hosts = [], now }: ListenerOptions): Promise<Listener> {
  checkNetworkPermission();
  const server = createServer(LIMITS);
  const sockets = limitSockets(server);
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject).listen(port, '127.0.0.1', resolve);
  });
  const { port: actualPort } = server.address() as AddressInfo;
  const names = [`127.0.0.1:${actualPort}`, ...hosts];

  // A redirect may be faster than the answer that tells whose it has to be.
  const gate = createGate<Wait>(MAX_HELD, HELD_MS);
  let arrive: (callback: Callback) => void = () => undefined;
  const arrived = new Promise<Callback>((resolve) => {
    arrive = resolve;
  });

  const receive = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const query = queryOf(request, path);
    if (query === undefined) {
      answer(response, 404, STRAY_PAGE);
      return;
    }
    const requestFault = findRequestFault(request, names);
    if (requestFault !== undefined) {
      answer(response, 404, STRAY_PAGE);
      if (hasParameters(query)) (await gate.pass())?.onIgnored(requestFault);
      return;
    }
    const isTooLarge = sizeOf(request) > MAX_HEADER_BYTES;
    const wait = await gate.pass();
    if (wait === undefined) {
      answer(response, 503, STRAY_PAGE);
      return;
    }
    const reading = isTooLarge ? TOO_LARGE : parseRedirect(query, wait.expected);
    if ('fault' in reading) {
      // On a path that was not named, a request without a query is a favicon or the like.
      if (path !== undefined || query.size > 0) wait.onIgnored(reading.fault);
      if (isTooLarge) answer(response, 431, TOO_LARGE_PAGE);
      else answer(response, 400, STRAY_PAGE);
      return;
    }
    const codeExpiresAt =
      reading.callback.code === null ? null : new Date(now() + CODE_LIFETIME_MS).toISOString();
    const callback = { ...reading.callback, codeExpiresAt };
    // The page is on its way when the wait ends, and with it this listener; who sent this may be gone already.
    finished(response, () => {
      arrive(callback);
    });
    answer(response, 200, arrivalPage(callback));
  };
  server.on('request', (request, response) => {
    // Whatever comes from outside ends its own request at most.
    receive(request, response).catch(() => {
      if (response.headersSent) response.destroy();
      else answer(response, 400, STRAY_PAGE);
    });
  });
  server.on('clientError', ({ code }: NodeJS.ErrnoException, socket: Socket) => {
    const isTooLarge = code === 'HPE_HEADER_OVERFLOW';
    if (isTooLarge) void gate.pass().then((wait) => wait?.onIgnored(TOO_LARGE.fault));
    if (!socket.writable) socket.destroy();
    else if (isTooLarge) socket.end(rawAnswer('431 Request Header Fields Too Large', TOO_LARGE_PAGE));
    else socket.end(rawAnswer('400 Bad Request', STRAY_PAGE));
  });

  return {
    origin: `http://127.0.0.1:${actualPort}`,
    wait: async (expected, signal, onIgnored = () => undefined) => {
      gate.open({ expected, onIgnored });
      return await Promise.race([arrived, aborted(signal)]);
    },
    close: async () => {
      gate.close();
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

/** The query of what may be the redirect, or `undefined` for everything else that a browser or a stranger sends. */
function queryOf(
  { url = '', headers }: IncomingMessage,
  path: string | undefined,
): URLSearchParams | undefined {
  const [target, query] = splitOnce(url, '?');
  const isPrefetch = /prefetch|preview/i.test(
    `${String(headers['sec-purpose'])} ${String(headers['purpose'])}`,
  );
  // `//host/path` and `http://host/path` are targets as well, and no paths.
  const isPath = path === undefined ? target.startsWith('/') && !target.startsWith('//') : target === path;
  return isPath && !isPrefetch ? new URLSearchParams(query) : undefined;
}

/** What no request of a browser has that follows a redirect to one of `names`. Nothing of the request is in it. */
function findRequestFault(
  { method, headers, rawHeaders }: IncomingMessage,
  names: readonly string[],
): RequestFault | undefined {
  // Not headersDistinct: before Node.js 20.20.2, 22.22.2 and 24.14.1 it throws at a header __proto__ (CVE-2026-21710).
  const hosts = rawHeaders.filter((name, index) => index % 2 === 0 && name.toLowerCase() === 'host');
  const isNamed = hosts.length === 1 && names.includes(headers.host?.toLowerCase() ?? '');
  const hasBody = headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
  const faults: readonly (readonly [isWrong: boolean, what: string])[] = [
    [method !== 'GET', 'is not a GET request'],
    [!isNamed, `names another host than ${names.join(' or ')}`],
    [hasBody, 'has a body'],
    [headers.origin !== undefined, 'comes from a script of a web page'],
  ];
  const [, what] = faults.find(([isWrong]) => isWrong) ?? [];
  return what === undefined ? undefined : { kind: 'request', what };
}

function hasParameters(query: URLSearchParams): boolean {
  return ['code', 'status', 'error'].some((name) => query.has(name));
}

/** How many characters target and headers have, without the cookies. */
function sizeOf({ url = '', rawHeaders }: IncomingMessage): number {
  const sizes = rawHeaders.map((text, index) =>
    index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'cookie' ? 0 : text.length,
  );
  return sizes.reduce((sum, size) => sum + size, url.length);
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at === -1 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}

function answer(response: ServerResponse, status: number, page: string): void {
  response.writeHead(status, PAGE_HEADERS).end(page);
}

/** The answer to a malformed request. */
function rawAnswer(status: string, page: string): string {
  const headers = Object.entries(PAGE_HEADERS).map(([name, value]) => `${name}: ${value}\r\n`);
  return `HTTP/1.1 ${status}\r\n${headers.join('')}Content-Length: ${Buffer.byteLength(page)}\r\n\r\n${page}`;
}

/**
 * Keeps connections from crowding the redirect, or this program's own requests, out: beyond the limit the newest takes
 * the place of the oldest that has sent no whole request head, or else of the oldest.
 */
function limitSockets(server: Server): ReadonlySet<Socket> {
  const sockets = new Set<Socket>();
  const busy = new WeakSet<Socket>();
  server.on('request', ({ socket }) => {
    busy.add(socket);
  });
  server.on('connection', (socket) => {
    sockets.add(socket);
    socket.once('close', () => sockets.delete(socket)).on('error', () => undefined);
    if (sockets.size <= MAX_SOCKETS) return;
    const others = [...sockets].slice(0, -1);
    (others.find((open) => !busy.has(open)) ?? others[0])?.destroy();
  });
  return sockets;
}

async function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
    };
    if (signal.aborted) abort();
    signal.addEventListener('abort', abort, { once: true });
  });
}
