import { describe, expect, jest, test } from '@jest/globals';
import dns from 'node:dns';
import { inspect } from 'node:util';
import { gzipSync } from 'node:zlib';
import { exchange, type Exchange, type HttpRequest } from '../../../../src/api/http/exchange.js';
import { KeptConnections } from '../../../../src/api/http/kept-connections.js';
import { createSandbox } from '../../../../src/sandbox/server.js';
import { SESSION_CREATED } from '../../../support/answer.js';
import { CANARIES, findLeak } from '../../../support/canaries.js';
import { createCertificate } from '../../../support/certificate.js';
import { cleanUp } from '../../../support/cleanup.js';
import { useFakeTimers } from '../../../support/fake-timers.js';
import { createRecorder } from '../../../support/recorder.js';
import { WAYS_TO_SEND } from '../../../support/ways-to-send.js';

const TIMEOUT_MS = 10_000;
const MEBIBYTE = 1024 * 1024;

type Callback = (error: Error) => void;

function requestTo(url: string): HttpRequest {
  const headers = { client_id: CANARIES.clientId, client_secret: CANARIES.clientSecret, Accept: 'x/y' };
  return { method: 'POST', url: new URL('/path', url), headers, body: '{"purpose":"नमस्ते"}' };
}

async function closedPort(): Promise<number> {
  const recorder = await createRecorder();
  await recorder.close();
  return recorder.port;
}

