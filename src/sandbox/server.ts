import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Choice } from './consent/decision.js';
import { createEndUser, visitLink } from './consent/end-user.js';
import { createSessions, type SessionEnd } from './sessions.js';
import { createApi } from './api/api.js';
import type { createPageListener } from './consent/page-listener.js';
import { createRequestLog, type RecordedRequest } from './request-log.js';
import { createScenarioChoice, type ScenarioChoice } from './api/scenarios.js';
import { SECURITY_HEADERS } from './consent/security-headers.js';
import { isBlockedPort } from '../safety/blocked-ports.js';

export { SANDBOX_CREDENTIALS } from './api/credentials.js';
export type { Choice } from './consent/decision.js';
export type { FinalStage, SessionEnd } from './sessions.js';
export type { RecordedRequest } from './request-log.js';
export { SCENARIOS, UnknownScenario, type Scenario, type ScenarioChoice } from './api/scenarios.js';

declare global {
  // As lib.esnext.disposable and @types/node have it, so that the types do without them.
  interface SymbolConstructor {
    readonly asyncDispose: unique symbol;
  }
}

export interface SandboxOptions {
  /** 0, the default, takes a free port. */
  port?: number | undefined;
  /** `NAME` plays a scenario for all requests to the API, `NAME*n` for the first n. */
  scenario?: ScenarioChoice | undefined;
  /** The account needs a module secret; only the sandbox's own one is right. */
  requireModuleSecret?: boolean | undefined;
  /** Accept only the sandbox's own client ID and secret. By default any pair will do. */
  strictCredentials?: boolean | undefined;
  /**
   * Play the end user of every session, so that no click is needed: once the answer has been sent, the link
   * is used up and the redirect URL called. Only a redirect URL on this machine is; another leaves the link.
   */
  endUser?: Choice | undefined;
  /** How far the API's clock runs ahead of this machine's, in milliseconds; 0 by default. */
  clockOffsetMs?: number | undefined;
  /** `false` leaves `requests` empty, for a sandbox that lives long. The default is `true`. */
  keepRequests?: boolean | undefined;
  /** Called when the end user of a session has allowed, denied or let it expire, or DigiLocker failed. */
  onEnd?: ((end: SessionEnd) => void) | undefined;
  /** Gets one line per request, without secrets and without control characters. */
  log?: ((line: string) => void) | undefined;
}

export interface Sandbox {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** The requests that arrived at the API, oldest first; it grows as they come. */
  readonly requests: readonly RecordedRequest[];
  /** Moves the clock of the API: an hour makes the codes and the accesses of now expire. */
  clockOffsetMs: number;
  /** Resolves once the end user has been led back from every link: none can be used any more. */
  readonly settled: Promise<void>;
  /**
   * Uses a link up, as the end user would, and returns the redirect URL with the answer in its query. The
   * redirect URL is not called.
   *
   * @throws an Error when the link is unknown or was used before, or its session has no redirect URL
   */
  visit(authorizationUrl: string, choice: Choice): string;
  /** Ends at once: open connections and answers under way are dropped. */
  close(): Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

const OF_FETCH = ['Request', 'Response', 'Headers'] as const;
const GLOBALS = [...OF_FETCH, 'ReadableStream', 'TextDecoder', 'setImmediate'] as const;

/** Thrown where the sandbox cannot work, as in jest-environment-jsdom. */
export class MissingGlobals extends Error {
  override readonly name = 'MissingGlobals';

