import { describe, expect, jest, test } from '@jest/globals';
import { once } from 'node:events';
import type net from 'node:net';
import { faultText } from '../../../src/redirect/callback.js';
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
  EXPECTED,
  SECRET_PATH,
  STATE,
} from '../../support/listening.js';
import { REDIRECTS } from '../../support/redirects.js';

describe('a listener on its secret path (rule 29)', () => {
  test('takes the genuine redirect at the first attempt through 500 idle connections', async () => {
    const listener = await listen();
    const callback = listener.wait(EXPECTED, new AbortController().signal);
    await Promise.all(Array.from({ length: 500 }, () => connect(listener)));
    expect(await genuine(listener)).toMatch(/^HTTP\/1\.1 200 /);
    expect((await callback).code).toBe('4f1c');
  });

  test('takes the genuine redirect through connections that never finish their headers', async () => {
    const listener = await listen();
    const callback = listener.wait(EXPECTED, new AbortController().signal);
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
    await listener.wait(EXPECTED, new AbortController().signal);
    expect(await page).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('keeps a redirect that is faster than the answer that tells its state', async () => {
    const listener = await listen();
    const page = genuine(listener);
    const callback = await listener.wait(EXPECTED, new AbortController().signal);
    expect(callback.code).toBe('4f1c');
    expect(await page).toMatch(/^HTTP\/1\.1 200 /);
  });

  test('keeps a redirect whose sender did not wait for the page', async () => {
    const listener = await listen();
    const socket = await connect(listener);
    socket.end(request(listener, `${SECRET_PATH}?${QUERY}`)).resume();
    await once(socket, 'close');
    const callback = await listener.wait(EXPECTED, new AbortController().signal);
    expect(callback.code).toBe('4f1c');
  });

  test('takes a refusal with or without a state', async () => {
    for (const query of ['error=access_denied', `error=access_denied&error_description=No&state=${STATE}`]) {
      const listener = await listen();
      const callback = listener.wait(EXPECTED, new AbortController().signal);
      const page = await exchange(listener, request(listener, `${SECRET_PATH}?${query}`));
      expect(page).toContain('The request was not granted');
      expect(page).not.toContain('access_denied');
      expect(await callback).toMatchObject({ error: 'access_denied', code: null, codeExpiresAt: null });
    }
  });

  test.each(REDIRECTS)(
    'takes, or ignores and tells, the $form form with $what',
    async ({ query, onSecretPath, fault }) => {
      const listener = await listen();
      const ignored: string[] = [];
      const callback = listener.wait(EXPECTED, new AbortController().signal, (one) => {
        ignored.push(faultText(one).replace(/^that /, ''));
      });
      const page = await exchange(listener, request(listener, `${SECRET_PATH}?${query}`));
      const isIgnored = onSecretPath === 'ignored';
      expect(page.split(' ')[1]).toBe(isIgnored ? '400' : '200');
      expect(page.includes('You can go back to the terminal')).toBe(onSecretPath === 'success');
      expect(page.includes('The request was not granted')).toBe(onSecretPath === 'declined');
      if (isIgnored) await genuine(listener);
      const { code, codeExpiresAt } = await callback;
      expect(codeExpiresAt).toBe(code === null ? null : '2026-01-02T04:04:05.000Z');
      expect(ignored).toEqual(isIgnored ? [fault] : []);
    },
  );

  test('takes a redirect with the cookies of every other program on 127.0.0.1', async () => {
    const listener = await listen();
    const callback = listener.wait(EXPECTED, new AbortController().signal);
    const cookies = `Cookie: ${'x'.repeat(40_000)}`;
    const page = await exchange(listener, request(listener, `${SECRET_PATH}?${QUERY}`, cookies));
    expect(page).toMatch(/^HTTP\/1\.1 200 /);
    expect((await callback).code).toBe('4f1c');
  });

  test.each([
    ['cookies of more than 64 KiB', `Cookie: ${'x'.repeat(70_000)}`],
    ['other headers of more than 8 KiB', `X-Padding: ${'x'.repeat(9_000)}`],
  ])('refuses %s with a reason, here and there', async (_what, header) => {
    const listener = await listen();
    const ignored: unknown[] = [];
    const early = exchange(listener, request(listener, `${SECRET_PATH}?${QUERY}`, header));
    const callback = listener.wait(EXPECTED, new AbortController().signal, (fault) => {
      ignored.push(fault);
    });
    const page = await early;
    expect(page).toMatch(/^HTTP\/1\.1 431 /);
    expect(page).toContain('private window');
    expect(page).toContain("Content-Security-Policy: default-src 'none'");
    await genuine(listener);
    await callback;
    const what: unknown = expect.stringContaining('more headers or cookies');
    expect(ignored).toEqual([{ kind: 'request', what }]);
  });

  test('holds the newest 16 redirects that come before the answer, and turns the others away', async () => {
    const listener = await listen();
    const pages: Promise<string>[] = [];
    for (let count = 0; count < 100; count += 1) {
      const socket = await connect(listener);
      pages.push(
        new Promise((resolve) => {
          socket.once('data', (chunk: Buffer) => {
            resolve(String(chunk).slice(0, 12));
          });
        }),
      );
      socket.write(request(listener, `${SECRET_PATH}?${QUERY}&error=${count}`));
      if (count >= 16) await Promise.race(pages);
    }
    await Promise.all(pages.slice(0, 84));
    const callback = listener.wait(EXPECTED, new AbortController().signal);
    const statuses = await Promise.all(pages);
    expect(new Set(statuses.slice(0, 84))).toEqual(new Set(['HTTP/1.1 503']));
    expect(new Set(statuses.slice(84))).toEqual(new Set(['HTTP/1.1 400']));
    expect(await genuine(listener)).toMatch(/^HTTP\/1\.1 200 /);
    expect((await callback).code).toBe('4f1c');
  });

  test('holds a redirect that comes before the answer for a time only', async () => {
    const { setTimeout: realSetTimeout } = globalThis;
    jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((run: () => void, _ms?: number, ...args: []) => realSetTimeout(run, 0, ...args));
    const listener = await listen();
    const page = await genuine(listener);
    jest.restoreAllMocks();
    expect(page).toMatch(/^HTTP\/1\.1 503 /);
  });

  test('answers 400 where its own reader fails, and goes on', async () => {
    const listener = await listen();
    const callback = listener.wait(EXPECTED, new AbortController().signal, () => {
      throw new Error('a bug');
    });
    expect(await exchange(listener, request(listener, `${SECRET_PATH}?code=1`))).toMatch(/^HTTP\/1\.1 400 /);
    await genuine(listener);
    expect((await callback).code).toBe('4f1c');
  });

  test('answers with a page that nothing can be put into and nobody keeps (rule 30)', async () => {
    const listener = await listen();
    void listener.wait(EXPECTED, new AbortController().signal);
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
    const callback = listener.wait(EXPECTED, controller.signal);
    controller.abort(new Error('over'));
    await expect(callback).rejects.toThrow('over');
    await expect(listener.wait(EXPECTED, controller.signal)).rejects.toThrow('over');
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
  const expected = { decentroTxnId: STATE };

  test('takes the path and the host of the redirect URL, or its own host', async () => {
    for (const host of ['app.example', undefined]) {
      const listener = await listen({ path: '/return', hosts: ['app.example'] });
      const callback = listener.wait(expected, new AbortController().signal);
      const headers = host === undefined ? [] : [`Host: ${host}`];
      await exchange(listener, request(listener, `/return?${QUERY}`, ...headers));
      expect((await callback).code).toBe('4f1c');
    }
  });

  test.each(REDIRECTS)(
    'takes, or ignores and tells, the $form form with $what',
    async ({ query, elsewhere, fault }) => {
      const listener = await listen({ path: '/return' });
      const ignored: string[] = [];
      const callback = listener.wait(expected, new AbortController().signal, (one) => {
        ignored.push(faultText(one).replace(/^that /, ''));
      });
      const page = await exchange(listener, request(listener, `/return?${query}`));
      const isTaken = elsewhere === 'success' || elsewhere === 'declined';
      expect(page.split(' ')[1]).toBe(isTaken ? '200' : '400');
      if (!isTaken) await exchange(listener, request(listener, `/return?${QUERY}`));
      expect((await callback).errorDescription).toBe(
        elsewhere === 'declined' && query.includes('error=') ? 'No' : null,
      );
      expect(ignored).toEqual(isTaken ? [] : [fault]);
    },
  );

  test('tells nothing of a favicon where no path is known', async () => {
    const listener = await listen({});
    const ignored: string[] = [];
    const callback = listener.wait(expected, new AbortController().signal, (one) => {
      ignored.push(faultText(one));
    });
    await exchange(listener, request(listener, '/favicon.ico'));
    await exchange(listener, request(listener, '/return?code=1'));
    await exchange(listener, request(listener, `/return?${QUERY}`));
    await callback;
    expect(ignored).toEqual(['without state']);
  });

  test('takes any path where none is known, and the state alone decides', async () => {
    const listener = await listen({});
    const callback = listener.wait(expected, new AbortController().signal);
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