describe.each(WAYS_TO_SEND)('a request that is sent %s', (_way, optionsOf) => {
  const send = (
    url: string,
    timeoutMs = TIMEOUT_MS,
    signal = new AbortController().signal,
    options = optionsOf(),
  ): Promise<Exchange> => exchange(requestTo(url), timeoutMs, signal, {}, options);

  describe('an answer', () => {
    test('is read whole, to a request that was sent as it was built', async () => {
      const recorder = await createRecorder([{ headers: { 'X-Novelty': 'x' } }]);
      const exchanged = await send(recorder.url);
      expect(exchanged).toMatchObject({
        type: 'answered',
        answer: { status: 200, headers: { 'x-novelty': 'x', 'content-type': 'application/json' } },
      });
      expect(JSON.parse(String(exchanged.answer?.body))).toEqual(SESSION_CREATED);
      const [request] = recorder.requests;
      expect(request?.requestLine).toBe('POST /path HTTP/1.1');
      expect(request?.headers).toEqual(
        expect.arrayContaining([
          ['client_id', CANARIES.clientId],
          ['client_secret', CANARIES.clientSecret],
          ['Accept', 'x/y'],
        ]),
      );
      expect(request?.headers.map(([name]) => name)).toEqual([
        ...[
          'accept-encoding',
          'content-length',
          'Host',
          'client_id',
          'client_secret',
          'Accept',
          'Connection',
        ],
      ]);
      expect(request?.body).toBe('{"purpose":"नमस्ते"}');
    });

    test.each([
      ['each', () => []],
      ['each', null],
      ['methods', ['POST']],
      ['errorCodes', 1],
    ])('is read where a program has added %s: %p to Object.prototype', async (name, value) => {
      const added = { value, enumerable: true, configurable: true, writable: true };
      Object.defineProperty(Object.prototype, name, added);
      cleanUp(() => {
        Reflect.deleteProperty(Object.prototype, name);
      });
      const recorder = await createRecorder([{ body: SESSION_CREATED }]);
      expect(await send(recorder.url)).toMatchObject({ type: 'answered', answer: { status: 200 } });
    });

    test('is decompressed', async () => {
      const body = gzipSync('{"a":1}');
      const recorder = await createRecorder([{ status: 200, headers: { 'Content-Encoding': 'gzip' }, body }]);
      expect(String((await send(recorder.url)).answer?.body)).toBe('{"a":1}');
    });

    test.each([301, 302, 303, 307, 308])('%i is not followed (rule 13)', async (status) => {
      const target = await createRecorder([]);
      const recorder = await createRecorder([{ status, headers: { Location: `${target.url}/x` }, body: '' }]);
      expect(await send(recorder.url)).toMatchObject({ type: 'answered', answer: { status } });
      expect(target.connections).toBe(0);
    });

    test.each([400, 401, 403, 404, 408, 413, 429, 500, 502, 503, 504])(
      '%i is one, and is not repeated',
      async (status) => {
        const recorder = await createRecorder([{ status, headers: { 'Retry-After': '0' }, body: 'no' }]);
        expect(await send(recorder.url)).toMatchObject({ type: 'answered', answer: { status } });
        expect(recorder.connections).toBe(1);
      },
    );

    test('may be as large as 1 MiB, and no larger (rule 14)', async () => {
      const recorder = await createRecorder([
        { status: 200, body: Buffer.alloc(MEBIBYTE) },
        { status: 200, body: Buffer.alloc(MEBIBYTE + 1) },
        {
          status: 200,
          headers: { 'Content-Encoding': 'gzip' },
          body: gzipSync(Buffer.alloc(MEBIBYTE + 1)),
        },
      ]);
      expect((await send(recorder.url)).answer?.body).toHaveLength(MEBIBYTE);
      for (let count = 0; count < 2; count += 1) {
        const exchanged = await send(recorder.url);
        expect(exchanged).toMatchObject({
          type: 'failed',
          reason: 'the answer is larger than 1 MiB',
          sent: true,
        });
        expect(exchanged.answer?.body.length).toBeLessThanOrEqual(MEBIBYTE);
      }
    });
  });

  describe('a failure before anything was sent (rule 18)', () => {
    test('is a refused connection', async () => {
      const exchanged = await send(`http://127.0.0.1:${await closedPort()}`);
      expect(exchanged).toEqual({
        type: 'failed',
        reason: 'the connection to 127.0.0.1 was refused (ECONNREFUSED)',
        sent: false,
        isTransient: true,
        answer: undefined,
      });
    });

    test.each([
      ['ENOTFOUND', 'the name gateway.example was not found (ENOTFOUND)'],
      ['EAI_AGAIN', 'the look-up of gateway.example failed for now (EAI_AGAIN)'],
      ['ENETUNREACH', 'the network of gateway.example cannot be reached (ENETUNREACH)'],
    ])('is %s, which may pass', async (code, reason) => {
      jest.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: unknown, done: Callback) => {
        done(Object.assign(new Error('look-up'), { code }));
      }) as never);
      expect(await send('https://gateway.example')).toMatchObject({ reason, sent: false, isTransient: true });
    });

    test("is Node's own permission model, which does not pass", async () => {
      jest.spyOn(dns, 'lookup').mockImplementation(((_name: string, _options: unknown, done: Callback) => {
        done(Object.assign(new Error('denied'), { code: 'ERR_ACCESS_DENIED' }));
      }) as never);
      expect(await send('https://gateway.example')).toMatchObject({
        reason: "Node's permission model denies the network (ERR_ACCESS_DENIED)",
        hint: 'Start Node with --allow-net as well, or without --permission.',
        sent: false,
        isTransient: false,
      });
    });

    test('is a certificate that nobody vouches for', async () => {
      const recorder = await createRecorder([], { tls: createCertificate() });
      const exchanged = await send(recorder.url);
      expect(exchanged).toMatchObject({
        type: 'failed',
        reason: expect.stringMatching(/^the certificate of 127\.0\.0\.1 comes from .* \([A-Z_]+\)$/),
        hint: expect.stringContaining('NODE_EXTRA_CA_CERTS'),
        sent: false,
        isTransient: false,
      });
    });

    test('is a server that does not speak TLS', async () => {
      const sandbox = await createSandbox();
      cleanUp(() => sandbox.close());
      expect(await send(sandbox.url.replace('http:', 'https:'))).toMatchObject({
        reason: expect.stringMatching(/^no TLS connection to 127\.0\.0\.1 could be made \(/),
        sent: false,
        isTransient: false,
      });
    });

    test('is an abort that came before', async () => {
      const recorder = await createRecorder([]);
      expect(await send(recorder.url, TIMEOUT_MS, AbortSignal.abort())).toMatchObject({
        type: 'failed',
        sent: false,
      });
      expect(recorder.connections).toBe(0);
    });
  });

  describe('a failure after the request left (rule 20)', () => {
    test.each([
      ['a reset', { then: 'reset' }, 'the connection was reset (ECONNRESET)'],
      ['an end without an answer', { then: 'close' }, 'the connection was reset (ECONNRESET)'],
      [
        'what is no HTTP',
        { raw: 'SSH-2.0-OpenSSH\r\n\r\n' },
        'the answer is not HTTP (HPE_INVALID_CONSTANT)',
      ],
      [
        'headers over the limit of Node.js',
        { raw: `HTTP/1.1 200 OK\r\nX-Policy: ${'x'.repeat(20_000)}\r\nContent-Length: 2\r\n\r\n{}` },
        'the headers of the answer are larger than 16 KiB (HPE_HEADER_OVERFLOW)',
      ],
      [
        'what cannot be decompressed',
        { status: 200, headers: { 'Content-Encoding': 'gzip' }, body: 'no gzip' },
        'the answer could not be decompressed (Z_DATA_ERROR)',
      ],
    ] as const)('is %s', async (_name, answer, reason) => {
      const recorder = await createRecorder([answer]);
      expect(await send(recorder.url)).toMatchObject({ type: 'failed', reason, sent: true });
    });

    test('is silence until the time is up (rules 14, 20)', async () => {
      const recorder = await createRecorder([{ then: 'hang' }]);
      expect(await send(recorder.url, 150)).toMatchObject({
        type: 'failed',
        reason: 'no answer came in time',
        sent: true,
        answer: undefined,
      });
    });

    test('is an answer that stops, of which the beginning is kept', async () => {
      const head = 'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n';
      const recorder = await createRecorder([
        { raw: `${head}{"decentroTxnId":"T1"`, then: 'close' },
        { raw: `${head}{"decentroTxnId":"T2"`, then: 'hang' },
      ]);
      const [cut, stopped] = [await send(recorder.url), await send(recorder.url, 150)];
      expect(cut).toMatchObject({ type: 'failed', sent: true, answer: { status: 200 } });
      expect(String(cut.answer?.body)).toBe('{"decentroTxnId":"T1"');
      expect(stopped).toMatchObject({
        type: 'failed',
        reason: 'no answer came in time',
        answer: { status: 200 },
      });
    });

    test('is an abort in between', async () => {
      const controller = new AbortController();
      const recorder = await createRecorder(() => {
        controller.abort();
        return { then: 'hang' };
      });
      expect(await send(recorder.url, TIMEOUT_MS, controller.signal)).toMatchObject({
        type: 'failed',
        sent: true,
      });
    });
  });

  test('an abort that comes afterwards disturbs nobody', async () => {
    const controller = new AbortController();
    const recorder = await createRecorder([{}, { then: 'reset' }]);
    expect(await send(recorder.url, TIMEOUT_MS, controller.signal)).toMatchObject({ type: 'answered' });
    expect(await send(recorder.url, TIMEOUT_MS, controller.signal)).toMatchObject({ type: 'failed' });
    controller.abort();
    await new Promise(setImmediate);
  });

  test('no failure holds anything of the request, nor a word of the library (rule 17)', async () => {
    const recorder = await createRecorder([
      { then: 'reset' },
      { then: 'hang' },
      { raw: 'SSH-2.0-OpenSSH\r\n\r\n' },
      { headers: { 'Content-Encoding': 'gzip' }, body: 'no gzip' },
    ]);
    const stranger = await createRecorder([], { tls: createCertificate() });
    const exchanged = [
      await send(recorder.url),
      await send(recorder.url, 150),
      await send(recorder.url),
      await send(recorder.url),
      await send(stranger.url),
      await send(recorder.url, TIMEOUT_MS, AbortSignal.abort()),
      await send(`http://127.0.0.1:${await closedPort()}`),
    ];
    for (const outcome of exchanged) {
      const said = { ...outcome, answer: undefined, stray: undefined };
      const objects = Object.entries(said).filter(([, value]) => typeof value === 'object');
      expect(objects.map(([name]) => name)).toEqual([]);
      const text = inspect(said, { depth: Infinity, showHidden: true });
      expect(findLeak(text)).toBeUndefined();
      expect(text).not.toMatch(/purpose|Error:/);
    }
  });
});

