import { once } from 'node:events';
import { request } from 'node:http';
import { connect } from 'node:net';
import { networkInterfaces } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { SANDBOX_CREDENTIALS, createSandbox, type Sandbox } from '../../../src/sandbox/server.js';
import {
  CREDENTIALS,
  ENDPOINT,
  GOOD_BODY,
  exchange,
  keyFor,
  linkOf,
  post,
  rawPost,
  start,
  waitFor,
} from './support.js';

const portOf = ({ url }: Sandbox) => Number(new URL(url).port);

describe('Where it listens (rule 33)', () => {
  test('is the literal loopback address, on a free port by default', async () => {
    const sandbox = await start();
    expect(sandbox.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(portOf(sandbox)).toBeGreaterThan(1023);
  });

  test('is no port that a browser refuses to open', async () => {
    await expect(createSandbox({ port: 6000 })).rejects.toThrow(
      new RangeError('Browsers refuse to open port 6000: choose another one.'),
    );
  });

  test('is no other address of this machine', async () => {
    const port = portOf(await start());
    const others = Object.values(networkInterfaces())
      .flatMap((addresses) => addresses ?? [])
      .filter(({ address, scopeid }) => address !== '127.0.0.1' && !scopeid)
      .map(({ address }) => address);
    for (const address of ['::1', ...others]) {
      const socket = connect(port, address);
      await expect(once(socket, 'connect')).rejects.toThrow(/ECONNREFUSED|EADDRNOTAVAIL|ENETUNREACH/);
    }
  });

  test('is the port that was asked for', async () => {
    const first = await createSandbox();
    await first.close();
    const again = await start({ port: portOf(first) });
    expect(again.url).toBe(first.url);
    expect(await keyFor(again, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });

  test('is an error with EADDRINUSE when the port is taken', async () => {
    const { url } = await start();
    const error = await createSandbox({ port: Number(new URL(url).port) }).catch((reason: unknown) => reason);
    expect(error).toMatchObject({ name: 'Error', code: 'EADDRINUSE' });
  });

  test('is an error when the port is none', async () => {
    await expect(createSandbox({ port: 70_000 })).rejects.toMatchObject({
      name: 'RangeError',
      code: 'ERR_SOCKET_BAD_PORT',
    });
  });
});

describe('A request for somebody else is refused and does nothing (rule 33)', () => {
  test.each<[string, (host: string) => string]>([
    ['another name', () => 'Host: evil.example'],
    ['localhost', (host) => `Host: ${host.replace('127.0.0.1', 'localhost')}`],
    ['no port', () => 'Host: 127.0.0.1'],
    ['another port', () => 'Host: 127.0.0.1:1'],
    ['another spelling of the address', (host) => `Host: ${host.replace('127.0.0.1', '127.1')}`],
    ['user information', (host) => `Host: a@${host}`],
    ['an empty Host', () => 'Host:'],
    ['no Host', () => 'X-Nothing: 1'],
    ['two Hosts', (host) => `Host: ${host}\r\nHost: evil.example`],
  ])('%s', async (_, hostLine) => {
    const lines: string[] = [];
    const sandbox = await start({ log: (line) => lines.push(line) });
    const { host } = new URL(sandbox.url);
    const bytes = rawPost(sandbox, GOOD_BODY).replace(`Host: ${host}`, hostLine(host));
    const { text } = await exchange(sandbox, bytes);
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
    expect(text).toMatch(/x-content-type-options: nosniff/i);
    expect(text).not.toContain('evil.example');
    expect(sandbox.requests).toEqual([]);
    expect(lines).toEqual(['POST (wrong-host) 421']);
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });

  test('a link that is asked for under another name is not used up', async () => {
    const sandbox = await start();
    const link = await linkOf(sandbox);
    const { pathname } = new URL(link);
    await exchange(sandbox, `GET ${pathname} HTTP/1.1\r\nHost: evil.example\r\n\r\n`);
    expect((await fetch(link)).status).toBe(200);
  });

  test.each(['http://evil.example/', '*'])('the target %s', async (target) => {
    const sandbox = await start();
    const { host } = new URL(sandbox.url);
    const { text } = await exchange(sandbox, `OPTIONS ${target} HTTP/1.1\r\nHost: ${host}\r\n\r\n`);
    expect(text).toMatch(/^HTTP\/1\.1 421 /);
  });
});

test('Every answer carries the security headers', async () => {
  const sandbox = await start();
  const link = await linkOf(sandbox);
  const answers = [
    await fetch(link, { redirect: 'manual' }),
    await fetch(link),
    await fetch(sandbox.url),
    await fetch(`${sandbox.url}/nothing`),
    await fetch(`${sandbox.url}/v2/nothing`),
    await post(sandbox, GOOD_BODY),
    await post(sandbox, 'x'.repeat(65 * 1024)),
    await post(sandbox, { reference_id: 'sbx-http-403-html-1' }),
    await post(sandbox, { reference_id: 'sbx-malformed-1' }),
  ];
  for (const { headers } of answers) {
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-frame-options')).toBe('DENY');
    expect(headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
    );
    expect(headers.has('access-control-allow-origin')).toBe(false);
  }
});

describe('A request body', () => {
  const padded = (bytes: number) => JSON.stringify(GOOD_BODY).padEnd(bytes, ' ');

  test('of 64 KiB is read', async () => {
    expect(await keyFor(await start(), padded(64 * 1024))).toEqual([200, 'success_initiate_session']);
  });

  test('of one byte more is refused, and burns nothing', async () => {
    const sandbox = await start();
    const response = await post(sandbox, padded(64 * 1024 + 1));
    expect(response.status).toBe(413);
    expect(sandbox.requests).toMatchObject([{ status: 413, outcome: 'too-large', body: null }]);
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });

  test('that comes in chunks is counted as it comes', async () => {
    const sandbox = await start();
    const client = request(sandbox.url + ENDPOINT, { method: 'POST', headers: CREDENTIALS });
    client.on('error', () => undefined);
    for (const chunk of [padded(40_000), padded(40_000)]) client.write(chunk);
    const [answer] = (await once(client, 'response')) as [{ statusCode: number }];
    client.destroy();
    expect(answer.statusCode).toBe(413);
  });

  test('that never arrives whole is no request', async () => {
    const lines: string[] = [];
    const sandbox = await start({ log: (line) => lines.push(line) });
    const bytes = rawPost(sandbox, GOOD_BODY);
    const socket = connect(portOf(sandbox), '127.0.0.1');
    socket.end(bytes.slice(0, -10));
    socket.resume();
    await once(socket, 'close');
    expect(sandbox.requests).toEqual([]);
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
    expect(lines).toHaveLength(1);
  });
});

test('Headers of more than 64 KiB are refused', async () => {
  const sandbox = await start();
  const { text } = await exchange(sandbox, `GET / HTTP/1.1\r\nX-Long: ${'x'.repeat(70_000)}\r\n\r\n`);
  expect(text).toMatch(/^HTTP\/1\.1 431 /);
});

test('the cookies of other programs on 127.0.0.1 are no obstacle', async () => {
  const sandbox = await start();
  const { host } = new URL(sandbox.url);
  const cookies = `Cookie: ${'x'.repeat(40_000)}`;
  const { text } = await exchange(
    sandbox,
    `GET / HTTP/1.1\r\nHost: ${host}\r\n${cookies}\r\nConnection: close\r\n\r\n`,
  );
  expect(text).not.toMatch(/^HTTP\/1\.1 431 /);
});

// headersDistinct throws at it before Node.js 20.20.2, 22.22.2 and 24.14.1 (CVE-2026-21710).
test('a header __proto__ is one like any other', async () => {
  const sandbox = await start();
  const bytes = rawPost(sandbox, GOOD_BODY).replace('\r\n', '\r\n__proto__: x\r\n');
  expect((await exchange(sandbox, bytes)).text).toMatch(/^HTTP\/1\.1 200 /);
});

describe('Closing', () => {
  test('ends idle, half-open and waiting connections', async () => {
    const sandbox = await start();
    const { host } = new URL(sandbox.url);
    const openings = [
      '',
      'POST /v2',
      `POST /v2/x HTTP/1.1\r\nHost: ${host}\r\nContent-Length: 10\r\n\r\nhalf`,
      rawPost(sandbox, { ...GOOD_BODY, reference_id: 'sbx-slow-1' }),
    ];
    await fetch(sandbox.url);
    const ends = openings.map((opening) => exchange(sandbox, opening));
    await waitFor(() => sandbox.requests.length === 1);
    await sandbox.close();
    expect((await Promise.all(ends)).map(({ text }) => text)).toEqual(['', '', '', '']);
  });

  test('leaves nothing listening, and can be done twice', async () => {
    const sandbox = await start();
    await Promise.all([sandbox.close(), sandbox.close()]);
    await sandbox.close();
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });

  test('happens by itself at the end of a block that disposes of it', async () => {
    const sandbox = await start();
    await sandbox[Symbol.asyncDispose]();
    await expect(fetch(sandbox.url)).rejects.toThrow();
  });
});

test('The global Request and Response are left alone', async () => {
  const before = [globalThis.Request, globalThis.Response];
  await keyFor(await start(), GOOD_BODY);
  expect([globalThis.Request, globalThis.Response]).toEqual(before);
});

test('A global that Node cannot load, as without WebAssembly, is named with the remedy', async () => {
  const replaced = { WebAssembly: { value: undefined }, Response: { get: () => undefined } };
  const own = Object.keys(replaced).map((name) => [name, Object.getOwnPropertyDescriptor(globalThis, name)]);
  for (const [name, descriptor] of Object.entries(replaced))
    Object.defineProperty(globalThis, name, { ...descriptor, configurable: true });
  try {
    await expect(createSandbox()).rejects.toThrow(/needs the global .*Response.*\. .*--jitless/);
  } finally {
    Object.defineProperties(globalThis, Object.fromEntries(own) as PropertyDescriptorMap);
  }
});

test('The credentials are plainly made up', () => {
  for (const value of Object.values(SANDBOX_CREDENTIALS)) expect(value).toMatch(/^sandbox-/);
});
