import { describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { createCertificate } from '../support/certificate.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { cleanUp, fails, succeeds, temporaryDirectory } from '../support/run.js';
import {
  documentOf,
  GIVEN,
  NAMES_LEAD_HERE,
  PAIR,
  preload,
  privateFile,
  sessionAt,
  type SessionDocument,
} from './fixture.js';

const JSON_TYPE = { 'Content-Type': 'application/json' };
const NO_RETRY = ['--retries', '0', '--json'] as const;

/** Makes every look-up of a name end like this. */
function lookingUp(end: string): Record<string, string> {
  return preload("import dns from 'node:dns';", `dns.lookup = (name, options, done) => { ${end} };`);
}

const NOT_FOUND = "done(Object.assign(new Error('no ' + name), { code: 'ENOTFOUND' }));";

/** A server on 127.0.0.1 that takes connections and says nothing. */
async function createSilence(): Promise<{ url: string; taken: () => number }> {
  const sockets: net.Socket[] = [];
  const server = net.createServer((socket) => {
    sockets.push(socket.on('error', () => undefined));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `https://127.0.0.1:${(server.address() as net.AddressInfo).port}`,
    taken: () => sockets.length,
  };
}

async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function expectUnsent(document: SessionDocument): void {
  const { referenceId } = document;
  expect(document).toMatchObject({
    sessionCreated: 'no',
    httpStatus: null,
    decentroTxnId: null,
    error: { kind: 'network', exitCode: 7, sent: 'no' },
  });
  expect(referenceId).toMatch(/^[\w-]+$/);
  for (const attempt of document.attempts) {
    expect(attempt).toEqual({ referenceId, httpStatus: null, sent: 'no' });
  }
}

describe('a failure before anything was sent ends with 7: (rule 18)', () => {
  test('a refused connection', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const document = documentOf(await fails(sessionAt({ url }, ...NO_RETRY), 7, { env: PAIR }));
    expectUnsent(document);
    expect(document.error).toMatchObject({
      retryable: true,
      message: expect.stringContaining('ECONNREFUSED'),
    });
  });

  test('a name that does not exist, which is that of the environment', async () => {
    const env = { ...PAIR, ...lookingUp(NOT_FOUND) };
    const staging = documentOf(await fails(['init-session', ...GIVEN, ...NO_RETRY], 7, { env }));
    expectUnsent(staging);
    expect(staging.error?.message).toContain('in.staging.decentro.tech was not found (ENOTFOUND)');
    const real = { ...env, DECENTRO_ENV: 'production' };
    const production = documentOf(await fails(['init-session', ...GIVEN, ...NO_RETRY], 7, { env: real }));
    expect(production.error?.message).toContain('the name in.decentro.tech was not found');
  });

  test.each([
    ['fails for now', "done(Object.assign(new Error('later'), { code: 'EAI_AGAIN' }));", /EAI_AGAIN/],
    ['never ends', 'setInterval(() => undefined, 60_000);', /took too long|in time/],
  ])('a look-up that %s', async (_what, end, message) => {
    const env = { ...PAIR, ...lookingUp(end) };
    const args = ['init-session', ...GIVEN, ...NO_RETRY, '--timeout', '300ms'];
    const document = documentOf(await fails(args, 7, { env }));
    expectUnsent(document);
    expect(document.error?.message).toMatch(message);
  });

  test.each([
    ['signed by itself', createCertificate(), /certificate/],
    ['that has expired', createCertificate({ expired: true }), /certificate/],
  ])('a certificate %s', async (_what, certificate, message) => {
    const recorder = await createRecorder([], { tls: certificate });
    const env = { ...PAIR };
    const document = documentOf(await fails(sessionAt(recorder, '--json'), 7, { env }));
    expectUnsent(document);
    expect(document.attempts).toHaveLength(1);
    expect(document.error?.message).toMatch(message);
    expect(document.error?.hint).toContain('NODE_EXTRA_CA_CERTS');
    expect(recorder.bytesReceived).toBe(0);
  });

  test('a certificate that has expired, although its authority is trusted', async () => {
    const certificate = createCertificate({ expired: true });
    const recorder = await createRecorder([], { tls: certificate });
    const file = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
    const env = { ...PAIR, NODE_EXTRA_CA_CERTS: file };
    const document = documentOf(await fails(sessionAt(recorder, '--json'), 7, { env }));
    expectUnsent(document);
    expect(document.error?.message).toContain('CERT_HAS_EXPIRED');
  });

  test('a certificate for another name', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder([], { tls: certificate });
    const file = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
    const env = { ...PAIR, ...preload(...NAMES_LEAD_HERE), NODE_EXTRA_CA_CERTS: file };
    const target = ['--base-url', `https://gateway.example:${recorder.port}`];
    const args = ['init-session', ...GIVEN, ...target, '--allow-host', 'gateway.example', '--json'];
    const document = documentOf(await fails(args, 7, { env }));
    expectUnsent(document);
    expect(document.error?.message).toContain('ALTNAME');
    expect(recorder.bytesReceived).toBe(0);
  });

  test('plain HTTP on the port of HTTPS', async () => {
    const speaker = net.createServer((socket) => {
      socket.on('error', () => undefined).end('HTTP/1.1 400 Bad Request\r\n\r\n');
    });
    await new Promise<void>((resolve) => speaker.listen(0, '127.0.0.1', resolve));
    cleanUp(() => void speaker.close());
    const url = `https://127.0.0.1:${(speaker.address() as net.AddressInfo).port}`;
    const document = documentOf(await fails(sessionAt({ url }, ...NO_RETRY), 7, { env: PAIR }));
    expectUnsent(document);
    expect(document.error?.message).toContain('no TLS connection');
  });

  test('a TLS handshake that never ends (rule 14)', async () => {
    const silence = await createSilence();
    const args = sessionAt(silence, ...NO_RETRY, '--timeout', '300ms');
    const document = documentOf(await fails(args, 7, { env: PAIR }));
    expectUnsent(document);
    expect(silence.taken()).toBe(1);
  });
});