describe('a request that waits for a connection of its run', () => {
  const waitBehind = async (timeoutMs: number, signal: AbortSignal) => {
    const recorder = await createRecorder({ then: 'hang' });
    const connections = new KeptConnections(1);
    cleanUp(() => {
      connections.close();
    });
    const send = (limitMs: number, ending: AbortSignal) =>
      exchange(requestTo(recorder.url), limitMs, ending, {}, { connections });
    const first = new AbortController();
    const other = send(TIMEOUT_MS, first.signal);
    const ended = await Promise.race([send(timeoutMs, signal), other]);
    first.abort();
    await other;
    return ended;
  };

  test.each([
    ['its time', () => waitBehind(100, new AbortController().signal), 'no answer came in time'],
    ['its signal', () => waitBehind(TIMEOUT_MS, AbortSignal.timeout(100)), /ABORT_ERR/],
  ])('ends with %s', async (_what, wait, reason) => {
    expect(await wait()).toMatchObject({
      type: 'failed',
      sent: false,
      reason: expect.stringMatching(reason),
    });
  });
});

test('a request does not leave on a connection that was chosen before the process slept (rule 20)', async () => {
  const recorder = await createRecorder([{}, {}]);
  const connections = new KeptConnections(4);
  cleanUp(() => {
    connections.close();
  });
  const send = () =>
    exchange(requestTo(recorder.url), TIMEOUT_MS, new AbortController().signal, {}, { connections });
  expect(await send()).toMatchObject({ type: 'answered' });
  const agentFor = connections.agentFor.bind(connections);
  jest.spyOn(connections, 'agentFor').mockImplementation((isSecure) => {
    const agent = agentFor(isSecure);
    const awakeAt = Date.now() + 3_000;
    jest.spyOn(Date, 'now').mockImplementation(() => awakeAt);
    return agent;
  });
  expect(await send()).toMatchObject({ type: 'answered' });
  expect([recorder.requests.length, recorder.connections]).toEqual([2, 2]);
});

