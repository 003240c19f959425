import zlib from 'node:zlib';
import type { Answer } from './answer.js';

/** A piece of an answer as a fixture has it: text, other bytes, or much of the same. */
type Piece =
  | string
  | { readonly hex: string }
  | { readonly latin1: string }
  | { readonly utf16le: string }
  | { readonly repeat: string; readonly times: number };

/** An answer that JSON can hold, with how it ends. */
export interface ScriptedAnswer {
  readonly name: string;
  /** The exit code. */
  readonly code: number;
  /** What can be read of it: of several, none is taken for the right one. */
  readonly decentroTxnId: string | null | readonly string[];
  /** Of a session: the link, or how it starts. */
  readonly authorizationUrl?: string | { readonly start: string };
  readonly headers?: Readonly<Record<string, string>>;
  readonly body: readonly Piece[];
  readonly zip?: 'gzip' | 'deflate' | 'deflateRaw' | 'br';
  /** How much of the compressed body is sent, from its end where it is negative. */
  readonly keep?: number;
  /** The body is the whole answer, its head included, after which the connection closes. */
  readonly raw?: boolean;
}

/** What a recorder answers. */
export function answerOf({ headers, body, zip, keep, raw }: ScriptedAnswer): Answer {
  const plain = Buffer.concat(body.map(bytesOf));
  if (raw === true) return { raw: plain, then: 'close' };
  const zipped = zip === undefined ? plain : compress(plain, zip).subarray(0, keep);
  return { status: 200, headers: headers ?? { 'Content-Type': 'application/json' }, body: zipped };
}

function bytesOf(piece: Piece): Buffer {
  if (typeof piece === 'string') return Buffer.from(piece);
  if ('hex' in piece) return Buffer.from(piece.hex, 'hex');
  if ('latin1' in piece) return Buffer.from(piece.latin1, 'latin1');
  if ('utf16le' in piece) return Buffer.from(piece.utf16le, 'utf16le');
  return Buffer.from(piece.repeat.repeat(piece.times));
}

function compress(bytes: Buffer, zip: NonNullable<ScriptedAnswer['zip']>): Buffer {
  switch (zip) {
    case 'gzip':
      return zlib.gzipSync(bytes, { level: 1 });
    case 'deflate':
      return zlib.deflateSync(bytes, { level: 1 });
    case 'deflateRaw':
      return zlib.deflateRawSync(bytes, { level: 1 });
    case 'br':
      return zlib.brotliCompressSync(bytes, { params: { [zlib.constants.BROTLI_PARAM_QUALITY]: 1 } });
  }
}
