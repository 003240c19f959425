import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import https from 'node:https';
import net from 'node:net';
import { createCertificate } from '../../support/certificate.js';
import { createRecorder, type Recorder } from '../../support/recorder.js';

const get = 'GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n';

async function connect({ port }: Recorder): Promise<net.Socket> {
  const socket = net.connect(port, '127.0.0.1').setEncoding('utf8');
  await once(socket, 'connect');
  return socket;
}

function closeOf(socket: net.Socket): Promise<unknown> {
  return new Promise((resolve) => socket.on('error', () => undefined).once('close', resolve));
}

async function readAll(socket: net.Socket): Promise<string> {
  let text = '';
  for await (const chunk of socket) text += String(chunk);
  return text;
}

describe('what is recorded', () => {
  test('is every byte, with names in their case and headers in their order', async () => {
    const recorder = await createRecorder({ then: 'close' });
    const bytes =
      'POST /v2?x=1 HTTP/1.1\r\nclient_ID:  a\r\nX:b\r\nX: c\r\nContent-Length: 9\r\n\r\n{"é":1}\n';
    const socket = await connect(recorder);
    socket.write(bytes.slice(0, 50));
    socket.write(bytes.slice(50));
    await readAll(socket);
    const [request] = recorder.requests;
    expect(request?.raw.toString()).toBe(bytes);
    expect(request).toMatchObject({
      requestLine: 'POST /v2?x=1 HTTP/1.1',
      method: 'POST',
      path: '/v2?x=1',
      headers: [
        ['client_ID', 'a'],
        ['X', 'b'],
        ['X', 'c'],
        ['Content-Length', '9'],
      ],
      body: '{"é":1}\n',
    });
    expect(request?.json()).toEqual({ é: 1 });
    expect(request?.header('CLIENT_id')).toBe('a');
    expect(request?.header('none')).toBeUndefined();
    expect(() => request?.header('x')).toThrow('2 headers');
    expect(recorder.bytesReceived).toBe(Buffer.byteLength(bytes));
  });

  test('is no request before it is complete', async () => {
    const recorder = await createRecorder();
    const socket = await connect(recorder);
    socket.end('POST / HTTP/1.1\r\nContent-Length: 2\r\n\r\n1');
    expect(await readAll(socket)).toBe('');
    expect(recorder.requests).toEqual([]);
    expect(recorder.bytesReceived).toBe(39);
  });

  test('is each request of a connection, and each connection', async () => {
    const recorder = await createRecorder([{ body: '1' }, { body: '2' }, { body: '3', then: 'close' }]);
    const first = await connect(recorder);
    first.write(get + get);
    await once(first, 'data');
    const second = await connect(recorder);
    second.write(get);
    await readAll(second);
    expect(recorder.connections).toBe(2);
    expect(recorder.requests.map(({ path }) => path)).toEqual(['/a?b=c', '/a?b=c', '/a?b=c']);
  });
});

