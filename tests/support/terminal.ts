import { spawn, type IPty } from '@lydell/node-pty';
import os from 'node:os';
import process from 'node:process';
import { findLeak } from './canaries.js';
import { cleanUp, temporaryDirectory } from './cleanup.js';
import { createStripper } from './control-sequences.js';
import { cleanEnvironment } from './environment.js';
import { commandLine, type RunOptions } from './run.js';
import { DEFAULT_TIMEOUT_MS, Transcript } from './transcript.js';

const KEYS = {
  enter: '\r',
  tab: '\t',
  backspace: '\u007F',
  'ctrl-c': '\u0003',
  'ctrl-d': '\u0004',
  'ctrl-t': '\u0014',
} as const;

export interface TerminalOptions extends Omit<RunOptions, 'stdin'> {
  /** 80 when absent. */
  readonly cols?: number;
  /** 24 when absent. */
  readonly rows?: number;
  /** A file to take stdout, so that the terminal shows stderr alone. POSIX only. */
  readonly stdoutTo?: string;
  /** Secrets beside the canaries that must never be shown. */
  readonly secrets?: readonly string[];
}

export interface TerminalExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A program that runs on a real pseudo-terminal. */
export interface Terminal {
  readonly pid: number;
  /** All that was shown, as sent to the terminal. */
  readonly output: string;
  /** The same without control sequences: what was drawn twice stands there twice. */
  readonly text: string;
  /** Waits for text behind the last match; control sequences do not count. */
  waitFor(pattern: string | RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  type(text: string): void;
  press(key: keyof typeof KEYS): void;
  /** Sends a signal to the program alone. */
  kill(signal: NodeJS.Signals): void;
  /** Rejects when the program had to be killed for its time, or showed a canary or one of `secrets`. */
  readonly exit: Promise<TerminalExit>;
}

/** Runs digilocker on a pseudo-terminal. It is killed when the test ends before it does. */
export function openTerminal(args: readonly string[], options: TerminalOptions = {}): Terminal {
  return open(commandLine(args, options), options);
}

/** Runs a shell script on a pseudo-terminal, with `args` as `"$@"`. */
export function openShellTerminal(
  script: string,
  args: readonly string[] = [],
  options: TerminalOptions = {},
): Terminal {
  return open(['sh', '-c', script, 'sh', ...args], options);
}

/** Runs any program on a pseudo-terminal. */
export function openProgramTerminal(
  command: readonly [string, ...string[]],
  options: TerminalOptions = {},
): Terminal {
  return open(command, options);
}

function open(command: readonly [string, ...string[]], options: TerminalOptions): Terminal {
  const { cols = 80, rows = 24, stdoutTo, timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const [file, ...args] = stdoutTo === undefined ? command : redirected(command, stdoutTo);
  const home = options.home ?? temporaryDirectory();
  const pty = spawn(file, args, {
    name: 'xterm-256color',
    cols,
    rows,
    cwd: options.cwd ?? temporaryDirectory(),
    env: cleanEnvironment(home, { TERM: 'xterm-256color', ...options.env }),
  });
  const strip = createStripper();
  const transcript = new Transcript();
  let output = '';
  pty.onData((chunk) => {
    output += chunk;
    transcript.append(strip(chunk));
  });

  const complaint = (message: string): Error =>
    new Error(`${message}\n--- terminal\n${transcript.text}\n---`);
  let isOver = false;
  let overtime: Error | undefined;
  const exit = new Promise<TerminalExit>((resolve, reject) => {
    const timer = setTimeout(() => {
      const why = `still running after ${timeoutMs} ms`;
      overtime = complaint(`${command.join(' ')}: ${why}`);
      transcript.end(why);
      killAll(pty);
    }, timeoutMs);
    pty.onExit(({ exitCode, signal }) => {
      isOver = true;
      clearTimeout(timer);
      const end = signal ? { code: null, signal: signalName(signal) } : { code: exitCode, signal: null };
      transcript.end(`the program ended (${String(end.code ?? end.signal)})`);
      const leak = findLeak(output, options.secrets);
      if (leak !== undefined) reject(complaint(`a secret was shown: ${leak}`));
      else if (overtime !== undefined) reject(overtime);
      else resolve(end);
    });
  });
  // Whoever never looks at it has nothing to handle either.
  exit.catch(() => undefined);
  cleanUp(async () => {
    if (!isOver) killAll(pty);
    await exit.catch(() => undefined);
  });

  return {
    pid: pty.pid,
    get output() {
      return output;
    },
    get text() {
      return transcript.text;
    },
    waitFor: (pattern, ms) => transcript.waitFor(pattern, ms),
    type: (text) => {
      pty.write(text);
    },
    press: (key) => {
      pty.write(KEYS[key]);
    },
    kill: (signal) => {
      process.kill(pty.pid, signal);
    },
    exit,
  };
}

function redirected(command: readonly string[], file: string): [string, ...string[]] {
  return ['sh', '-c', 'out=$1; shift; exec "$@" >"$out"', 'sh', file, ...command];
}

function signalName(number: number): NodeJS.Signals {
  const entry = Object.entries(os.constants.signals).find(([, value]) => value === number);
  if (entry === undefined) throw new Error(`Unknown signal ${number}`);
  return entry[0] as NodeJS.Signals;
}

function killAll(pty: IPty): void {
  try {
    if (process.platform === 'win32') pty.kill();
    else process.kill(-pty.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
}
