import { once } from 'node:events';
import net, { type AddressInfo } from 'node:net';
import { Duplex } from 'node:stream';
import tls from 'node:tls';
import { cleanUp } from './cleanup.js';

/** One connection, in the hands of a script. Every promise rejects when the client has left. */
export interface FaultConnection {
  /** Waits for the first bytes, and takes none of them: the connection stands on the other side as well. */
  readonly arrival: () => Promise<void>;
  /** Takes exactly this many bytes of the request. */
  readonly take: (count: number) => Promise<void>;
  /** Takes the rest of the request's head. */
  readonly takeHead: () => Promise<void>;
  /** Takes the rest of the request, whose body has a stated length. */
  readonly takeRequest: () => Promise<void>;
  readonly write: (bytes: string | Buffer) => Promise<void>;
  /** Writes byte after byte, each as a packet of its own, `everyMs` apart. */
  readonly drip: (bytes: string, everyMs?: number) => Promise<void>;
  /** Ends the connection in good order. */
  readonly close: () => void;
  /** Ends the connection below TLS, which is not told. */
  readonly cut: () => void;
  readonly reset: () => void;
}

/** What happens on a connection. What it neither closes nor resets stays open until the test ends. */
export type FaultScript = (connection: FaultConnection) => Promise<void> | void;

export interface FaultTls extends tls.SecureContextOptions {
  /** Ask for a certificate of the client's, and refuse it without. */
  readonly requestCert?: boolean;
  /** How the server's side of the handshake goes out: bytes apart, or only the first so many. */
  readonly handshake?: { readonly everyMs: number } | { readonly cutAfter: number };
}

/** What the server knows of a connection. */
export interface FaultRecord {
  /** What was taken of the request, after decryption. */
  readonly received: Buffer;
  /** What was sent, before encryption. */
  readonly sent: Buffer;
}

export interface FaultServer {
  readonly url: string;
  readonly port: number;
  readonly connections: readonly FaultRecord[];
}

const HEAD_END = '\r\n\r\n';

/** Starts a server on 127.0.0.1 that does with each connection what the script says. It ends when the test does. */
export async function createFaultServer(script: FaultScript, options?: FaultTls): Promise<FaultServer> {
  const connections: FaultRecord[] = [];
  const sockets = new Set<net.Socket>();
  const server = net.createServer({ noDelay: true, pauseOnConnect: true }, (raw) => {
    sockets.add(raw.on('error', () => undefined));
    const record = { received: Buffer.alloc(0), sent: Buffer.alloc(0) };
    connections.push(record);
    const play = async () => {
      const socket = options === undefined ? raw : await secured(raw, options);
      await script(connect(raw, socket, record));
    };
    // A client that leaves early ends its script, and nothing else.
    play().catch(() => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUp(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  const scheme = options === undefined ? 'http' : 'https';
  return { url: `${scheme}://127.0.0.1:${port}`, port, connections };
}

async function secured(raw: net.Socket, { handshake, ...options }: FaultTls): Promise<Duplex> {
  const socket = new tls.TLSSocket(handshake === undefined ? raw : slowed(raw, handshake), {
    isServer: true,
    rejectUnauthorized: true,
    ...options,
    secureContext: tls.createSecureContext(options),
  });
  socket.on('error', () => undefined);
  await once(socket, 'secure');
  return socket;
}

/** A stream that passes on everything the client says, and what the server says as the handshake is to go. */
function slowed(raw: net.Socket, handshake: NonNullable<FaultTls['handshake']>): Duplex {
  const duplex = new Duplex({
    read: () => void raw.resume(),
    write: (chunk: Buffer, _encoding, done) => {
      if ('cutAfter' in handshake) raw.end(chunk.subarray(0, handshake.cutAfter));
      else
        drip((byte) => writeTo(raw, byte), chunk, handshake.everyMs).then(() => {
          done();
        }, done);
    },
    final: (done) => raw.end(done),
  });
  raw.on('data', (chunk: Buffer) => duplex.push(chunk));
  raw.on('close', () => duplex.destroy());
  return duplex;
}

function connect(
  raw: net.Socket,
  socket: Duplex,
  record: { received: Buffer; sent: Buffer },
): FaultConnection {
  socket.on('error', () => undefined);
  const take = async (count: number): Promise<void> => {
    if (count === 0) return;
    for (;;) {
      const bytes = socket.read(count) as Buffer | null;
      if (bytes?.length === count) {
        record.received = Buffer.concat([record.received, bytes]);
        return;
      }
      if (bytes !== null || !socket.readable) throw new Error('The client left.');
      await waitForMore(socket);
    }
  };
  const takeHead = async () => {
    while (!record.received.includes(HEAD_END)) await take(1);
  };
  const write = async (bytes: string | Buffer) => {
    await writeTo(socket, bytes);
    record.sent = Buffer.concat([record.sent, Buffer.from(bytes)]);
  };
  return {
    arrival: () => waitForMore(socket),
    take,
    takeHead,
    takeRequest: async () => {
      await takeHead();
      const { received } = record;
      const [, length] = /^content-length: *(\d+)/im.exec(received.toString('latin1')) ?? [];
      await take(received.indexOf(HEAD_END) + HEAD_END.length + Number(length) - received.length);
    },
    write,
    drip: (bytes, everyMs = 0) => drip(write, Buffer.from(bytes), everyMs),
    close: () => void socket.end(),
    cut: () => void raw.end(),
    reset: () => void raw.resetAndDestroy(),
  };
}

async function waitForMore(socket: Duplex): Promise<void> {
  await Promise.race([once(socket, 'readable'), once(socket, 'close')]);
}

async function drip(write: (byte: Buffer) => Promise<void>, bytes: Buffer, everyMs: number): Promise<void> {
  for (const byte of bytes) {
    await write(Buffer.of(byte));
    await new Promise((resolve) => (everyMs === 0 ? setImmediate(resolve) : setTimeout(resolve, everyMs)));
  }
}

async function writeTo(stream: Duplex, bytes: string | Buffer): Promise<void> {
  if (stream.destroyed) throw new Error('The client left.');
  await new Promise<void>((resolve, reject) => {
    stream.write(bytes, (error) => {
      if (error) reject(error);
      else resolve();
    });
  });
}
