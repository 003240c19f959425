import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { cleanUp } from './cleanup.js';

/** What the server remembers of a session: its log is what a batch is judged by. */
export interface RememberedSession {
  readonly referenceId: string;
  /** The query of the redirect URL, which names the row. */
  readonly row: string;
  readonly txn: string;
  readonly link: string;
}

export interface DecentroServerOptions {
  /** How long an answer takes. */
  readonly latencyMs?: number;
  /** The share of requests that are answered with HTTP 429, and what Retry-After says. */
  readonly throttled?: number;
  readonly retryAfter?: string;
  /** The share of requests whose session is created and whose answer never comes. */
  readonly dropped?: number;
  /** How long a connection may idle; no answer tells of it. Without it, Node's five seconds, which its answers tell. */
  readonly idleMs?: number;
  /** Answers a request, counted from 1, in place of all else; `undefined` leaves it to the server. */
  readonly answer?: (count: number, response: ServerResponse) => boolean;
}

export interface DecentroServer {
  readonly url: string;
  readonly sessions: RememberedSession[];
  readonly burnt: Set<string>;
  /** When each request arrived, in monotonic milliseconds. */
  readonly arrivals: number[];
  /** Answers that never came although a session was created. */
  readonly dropped: () => number;
  /** Resolves once so many requests have arrived. */
  readonly reached: (requests: number) => Promise<void>;
}

/** Starts a server that burns every reference ID it sees, as Decentro does, and remembers every session. */
export async function startDecentroServer(options: DecentroServerOptions = {}): Promise<DecentroServer> {
  const { latencyMs = 0, throttled = 0, retryAfter, dropped = 0 } = options;
  const sessions: RememberedSession[] = [];
  const burnt = new Set<string>();
  const arrivals: number[] = [];
  const waiting: { readonly requests: number; readonly resolve: () => void }[] = [];
  let lost = 0;

  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const body = JSON.parse(Buffer.concat(chunks).toString()) as Record<string, string>;
    const { reference_id: referenceId = '', redirect_url: redirectUrl = '' } = body;
    arrivals.push(performance.now());
    for (const one of waiting) if (arrivals.length >= one.requests) one.resolve();
    if (options.answer?.(arrivals.length, response) === true) {
      burnt.add(referenceId);
      return;
    }
    const txn = arrivals.length.toString(16).toUpperCase().padStart(32, '0');
    const refuse = (status: number, responseKey: string | undefined) => {
      if (retryAfter !== undefined && status === 429) response.setHeader('Retry-After', retryAfter);
      const refusal = {
        decentroTxnId: txn,
        status: 'FAILURE',
        responseCode: 'E00009',
        message: 'No.',
        responseKey,
      };
      send(response, status, refusal);
    };
    if (burnt.has(referenceId)) {
      refuse(400, 'error_duplicate_reference_id');
      return;
    }
    burnt.add(referenceId);
    const chance = Math.random();
    if (chance < throttled) {
      refuse(429, undefined);
      return;
    }
    const link = `https://digilocker.test/authorize/${referenceId}`;
    sessions.push({ referenceId, row: new URL(redirectUrl).search, txn, link });
    if (latencyMs > 0) await delay(latencyMs);
    if (chance < throttled + dropped) {
      lost += 1;
      request.socket.destroy();
      return;
    }
    const data = { authorizationUrl: link };
    const responseKey = 'success_initiate_session';
    send(response, 200, {
      decentroTxnId: txn,
      status: 'SUCCESS',
      responseCode: 'S00000',
      message: 'Yes.',
      data,
      responseKey,
    });
  };

  const server = createServer({ keepAliveTimeout: options.idleMs ?? 5_000 }, (request, response) => {
    if (options.idleMs !== undefined) response.setHeader('Connection', 'keep-alive');
    // A client that was killed in the middle of its request.
    answer(request, response).catch(() => response.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    sessions,
    burnt,
    arrivals,
    dropped: () => lost,
    reached: (requests) =>
      new Promise((resolve) => {
        if (arrivals.length >= requests) resolve();
        else waiting.push({ requests, resolve });
      }),
  };
}

function send(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
}
