// What is sent here holds no credential and no body: nothing is billed, and no answer is trusted.
import { lookup } from 'node:dns/promises';
import http from 'node:http';
import https from 'node:https';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import type { TLSSocket } from 'node:tls';
import {
  codeOf,
  describeFailure,
  describeProxyFailure,
  type Cause,
  type Description,
} from '../../api/http/connection-failures.js';
import { tlsOptions } from '../../api/http/tls-options.js';
import { attemptLimit, type Connection } from '../../api/http/connection.js';
import { version } from '../../version.js';

/** Something that worked, or a description of why it did not. */
export type Probed<Value> = { readonly value: Value } | { readonly failure: Description };

export interface Peer {
  readonly issuer: string;
  /** Milliseconds since the epoch. */
  readonly validUntil: number;
  /** The code of what keeps its certificate from being accepted. */
  readonly objection: string | undefined;
}

/** What a server showed of itself. */
export interface Visit {
  /** Under TLS. */
  readonly peer: Peer | undefined;
  /** The `Date` header of its answer. */
  readonly date?: string | undefined;
  /** Why no answer came over TLS that is in order. */
  readonly silence?: Description;
}

const LIMIT_MS = 5_000;

/** Looks a name up. Nobody can end a look-up: when the time is up, it is left to itself. */
export async function lookUp(hostname: string, signal: AbortSignal): Promise<Probed<readonly string[]>> {
  const limited = limit(signal);
  const found = lookup(hostname, { all: true }).then((addresses) => addresses.map(({ address }) => address));
  const expired = new Promise<never>((_resolve, reject) => {
    limited.addEventListener('abort', () => {
      reject(Object.assign(new Error('The time is up.'), { code: 'ABORT_ERR' }));
    });
  });
  return probed(Promise.race([found, expired]), hostname);
}

/** Opens a TCP connection, and closes it. */
export async function reach(hostname: string, port: number, signal: AbortSignal): Promise<Probed<undefined>> {
  const connected = new Promise<undefined>((resolve, reject) => {
    const socket = connect({ host: hostname, port, signal: limit(signal), ...attemptLimit(LIMIT_MS) }, () => {
      socket.destroy();
      resolve(undefined);
    });
    socket.once('error', reject);
  });
  return probed(connected, hostname);
}

/** Asks for the root of a server, without credentials. A certificate that is not accepted is looked at, and left. */
export async function visit(url: URL, connection: Connection, signal: AbortSignal): Promise<Probed<Visit>> {
  const { proxy, certificates } = connection;
  const options = {
    headers: { 'User-Agent': `digilocker-cli/${version}` },
    signal: limit(signal),
    ...attemptLimit(LIMIT_MS),
  };
  if (url.protocol !== 'https:') return probed(answerOf(http.request(url, options), url), url.hostname);
  const tunnel =
    proxy && new (await import('../../api/http/tunnel.js')).Tunnel(proxy, certificates, LIMIT_MS);
  const request = https.request(url, {
    ...options,
    ...tlsOptions(url, connection),
    agent: tunnel ?? new https.Agent(),
    // To tell who it is that cannot be believed. Nothing but this request ever goes there.
    rejectUnauthorized: false,
  });
  const result = await probed(answerOf(request, url), url.hostname, (cause) =>
    proxy !== undefined && tunnel?.isOpen === false
      ? describeProxyFailure(cause, proxy, tunnel.status)
      : undefined,
  );
  tunnel?.close();
  return result;
}

async function answerOf(request: http.ClientRequest, { hostname }: URL): Promise<Visit> {
  return new Promise((resolve, reject) => {
    let peer: Peer | undefined;
    const end = (date?: string) => {
      resolve({ peer, date });
      request.destroy();
    };
    request.once('socket', (socket: TLSSocket) => {
      socket.once('secureConnect', () => {
        peer = peerOf(socket);
        if (peer.objection !== undefined) end();
      });
    });
    request.once('response', ({ headers }: http.IncomingMessage) => {
      end(headers.date);
    });
    // Node hands the connection over, and tells nothing else.
    request.once('upgrade', ({ headers }: http.IncomingMessage, socket: Duplex) => {
      socket.destroy();
      end(headers.date);
    });
    request.on('error', (error) => {
      if (peer === undefined) reject(error);
      else resolve({ peer, silence: describeFailure(causeOf(error), hostname) });
    });
    request.end();
  });
}

function peerOf(socket: TLSSocket): Peer {
  const { issuer, valid_to: validTo } = socket.getPeerCertificate();
  const names = [issuer.O, issuer.CN].flatMap((name) => name ?? []);
  return {
    issuer: names.length === 0 ? 'an unnamed issuer' : names.join(', '),
    validUntil: Date.parse(validTo),
    objection: socket.authorized ? undefined : objectionOf(socket.authorizationError),
  };
}

/** Its type says Error; Node gives the code alone. */
function objectionOf(objection: unknown): string {
  return typeof objection === 'string' ? objection : codeOf(objection);
}

async function probed<Value>(
  probe: Promise<Value>,
  hostname: string,
  describe: (cause: Cause) => Description | undefined = () => undefined,
): Promise<Probed<Value>> {
  try {
    return { value: await probe };
  } catch (error) {
    const cause = causeOf(error);
    return { failure: describe(cause) ?? describeFailure(cause, hostname) };
  }
}

function causeOf(error: unknown): Cause {
  const code = codeOf(error);
  return code === 'ABORT_ERR' ? { overtime: 'probe' } : { code };
}

function limit(signal: AbortSignal): AbortSignal {
  return AbortSignal.any([signal, AbortSignal.timeout(LIMIT_MS)]);
}
