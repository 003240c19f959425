import { connect } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import {
  GOOD_BODY,
  SIGN_IN,
  decideOn,
  exchange,
  linkOf,
  openLink,
  signIn,
  start,
  submit,
  textOf,
  waitFor,
} from './support.js';

const ALLOW = { decision: 'allow' };

describe('A form that a page of a stranger sends is refused and does nothing', () => {
  test.each<[string, (url: string) => Record<string, string>]>([
    ['another origin', () => ({ Origin: 'https://evil.example' })],
    ['another port', () => ({ Origin: 'http://127.0.0.1:1' })],
    ['another name of this machine', (url) => ({ Origin: url.replace('127.0.0.1', 'localhost') })],
    ['another scheme', (url) => ({ Origin: url.replace('http:', 'https:') })],
    ['an origin that hides', () => ({ Origin: 'null' })],
    ['an origin that hides, of another site', () => ({ Origin: 'null', 'Sec-Fetch-Site': 'cross-site' })],
    ['an empty origin', () => ({ Origin: '' })],
    ['another site', () => ({ 'Sec-Fetch-Site': 'cross-site' })],
    ['another port, as the browser calls it', (url) => ({ Origin: url, 'Sec-Fetch-Site': 'same-site' })],
    ['the address bar', () => ({ 'Sec-Fetch-Site': 'none' })],
  ])('%s', async (_, headers) => {
    const sandbox = await start();
    const fresh = await openLink(await linkOf(sandbox, { reference_id: 'fresh' }));
    const visit = await signIn(sandbox);
    for (const response of [
      await submit(visit, ALLOW, headers(sandbox.url)),
      await submit(fresh, SIGN_IN, headers(sandbox.url)),
    ]) {
      expect([response.status, response.headers.get('location')]).toEqual([403, null]);
      expect(await textOf(response)).toContain('This form was not accepted');
    }
    expect(await textOf(fetch(fresh))).toContain('Step 1 of 2');
    expect(await decideOn(visit, 'deny')).not.toBeNull();
  });

  test('and does not learn whether a page exists', async () => {
    const sandbox = await start();
    const [known, unknown] = await Promise.all(
      [await signIn(sandbox), `${sandbox.url}/consent/AAAAAAAAAAAAAAAAAAAAAA`].map(async (page) =>
        (await submit(page, ALLOW, { Origin: 'https://evil.example' })).text(),
      ),
    );
    expect(known).toBe(unknown);
  });
});

test.each<[string, (url: string) => Record<string, string>]>([
  ['Origin and Sec-Fetch-Site', (url) => ({ Origin: url, 'Sec-Fetch-Site': 'same-origin' })],
  ['the Origin that no-referrer makes of it', () => ({ Origin: 'null', 'Sec-Fetch-Site': 'same-origin' })],
  ['Origin alone', (url) => ({ Origin: url })],
  ['neither', () => ({})],
])("A form of the sandbox's own page is taken with %s", async (_, headers) => {
  const sandbox = await start();
  expect((await submit(await signIn(sandbox), ALLOW, headers(sandbox.url))).status).toBe(303);
});

describe('A form is refused', () => {
  test.each(['application/json', 'text/plain', 'multipart/form-data; boundary=x', ''])(
    'as %j',
    async (type) => {
      const visit = await signIn(await start());
      expect((await submit(visit, ALLOW, { 'Content-Type': type })).status).toBe(415);
      expect(await decideOn(visit, 'allow')).not.toBeNull();
    },
  );

  test('without a type', async () => {
    const sandbox = await start();
    const visit = new URL(await signIn(sandbox));
    const head = `POST ${visit.pathname} HTTP/1.1\r\nHost: ${visit.host}\r\nConnection: close\r\n`;
    const { text } = await exchange(sandbox, `${head}Content-Length: 14\r\n\r\ndecision=allow`);
    expect(text).toMatch(/^HTTP\/1\.1 415 /);
  });

  test('with more than 1 KiB', async () => {
    const visit = await signIn(await start());
    const body = 'decision=allow&x=';
    expect((await submit(visit, body.padEnd(1025, 'x'))).status).toBe(413);
    expect((await submit(visit, body.padEnd(1024, 'x'))).status).toBe(303);
  });

  test.each(['decision=perhaps', 'decision=', 'decision=allow&decision=deny', 'decision=Allow'])(
    'with %s',
    async (body) => {
      const visit = await signIn(await start());
      expect((await submit(visit, body)).status).toBe(400);
      expect(await decideOn(visit, 'allow')).not.toBeNull();
    },
  );

  test('that never arrives whole', async () => {
    const lines: string[] = [];
    const sandbox = await start({ log: (line) => lines.push(line) });
    const visit = new URL(await signIn(sandbox));
    const socket = connect(Number(visit.port), '127.0.0.1');
    socket.end(
      [
        `POST ${visit.pathname} HTTP/1.1`,
        `Host: ${visit.host}`,
        'Content-Type: application/x-www-form-urlencoded',
        'Content-Length: 20',
        '',
        'decision=allow',
      ].join('\r\n'),
    );
    socket.resume();
    await waitFor(() => lines.at(-1) === 'POST /consent/... 400');
    expect(await decideOn(visit.href, 'allow')).not.toBeNull();
  });
});

