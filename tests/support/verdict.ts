import { findLeak } from './canaries.js';
import { show, type Run } from './program.js';

export interface Expectation {
  /** Secrets beside the canaries that must appear nowhere. */
  readonly secrets?: readonly string[] | undefined;
  /** Whether the command was asked for a JSON document on stdout. */
  readonly json?: boolean;
}

export interface SuccessExpectation extends Expectation {
  /**
   * The promised lines of stderr: a string is a whole line. Any other line is an error, and so is a promised
   * line that does not come. Absent: the reference ID and the session may be announced.
   */
  readonly stderr?: readonly (string | RegExp)[] | undefined;
}

export interface FailureExpectation extends Expectation {
  /** What stdout holds in spite of the failure; nothing when absent. */
  readonly stdout?: string | RegExp | undefined;
}

/** Whether the arguments ask for JSON: `--json`, `-o json`, `--output json`, joined or apart. */
export function asksForJson(args: readonly string[]): boolean {
  const end = args.indexOf('--');
  const own = end === -1 ? args : args.slice(0, end);
  return own.some(
    (arg, index) =>
      ['--json', '-ojson', '--output=json'].includes(arg) ||
      (['-o', '--output'].includes(arg) && own[index + 1] === 'json'),
  );
}

/** Exit code 0 and nothing but promised lines on stderr. Returns the JSON document, when there should be one. */
export function assertSucceeded(run: Run, expectation: SuccessExpectation = {}): unknown {
  assertEnd(run, 0);
  assertNoSecrets(run, expectation.secrets);
  assertNoStack(run);
  const lines = run.stderr.split('\n').filter((line) => line.trim() !== '');
  const promised = expectation.stderr ?? [/^(?:Reference ID|Session): /];
  const stray = lines.find((line) => !promised.some((pattern) => isMatch(line, pattern)));
  if (stray !== undefined) throw complaint(run, `unexpected line on stderr: ${stray}`);
  const missing = expectation.stderr?.find((pattern) => !lines.some((line) => isMatch(line, pattern)));
  if (missing !== undefined) throw complaint(run, `no line on stderr matches ${String(missing)}`);
  if (expectation.json !== true) return undefined;
  const document = parseDocument(run);
  if (document['ok'] === false) throw complaint(run, 'the document of a success says that it is none');
  return document;
}

/** Exactly this exit code, told in one place only: stderr, or the JSON document, which is returned. */
export function assertFailed(run: Run, code: number, expectation: FailureExpectation = {}): unknown {
  assertEnd(run, code);
  assertNoSecrets(run, expectation.secrets);
  assertNoStack(run);
  if (expectation.json !== true) {
    const promised = expectation.stdout ?? '';
    const isAsPromised =
      typeof promised === 'string' ? run.stdout === promised : run.stdout.search(promised) >= 0;
    if (!isAsPromised)
      throw complaint(run, `stdout is not what was promised: ${String(promised || 'empty')}`);
    if (run.stderr.trim() === '') throw complaint(run, 'it failed without a word on stderr');
    return undefined;
  }
  const document = parseDocument(run);
  if (document['ok'] !== false) throw complaint(run, 'the document of a failure does not say "ok": false');
  const { error } = document;
  if (!isMapping(error) || error['exitCode'] !== code) {
    throw complaint(run, `error.exitCode of the document is not ${code}`);
  }
  return document;
}

/** No canary, no piece of one and none of `secrets` on either stream. */
export function assertNoSecrets(run: Pick<Run, 'stdout' | 'stderr'>, secrets: readonly string[] = []): void {
  for (const stream of ['stdout', 'stderr'] as const) {
    const leak = findLeak(run[stream], secrets);
    if (leak !== undefined) throw complaint(run, `a secret leaked on ${stream}: ${leak}`);
  }
}

function assertEnd(run: Run, code: number): void {
  if (run.code === code && run.signal === null) return;
  const end = run.signal ?? `exit code ${String(run.code)}`;
  throw complaint(run, `ended with ${end} instead of exit code ${code}`);
}

export function assertNoStack(run: Run): void {
  const stack = /(?:^|\n|\\n) {4}at |node:internal/;
  if (stack.test(run.stdout) || stack.test(run.stderr)) throw complaint(run, 'it printed a stack trace');
}

function parseDocument(run: Run): Record<string, unknown> {
  let document: unknown;
  try {
    document = JSON.parse(run.stdout);
  } catch (error) {
    throw complaint(run, `stdout is not one JSON document: ${String(error)}`);
  }
  if (!isMapping(document)) throw complaint(run, 'the JSON document is no object');
  return document;
}

function isMapping(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isMatch(line: string, pattern: string | RegExp): boolean {
  return typeof pattern === 'string' ? line === pattern : line.search(pattern) >= 0;
}

function complaint(run: Pick<Run, 'stdout' | 'stderr'>, message: string): Error {
  return new Error(`${message}\n${show(run)}`);
}
