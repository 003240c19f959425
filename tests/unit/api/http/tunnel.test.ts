import { describe, expect, test } from '@jest/globals';
import tls from 'node:tls';
import { exchange, type Exchange, type HttpRequest } from '../../../../src/api/http/exchange.js';
import type { Connection } from '../../../../src/api/http/connection.js';
import { findProxy } from '../../../../src/api/http/proxy.js';
import { CANARIES, findLeak } from '../../../support/canaries.js';
import { createCertificate, type Certificate } from '../../../support/certificate.js';
import {
  createConnectProxy,
  type ConnectProxy,
  type ConnectProxyOptions,
  type Refusal,
} from '../../../support/connect-proxy.js';
import { freePort } from '../../../support/loopback.js';
import { createRecorder, type Answer, type Recorder } from '../../../support/recorder.js';

const HOST = 'api.example';
const certificate = createCertificate({ host: HOST, isNameOnly: true });

function through(value: string, ...trusted: readonly Certificate[]): Connection {
  const proxy = findProxy(new URL(`https://${HOST}`), { HTTPS_PROXY: value });
  return { proxy, certificates: trusted.map(({ cert }) => cert) };
}

function send(
  port: number,
  connection: Connection,
  { timeoutMs = 10_000, host = HOST, signal = new AbortController().signal } = {},
): Promise<Exchange> {
  const request: HttpRequest = {
    method: 'POST',
    url: new URL(`https://${host}:${port}/path`),
    headers: { client_id: CANARIES.clientId, client_secret: CANARIES.clientSecret },
    body: JSON.stringify({ secret: CANARIES.moduleSecret }),
  };
  return exchange(request, timeoutMs, signal, connection);
}

/** A target behind a proxy, with what was sent there. */
async function behind(
  answers: readonly Answer[],
  options: ConnectProxyOptions = {},
): Promise<{ recorder: Recorder; proxy: ConnectProxy }> {
  const recorder = await createRecorder(answers, { tls: certificate });
  return { recorder, proxy: await createConnectProxy(options) };
}

