import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import type net from 'node:net';
import { createListener } from '../../../src/redirect/listener.js';
import {
  connect,
  exchange,
  genuine,
  listen,
  NOW,
  portOf,
  QUERY,
  request,
  RULES,
  SECRET_PATH,
  STATE,
} from '../../support/listening.js';

describe('a listener on its secret path (rule 29)', () => {
  test('takes the genuine redirect at the first attempt through 500 idle connections', async () => {
    const listener = await listen();
    const callback = listener.wait(RULES, new AbortController().signal);
    await Promise.all(Array.from({ length: 500 }, () => connect(listener)));
    expect(await genuine(listener)).toMatch(/^HTTP\/1\.1 200 /);
    expect((await callback).code).toBe('4f1c');
  });

  test('takes the genuine redirect through connections that never finish their headers', async () => {
    const listener = await listen();
    const callback = listener.wait(RULES, new AbortController().signal);
    const slow = await Promise.all(Array.from({ length: 80 }, () => connect(listener)));
    for (const socket of slow) socket.write(`GET ${SECRET_PATH}?${QUERY} HTTP/1.1\r\nHost: 127.`);
    expect(await genuine(listener)).toMatch(/^HTTP\/1\.1 200 /);
    expect((await callback).code).toBe('4f1c');
  });

  test('keeps 64 connections, and drops the oldest idle ones for the newest', async () => {
    const listener = await listen();
    const sockets: net.Socket[] = [];
    for (let count = 0; count < 70; count += 1) sockets.push((await connect(listener)).resume());
    const oldest = sockets.slice(0, 6).filter(({ destroyed }) => !destroyed);
    await Promise.all(oldest.map((socket) => once(socket, 'close')));
    for (let turn = 0; turn < 20; turn += 1) await new Promise(setImmediate);
    expect(sockets.filter(({ destroyed }) => !destroyed)).toHaveLength(64);
  });

  test('ends a connection whose headers do not come', async () => {
    const listener = await listen();
    const socket = (await connect(listener)).resume();
    socket.write(`GET ${SECRET_PATH}?${QUERY} HTTP/1.1\r\nHost: 127.`);
    await once(socket, 'close');
    expect(socket.destroyed).toBe(true);
  });

  test('drops no connection that waits for its page', async () => {
    const listener = await listen();
    const page = genuine(listener);
    for (let count = 0; count < 70; count += 1) await connect(listener);
    await listener.wait(RULES, new AbortController().signal);
    expect(await page).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('keeps a redirect that is faster than the answer that tells its state', async () => {
    const listener = await listen();
    const page = genuine(listener);
    const callback = await listener.wait(RULES, new AbortController().signal);
    expect(callback.code).toBe('4f1c');
    expect(await page).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('keeps a redirect whose sender did not wait for the page', async () => {
    const listener = await listen();
    const socket = await connect(listener);
    socket.end(request(listener, `${SECRET_PATH}?${QUERY}`)).resume();
    await once(socket, 'close');
    const callback = await listener.wait(RULES, new AbortController().signal);
    expect(callback.code).toBe('4f1c');
  });

  test('takes a refusal with or without a state', async () => {
    for (const query of ['error=access_denied', `error=access_denied&error_description=No&state=${STATE}`]) {
      const listener = await listen();
      const callback = listener.wait(RULES, new AbortController().signal);
      const page = await exchange(listener, request(listener, `${SECRET_PATH}?${query}`));
      expect(page).toContain('The request was not granted');
      expect(page).not.toContain('access_denied');
      expect(await callback).toMatchObject({ error: 'access_denied', code: null, codeExpiresAt: null });
    }
  });

  test('takes a return without a code where Decentro fetches the access token itself', async () => {
    const listener = await listen();
    const callback = listener.wait({ ...RULES, acceptsNoCode: true }, new AbortController().signal);
    await exchange(listener, request(listener, `${SECRET_PATH}?state=${STATE}`));
    expect(await callback).toMatchObject({ code: null, state: STATE, error: null });
  });

  test('answers with a page that nothing can be put into and nobody keeps (rule 30)', async () => {
    const listener = await listen();
    void listener.wait(RULES, new AbortController().signal);
    const page = await genuine(listener);
    const head = page.slice(0, page.indexOf('\r\n\r\n')).toLowerCase();
    expect(head).toContain("content-security-policy: default-src 'none'; style-src 'sha256-");
    expect(head).toContain('cache-control: no-store');
    expect(head).toContain('referrer-policy: no-referrer');
    expect(head).toContain('x-content-type-options: nosniff');
    expect(page).not.toContain('4f1c');
    expect(page).not.toContain(STATE);
  });

  test('rejects with the reason of the signal', async () => {
    const listener = await listen();
    const controller = new AbortController();
    const callback = listener.wait(RULES, controller.signal);
    controller.abort(new Error('over'));
    await expect(callback).rejects.toThrow('over');
    await expect(listener.wait(RULES, controller.signal)).rejects.toThrow('over');
  });

  test('drops every connection when it closes (rule 31)', async () => {
    const listener = await listen();
    const sockets = await Promise.all(Array.from({ length: 5 }, () => connect(listener)));
    const ends = sockets.map((socket) => new Promise((resolve) => socket.once('close', resolve)));
    await listener.close();
    await Promise.all(ends);
    expect(sockets.every(({ destroyed }) => destroyed)).toBe(true);
  });
});

describe('a listener that somebody forwards to (rule 29)', () => {
  const rules = { ...RULES, acceptsRefusalWithoutState: false };

  test('takes the path and the host of the redirect URL, or its own host', async () => {
    for (const host of ['app.example', undefined]) {
      const listener = await listen({ path: '/return', hosts: ['app.example'] });
      const callback = listener.wait(rules, new AbortController().signal);
      const headers = host === undefined ? [] : [`Host: ${host}`];
      await exchange(listener, request(listener, `/return?${QUERY}`, ...headers));
      expect((await callback).code).toBe('4f1c');
    }
  });

  test('takes no refusal without a state', async () => {
    const listener = await listen({ path: '/return' });
    const callback = listener.wait(rules, new AbortController().signal);
    expect(await exchange(listener, request(listener, '/return?error=access_denied'))).toContain(' 400 ');
    await exchange(listener, request(listener, `/return?${QUERY}`));
    expect((await callback).error).toBeNull();
  });

  test('takes any path where none is known, and the state alone decides', async () => {
    const listener = await listen({});
    const callback = listener.wait(rules, new AbortController().signal);
    expect(await exchange(listener, request(listener, '/favicon.ico'))).toContain(' 400 ');
    expect(await exchange(listener, request(listener, `//evil.example/?${QUERY}`))).toContain(' 404 ');
    await exchange(listener, request(listener, `/any/path?${QUERY}`));
    expect((await callback).code).toBe('4f1c');
  });
});

test('a port that is taken is an error of Node with its code', async () => {
  const first = await listen();
  await expect(createListener({ port: portOf(first), now: () => NOW })).rejects.toMatchObject({
    code: 'EADDRINUSE',
  });
});
