import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Failure } from '../../src/failure/failure.js';
import type { Signal } from '../../src/failure/exit-codes.js';
import type { Host } from '../../src/host/host.js';
import type { Output } from '../../src/host/output.js';
import { cleanUp, temporaryDirectory } from './cleanup.js';
import { createFakePrompter, type FakePrompter, type ScriptedAnswer } from './fake-prompter.js';

export interface FakeHostOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** A fresh empty directory when absent. */
  readonly cwd?: string;
  /** A fresh empty directory when absent. */
  readonly home?: string;
  /** None when absent. */
  readonly accountHome?: string;
  /** Written below the working directory. */
  readonly files?: Readonly<Record<string, string>>;
  readonly platform?: NodeJS.Platform;
  readonly nodeVersion?: string;
  /** Where its clock starts. */
  readonly now?: number;
  /** The questions that will come, in their order. Whoever gives them sits at a terminal. */
  readonly answers?: readonly ScriptedAnswer[];
  readonly isInteractive?: boolean;
  readonly columns?: number;
  readonly hasColors?: boolean;
  /** What writing to standard output fails with. */
  readonly stdoutError?: Error;
  /** What standard input holds. */
  readonly input?: string;
  /** Plays the browser; without it, opening a link fails the test. Returns what kept it from opening, if so. */
  readonly browser?: (url: URL, hiddenVariables: readonly string[]) => string | undefined;
  /** Whether the waits that something else can end run out at once, instead of going on. */
  readonly waitsRunOut?: boolean;
  /** Told of every wait that something else can end, when it begins. */
  readonly onWait?: () => void;
  /** Told of every wait before it is over, in virtual time. */
  readonly onSleep?: (durationMs: number) => void | Promise<void>;
}

export interface CollectedOutput extends Output {
  readonly text: string;
}

export interface FakeHost extends Host {
  readonly stdout: CollectedOutput;
  readonly stderr: CollectedOutput;
  readonly prompter: FakePrompter;
  /** The waits so far, in milliseconds. */
  readonly sleeps: readonly number[];
  /** As a signal of the system would, or an error that nobody caught. */
  interrupt(reason: Signal | Error): void;
}

const START = Date.UTC(2026, 0, 2, 3, 4, 5);

/** Creates a world in memory, but for its directories. Its prompter verifies itself when the test ends. */
export function createFakeHost(args: readonly string[] = [], options: FakeHostOptions = {}): FakeHost {
  const { cwd = temporaryDirectory(), home = temporaryDirectory(), answers = [], env = {} } = options;
  const controller = new AbortController();
  const { signal } = controller;
  const prompter = createFakePrompter(answers);
  cleanUp(() => {
    prompter.verify();
  });
  writeFiles(cwd, options.files ?? {});
  const sleeps: number[] = [];
  let now = options.now ?? START;
  return {
    args,
    programFile: '/opt/digilocker/bin/digilocker.js',
    env,
    cwd,
    homeFolder: home,
    accountHome: options.accountHome,
    platform: options.platform ?? process.platform,
    nodeVersion: options.nodeVersion ?? process.versions.node,
    userId: process.getuid?.(),
    processId: process.pid,
    isRunning: (processId) => processId === process.pid,
    stdout: createCollectedOutput(options, options.stdoutError),
    stderr: createCollectedOutput(options),
    isInteractive: options.isInteractive ?? answers.length > 0,
    signal,
    prompter,
    sleeps,
    now: () => now,
    elapsed: () => now,
    sleep: async (durationMs, other) => {
      if (other !== undefined) options.onWait?.();
      if (other !== undefined && options.waitsRunOut !== true)
        await abortion(AbortSignal.any([signal, other]));
      sleeps.push(durationMs);
      now += durationMs;
      await options.onSleep?.(durationMs);
      signal.throwIfAborted();
    },
    openUrl: (url, hiddenVariables) => {
      if (options.browser === undefined) throw new Error(`Nobody expected ${url.href} to be opened`);
      return Promise.resolve(options.browser(url, hiddenVariables));
    },
    readInput: (maxBytes = 64 * 1024) => {
      const { input = '' } = options;
      if (Buffer.byteLength(input) > maxBytes) return Promise.reject(new Failure('usage', 'Too long.'));
      return Promise.resolve(input);
    },
    random: () => 0.5,
    interrupt: (reason) => {
      const isSignal = typeof reason === 'string';
      controller.abort(
        isSignal ? new Failure('interrupted', `Interrupted by ${reason}.`, { signal: reason }) : reason,
      );
    },
  };
}

async function abortion(signal: AbortSignal): Promise<never> {
  signal.throwIfAborted();
  return new Promise((_resolve, reject) => {
    signal.addEventListener('abort', () => {
      reject(signal.reason as Error);
    });
  });
}

/** Writes files, by their names below a folder, for their owner alone. */
export function writeFiles(folder: string, files: Readonly<Record<string, string>>, mode = 0o600): void {
  for (const [name, content] of Object.entries(files)) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, content, { mode });
  }
}

function createCollectedOutput(
  { columns = 80, hasColors = false, isInteractive = false }: FakeHostOptions,
  error?: Error,
): CollectedOutput {
  let text = '';
  return {
    write: (added) => {
      if (error !== undefined) return Promise.reject(error);
      text += typeof added === 'string' ? added : Buffer.from(added).toString('latin1');
      return Promise.resolve();
    },
    get isUsed() {
      return text !== '';
    },
    isTerminal: isInteractive,
    columns,
    hasColors,
    get text() {
      return text;
    },
  };
}