  constructor(names: readonly string[]) {
    super(
      `The sandbox needs the global ${names.join(', ')}. In Jest, begin the file with /** @jest-environment node */; elsewhere, leave out --no-experimental-fetch and --jitless (NODE_OPTIONS).`,
    );
  }
}

// Without a look at its value: Node loads the classes of fetch when one is asked for, and most sandboxes show no page. They
// need WebAssembly, which --jitless takes away.
function isThere(name: (typeof GLOBALS)[number]): boolean {
  const own = Object.getOwnPropertyDescriptor(globalThis, name);
  if (own?.get === undefined) return own?.value !== undefined;
  return Reflect.get(globalThis, 'WebAssembly') !== undefined || OF_FETCH.every((other) => other !== name);
}

const LIMITS = {
  // Browsers send the cookies of every other program on 127.0.0.1 along.
  maxHeaderSize: 64 * 1024,
  headersTimeout: 5_000,
  requestTimeout: 10_000,
  connectionsCheckingInterval: 1_000,
  // Node would answer a missing Host itself, without the security headers.
  requireHostHeader: false,
};

/**
 * Starts an imitation of Decentro's DigiLocker API on the loopback interface.
 *
 * @throws MissingGlobals; UnknownScenario for a scenario that does not exist; RangeError for a port that no browser opens; an
 * Error with `code` `EADDRINUSE` for a port that is taken
 */
export async function createSandbox(options: SandboxOptions = {}): Promise<Sandbox> {
  const lacking = GLOBALS.filter((name) => !isThere(name));
  if (lacking.length > 0) throw new MissingGlobals(lacking);
  const { port = 0 } = options;
  if (isBlockedPort(port)) throw new RangeError(`Browsers refuse to open port ${port}: choose another one.`);
  const chooseScenario = createScenarioChoice(options.scenario);
  const log = createRequestLog(options.log ?? (() => undefined), options.keepRequests ?? true);
  const sessions = createSessions(options.onEnd ?? (() => undefined));
  const endUser = options.endUser && createEndUser(options.endUser, sessions, log);

  const server = createServer(LIMITS);
  server.listen(port, '127.0.0.1');
  await once(server, 'listening');
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

  const rules = {
    requireModuleSecret: options.requireModuleSecret ?? false,
    strictCredentials: options.strictCredentials ?? false,
  };
  const onSession = (transactionId: string) => void endUser?.play(transactionId);
  const answerCall = createApi({
    url,
    rules,
    chooseScenario,
    sessions,
    log,
    now: () => Date.now() + sandbox.clockOffsetMs,
    onSession,
  });

  let pages: Promise<ReturnType<typeof createPageListener>> | undefined;
  const loadPages = async () =>
    (await import('./consent/page-listener.js')).createPageListener(url, sessions, log);
  const answerPage = async (incoming: IncomingMessage, outgoing: ServerResponse) =>
    (await (pages ??= loadPages()))(incoming, outgoing);

  let settle: () => void = () => undefined;
  const settled = new Promise<void>((resolve) => {
    settle = resolve;
  });

  server.on('request', (incoming, outgoing) => {
    outgoing.once('close', () => {
      if (sessions.areOver()) settle();
    });
    outgoing.setHeaders(SECURITY_HEADERS);
    if (!isForUs(incoming, new URL(url).host)) {
      answerOtherHost(incoming, outgoing);
      return;
    }
    // Whatever comes from outside ends its own request at most.
    const answering = answerCall(incoming, outgoing) ?? answerPage(incoming, outgoing);
    answering.catch(() => {
      if (outgoing.headersSent) outgoing.destroy();
      else outgoing.writeHead(400, { Connection: 'close' }).end();
    });
  });

  function answerOtherHost(incoming: IncomingMessage, outgoing: ServerResponse): void {
    outgoing.writeHead(421, { 'Content-Type': 'text/plain; charset=utf-8', Connection: 'close' });
    outgoing.end(`This is ${url} and answers to no other name.`);
    log.write(String(incoming.method), '(wrong-host)', 421);
  }

  let closed: Promise<void> | undefined;
  function close(): Promise<void> {
    closed ??= new Promise((resolve) => {
      server.close(() => {
        resolve();
      });
      server.closeAllConnections();
      endUser?.leave();
    });
    return closed;
  }

  const sandbox: Sandbox = {
    url,
    clockOffsetMs: options.clockOffsetMs ?? 0,
    requests: log.requests,
    settled,
    visit: (authorizationUrl, choice) => visitLink(sessions, url, authorizationUrl, choice),
    close,
    [Symbol.asyncDispose]: close,
  };
  return sandbox;
}

// A page on another name that resolves to 127.0.0.1 could otherwise talk to the sandbox (DNS rebinding).
function isForUs(incoming: IncomingMessage, host: string): boolean {
  // Not headersDistinct: before Node.js 20.20.2, 22.22.2 and 24.14.1 it throws at a header __proto__ (CVE-2026-21710).
  const { rawHeaders, url } = incoming;
  const named = rawHeaders.filter(
    (_, index) => index % 2 === 1 && rawHeaders[index - 1]?.toLowerCase() === 'host',
  );
  return named.length === 1 && named[0] === host && url?.startsWith('/') === true;
}
