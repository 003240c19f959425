import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import net from 'node:net';
import { createListener, type Listener } from '../../src/listener.js';
import { cleanUp } from '../support/cleanup.js';

const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
const SECRET_PATH = '/callback/k3TZl6q1R8mB0s_x-VfYpA';
const QUERY = `code=4f1c&state=${STATE}`;
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const RULES = { state: STATE, acceptsNoCode: false, acceptsRefusalWithoutState: true };

async function listen(
  options: { path?: string; hosts?: string[] } = { path: SECRET_PATH },
): Promise<Listener> {
  const listener = await createListener({ port: 0, now: () => NOW, ...options });
  cleanUp(() => listener.close());
  return listener;
}

const portOf = ({ origin }: Listener) => Number(new URL(origin).port);

async function connect(listener: Listener): Promise<net.Socket> {
  const socket = net.connect(portOf(listener), '127.0.0.1');
  cleanUp(() => void socket.destroy());
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  return socket;
}

/** Sends raw bytes and returns all that is answered until the connection ends. */
async function exchange(listener: Listener, bytes: string): Promise<string> {
  const socket = await connect(listener);
  let answer = '';
  socket.setEncoding('utf8').on('data', (chunk: string) => (answer += chunk));
  socket.write(bytes);
  await once(socket, 'close');
  return answer;
}

function request(listener: Listener, target: string, ...headers: string[]): string {
  const hasHost = headers.some((header) => /^host:/i.test(header));
  const lines = hasHost ? headers : [`Host: 127.0.0.1:${portOf(listener)}`, ...headers];
  return [`GET ${target} HTTP/1.1`, ...lines, '', ''].join('\r\n');
}

const genuine = (listener: Listener) => exchange(listener, request(listener, `${SECRET_PATH}?${QUERY}`));

type Hostile = readonly [what: string, bytes: (listener: Listener) => string];

const at =
  (target: string, ...headers: string[]) =>
  (listener: Listener) =>
    request(listener, target, ...headers);
const withMethod = (method: string) => (listener: Listener) =>
  request(listener, `${SECRET_PATH}?${QUERY}`).replace('GET', method);

