import { isUtf8 } from 'node:buffer';
import os from 'node:os';
import path from 'node:path';
import { setImmediate as nextTurn, setTimeout as delay } from 'node:timers/promises';
import { Failure } from '../failure/failure.js';
import type { Signal } from '../failure/exit-codes.js';
import { readArguments } from './arguments.js';
import { createOutput, isTerminalStream as isTerminal, unwritable, type Output } from './output.js';
import type { Prompter } from './prompter.js';
import { createPrompter } from './terminal-prompter.js';

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
  /** Reads standard input to its end. Fails with `usage` beyond 64 KiB or `maxBytes`, and with the signal's reason. */
  readInput(maxBytes?: number): Promise<string>;
  /** From 0 to below 1. */
  random(): number;
}

const SIGNALS: readonly Signal[] = ['SIGHUP', 'SIGINT', 'SIGTERM'];

/**
 * Creates the host of a real process. A second signal of the same name ends the process at once; so does the first,
 * where the program only says how it is used.
 *
 * @param descriptors where the process's output goes
 */
export function createHost(
  process: NodeJS.Process,
  descriptors?: { readonly stdout: number; readonly stderr: number },
): Host {
  // A copy: before a browser starts, the secrets go out of the process's own.
  const env = { ...process.env };
  const args = process.argv.slice(2);
  const { isPlain, asksForHelp, asksForVersion } = readArguments(args);
  const isBrief = asksForHelp || asksForVersion;
  // What Node prints then goes through its streams: the program's own has to keep its place.
  const isDebugged = (env['NODE_DEBUG'] ?? '') !== '';
  const controller = new AbortController();
  const { signal } = controller;
  for (const name of isBrief ? [] : SIGNALS) {
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

  const home = homeFolder(process);
  // Libraries ask for it while they load, and fail where there is none.
  if (home === undefined) process.env['HOME'] = '/';
  const output = (name: 'stdout' | 'stderr', onError: (error: Error) => void) =>
    lazily(() =>
      createOutput({
        open: () => process[name],
        // Windows lets nobody write to a pipe at once that was opened for what Node does with it.
        descriptor: process.platform === 'win32' || isDebugged ? undefined : descriptors?.[name],
        mayBlock: isBrief,
        env,
        isPlain,
        signal,
        onError,
      }),
    );
  const stdout = output('stdout', (error) => {
    throw error instanceof Failure ? error : unwritable(error);
  });
  const stderr = output('stderr', () => undefined);
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
      const isDumb = env['TERM'] === 'dumb';
      return createPrompter({ input, output, hasColors, isDumb, signal, signals: process });
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
    readInput: (maxBytes) => readAll(process.stdin, signal, maxBytes),
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

// Somebody may have removed it; what does not look at it works all the same.
function workingFolder(process: NodeJS.Process): string {
  try {
    return process.cwd();
  } catch {
    throw new Failure('config', 'The working directory does not exist any more.');
  }
}

// With a HOME that is empty or relative, the user's own folder would be one that another user may have filled. Where
// HOME says it, node:os need not be loaded.
function homeFolder({ env, platform }: NodeJS.Process): string | undefined {
  const { HOME: home = '' } = env;
  if (platform !== 'win32' && path.isAbsolute(home)) return home;
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

async function readAll(
  stdin: NodeJS.ReadStream,
  signal: AbortSignal,
  maxBytes = MAX_INPUT_BYTES,
): Promise<string> {
  let bytes = Buffer.alloc(0);
  // Destroying it lets a pipe that stays open end the wait for it.
  const stop = () => stdin.destroy();
  signal.addEventListener('abort', stop);
  try {
    for await (const chunk of stdin) {
      bytes = Buffer.concat([bytes, chunk as Buffer]);
      if (bytes.length > maxBytes)
        throw new Failure('usage', `Standard input is longer than ${maxBytes / 1024} KiB.`);
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

/** Whether a program of CI runs this one; CI=false and CI=0 say that none does. */
export function isCi({ CI = '' }: Readonly<Record<string, string | undefined>>): boolean {
  return !['', '0', 'false'].includes(CI.toLowerCase());
}