test.each(WAYS_TO_SEND)(
  'an answer that came while the process was stopped counts, whatever the time says: %s (rule 14)',
  async (_way, optionsOf) => {
    const limitMs = 500;
    const recorder = await createRecorder(() => {
      // After the answer was written, and before it is read.
      setImmediate(() => {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, limitMs + 50);
      });
      return {};
    });
    const { signal } = new AbortController();
    expect(await exchange(requestTo(recorder.url), limitMs, signal, {}, optionsOf())).toMatchObject({
      type: 'answered',
    });
  },
);

describe('clocks that are set', () => {
  const connect = async (...more: object[]) => {
    const recorder = await createRecorder([{}, ...more]);
    const connections = new KeptConnections(4);
    cleanUp(() => {
      connections.close();
    });
    const send = async () => {
      const ended = await exchange(
        requestTo(recorder.url),
        TIMEOUT_MS,
        new AbortController().signal,
        {},
        {
          connections,
        },
      );
      expect(ended).toMatchObject({ type: 'answered' });
    };
    await send();
    return { recorder, send };
  };

  test('forward and back leave connections in use', async () => {
    useFakeTimers({ doNotFake: ['nextTick', 'queueMicrotask', 'setImmediate', 'setTimeout'] });
    const { recorder, send } = await connect({}, {});
    const now = Date.now();
    jest.setSystemTime(now + 86_400_000);
    jest.advanceTimersByTime(600);
    jest.setSystemTime(now);
    jest.advanceTimersByTime(1_200);
    await send();
    await send();
    expect(recorder.connections).toBe(1);
  });

  test('back hide no sleep of the process (rule 20)', async () => {
    const { recorder, send } = await connect({});
    const [wallMs, monotonicMs] = [Date.now(), performance.now()];
    jest.spyOn(Date, 'now').mockReturnValue(wallMs - 3_600_000);
    jest.spyOn(performance, 'now').mockReturnValue(monotonicMs + 3_000);
    await send();
    expect(recorder.connections).toBe(2);
  });
});
