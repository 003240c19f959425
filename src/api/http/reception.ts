import type { EventEmitter } from 'node:events';
import type { IncomingHttpHeaders, IncomingMessage } from 'node:http';
import type { Socket } from 'node:net';
import type { Transform } from 'node:stream';
import zlib from 'node:zlib';

/** What came in answer to a request, up to the moment at which its connection failed, if it did. */
export interface Reception {
  readonly head: { readonly status: number; readonly headers: IncomingHttpHeaders } | undefined;
  /** The body as it came, compressed or not. */
  readonly body: Buffer;
  /** Whether the answer came to its end, whatever followed it. */
  readonly isComplete: boolean;
  /** What came and was no HTTP, as far as it is known. */
  readonly stray: Buffer | undefined;
}

/**
 * Records what a client request brings, of the body no more than a byte beyond `maxBytes`, where the request ends. Unlike the
 * stream of the response, it keeps what came before a failure.
 */
export function receive(outgoing: EventEmitter, maxBytes: number): Reception {
  const body = new GrowingBuffer(maxBytes + 1);
  let incoming: IncomingMessage | undefined;
  let stray: Buffer | undefined;
  outgoing.once('response', (response: IncomingMessage) => {
    incoming = response;
    body.expect(announcedLength(response));
    const push = response.push.bind(response);
    // Nobody else reads the body. To hand on each piece would take a hundred times as long as to keep it.
    response.push = (chunk: Buffer | null) => {
      if (chunk === null) return push(null);
      body.append(chunk);
      if (body.content.length > maxBytes) response.destroy();
      return true;
    };
  });
  // The request has lost its connection by then, and would wait for ever.
  outgoing.once('upgrade', (_response: IncomingMessage, socket: Socket) => {
    socket.destroy();
    const code = 'ERR_UNASKED_UPGRADE';
    outgoing.emit('error', Object.assign(new Error('The server wants another protocol.'), { code }));
  });
  outgoing.once('error', (error: { readonly rawPacket?: Buffer }) => {
    stray = error.rawPacket;
  });
  return {
    get head() {
      return incoming && { status: incoming.statusCode ?? 0, headers: incoming.headers };
    },
    get body() {
      return body.content;
    },
    get isComplete() {
      return incoming?.complete === true;
    },
    get stray() {
      return stray;
    },
  };
}

function announcedLength({ headers }: Partial<IncomingMessage>): number | undefined {
  const length = headers?.['content-length'];
  return length === undefined ? undefined : Number(length);
}

const MOST_THAT_GROWS = 2 * 1024 * 1024;

// An answer may come in a million pieces, each of which would cost a hundred bytes beside its own.
class GrowingBuffer {
  #bytes = Buffer.alloc(0);
  #size = 0;

  constructor(private readonly maxBytes: number) {}

  /**
   * Makes room for as much as may come where that can be much, because what grows is copied: the system gives memory
   * once it is used. For one of many small answers, a megabyte each would keep the garbage collector at work.
   *
   * @param size in bytes; `undefined` where it is not known
   */
  expect(size = this.maxBytes > MOST_THAT_GROWS ? this.maxBytes : 0): void {
    if (size > 0) this.#bytes = Buffer.alloc(Math.min(size, this.maxBytes));
  }

  append(chunk: Buffer): void {
    const room = this.maxBytes - this.#size;
    const added = chunk.subarray(0, room);
    if (this.#size + added.length > this.#bytes.length) {
      const larger = Buffer.alloc(Math.max(4096, 2 * (this.#size + added.length)));
      this.#bytes.copy(larger, 0, 0, this.#size);
      this.#bytes = larger;
    }
    added.copy(this.#bytes, this.#size);
    this.#size += added.length;
  }

  get content(): Buffer {
    return this.#bytes.subarray(0, this.#size);
  }
}

/** The value of `Accept-Encoding` for what {@link decompress} can read. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** What keeps a body that is larger than the limit from being read to its end. */
export const TOO_LARGE = 'TOO_LARGE';

// As many as curl takes: an answer of more is made to cost time.
const MAX_CODINGS = 5;

/** What keeps a body from being read whose codings are more than anybody needs. */
export const TOO_MANY_CODINGS = 'TOO_MANY_CODINGS';

interface Decompressed {
  readonly body: Buffer;
  readonly obstacle?: string | undefined;
}

/**
 * Takes the content codings off a body (RFC 9110, section 8.4), as far as it goes: its end may be missing. `obstacle` is
 * the code of the error that ended it earlier, or {@link TOO_LARGE}; a body of an unknown coding is left as it is.
 */
export async function decompress(
  body: Buffer,
  codings: string | undefined,
  maxBytes: number,
): Promise<Decompressed> {
  const applied = (codings ?? '')
    .toLowerCase()
    .split(/[\s,]+/)
    .filter((coding) => coding !== '' && coding !== 'identity');
  if (applied.length > MAX_CODINGS) return { body: body.subarray(0, maxBytes), obstacle: TOO_MANY_CODINGS };
  let decoded: Decompressed = {
    body: body.subarray(0, maxBytes),
    obstacle: body.length > maxBytes ? TOO_LARGE : undefined,
  };
  // The last that was applied comes off first.
  for (const coding of applied.reverse()) {
    const stream = decoded.body.length === 0 ? undefined : createDecompressor(coding, decoded.body);
    if (stream === undefined) break;
    const { body: inner, obstacle } = await readThrough(stream, decoded.body, maxBytes);
    // A body that was not compressed at all can still be read, which helps to find the cause.
    if (inner.length === 0 && obstacle !== undefined) return { body: decoded.body, obstacle };
    decoded = { body: inner, obstacle: decoded.obstacle ?? obstacle };
  }
  return decoded;
}

async function readThrough(stream: Transform, body: Buffer, maxBytes: number): Promise<Decompressed> {
  const content = new GrowingBuffer(maxBytes + 1);
  content.expect();
  const obstacle = await new Promise<string | undefined>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      content.append(chunk);
      if (content.content.length > maxBytes) resolve(TOO_LARGE);
    });
    stream.once('end', () => {
      resolve(undefined);
    });
    stream.once('error', ({ code }: NodeJS.ErrnoException) => {
      resolve(code ?? 'no code');
    });
    stream.end(body);
  });
  stream.destroy();
  return { body: content.content.subarray(0, maxBytes), obstacle };
}

/** Since Node.js 22.15. */
interface Zstd {
  readonly createZstdDecompress?: (options: { readonly finishFlush: number }) => Transform;
  readonly constants: { readonly ZSTD_e_flush?: number };
}

function createDecompressor(coding: string, body: Buffer): Transform | undefined {
  const partly = () => ({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
  switch (coding) {
    // RFC 9110, section 8.4.1.3: x-gzip is the same.
    case 'gzip':
    case 'x-gzip':
      return zlib.createGunzip(partly());
    case 'br':
      return zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'deflate':
    case 'x-deflate':
      return hasZlibHeader(body) ? zlib.createInflate(partly()) : zlib.createInflateRaw(partly());
    case 'zstd': {
      const { createZstdDecompress, constants } = zlib as unknown as Zstd;
      return createZstdDecompress?.({ finishFlush: constants.ZSTD_e_flush ?? 1 });
    }
    default:
      return undefined;
  }
}

// Some servers send `deflate` without the header that belongs to it (RFC 1950, section 2.2).
function hasZlibHeader([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}
