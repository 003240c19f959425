import { createHash } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { GOOD_BODY, SIGN_IN, linkOf, openLink, start, submit } from './support.js';

test('A link leads to a page with a secret path of its own', async () => {
  const link = await linkOf(await start());
  const response = await fetch(link, { redirect: 'manual' });
  const location = response.headers.get('location') ?? '';
  expect(response.status).toBe(303);
  expect(location).toMatch(/^\/consent\/[\w-]{22}$/);
  expect(location).not.toContain(new URL(link).pathname.split('/').at(-1));
});

test('Every page says in its banner and in its title that it is the sandbox', async () => {
  const sandbox = await start();
  const link = await linkOf(sandbox);
  const visit = await openLink(link);
  const pages = [
    await fetch(visit),
    await submit(visit, { number: '98765 43210', otp: '' }),
    await submit(visit, SIGN_IN).then(() => fetch(visit)),
    await submit(visit, { decision: 'perhaps' }),
    await submit(visit, { decision: 'expire' }).then(() => fetch(visit)),
    await fetch(link),
    await fetch(`${sandbox.url}/digilocker/unknown`),
    await fetch(sandbox.url),
  ];
  for (const response of pages) {
    expect(response.headers.get('content-type')).toBe('text/html; charset=UTF-8');
    const page = await response.text();
    expect(page).toMatch(/^<!doctype html>\s*<html lang="en">/);
    expect(page).toContain('<meta name="viewport" content="width=device-width, initial-scale=1" />');
    expect(page).toMatch(/<title>[^<]+ - sandbox<\/title>/);
    expect(page).toMatch(/<strong>SANDBOX<\/strong> This is not DigiLocker/);
    expect(page).not.toContain('<script');
  }
});

test('A link works once', async () => {
  const link = await linkOf(await start());
  expect((await fetch(link)).status).toBe(200);
  for (const method of ['GET', 'GET', 'HEAD']) expect((await fetch(link, { method })).status).toBe(410);
  expect(await (await fetch(link)).text()).toContain('This link was used before');
});

test('Of two clicks at the same time, one gets through', async () => {
  const link = await linkOf(await start());
  const answers = await Promise.all([fetch(link), fetch(link)]);
  expect(answers.map(({ status }) => status).sort()).toEqual([200, 410]);
});

test('The links of two sessions are two links', async () => {
  const sandbox = await start();
  const first = await linkOf(sandbox, { reference_id: 'a' });
  const second = await linkOf(sandbox, { reference_id: 'b' });
  expect(first).not.toBe(second);
  await fetch(first);
  expect((await fetch(second)).status).toBe(200);
});

test('Looking at a link with HEAD does not use it up', async () => {
  const link = await linkOf(await start());
  const look = await fetch(link, { method: 'HEAD', redirect: 'manual' });
  expect([look.status, await look.text()]).toEqual([200, '']);
  expect((await fetch(link)).status).toBe(200);
});

test.each([
  ['Sec-Purpose', 'prefetch'],
  ['Sec-Purpose', 'prefetch;prerender'],
  ['Purpose', 'prefetch'],
  ['X-Moz', 'prefetch'],
])('A prefetch (%s: %s) gets nothing and does not use the link up', async (name, value) => {
  const link = await linkOf(await start());
  const prefetch = await fetch(link, { headers: { [name]: value } });
  expect(prefetch.status).toBe(503);
  expect(await prefetch.text()).not.toContain(GOOD_BODY.consent_purpose);
  expect((await fetch(link)).status).toBe(200);
});

test.each(['POST', 'PUT', 'DELETE'])('%s is no way to open a link', async (method) => {
  const link = await linkOf(await start());
  const response = await fetch(link, { method });
  expect(response.status).toBe(405);
  expect(response.headers.get('allow')).toBe('GET, HEAD');
  expect((await fetch(link)).status).toBe(200);
});

test.each(['AAAAAAAAAAAAAAAAAAAAAA', '..%2f..%2fetc', '%ff', '__proto__', '%00'])(
  'The link /digilocker/%s is unknown',
  async (token) => {
    const response = await fetch(`${(await start()).url}/digilocker/${token}`);
    expect(response.status).toBe(404);
    expect(await response.text()).toContain('This link is unknown');
  },
);

test('A link of one sandbox is unknown to another', async () => {
  const link = new URL(await linkOf(await start()));
  expect((await fetch((await start()).url + link.pathname)).status).toBe(404);
});

test('The pages bring the style that their policy lets them have, and no other resource', async () => {
  const { url } = await start();
  const response = await fetch(url);
  const page = await response.text();
  const style = /<style>([^]*?)<\/style>/.exec(page)?.[1] ?? '';
  const hash = createHash('sha256').update(style).digest('base64');
  expect(response.headers.get('content-security-policy')).toContain(`style-src 'sha256-${hash}'`);
  expect(style).toContain('prefers-color-scheme: dark');
  const icon = /<link rel="icon" href="data:image\/svg\+xml,[^"]+" \/>/;
  expect(page).toMatch(icon);
  expect(page.replace(icon, '')).not.toMatch(/\b(?:src|href|style|action)=|url\(|@import/);
});

test('The front page says what this is', async () => {
  const response = await fetch((await start()).url);
  const page = await response.text();
  expect(response.status).toBe(200);
  expect(page).toContain('SANDBOX');
  expect(page).toContain('POST /v2/kyc/digilocker/initiate_session');
});

test.each([
  '/favicon.ico',
  '/digilocker',
  '/digilocker/',
  '/digilocker/a/b',
  '/consent',
  '/consent/a/b',
  '/v1/x',
  '//v2',
])('%s is nothing', async (path) => {
  const response = await fetch((await start()).url + path);
  expect(response.status).toBe(404);
  expect(response.headers.get('content-type')).toMatch(/^text\/plain/);
});
