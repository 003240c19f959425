import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { temporaryDirectory } from './cleanup.js';
import { launch, type ProgramOptions, type Run, type Running } from './program.js';
import {
  asksForJson,
  assertFailed,
  assertSucceeded,
  type FailureExpectation,
  type SuccessExpectation,
} from './verdict.js';

export { CANARIES, credentials } from './canaries.js';
export { cleanUp, temporaryDirectory } from './cleanup.js';
export type { Run, Running } from './program.js';
export { assertFailed, assertNoSecrets, assertSucceeded } from './verdict.js';

/** The program under test. */
export const BINARY = fileURLToPath(new URL('../../bin/digilocker.js', import.meta.url));

export interface RunOptions extends ProgramOptions {
  /** Another program than digilocker itself. */
  readonly binary?: string;
  /** Arguments of node itself, such as `--import`. */
  readonly nodeArgs?: readonly string[];
}

export interface ShellOptions extends RunOptions {
  /** `sh` when absent. */
  readonly shell?: string;
}

export type SucceedsOptions = RunOptions & Omit<SuccessExpectation, 'json'>;
export type FailsOptions = RunOptions & Omit<FailureExpectation, 'json'>;

/** A run whose JSON document, if one was asked for, is parsed. */
export interface CheckedRun extends Run {
  readonly document: unknown;
}

/** The command line, as an array, that runs digilocker with `args`. */
export function commandLine(
  args: readonly string[],
  { binary = BINARY, nodeArgs = [] }: RunOptions = {},
): [string, ...string[]] {
  return [process.execPath, ...nodeArgs, binary, ...args];
}

/** Starts digilocker, for tests that watch it or send it signals. */
export function start(args: readonly string[], options: RunOptions = {}): Running {
  return launch(commandLine(args, options), options);
}

/** Runs digilocker to its end, whatever that is. */
export function run(args: readonly string[], options: RunOptions = {}): Promise<Run> {
  return start(args, options).done;
}

/** Runs digilocker and checks what every success has in common (`assertSucceeded`). */
export async function succeeds(args: readonly string[], options: SucceedsOptions = {}): Promise<CheckedRun> {
  const result = await run(args, options);
  const document = assertSucceeded(result, { ...options, json: asksForJson(args) });
  return { ...result, document };
}

/** Runs digilocker and checks what every failure has in common (`assertFailed`). */
export async function fails(
  args: readonly string[],
  code: number,
  options: FailsOptions = {},
): Promise<CheckedRun> {
  const result = await run(args, options);
  const document = assertFailed(result, code, { ...options, json: asksForJson(args) });
  return { ...result, document };
}

/**
 * Starts a POSIX shell script in which the command `digilocker` (also `"$DIGILOCKER"`) is the program under
 * test: for real pipes, redirections and full disks.
 */
export function startShell(script: string, options: ShellOptions = {}): Running {
  const bin = temporaryDirectory();
  const wrapper = path.join(bin, 'digilocker');
  const command = commandLine([], options).map(quote).join(' ');
  // exec: signals and closed streams reach the program itself.
  writeFileSync(wrapper, `#!/bin/sh\nexec ${command} "$@"\n`, { mode: 0o755 });
  const searchPath = `${bin}:${options.env?.['PATH'] ?? process.env['PATH'] ?? ''}`;
  return launch([options.shell ?? 'sh', '-c', script], {
    ...options,
    env: { ...options.env, DIGILOCKER: wrapper, PATH: searchPath },
  });
}

/** Runs a shell script (see `startShell`) to its end. */
export function runShell(script: string, options: ShellOptions = {}): Promise<Run> {
  return startShell(script, options).done;
}

function quote(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}
