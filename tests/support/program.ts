import { spawn, type ChildProcess } from 'node:child_process';
import process from 'node:process';
import { cleanUp, temporaryDirectory } from './cleanup.js';
import { cleanEnvironment } from './environment.js';
import { DEFAULT_TIMEOUT_MS, Transcript } from './transcript.js';

/** What a program printed and how it ended. */
export interface Run {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ProgramOptions {
  /** Added to an otherwise clean environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** A fresh empty directory when absent. */
  readonly cwd?: string;
  /** A fresh empty directory when absent. */
  readonly home?: string;
  /** `null`: /dev/null, the default. `open`: a pipe that stays silent. A text: a pipe that holds it, and ends. */
  readonly stdin?: 'null' | 'open' | { readonly text: string };
  /** How long the program may run before it is killed, 15 s by default. */
  readonly timeoutMs?: number;
}

/** A program that runs. */
export interface Running {
  readonly pid: number;
  waitForStdout(pattern: string | RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  waitForStderr(pattern: string | RegExp, timeoutMs?: number): Promise<RegExpExecArray>;
  /** Sends a signal to the program alone. */
  kill(signal: NodeJS.Signals): void;
  /** Closes the reading end: the program's next write fails with EPIPE. */
  closeStdout(): void;
  /** Ends an `open` standard input, after `text`. */
  endStdin(text?: string): void;
  /** Rejects when the program cannot be started or had to be killed for its time. */
  readonly done: Promise<Run>;
}

/** Starts a command in a clean environment. It is killed when the test ends before it does. */
export function launch(
  [file, ...args]: readonly [string, ...string[]],
  options: ProgramOptions = {},
): Running {
  const { stdin = 'null', timeoutMs = DEFAULT_TIMEOUT_MS } = options;
  const home = options.home ?? temporaryDirectory();
  const child = spawn(file, args, {
    cwd: options.cwd ?? temporaryDirectory(),
    env: cleanEnvironment(home, options.env),
    stdio: [stdin === 'null' ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    // A session of its own: no controlling terminal, and one group to kill, whatever the program started.
    detached: process.platform !== 'win32',
    windowsHide: true,
  });
  const stdout = read(child.stdout);
  const stderr = read(child.stderr);
  // A program that ends without reading its input is none of the test's business.
  child.stdin?.on('error', () => undefined);
  if (typeof stdin === 'object') child.stdin?.end(stdin.text);

  let closed = false;
  let overtime: Error | undefined;
  const done = new Promise<Run>((resolve, reject) => {
    const printed = (): Pick<Run, 'stdout' | 'stderr'> => ({ stdout: stdout.text, stderr: stderr.text });
    const end = (why: string): void => {
      clearTimeout(timer);
      stdout.end(why);
      stderr.end(why);
    };
    const timer = setTimeout(() => {
      const why = `still running after ${timeoutMs} ms`;
      overtime = new Error(`${[file, ...args].join(' ')}: ${why}\n${show(printed())}`);
      end(why);
      killAll(child);
    }, timeoutMs);
    child.once('error', (error) => {
      end(error.message);
      reject(error);
    });
    child.once('close', (code, signal) => {
      closed = true;
      end(`the program ended (${String(code ?? signal)})`);
      if (overtime === undefined) resolve({ code, signal, ...printed() });
      else reject(overtime);
    });
  });
  // Whoever never looks at it has nothing to handle either.
  done.catch(() => undefined);
  cleanUp(async () => {
    if (!closed) killAll(child);
    await done.catch(() => undefined);
  });

  return {
    pid: child.pid ?? 0,
    waitForStdout: (pattern, ms) => stdout.waitFor(pattern, ms),
    waitForStderr: (pattern, ms) => stderr.waitFor(pattern, ms),
    kill: (signal) => {
      if (!child.kill(signal)) throw new Error(`No process left for ${signal}`);
    },
    closeStdout: () => void child.stdout?.destroy(),
    endStdin: (text = '') => {
      if (child.stdin === null)
        throw new Error("Its standard input is /dev/null: start it with stdin 'open'");
      child.stdin.end(text);
    },
    done,
  };
}

/** Both streams, labelled, for an error message. */
export function show({ stdout, stderr }: Pick<Run, 'stdout' | 'stderr'>): string {
  return `--- stdout\n${stdout}\n--- stderr\n${stderr}\n---`;
}

function read(stream: NodeJS.ReadableStream | null): Transcript {
  const transcript = new Transcript();
  stream?.setEncoding('utf8').on('data', (chunk: string) => {
    transcript.append(chunk);
  });
  return transcript;
}

function killAll(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    if (process.platform === 'win32') child.kill('SIGKILL');
    else process.kill(-child.pid, 'SIGKILL');
  } catch {
    // The group is gone already.
  }
  // A grandchild that left the group must not keep the test's own process alive.
  child.stdout?.destroy();
  child.stderr?.destroy();
}