test('A charset with the type of a form does no harm', async () => {
  const type = 'Application/x-www-form-urlencoded; charset=UTF-8';
  expect((await submit(await signIn(await start()), ALLOW, { 'Content-Type': type })).status).toBe(303);
});

test.each(['GET', 'POST'])('%s of a page that does not exist is unknown', async (method) => {
  const page = `${(await start()).url}/consent/AAAAAAAAAAAAAAAAAAAAAA`;
  const response = method === 'GET' ? await fetch(page) : await submit(page, ALLOW);
  expect(response.status).toBe(404);
  expect(await textOf(response)).toContain('This link is unknown');
});

test.each(['PUT', 'DELETE'])('%s is no way to talk to a page', async (method) => {
  const visit = await signIn(await start());
  const response = await fetch(visit, { method });
  expect([response.status, response.headers.get('allow')]).toEqual([405, 'GET, HEAD, POST']);
});

test('Each page allows the forms that it has, and nothing else', async () => {
  const sandbox = await start();
  const link = await linkOf(sandbox, { redirect_url: "https://a;script-src'unsafe-inline'/cb" });
  const visit = await openLink(link);
  const signInPage = await fetch(visit);
  const wrongSignIn = await submit(visit, { number: '1', otp: '1' });
  await submit(visit, SIGN_IN);
  const consentPage = await fetch(visit);
  const decision = await submit(visit, ALLOW);
  const pages = [signInPage, wrongSignIn, consentPage, decision, await fetch(visit), await fetch(link)];
  const formActions = pages.map(({ headers }) => {
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('referrer-policy')).toBe('no-referrer');
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    const policy = headers.get('content-security-policy') ?? '';
    return /^default-src 'none'; style-src 'sha256-[\w+/=]+'; img-src data:; base-uri 'none'; form-action ([^;]+); frame-ancestors 'none'$/.exec(
      policy,
    )?.[1];
  });
  expect(formActions).toEqual(["'self'", "'self'", "'self' http: https:", "'none'", "'none'", "'none'"]);
});

describe('What the client says is text on the page', () => {
  test.each([
    ['<script>alert(document.domain)</script>', '<script', '&lt;script&gt;'],
    ['<img src=x onerror=alert(1)> KYC', '<img', '&lt;img'],
    ['"><svg onload=alert(1)> for a bank', '<svg', '&quot;&gt;&lt;svg'],
    ["KYC & '</blockquote></style>' now", "'</blockquote></style>", '&#39;&lt;/blockquote&gt;'],
  ])('%s', async (purpose, markup, text) => {
    const page = await (await fetch(await signIn(await start(), { consent_purpose: purpose }))).text();
    expect(page).not.toContain(markup);
    expect(page).toContain(text);
  });

  test('and of its redirect URL the host alone is shown', async () => {
    const hostile = 'https://user:pass@app.example:8443/<script>?token=secret#x';
    const page = await (await fetch(await signIn(await start(), { redirect_url: hostile }))).text();
    expect(page).toContain('<dd>app.example:8443</dd>');
    expect(page).not.toMatch(/pass|token=|<script/);
    expect(page).toContain(GOOD_BODY.consent_purpose);
  });
});
