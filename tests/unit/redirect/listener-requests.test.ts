import { expect, test } from '@jest/globals';
import type { Listener } from '../../../src/redirect/listener.js';
import {
  exchange,
  genuine,
  listen,
  portOf,
  QUERY,
  request,
  EXPECTED,
  SECRET_PATH,
  STATE,
} from '../../support/listening.js';

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
  // headersDistinct throws at it before Node.js 20.20.2, 22.22.2 and 24.14.1 (CVE-2026-21710).
  ['a header __proto__', at('/favicon.ico', '__proto__: x')],
  [
    'a header __proto__ with two Hosts',
    at(`${SECRET_PATH}?${QUERY}`, '__proto__: x', '__proto__: y', 'Host: x'),
  ],
  ['a header constructor', at('/', 'constructor: x', 'toString: y')],
  ['a line that is no HTTP', () => 'hello\r\n\r\n'],
  ['a TLS hello', () => '\u0016\u0003\u0001\u0002\u0000\u0001'],
  ['an HTTP/2 preface', () => 'PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'],
  [
    'a request that is smuggled behind another',
    (listener) => `${request(listener, '/')}${request(listener, `${SECRET_PATH}?code=evil&state=x`)}`,
  ],
];

test.each(HOSTILE)(
  'a listener answers %s with no redirect, and then takes the genuine one (rule 29)',
  async (_what, bytes) => {
    const listener = await listen();
    const callback = listener.wait(EXPECTED, new AbortController().signal);
    const refusal = await exchange(listener, bytes(listener));
    expect(refusal).not.toContain(' 200 ');
    expect(refusal).not.toContain('evil');
    expect(await genuine(listener)).toContain('You can go back to the terminal');
    expect(await callback).toEqual({
      status: null,
      code: '4f1c',
      codeExpiresAt: '2026-01-02T04:04:05.000Z',
      state: STATE,
      decentroTxnId: null,
      error: null,
      errorDescription: null,
    });
  },
);

const OTHER_HOST = /^names another host than 127\.0\.0\.1:\d+$/;

test.each<readonly [what: string, told: RegExp | null, bytes: (listener: Listener) => string]>([
  ['a POST', /^is not a GET request$/, withMethod('POST')],
  ['a HEAD', /^is not a GET request$/, withMethod('HEAD')],
  ['a foreign Host', OTHER_HOST, at(`${SECRET_PATH}?${QUERY}`, 'Host: evil.example\u009b::error::x')],
  ['localhost for a Host', OTHER_HOST, at(`${SECRET_PATH}?${QUERY}`, 'Host: localhost')],
  ['two Hosts', OTHER_HOST, at(`${SECRET_PATH}?${QUERY}`, 'Host: a.example', 'Host: b.example')],
  [
    'a body',
    /^has a body$/,
    (listener) => `${request(listener, `${SECRET_PATH}?${QUERY}`, 'Content-Length: 2')}{}`,
  ],
  ['an Origin', /^comes from a script of a web page$/, at(`${SECRET_PATH}?${QUERY}`, 'Origin: null')],
  ['a prefetch', null, at(`${SECRET_PATH}?${QUERY}`, 'Sec-Purpose: prefetch')],
  ['a foreign Host on another path', null, at(`/?${QUERY}`, 'Host: evil.example')],
  ['a foreign Host without a redirect', null, at(`${SECRET_PATH}?x=1`, 'Host: evil.example')],
])('a listener tells of %s to its path as %p, in words of its own', async (_what, told, bytes) => {
  const listener = await listen();
  const kinds: unknown[] = [];
  const callback = listener.wait(EXPECTED, new AbortController().signal, (fault) => kinds.push(fault));
  await exchange(listener, bytes(listener));
  await genuine(listener);
  await callback;
  expect(kinds).toEqual(told === null ? [] : [{ kind: 'request', what: expect.stringMatching(told) }]);
});