const HOSTILE: readonly Hostile[] = [
  ['the root', at('/')],
  ['the favicon', at('/favicon.ico')],
  ['robots.txt', at('/robots.txt')],
  ['another path with the right query', at(`/other?${QUERY}`)],
  ['the path without its secret', at(`/callback/?${QUERY}`)],
  ['the path with a slash more', at(`${SECRET_PATH}/?${QUERY}`)],
  ['the path in another case', at(`${SECRET_PATH.toUpperCase()}?${QUERY}`)],
  ['the path with an encoded letter', at(`${SECRET_PATH.replace('k', '%6b')}?${QUERY}`)],
  ['the path behind dots', at(`/x/..${SECRET_PATH}?${QUERY}`)],
  ['the path behind a host', at(`//127.0.0.1${SECRET_PATH}?${QUERY}`)],
  ['the path behind two slashes', at(`/${SECRET_PATH}?${QUERY}`)],
  ['the path behind a backslash', at(`/\\evil.example${SECRET_PATH}?${QUERY}`)],
  [
    'an absolute-form target of ours',
    (listener) => request(listener, `${listener.origin}${SECRET_PATH}?${QUERY}`),
  ],
  ['an absolute-form target elsewhere', at(`http://evil.example${SECRET_PATH}?${QUERY}`)],
  ['an authority-form target', (listener) => request(listener, '127.0.0.1:80').replace('GET', 'CONNECT')],
  ['an asterisk-form target', (listener) => request(listener, '*').replace('GET', 'OPTIONS')],
  ['a foreign Host', at(`${SECRET_PATH}?${QUERY}`, 'Host: evil.example')],
  [
    'localhost for a Host',
    (listener) => request(listener, `${SECRET_PATH}?${QUERY}`, `Host: localhost:${portOf(listener)}`),
  ],
  ['a Host without its port', at(`${SECRET_PATH}?${QUERY}`, 'Host: 127.0.0.1')],
  ['a Host with another port', at(`${SECRET_PATH}?${QUERY}`, 'Host: 127.0.0.1:1')],
  ['an empty Host', at(`${SECRET_PATH}?${QUERY}`, 'Host: ')],
  [
    'two Hosts',
    (listener) =>
      request(
        listener,
        `${SECRET_PATH}?${QUERY}`,
        `Host: 127.0.0.1:${portOf(listener)}`,
        'Host: evil.example',
      ),
  ],
  ['no Host', () => `GET ${SECRET_PATH}?${QUERY} HTTP/1.1\r\n\r\n`],
  ['POST', withMethod('POST')],
  ['HEAD', withMethod('HEAD')],
  ['OPTIONS', withMethod('OPTIONS')],
  ['PUT', withMethod('PUT')],
  ['an unknown method', withMethod('BREW')],
  ['an Origin', at(`${SECRET_PATH}?${QUERY}`, 'Origin: https://evil.example')],
  ['an Origin of null', at(`${SECRET_PATH}?${QUERY}`, 'Origin: null')],
  ['a body', (listener) => `${request(listener, `${SECRET_PATH}?${QUERY}`, 'Content-Length: 2')}{}`],
  [
    'a chunked body',
    (listener) => `${request(listener, `${SECRET_PATH}?${QUERY}`, 'Transfer-Encoding: chunked')}0\r\n\r\n`,
  ],
  ['a prefetch', at(`${SECRET_PATH}?${QUERY}`, 'Sec-Purpose: prefetch')],
  ['a prerender', at(`${SECRET_PATH}?${QUERY}`, 'Sec-Purpose: prefetch;prerender')],
  ['an old prefetch', at(`${SECRET_PATH}?${QUERY}`, 'Purpose: prefetch')],
  ['no query', at(SECRET_PATH)],
  ['an empty query', at(`${SECRET_PATH}?`)],
  ['two codes', at(`${SECRET_PATH}?code=1&${QUERY}`)],
  ['two states', at(`${SECRET_PATH}?${QUERY}&state=${STATE}`)],
  ['two errors', at(`${SECRET_PATH}?error=a&error=b&state=${STATE}`)],
  ['a code and an error', at(`${SECRET_PATH}?${QUERY}&error=access_denied`)],
  ['a code without a state', at(`${SECRET_PATH}?code=4f1c`)],
  ['a code with an empty state', at(`${SECRET_PATH}?code=4f1c&state=`)],
  ['a state without a code', at(`${SECRET_PATH}?state=${STATE}`)],
  ['an empty code', at(`${SECRET_PATH}?code=&state=${STATE}`)],
  ['a state in another case', at(`${SECRET_PATH}?code=4f1c&state=${STATE.toLowerCase()}`)],
  ['a state that begins like ours', at(`${SECRET_PATH}?code=4f1c&state=${STATE}0`)],
  ['half a state', at(`${SECRET_PATH}?code=4f1c&state=${STATE.slice(0, 16)}`)],
  ['a multibyte state', at(`${SECRET_PATH}?code=4f1c&state=%E0%A4%95%F0%9F%98%80`)],
  ['a state that is no UTF-8', at(`${SECRET_PATH}?code=4f1c&state=%ff%fe%zz`)],
  ['an error with another state', at(`${SECRET_PATH}?error=access_denied&state=other`)],
  ['a state in an array', at(`${SECRET_PATH}?code=4f1c&state[]=${STATE}`)],
  ['headers beyond 8 KiB', at(`${SECRET_PATH}?${QUERY}`, `X-Padding: ${'x'.repeat(9000)}`)],
  ['a line that is no HTTP', () => 'hello\r\n\r\n'],
  ['a TLS hello', () => '\u0016\u0003\u0001\u0002\u0000\u0001'],
  ['an HTTP/2 preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [
    'a request that is smuggled behind another',
    (listener) => `${request(listener, '/')}${request(listener, `${SECRET_PATH}?code=evil&state=x`)}`,
  ],
];

describe('a listener on its secret path (rule 29)', () => {
  test.each(HOSTILE)('answers %s with no redirect, and then takes the genuine one', async (_what, bytes) => {
    const listener = await listen();
    const callback = listener.wait(RULES, new AbortController().signal);
    const refusal = await exchange(listener, bytes(listener));
    expect(refusal).not.toContain(' 200 ');
    expect(refusal).not.toContain('evil');
    expect(await genuine(listener)).toContain('You can go back to the terminal');
    expect(await callback).toEqual({
      code: '4f1c',
      codeExpiresAt: '2026-01-02T04:04:05.000Z',
      state: STATE,
      error: null,
      errorDescription: null,
    });
  });

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