describe('the answer', () => {
  async function answerTo(recorder: Recorder): Promise<string> {
    const socket = await connect(recorder);
    socket.write(get);
    return readAll(socket);
  }

  test('tells of a created session by default', async () => {
    const recorder = await createRecorder();
    const answer = await fetch(recorder.url, { method: 'POST', body: '{}' });
    expect(answer.headers.get('content-type')).toBe('application/json');
    expect(await answer.json()).toMatchObject({
      responseKey: 'success_initiate_session',
      data: { authorizationUrl: expect.stringMatching(/^https:/) },
    });
  });

  test('has the status, headers and body that it was given', async () => {
    const recorder = await createRecorder({
      status: 403,
      headers: { 'content-length': '3', 'X-A': ['1', '2'] },
      body: '<p>',
      then: 'close',
    });
    expect(await answerTo(recorder)).toBe(
      'HTTP/1.1 403 Forbidden\r\ncontent-length: 3\r\nX-A: 1\r\nX-A: 2\r\n\r\n<p>',
    );
  });

  test('has no body when only a status was given', async () => {
    const recorder = await createRecorder({ status: 500, then: 'close' });
    expect(await answerTo(recorder)).toBe('HTTP/1.1 500 Internal Server Error\r\nContent-Length: 0\r\n\r\n');
  });

  test('may be any bytes', async () => {
    expect(await answerTo(await createRecorder({ raw: 'no HTTP\0', then: 'close' }))).toBe('no HTTP\0');
  });

  test('of `then` alone is silence, and an end or a reset', async () => {
    expect(await answerTo(await createRecorder({ then: 'close' }))).toBe('');
    await expect(answerTo(await createRecorder({ then: 'reset' }))).rejects.toThrow('ECONNRESET');
  });

  test('that hangs ends with the recorder', async () => {
    const recorder = await createRecorder({ raw: 'HTTP/1.1 200 OK\r\n', then: 'hang' });
    const socket = await connect(recorder);
    socket.write(get + get);
    await once(socket, 'data');
    const closed = closeOf(socket);
    await recorder.close();
    await closed;
    expect(recorder.requests).toHaveLength(1);
  });

  test('may be computed from the request, in its own time', async () => {
    const recorder = await createRecorder(async ({ path }, index) => {
      await Promise.resolve();
      return { body: `${path} ${index}` };
    });
    expect(await (await fetch(`${recorder.url}/a`)).text()).toBe('/a 0');
    expect(await (await fetch(`${recorder.url}/b`)).text()).toBe('/b 1');
  });
});

describe('closing', () => {
  test('fails when a foreseen request did not come', async () => {
    const recorder = await createRecorder([{}, {}]);
    await (await fetch(recorder.url)).text();
    await expect(recorder.close()).rejects.toThrow('2 answers were foreseen, 1 requests came');
  });

  test('fails when a request came that was not foreseen', async () => {
    const recorder = await createRecorder([]);
    await expect(fetch(recorder.url)).rejects.toThrow('fetch failed');
    await expect(recorder.close()).rejects.toThrow('No answer for request 1: GET / HTTP/1.1');
  });

  test('fails when the answer could not be computed', async () => {
    const recorder = await createRecorder(() => {
      throw new Error('expected /a');
    });
    await expect(fetch(recorder.url)).rejects.toThrow('fetch failed');
    await expect(recorder.close()).rejects.toThrow('expected /a');
  });

  test('fails when a request cannot be recorded', async () => {
    const recorder = await createRecorder();
    const socket = await connect(recorder);
    const closed = closeOf(socket);
    socket.write('POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n');
    await closed;
    await expect(recorder.close()).rejects.toThrow('Only bodies of a stated length');
  });

  test('cuts silent connections', async () => {
    const recorder = await createRecorder();
    const socket = await connect(recorder);
    const closed = closeOf(socket);
    await recorder.close();
    await closed;
  });
});

describe('over TLS', () => {
  async function fetchTls(recorder: Recorder, ca?: string): Promise<string> {
    const request = https.get(recorder.url, { ...(ca === undefined ? {} : { ca }), agent: false });
    const [response] = (await once(request, 'response')) as [AsyncIterable<Buffer>];
    let text = '';
    for await (const chunk of response) text += String(chunk);
    return text;
  }

  test('the certificate is good for whoever trusts it', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder({ body: 'hello' }, { tls: certificate });
    expect(recorder.url).toMatch(/^https:/);
    expect(await fetchTls(recorder, certificate.cert)).toBe('hello');
    await expect(fetchTls(recorder)).rejects.toThrow(/self.signed/);
    expect(recorder.requests).toHaveLength(1);
    expect(recorder.connections).toBe(2);
  });

  test('an expired certificate is refused', async () => {
    const certificate = createCertificate({ expired: true });
    const recorder = await createRecorder({}, { tls: certificate });
    await expect(fetchTls(recorder, certificate.cert)).rejects.toThrow('expired');
    expect(recorder.bytesReceived).toBe(0);
  });

  test('a reset is a reset', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder({ then: 'reset' }, { tls: certificate });
    await expect(fetchTls(recorder, certificate.cert)).rejects.toThrow(/ECONNRESET|socket hang up/);
  });
});
