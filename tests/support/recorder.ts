import net, { type AddressInfo } from 'node:net';
import tls from 'node:tls';
import { encodeAnswer, type Answer } from './answer.js';
import type { Certificate } from './certificate.js';
import { cleanUp } from './cleanup.js';
import { readRequest, type RecordedRequest } from './recorded-request.js';

export type { Answer } from './answer.js';
export type { RecordedRequest } from './recorded-request.js';

/** Chooses the answer to the request number `index`; may take its time. */
export type Answering = (request: RecordedRequest, index: number) => Answer | Promise<Answer>;

export interface RecorderOptions {
  /** Speak TLS with this certificate. */
  readonly tls?: Certificate;
}

/** A server on 127.0.0.1 that writes down what it is sent. */
export interface Recorder {
  /** Its origin, without a slash at the end. */
  readonly url: string;
  readonly port: number;
  /** The complete requests, in the order in which they were completed. */
  readonly requests: readonly RecordedRequest[];
  /** How many connections were opened, silent ones included. */
  readonly connections: number;
  /** How many bytes came, after decryption and unfinished requests included. */
  readonly bytesReceived: number;
  /** Cuts every connection, and rejects when the requests were not as the answers foresaw. */
  close(): Promise<void>;
}

/**
 * Starts a recorder, which closes when the test ends. One answer, or a function, serves any number of
 * requests, none included; an array has to be used up, and one request more than it holds fails the test.
 * Without answers every session is created.
 */
export async function createRecorder(
  answers: Answer | readonly Answer[] | Answering = {},
  options: RecorderOptions = {},
): Promise<Recorder> {
  const requests: RecordedRequest[] = [];
  const errors: Error[] = [];
  const sockets = new Map<number | undefined, net.Socket>();
  let connections = 0;
  let bytesReceived = 0;

  const choose = async (request: RecordedRequest): Promise<Answer> => {
    const index = requests.push(request) - 1;
    if (typeof answers === 'function') return answers(request, index);
    if (!isList(answers)) return answers;
    const answer = answers[index];
    if (answer !== undefined) return answer;
    throw new Error(`No answer for request ${index + 1}: ${request.requestLine}`);
  };

  const serve = async (socket: net.Socket, request: RecordedRequest): Promise<boolean> => {
    const answer = await choose(request);
    const bytes = encodeAnswer(answer);
    if (bytes.length > 0) await new Promise((resolve) => socket.write(bytes, resolve));
    if (answer.then === 'close') socket.end();
    if (answer.then === 'reset') reset(socket);
    return answer.then === undefined;
  };

  // Under TLS only the socket below can send a reset.
  const reset = (socket: net.Socket): void => void sockets.get(socket.remotePort)?.resetAndDestroy();

  const record = (socket: net.Socket): void => {
    let received = Buffer.alloc(0);
    let isBusy = false;
    const work = async (): Promise<void> => {
      if (isBusy) return;
      isBusy = true;
      for (let request = readRequest(received); request; request = readRequest(received)) {
        received = received.subarray(request.raw.length);
        if (!(await serve(socket, request))) return;
      }
      isBusy = false;
    };
    socket.on('error', () => undefined);
    socket.on('data', (chunk: Buffer) => {
      bytesReceived += chunk.length;
      received = Buffer.concat([received, chunk]);
      work().catch((error: unknown) => {
        errors.push(error instanceof Error ? error : new Error(String(error)));
        reset(socket);
      });
    });
  };

  const server = options.tls ? tls.createServer({ ...options.tls }, record) : net.createServer(record);
  server.on('connection', (socket: net.Socket) => {
    connections += 1;
    const { remotePort } = socket;
    sockets.set(remotePort, socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(remotePort));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;

  let closing: Promise<void> | undefined;
  const shutDown = async (): Promise<void> => {
    const closed = new Promise((resolve) => server.close(resolve));
    for (const socket of sockets.values()) socket.destroy();
    await closed;
    if (isList(answers) && requests.length < answers.length) {
      errors.push(new Error(`${answers.length} answers were foreseen, ${requests.length} requests came`));
    }
    if (errors[0] !== undefined) throw errors[0];
  };
  const close = (): Promise<void> => (closing ??= shutDown());
  // What the test has asked for itself it has also been told.
  cleanUp(() => (closing === undefined ? close() : undefined));

  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    requests,
    get connections() {
      return connections;
    },
    get bytesReceived() {
      return bytesReceived;
    },
    close,
  };
}

function isList(answers: Answer | readonly Answer[] | Answering): answers is readonly Answer[] {
  return Array.isArray(answers);
}