describe('a request goes through the tunnel of a proxy', () => {
  test('that never sees anything of it but the host (rule 27)', async () => {
    const { recorder, proxy } = await behind([{}]);
    const exchanged = await send(recorder.port, through(proxy.url, certificate));
    expect(exchanged).toMatchObject({ type: 'answered', answer: { status: 200 } });
    expect(recorder.requests[0]?.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(recorder.requests[0]?.header('proxy-authorization')).toBeUndefined();
    const target = `${HOST}:${recorder.port}`;
    expect(proxy.connects).toEqual([
      { line: `CONNECT ${target} HTTP/1.1`, headers: { host: target, 'proxy-connection': 'close' } },
    ]);
    expect(proxy.seen.length).toBeGreaterThan(500);
    expect(findLeak(proxy.seen.toString('latin1'))).toBeUndefined();
  });

  test('with a user name and password, which the proxy alone is told', async () => {
    const { recorder, proxy } = await behind([{}], { userinfo: 'us@er:p:ss/' });
    const url = proxy.url.replace('//', '//us%40er:p%3Ass%2F@');
    expect(await send(recorder.port, through(url, certificate))).toMatchObject({ type: 'answered' });
    expect(recorder.requests[0]?.header('proxy-authorization')).toBeUndefined();
  });

  test('that speaks TLS itself', async () => {
    const own = createCertificate({ host: 'proxy.example' });
    const { recorder, proxy } = await behind([{}], { tls: own, userinfo: 'user:pass' });
    const url = proxy.url.replace('//', '//user:pass@');
    expect(await send(recorder.port, through(url, certificate, own))).toMatchObject({ type: 'answered' });
    expect(proxy.connects).toHaveLength(1);
    expect(findLeak(proxy.seen.toString('latin1'))).toBeUndefined();
  });

  test.each([
    'HTTP/1.0 200 Connection established\r\n\r\n',
    'HTTP/1.1 200\r\n\r\n',
    'HTTP/1.1 201 Created\r\nContent-Length: 5\r\n\r\n',
    'HTTP/1.1 204 No Content\r\n\r\n',
    'HTTP/1.1 299 OK\r\n\r\n',
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
    'HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\nHTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 200 OK\r\n\r\n',
  ])('that opens with %j', async (opening) => {
    const { recorder, proxy } = await behind([{}], { opening });
    expect(await send(recorder.port, through(proxy.url, certificate))).toMatchObject({ type: 'answered' });
  });

  test('each through a tunnel of its own', async () => {
    const { recorder, proxy } = await behind([{}, {}]);
    const connection = through(proxy.url, certificate);
    expect(await send(recorder.port, connection)).toMatchObject({ type: 'answered' });
    expect(await send(recorder.port, connection)).toMatchObject({ type: 'answered' });
    expect(proxy.connects).toHaveLength(2);
  });
});

describe('a refusal of the proxy is no answer, and nothing was sent (rules 13, 18, 20):', () => {
  const page = `<html>${'x'.repeat(2000)}</html>`;
  const answered = (status: string) =>
    `HTTP/1.1 ${status}\r\nContent-Type: text/html\r\nContent-Length: ${page.length}\r\n\r\n${page}`;
  const envelope = '{"status":"SUCCESS","decentroTxnId":"EVIL"}';

  test.each<[what: string, refusal: Refusal, reason: string, isTransient: boolean]>([
    ['407', answered('407 Proxy Authentication Required'), 'refused the tunnel (HTTP 407)', false],
    ['401', answered('401 Unauthorized'), 'refused the tunnel (HTTP 401)', false],
    ['403', answered('403 Forbidden'), 'refused the tunnel (HTTP 403)', false],
    [
      '302',
      'HTTP/1.1 302 Found\r\nLocation: https://evil.example\r\n\r\n',
      'refused the tunnel (HTTP 302)',
      false,
    ],
    ['an interim answer alone', 'HTTP/1.1 100 Continue\r\n\r\n', 'gave no answer that is HTTP', false],
    [
      'a refusal after an interim answer',
      'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 403 Forbidden\r\n\r\n',
      'refused the tunnel (HTTP 403)',
      false,
    ],
    [
      'a head without an end',
      `HTTP/1.1 200 OK\r\nVia: ${'x'.repeat(20_000)}`,
      'opened no tunnel: the headers of the answer are larger than 16 KiB (HPE_HEADER_OVERFLOW)',
      false,
    ],
    ['a status of two digits', 'HTTP/1.1 20 OK\r\n\r\n', 'gave no answer that is HTTP', false],
    [
      '400 with an envelope',
      `HTTP/1.1 400 Bad Request\r\nContent-Length: ${envelope.length}\r\n\r\n${envelope}`,
      'refused the tunnel (HTTP 400)',
      false,
    ],
    ['429', answered('429 Too Many Requests'), 'refused the tunnel (HTTP 429)', false],
    ['500', answered('500 Unable to connect'), 'refused the tunnel (HTTP 500)', true],
    ['502', answered('502 Bad Gateway'), 'refused the tunnel (HTTP 502)', true],
    ['503', answered('503 Service Unavailable'), 'refused the tunnel (HTTP 503)', true],
    ['what is no HTTP', 'SSH-2.0-OpenSSH_9.6\r\n\r\n', 'gave no answer that is HTTP', false],
    ['a header that is none', 'HTTP/1.1 200 OK\r\nnonsense\r\n\r\n', 'gave no answer that is HTTP', false],
    ['half a head', 'HTTP/1.1 200 Connection est', 'gave no answer that is HTTP', false],
    ['a closed connection', { then: 'close' }, 'gave no answer that is HTTP', false],
    ['a reset', { then: 'reset' }, 'opened no tunnel: the connection was reset (ECONNRESET)', true],
  ])('%s', async (_what, refusal, reason, isTransient) => {
    const { recorder, proxy } = await behind([], { refusals: [refusal] });
    const exchanged = await send(recorder.port, through(proxy.url, certificate));
    expect(exchanged).toEqual({
      type: 'failed',
      reason: `the proxy 127.0.0.1:${proxy.port} ${reason}`,
      hint: expect.stringContaining('HTTPS_PROXY'),
      isTransient,
      sent: false,
      answer: undefined,
    });
    expect(recorder.connections).toBe(0);
    expect(findLeak(proxy.seen.toString('latin1'))).toBeUndefined();
  });

  test('407 tells how a user name and password are given', async () => {
    const { recorder, proxy } = await behind([], { userinfo: 'user:right' });
    const exchanged = await send(
      recorder.port,
      through(proxy.url.replace('//', '//user:wrong@'), certificate),
    );
    expect(exchanged).toMatchObject({
      hint: `The proxy needs valid credentials: HTTPS_PROXY=http://USER:PASSWORD@127.0.0.1:${proxy.port}, both percent-encoded.`,
    });
  });

  test('a refused connection', async () => {
    const port = await freePort();
    expect(await send(443, through(`http://127.0.0.1:${port}`))).toMatchObject({
      reason: `the proxy 127.0.0.1:${port} opened no tunnel: the connection to 127.0.0.1 was refused (ECONNREFUSED)`,
      sent: false,
      isTransient: true,
    });
  });

  test('silence, for as long as there is time', async () => {
    const { recorder, proxy } = await behind([], { refusals: [{ then: 'hang' }] });
    expect(await send(recorder.port, through(proxy.url), { timeoutMs: 150 })).toMatchObject({
      reason: `the proxy 127.0.0.1:${proxy.port} opened no tunnel in time`,
      sent: false,
      isTransient: true,
    });
  });

  test('a certificate that nobody vouches for', async () => {
    const { recorder, proxy } = await behind([], { tls: createCertificate() });
    expect(await send(recorder.port, through(proxy.url, certificate))).toMatchObject({
      reason: expect.stringMatching(/the certificate of 127\.0\.0\.1 comes from an authority/),
      hint: expect.stringContaining('--ca-file'),
      sent: false,
      isTransient: false,
    });
    expect(proxy.seen).toHaveLength(0);
  });

  test('an interruption', async () => {
    const controller = new AbortController();
    const { recorder, proxy } = await behind([], { refusals: [{ then: 'hang' }] });
    const sending = send(recorder.port, through(proxy.url), { signal: controller.signal });
    controller.abort();
    expect(await sending).toMatchObject({ type: 'failed', sent: false });
  });
});

describe('inside the tunnel', () => {
  test.each<[what: string, own: Certificate, host: string, code: string]>([
    [
      "for the proxy's name instead of the target's",
      createCertificate({ host: 'localhost' }),
      HOST,
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    [
      'for a name, where the target is an address',
      createCertificate({ isNameOnly: true }),
      '10.1.2.3',
      'ERR_TLS_CERT_ALTNAME_INVALID',
    ],
    ['that has expired', createCertificate({ host: HOST, expired: true }), HOST, 'CERT_HAS_EXPIRED'],
  ])('a certificate %s is not accepted', async (_what, own, host, code) => {
    const recorder = await createRecorder([], { tls: own });
    const proxy = await createConnectProxy();
    const url = proxy.url.replace('127.0.0.1', 'localhost');
    expect(await send(recorder.port, through(url, own), { host })).toMatchObject({
      reason: expect.stringMatching(`^the certificate of ${host} .*\\(${code}\\)$`),
      hint: expect.not.stringContaining('--ca-file'),
      sent: false,
      isTransient: false,
    });
    expect(recorder.bytesReceived).toBe(0);
  });

  test('a certificate that nobody vouches for is not accepted', async () => {
    const { recorder, proxy } = await behind([]);
    expect(await send(recorder.port, through(proxy.url))).toMatchObject({ sent: false, isTransient: false });
  });

  test('a handshake that never ends is given up', async () => {
    const silent = await createConnectProxy({ refusals: [{ then: 'hang' }] });
    const proxy = await createConnectProxy();
    expect(await send(silent.port, through(proxy.url), { timeoutMs: 600 })).toMatchObject({
      sent: false,
      isTransient: true,
    });
    expect(proxy.connects).toHaveLength(1);
  });

  test.each<[what: string, answer: Answer]>([
    ['a reset', { then: 'reset' }],
    ['an end', { then: 'close' }],
    ['silence', { then: 'hang' }],
  ])('%s after the handshake leaves it open whether the request arrived (rule 20)', async (_what, answer) => {
    const { recorder, proxy } = await behind([answer]);
    const exchanged = await send(recorder.port, through(proxy.url, certificate), { timeoutMs: 500 });
    expect(exchanged).toMatchObject({ type: 'failed', sent: true });
  });
});

test('without a proxy, other certificates can be trusted as well', async () => {
  const own = createCertificate();
  const recorder = await createRecorder([{}], { tls: own });
  const certificates = [...tls.rootCertificates, own.cert];
  const exchanged = await send(recorder.port, { certificates }, { host: '127.0.0.1' });
  expect(exchanged).toMatchObject({ type: 'answered' });
});

test('the address of IPv6 that a tunnel leads to is in brackets', async () => {
  const proxy = await createConnectProxy({ refusals: ['HTTP/1.1 403 Forbidden\r\n\r\n'] });
  const exchanged = await send(8443, through(proxy.url), { host: '[::1]' });
  expect(exchanged.type).not.toBe('answered');
  expect(proxy.connects.map(({ line }) => line)).toEqual(['CONNECT [::1]:8443 HTTP/1.1']);
});
