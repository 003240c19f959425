// Reads the input of a batch: a regular file of strict UTF-8, whose digest tells later runs whether it is the same one.
import { createHash } from 'node:crypto';
import { constants } from 'node:fs';
import { open } from 'node:fs/promises';
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';

/** What was read of an input file so far; of the whole file once it was read to its end. */
export interface InputDigest {
  readonly bytes: number;
  /** SHA-256 in hex. */
  readonly sha256: string;
}

export interface InputFile {
  /** The text, cut at line ends. Fails with `usage` on anything but UTF-8, and on a line over 1 MiB. */
  readonly text: AsyncIterable<string>;
  /** Of what was read of the file so far. */
  readonly digest: () => InputDigest;
  /**
   * Whether the file began with the bytes of an earlier reading. They have to end where a line does, because more on
   * the same line would change a row.
   */
  readonly beganWith: () => boolean;
}

const CHUNK_BYTES = 64 * 1024;

/** A record has 64 KiB at most, but may be quoted over many lines; a line of this size belongs to none. */
const MAX_LINE_BYTES = 1024 * 1024;

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;

/** Prepares to read a file. @param earlier what an earlier run found in it */
export function readInputFile(file: string, earlier?: InputDigest): InputFile {
  const hash = createHash('sha256');
  let bytes = 0;
  let lastByte = NEWLINE;
  let isSame: boolean | undefined;
  const digest = () => ({ bytes, sha256: hash.copy().digest('hex') });
  const count = (chunk: Buffer) => {
    const rest = earlier === undefined ? -1 : earlier.bytes - bytes;
    if (rest >= 0 && rest < chunk.length) {
      hash.update(chunk.subarray(0, rest));
      const last = rest > 0 ? chunk[rest - 1] : lastByte;
      const next = chunk[rest];
      const endedLine = last === NEWLINE || next === NEWLINE || next === CARRIAGE_RETURN;
      isSame = endedLine && digest().sha256 === earlier?.sha256;
      hash.update(chunk.subarray(rest));
    } else hash.update(chunk);
    bytes += chunk.length;
    lastByte = chunk.at(-1) ?? lastByte;
  };
  return {
    text: decodeLines(readChunks(file, count), file),
    digest,
    beganWith: () =>
      isSame ?? (earlier === undefined || (bytes === earlier.bytes && digest().sha256 === earlier.sha256)),
  };
}

/** What is in a file, without a look at its text. Fails with `usage` where it cannot be read. */
export async function digestInputFile(file: string): Promise<InputDigest> {
  const hash = createHash('sha256');
  let bytes = 0;
  for await (const chunk of readChunks(file)) {
    hash.update(chunk);
    bytes += chunk.length;
  }
  return { bytes, sha256: hash.digest('hex') };
}

async function* readChunks(file: string, count?: (chunk: Buffer) => void): AsyncGenerator<Buffer> {
  // A pipe without a writer would keep a plain open() waiting.
  const nonBlocking = (constants as Partial<typeof constants>).O_NONBLOCK ?? 0;
  const handle = await open(file, constants.O_RDONLY | nonBlocking).catch((error: unknown) => {
    throw unreadable(file, error);
  });
  try {
    if (!(await handle.stat()).isFile()) {
      throw new Failure('usage', `${visible(file)} is not a regular file.`, {
        hint: 'A run has to be able to read its input again. Save it to a file first.',
      });
    }
    for (;;) {
      const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(CHUNK_BYTES), 0, CHUNK_BYTES);
      if (bytesRead === 0) return;
      const chunk = buffer.subarray(0, bytesRead);
      count?.(chunk);
      yield chunk;
    }
  } catch (error) {
    throw error instanceof Failure ? error : unreadable(file, error);
  } finally {
    await handle.close();
  }
}

/** Decodes whole lines, so that an error can name its own. No byte of a longer character is a line break. */
async function* decodeLines(chunks: AsyncIterable<Buffer>, file: string): AsyncGenerator<string> {
  let carry: Buffer[] = [];
  let carried = 0;
  let line = 1;
  let isFirst = true;
  const decode = (bytes: Buffer): string => {
    const start = isFirst && bytes.subarray(0, 3).equals(BYTE_ORDER_MARK) ? 3 : 0;
    isFirst = false;
    const text = decodeStrictly(bytes.subarray(start));
    if (text === undefined) throw notUtf8(file, line + linesBeforeFault(bytes.subarray(start)));
    line += countLines(bytes);
    return text;
  };
  for await (const chunk of chunks) {
    const end = chunk.lastIndexOf(NEWLINE) + 1;
    carry.push(end === 0 ? chunk : chunk.subarray(0, end));
    carried += chunk.length;
    if (end === 0) {
      if (carried > MAX_LINE_BYTES)
        throw new Failure('usage', `Line ${line} of ${visible(file)} is over 1 MiB.`);
      continue;
    }
    yield decode(Buffer.concat(carry));
    carry = [chunk.subarray(end)];
    carried = chunk.length - end;
  }
  if (carried > 0) yield decode(Buffer.concat(carry));
}

const BYTE_ORDER_MARK = Buffer.from([0xef, 0xbb, 0xbf]);

function decodeStrictly(bytes: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}

function linesBeforeFault(bytes: Buffer): number {
  let start = 0;
  for (let lines = 0; ; lines += 1) {
    const end = bytes.indexOf(NEWLINE, start) + 1;
    // What comes before the last line was decoded: the fault is in that one.
    if (end === 0 || decodeStrictly(bytes.subarray(start, end)) === undefined) return lines;
    start = end;
  }
}

function countLines(bytes: Buffer): number {
  let lines = 0;
  for (let at = bytes.indexOf(NEWLINE); at !== -1; at = bytes.indexOf(NEWLINE, at + 1)) lines += 1;
  return lines;
}

function notUtf8(file: string, line: number): Failure {
  return new Failure('usage', `Line ${line} of ${visible(file)} is not UTF-8.`, {
    hint: 'Save the file as UTF-8.',
  });
}

function unreadable(file: string, error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) return error as Failure;
  return new Failure('usage', `${visible(file)} cannot be read (${code}).`);
}
