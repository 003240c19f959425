import { isUtf8 } from 'node:buffer';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure/failure.js';
import type { Signal } from '../failure/exit-codes.js';
import { readArguments } from './arguments.js';
import { createPrompter, type Prompter } from './prompter.js';

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

/** Everything that the program knows of the world. Tests pass their own. */
export interface Host {
  readonly args: readonly string[];
  /** The file that was started, perhaps by way of a link. */
  readonly programFile: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** An absolute path; `undefined` where the user has none. */
  readonly homeFolder: string | undefined;
  /** The home that the user database gives, whatever HOME says; `undefined` where it has none. */
  readonly accountHome: string | undefined;
  readonly platform: NodeJS.Platform;
  /** Without a `v`. */
  readonly nodeVersion: string;
  /** `undefined` where the system has no such number (Windows). */
  readonly userId: number | undefined;
  readonly processId: number;
  /** Whether a process of this number runs, of whatever user. */
  isRunning(processId: number): boolean;
  readonly stdout: Output;
  readonly stderr: Output;
  /** Whether questions can be asked: standard input and standard error are terminals, and this is not CI. */
  readonly isInteractive: boolean;
  /** Aborts with a `Failure('interrupted')` on a signal, and with the error itself on an uncaught one. */
  readonly signal: AbortSignal;
  readonly prompter: Prompter;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds since some moment, by a clock that is never set: for what is measured. */
  elapsed(): number;
  /** Rejects when the host's signal aborts, with its reason, or the one given. */
  sleep(durationMs: number, signal?: AbortSignal): Promise<void>;
  /** Opens a link in the browser, which inherits none of the variables named; returns why it could not, if so. */
  openUrl(url: URL, hiddenVariables: readonly string[]): Promise<string | undefined>;
  /** Reads standard input to its end. Fails with `usage` beyond 64 KiB, and with the signal's reason. */
  readInput(): Promise<string>;
  /** From 0 to below 1. */
  random(): number;
}

const SIGNALS: readonly Signal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/** Creates the host of a real process. A second signal of the same name ends the process at once. */
export function createHost(process: NodeJS.Process): Host {
  // A copy: before a browser starts, the secrets go out of the process's own.
  const env = { ...process.env };
  const args = process.argv.slice(2);
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of SIGNALS) {
    if (name === 'SIGHUP' && outlivesTerminal(process, args)) {
      process.on(name, () => undefined);
      continue;
    }
    const onSignal = () => {
      controller.abort(new Failure('interrupted', `Interrupted by ${name}.`, { signal: name }));
      // Not `once`: inquirer's signal-exit kills the process where it finds no listener beside its own.
      setImmediate(() => process.off(name, onSignal));
    };
    process.on(name, onSignal);
  }
  process.once('uncaughtException', (error) => {
    controller.abort(error);
  });

  const home = homeFolder();
  // Libraries ask for it while they load, and fail where there is none.
  if (home === undefined) process.env['HOME'] = '/';
  const { isPlain } = readArguments(args);
  // Node opens each stream when it is asked for, which takes its time.
  const stdout = lazily(() =>
    createOutput(process.stdout, !isPlain && hasColors(process.stdout, env), signal, (error) => {
      throw error instanceof Failure ? error : unwritable(error);
    }),
  );
  const stderr = lazily(() =>
    createOutput(process.stderr, !isPlain && hasColors(process.stderr, env), signal, () => undefined),
  );
  return {
    args,
    programFile: process.argv[1] ?? '',
    env,
    get cwd() {
      return workingFolder(process);
    },
    homeFolder: home,
    get accountHome() {
      return accountHome();
    },
    platform: process.platform,
    nodeVersion: process.versions.node,
    userId: process.getuid?.(),
    processId: process.pid,
    isRunning: (processId) => {
      try {
        return process.kill(processId, 0);
      } catch (error) {
        return (error as NodeJS.ErrnoException).code === 'EPERM';
      }
    },
    get stdout() {
      return stdout();
    },
    get stderr() {
      return stderr();
    },
    get isInteractive() {
      return stderr().isTerminal && !isCi(env) && isTerminal(process.stdin);
    },
    signal,
    get prompter() {
      const { stdin: input, stderr: output } = process;
      const { hasColors } = stderr();
      const loadPlain = env['TERM'] === 'dumb' ? () => import('./plain-prompter.js') : undefined;
      return createPrompter({ input, output, hasColors, loadPlain, signal, signals: process });
    },
    now: Date.now,
    // What performance.now() loads takes longer than all that is measured here.
    elapsed: () => Number(process.hrtime.bigint()) / 1e6,
    sleep: async (durationMs, other) => {
      const either = other === undefined ? signal : AbortSignal.any([signal, other]);
      await delay(durationMs, undefined, { signal: either }).catch(() => {
        throw either.reason;
      });
    },
    openUrl: async (url, hiddenVariables) => {
      const { openInBrowser } = await import('./browser.js');
      return openInBrowser(url, hiddenVariables, process);
    },
    readInput: () => readAll(process.stdin, signal),
    random: Math.random,
  };
}

