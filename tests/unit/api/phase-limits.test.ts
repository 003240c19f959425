import { beforeEach, describe, expect, jest, test } from '@jest/globals';
import dns from 'node:dns';
import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import type { Connection } from '../../../src/api/http/connection.js';
import { exchange } from '../../../src/api/http/exchange.js';
import { findProxy } from '../../../src/api/http/proxy.js';
import { cleanUp } from '../../support/cleanup.js';
import { createConnectProxy } from '../../support/connect-proxy.js';
import { WAYS_TO_SEND } from '../../support/ways-to-send.js';

const REQUEST = { method: 'POST', headers: {}, body: '{}' } as const;
const TIMEOUT_MS = 600_000;
/** How much faster the clock of these tests goes. */
const SPEED = 20;

/** A server on 127.0.0.1 that takes connections, and reads nothing. */
async function createSilence(): Promise<number> {
  const server = net.createServer({ pauseOnConnect: true }, (socket) => {
    cleanUp(() => void socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  cleanUp(() => void server.close());
  await once(server, 'listening');
  return (server.address() as AddressInfo).port;
}

describe.each(WAYS_TO_SEND)(
  'a phase of a request %s is given up before all of the time is (rules 14, 18):',
  (_way, optionsOf) => {
    const send = (url: string, body: string = REQUEST.body, connection: Connection = {}) =>
      exchange(
        { ...REQUEST, url: new URL(url), body },
        TIMEOUT_MS,
        new AbortController().signal,
        connection,
        optionsOf(),
      );

    const { setTimeout: realSetTimeout } = globalThis;

    beforeEach(() => {
      const faster = (callback: () => void, delayMs = 0, ...args: []) =>
        realSetTimeout(callback, delayMs / SPEED, ...args);
      jest.spyOn(globalThis, 'setTimeout').mockImplementation(faster);
    });

    test('the look-up of the name', async () => {
      jest.spyOn(dns, 'lookup').mockReturnValue({} as never);
      expect(await send('https://gateway.example/')).toMatchObject({
        reason: 'the look-up of the name took too long',
        sent: false,
        isTransient: true,
      });
    });

    test('the connection', async () => {
      jest.spyOn(net.Socket.prototype, 'connect').mockImplementation(function (this: net.Socket) {
        return Object.assign(this, { connecting: true });
      });
      expect(await send('http://127.0.0.1:9/')).toMatchObject({
        reason: 'the connection took too long',
        sent: false,
        isTransient: true,
      });
    });

    test('the TLS handshake', async () => {
      expect(await send(`https://127.0.0.1:${await createSilence()}/`)).toMatchObject({
        reason: 'the TLS handshake took too long',
        sent: false,
        isTransient: true,
      });
    });

    test('the TLS handshake inside a tunnel', async () => {
      const proxy = await createConnectProxy();
      // The proxy leads every name to this machine.
      const url = `https://api.example:${await createSilence()}/`;
      const connection = { proxy: findProxy(new URL(url), { HTTPS_PROXY: proxy.url }) };
      expect(await send(url, REQUEST.body, connection)).toMatchObject({
        reason: 'the TLS handshake took too long',
        sent: false,
        isTransient: true,
      });
      expect(proxy.connects).toHaveLength(1);
    });

    test('the sending', async () => {
      const body = 'x'.repeat(16 * 1024 * 1024);
      expect(await send(`http://127.0.0.1:${await createSilence()}/`, body)).toMatchObject({
        reason: 'the request could not be sent in time',
        sent: true,
      });
    });
  },
);