describe('a request that may have arrived ends with 8: (rule 20)', () => {
  test.each<[string, Answer, { status: number | null; sent: string; message: RegExp }]>([
    ['a reset', { then: 'reset' }, { status: null, sent: 'unknown', message: /reset/ }],
    ['an end without an answer', { then: 'close' }, { status: null, sent: 'unknown', message: /ECONNRESET/ }],
    ['an answer that never comes', { then: 'hang' }, { status: null, sent: 'unknown', message: /in time/ }],
    [
      'an answer that is cut',
      {
        headers: { ...JSON_TYPE, 'Content-Length': '500' },
        body: '{"decentroTxnId":"CUT-1",',
        then: 'close',
      },
      { status: 200, sent: 'yes', message: /sent, but/ },
    ],
    [
      'an answer that stops in the middle',
      { headers: { ...JSON_TYPE, 'Content-Length': '500' }, body: '{"decentroTxnId":"CUT-1",', then: 'hang' },
      { status: 200, sent: 'yes', message: /in time/ },
    ],
    [
      'an answer that is not HTTP',
      { raw: 'SSH-2.0-OpenSSH_9.6\r\n', then: 'close' },
      { status: null, sent: 'unknown', message: /not HTTP/ },
    ],
    ['408', { status: 408 }, { status: 408, sent: 'yes', message: /HTTP 408/ }],
    [
      '502 in HTML',
      { status: 502, body: '<h1>Bad Gateway</h1>' },
      { status: 502, sent: 'yes', message: /502/ },
    ],
    ['504', { status: 504 }, { status: 504, sent: 'yes', message: /HTTP 504/ }],
    ['520', { status: 520, body: 'Unknown' }, { status: 520, sent: 'yes', message: /HTTP 520/ }],
  ])('%s', async (_what, answer, { status, sent, message }) => {
    const recorder = await createRecorder([answer]);
    const args = sessionAt(recorder, '--json', '--timeout', '800ms');
    const document = documentOf(await fails(args, 8, { env: PAIR }));
    const { referenceId } = document;
    expect(document).toMatchObject({
      sessionCreated: 'unknown',
      httpStatus: status,
      attempts: [{ referenceId, httpStatus: status, sent }],
      error: { kind: 'unknown', exitCode: 8, sent, retryable: false },
    });
    expect(document.error?.message).toMatch(message);
    expect(document.error?.hint).toMatch(/fresh reference ID/);
    expect(recorder.requests).toHaveLength(1);
    expect(recorder.requests[0]?.json()).toMatchObject({ reference_id: referenceId });
    if (answer.body === '{"decentroTxnId":"CUT-1",') expect(document.decentroTxnId).toBe('CUT-1');
  });

  test('a reset under TLS', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder([{ then: 'reset' }], { tls: certificate });
    const file = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
    const env = { ...PAIR, NODE_EXTRA_CA_CERTS: file };
    const document = documentOf(await fails(sessionAt(recorder, '--json'), 8, { env }));
    expect(document).toMatchObject({ sessionCreated: 'unknown', error: { sent: 'unknown' } });
  });

  test('and the human text names the reference ID and the safe next step', async () => {
    const recorder = await createRecorder([{ then: 'reset' }]);
    const args = sessionAt(recorder, '--reference-id', 'mine-1');
    const { stderr } = await fails(args, 8, { env: PAIR });
    expect(stderr).toMatch(/Reference ID +mine-1\n/);
    expect(stderr.replaceAll('\n', ' ')).toContain('start again with a fresh reference ID');
  });
});

test('a server of a private authority is reached with NODE_EXTRA_CA_CERTS', async () => {
  const certificate = createCertificate();
  const recorder = await createRecorder([{}], { tls: certificate });
  const file = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
  await succeeds(sessionAt(recorder), { env: { ...PAIR, NODE_EXTRA_CA_CERTS: file } });
});
