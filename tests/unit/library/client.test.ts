import { expect, test } from '@jest/globals';
import http from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { getEventListeners, once } from 'node:events';
import { createClient, deriveReferenceId, Failure } from '../../../src/library/index.js';
import { createCertificate } from '../../support/certificate.js';
import { cleanUp } from '../../support/cleanup.js';

const CREDENTIALS = { clientId: 'client-of-a-test', clientSecret: 'secret-of-a-test' };
const PARAMS = {
  consent: true,
  consentPurpose: 'KYC for a new account',
  redirectUrl: 'https://app.example/return',
} as const;

/** A server that answers each session, or drops the connection of the requests that are named. */
async function startServer(isDropped: (count: number) => boolean = () => false) {
  let requests = 0;
  const sockets = new Set<Socket>();
  const server = http.createServer((request, response) => {
    requests += 1;
    sockets.add(request.socket);
    if (isDropped(requests)) {
      request.socket.destroy();
      return;
    }
    request.resume().once('end', () => {
      const body = {
        decentroTxnId: String(requests).padStart(32, '0'),
        status: 'SUCCESS',
        responseKey: 'success_initiate_session',
        data: { authorizationUrl: 'https://digilocker.test/a' },
      };
      response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { baseUrl: `http://127.0.0.1:${port}`, sockets, requests: () => requests };
}

test('a client keeps its connection from one call to the next', async () => {
  const { baseUrl, sockets, requests } = await startServer();
  const client = createClient({ baseUrl, credentials: CREDENTIALS });
  cleanUp(client.close);
  for (let count = 0; count < 5; count += 1) await client.initiateSession(PARAMS);
  expect(requests()).toBe(5);
  expect(sockets.size).toBe(1);
});

test('a client reads the certificates that it trusts once', async () => {
  const { baseUrl } = await startServer();
  const { cert } = createCertificate();
  let readings = 0;
  const ca = Object.defineProperty([cert], 0, {
    get: () => {
      readings += 1;
      return cert;
    },
  });
  const client = createClient({ baseUrl, credentials: CREDENTIALS, ca });
  for (let count = 0; count < 3; count += 1) await client.initiateSession(PARAMS);
  client.close();
  expect(readings).toBe(1);
});

test('a request on a kept connection counts as sent, whatever becomes of it (rule 20)', async () => {
  const { baseUrl, requests } = await startServer((count) => count === 2);
  const client = createClient({ baseUrl, credentials: CREDENTIALS, retries: 5 });
  cleanUp(client.close);
  await client.initiateSession(PARAMS);
  const failure = await client.initiateSession(PARAMS).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(Failure);
  expect(failure).toMatchObject({ kind: 'unknown', sent: 'unknown', exitCode: 8 });
  expect(requests()).toBe(2);
});

test('after three resets of kept connections in a row none is reused', async () => {
  const { baseUrl, sockets } = await startServer((count) => count % 2 === 0 && count <= 6);
  const client = createClient({ baseUrl, credentials: CREDENTIALS });
  cleanUp(client.close);
  for (let count = 1; count <= 6; count += 1) await client.initiateSession(PARAMS).catch(() => undefined);
  const before = sockets.size;
  for (let count = 0; count < 4; count += 1) await client.initiateSession(PARAMS);
  // A reset that follows a fresh connection is one of a row; a success on a reused one would end it.
  expect(sockets.size - before).toBe(4);
});

test('calls that share a signal listen to it once, as Node warns of more than ten, and all end with it', async () => {
  const { baseUrl } = await startServer();
  const controller = new AbortController();
  const { signal } = controller;
  const client = createClient({ baseUrl, credentials: CREDENTIALS, signal });
  cleanUp(client.close);
  const listeners: number[] = [];
  const onAttempt = () => {
    listeners.push(getEventListeners(signal, 'abort').length);
    if (listeners.length === 12) controller.abort();
  };
  const start = () => client.initiateSession(PARAMS, { onAttempt }).catch((error: unknown) => error);
  const outcomes = await Promise.all(Array.from({ length: 12 }, start));
  expect(listeners).toEqual(Array(12).fill(1));
  expect(outcomes).toEqual(Array(12).fill(expect.objectContaining({ kind: 'interrupted' })));
});

test('options that are wrong are named when the client is created', () => {
  const options = { environment: 'staging', credentials: CREDENTIALS } as const;
  expect(() => createClient({ ...options, maxConnections: 0 })).toThrow('maxConnections');
  expect(() => createClient({ ...options, timeoutMs: -1 })).toThrow('timeoutMs');
});

test.each([
  ['an empty batch', { batch: '' }, 'batch must be a text'],
  ['a key that is a number', { key: 12 as never }, 'key must be a text'],
  ['attempt 0', { attempt: 0 }, 'attempt must be a whole number'],
  ['a part that is unknown', { atempt: 1 } as never, 'Unknown key "atempt" in source'],
])('deriveReferenceId refuses %s', (_what, part: object, message) => {
  const source = { environment: 'staging', batch: 'rekyc', key: 'C1', attempt: 1, ...part };
  expect(() => deriveReferenceId(source)).toThrow(message);
});