function lazily<Value>(create: () => Value): () => Value {
  let value: Value | undefined;
  return () => (value ??= create());
}

// nohup lets a program ignore SIGHUP, but Node undoes that as it starts. What serves in the background has none of its
// streams on the terminal that goes away. The command is looked at first: Node opens a stream when it is asked for.
function outlivesTerminal(process: NodeJS.Process, args: readonly string[]): boolean {
  if (readArguments(args).command !== 'sandbox') return false;
  const { stdin, stdout, stderr } = process;
  return ![stdin, stdout, stderr].some(isTerminal);
}

// How long a text that is written after a signal may wait for its reader.
const LAST_WORDS_MS = 1_000;

function createOutput(
  stream: NodeJS.WriteStream,
  hasColors: boolean,
  signal: AbortSignal,
  onError: (error: Error) => void,
): Output {
  // Each write reports its own error; without a listener Node would throw it a second time.
  stream.on('error', () => undefined);
  let isUsed = false;
  return {
    write: async (content) => {
      await new Promise<void>((resolve, reject) => {
        // A reader that has stopped reading must not keep a signal from ending the program.
        const giveUp = () => {
          isUsed ||= content.length > 0;
          reject(signal.reason as Error);
        };
        const timer = signal.aborted ? setTimeout(giveUp, LAST_WORDS_MS) : undefined;
        signal.addEventListener('abort', giveUp);
        stream.write(content, (error) => {
          clearTimeout(timer);
          signal.removeEventListener('abort', giveUp);
          if (error) reject(error);
          else resolve();
        });
      }).then(() => {
        isUsed ||= content.length > 0;
      }, onError);
    },
    get isUsed() {
      return isUsed;
    },
    // A stream that is not a terminal has neither property, whatever their types say.
    isTerminal: isTerminal(stream),
    get columns() {
      return isTerminal(stream) && stream.columns > 0 ? stream.columns : 80;
    },
    hasColors,
  };
}

// Somebody may have removed it; what does not look at it works all the same.
function workingFolder(process: NodeJS.Process): string {
  try {
    return process.cwd();
  } catch {
    throw new Failure('config', 'The working directory does not exist any more.');
  }
}

// With a HOME that is empty or relative, the user's own folder would be one that another user may have filled.
function homeFolder(): string | undefined {
  return absoluteFolder(() => os.homedir()) ?? accountHome();
}

function accountHome(): string | undefined {
  return absoluteFolder(() => os.userInfo().homedir);
}

function absoluteFolder(find: () => string): string | undefined {
  try {
    const folder = find();
    return path.isAbsolute(folder) ? folder : undefined;
  } catch {
    // A user without HOME and without an entry in the system's list, as in many a container.
    return undefined;
  }
}

/** Lets whatever has arrived already be noticed. */
async function turns(): Promise<void> {
  for (let count = 0; count < 3; count += 1) await nextTurn();
}

const MAX_INPUT_BYTES = 64 * 1024;

async function readAll(stdin: NodeJS.ReadStream, signal: AbortSignal): Promise<string> {
  let bytes = Buffer.alloc(0);
  // Destroying it lets a pipe that stays open end the wait for it.
  const stop = () => stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of stdin) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      if (bytes.length > MAX_INPUT_BYTES) throw new Failure('usage', 'Standard input is longer than 64 KiB.');
    }
    // Ctrl-C ends the writer of a pipe as well: the end of input may be noticed before the signal that came with it.
    await turns();
    signal.throwIfAborted();
  } catch (error) {
    throw signal.aborted ? signal.reason : error;
  } finally {
    signal.removeEventListener('abort', stop);
  }
  if (!isUtf8(bytes)) throw new Failure('usage', 'Standard input is not UTF-8.');
  return bytes.toString('utf8');
}

function unwritable(error: NodeJS.ErrnoException): Failure {
  const isClosed = error.code === 'EPIPE' || error.code === 'ERR_STREAM_DESTROYED';
  return isClosed
    ? new Failure('output', 'Standard output was closed before the result was written.')
    : new Failure('output', `Standard output could not be written (${error.code ?? 'no error code'}).`);
}

// FORCE_COLOR and NO_COLOR as Node and supports-color read them: the first wins where both are set.
function hasColors(stream: NodeJS.WriteStream, env: NodeJS.ProcessEnv): boolean {
  const { FORCE_COLOR: force, NO_COLOR: no, TERM: term } = env;
  if (isSet(force)) return force !== '0' && force !== 'false';
  return isTerminal(stream) && !isSet(no) && term !== 'dumb';
}

/** Whether a program of CI runs this one; CI=false and CI=0 say that none does. */
export function isCi({ CI = '' }: Readonly<Record<string, string | undefined>>): boolean {
  return !['', '0', 'false'].includes(CI.toLowerCase());
}

function isTerminal({ isTTY }: { readonly isTTY?: boolean }): boolean {
  return isTTY === true;
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== '';
}
