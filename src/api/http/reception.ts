import type { ClientRequest, IncomingHttpHeaders, IncomingMessage } from 'node:http';
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

/** Writes down what a request brings. A stream that fails drops what nobody has read yet: this does not. */
export function receive(outgoing: ClientRequest): Reception {
  const chunks: Buffer[] = [];
  let incoming: IncomingMessage | undefined;
  let stray: Buffer | undefined;
  outgoing.once('response', (response) => {
    incoming = response;
    const push = response.push.bind(response);
    response.push = (chunk: Buffer | null) => {
      if (chunk !== null) chunks.push(chunk);
      return push(chunk);
    };
  });
  // The request has lost its connection by then, and would wait for ever.
  outgoing.once('upgrade', (_response, socket) => {
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
      return Buffer.concat(chunks);
    },
    get isComplete() {
      return incoming?.complete === true;
    },
    get stray() {
      return stray;
    },
  };
}

/** The value of `Accept-Encoding` for what {@link decompress} can read. */
export const ACCEPTED_ENCODINGS = 'gzip, deflate, br';

/** What keeps a body that is larger than the limit from being read to its end. */
export const TOO_LARGE = 'TOO_LARGE';

/**
 * Decompresses a body as far as it goes: its end may be missing. `obstacle` is the code of the error that ended it
 * earlier, or {@link TOO_LARGE}; the body of an unknown encoding is left as it is.
 */
export async function decompress(
  body: Buffer,
  encoding: string | undefined,
  maxBytes: number,
): Promise<{ readonly body: Buffer; readonly obstacle?: string }> {
  const stream = body.length > 0 && createDecompressor(encoding?.trim().toLowerCase(), body);
  if (!stream)
    return { body: body.subarray(0, maxBytes), ...(body.length > maxBytes && { obstacle: TOO_LARGE }) };
  const chunks: Buffer[] = [];
  let size = 0;
  const obstacle = await new Promise<string | undefined>((resolve) => {
    stream.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > maxBytes) resolve(TOO_LARGE);
      else chunks.push(chunk);
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
  // What was not compressed at all may still be read by whoever has to find out.
  const read = chunks.length === 0 && obstacle !== undefined ? body : Buffer.concat(chunks);
  return obstacle === undefined ? { body: read } : { body: read, obstacle };
}

function createDecompressor(encoding: string | undefined, body: Buffer) {
  const partly = () => ({ finishFlush: zlib.constants.Z_SYNC_FLUSH });
  switch (encoding) {
    case 'gzip':
      return zlib.createGunzip(partly());
    case 'br':
      return zlib.createBrotliDecompress({ finishFlush: zlib.constants.BROTLI_OPERATION_FLUSH });
    case 'deflate':
      return hasZlibHeader(body) ? zlib.createInflate(partly()) : zlib.createInflateRaw(partly());
    case undefined:
    default:
      return undefined;
  }
}

// Some servers send `deflate` without the header that belongs to it (RFC 1950, section 2.2).
function hasZlibHeader([first = 0, second = 0]: Buffer): boolean {
  return (first & 0x0f) === 8 && (first * 256 + second) % 31 === 0;
}
