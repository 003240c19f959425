import { constants, fstatSync, openSync, writeSync } from 'node:fs';
import { Failure } from '../failure/failure.js';

export interface Output {
  /**
   * Resolves once the system took the text, or the bytes. Rejects with `Failure('output')` on standard output; on standard error
   * a text that nobody can read is lost, and changes nothing.
   */
  write(content: string | Uint8Array): Promise<void>;
  /** Whether anything has been written. */
  readonly isUsed: boolean;
  readonly isTerminal: boolean;
  readonly columns: number;
  readonly hasColors: boolean;
}

export interface OutputOptions {
  /** Creates the stream. Node loads what it is made of only then, which takes a fifth of the time of `--version`. */
  readonly open: () => NodeJS.WriteStream;
  /** The descriptor to write to without a stream, where it is a file, a pipe or a socket. */
  readonly descriptor: number | undefined;
  /** Whether a reader that has stopped reading may hold the process up: where signals end it without its help. */
  readonly mayBlock: boolean;
  readonly env: NodeJS.ProcessEnv;
  readonly isPlain: boolean;
  readonly signal: AbortSignal;
  readonly onError: (error: Error) => void;
}

// How long a text that is written after a signal may wait for its reader.
const LAST_WORDS_MS = 1_000;

export function createOutput({
  open,
  descriptor,
  mayBlock,
  env,
  isPlain,
  signal,
  onError,
}: OutputOptions): Output {
  let isUsed = false;
  let opened: NodeJS.WriteStream | undefined;
  const stream = (): NodeJS.WriteStream => {
    // Each write reports its own error; without a listener Node would throw it a second time.
    opened ??= open().on('error', () => undefined);
    return opened;
  };
  const direct = descriptor === undefined ? undefined : directDescriptor(descriptor, mayBlock);
  const isTerminal = direct === undefined && isTerminalStream(stream());
  const writeToStream = async (content: string | Uint8Array): Promise<void> => {
    await new Promise<void>((resolve, reject) => {
      // A reader that has stopped reading must not keep a signal from ending the program.
      const giveUp = () => {
        isUsed ||= content.length > 0;
        reject(signal.reason as Error);
      };
      const timer = signal.aborted ? setTimeout(giveUp, LAST_WORDS_MS) : undefined;
      signal.addEventListener('abort', giveUp);
      stream().write(content, (error) => {
        clearTimeout(timer);
        signal.removeEventListener('abort', giveUp);
        if (error) reject(error);
        else resolve();
      });
    });
  };
  return {
    write: async (content) => {
      try {
        // What the stream has taken may still wait: nothing overtakes it.
        const isDirect = direct !== undefined && opened === undefined;
        const rest = isDirect ? writeDirectly(direct, content) : content;
        if (!isDirect || rest.length > 0) await writeToStream(rest);
        isUsed ||= content.length > 0;
      } catch (error) {
        onError(error as Error);
      }
    },
    get isUsed() {
      return isUsed;
    },
    isTerminal,
    // A stream that is not a terminal has no such property, whatever its type says.
    get columns() {
      return isTerminal && stream().columns > 0 ? stream().columns : 80;
    },
    hasColors: !isPlain && wantsColors(isTerminal, env),
  };
}

function directDescriptor(descriptor: number, mayBlock: boolean): number | undefined {
  try {
    const stats = fstatSync(descriptor);
    if (stats.isFile() || (mayBlock && (stats.isFIFO() || stats.isSocket()))) return descriptor;
    // The same pipe once more, as Linux alone opens it: not to block would else hold for all who share the first.
    return stats.isFIFO()
      ? openSync(`/proc/self/fd/${descriptor}`, constants.O_WRONLY | constants.O_NONBLOCK)
      : undefined;
  } catch {
    return undefined;
  }
}

/** Returns what is left where the other end takes no more for now, which the stream waits for. */
function writeDirectly(descriptor: number, content: string | Uint8Array): Uint8Array {
  let rest: Uint8Array = typeof content === 'string' ? Buffer.from(content) : content;
  try {
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') throw error;
  }
  return rest;
}

// FORCE_COLOR and NO_COLOR as Node and supports-color read them: the first wins where both are set.
function wantsColors(isTerminal: boolean, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (isSet(force)) return force !== '0' && force !== 'false';
  return isTerminal && !isSet(no) && term !== 'dumb';
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}

export function isTerminalStream({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true;
}

export function unwritable(error: NodeJS.ErrnoException): Failure {
  const isClosed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
  return isClosed
    ? new Failure('output', 'Standard output was closed before the result was written.')
    : new Failure('output', `Standard output could not be written (${error.code ?? 'no error code'}).`);
}
