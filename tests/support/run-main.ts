import { main } from '../../src/main.js';
import { createFakeHost, type FakeHost, type FakeHostOptions } from './fake-host.js';
import type { AskedQuestion } from './fake-prompter.js';
import {
  asksForJson,
  assertFailed,
  assertNoSecrets,
  assertSucceeded,
  type FailureExpectation,
  type SuccessExpectation,
} from './verdict.js';

export { CANARIES, credentials } from './canaries.js';

/** What a command line printed and how it ended, in this process. */
export interface MainRun {
  readonly code: number;
  readonly signal: null;
  readonly stdout: string;
  readonly stderr: string;
  /** What stdout holds, where one JSON document was asked for. */
  readonly document: Readonly<Record<string, unknown>>;
  readonly questions: readonly AskedQuestion[];
  /** The waits, in milliseconds of virtual time. */
  readonly sleeps: readonly number[];
}

/** Runs a command line to its end. Fails when a question was not foreseen, or a secret was shown. */
export function runMain(args: readonly string[], options: FakeHostOptions = {}): Promise<MainRun> {
  return runHost(createFakeHost(args, options));
}

/** `runMain` for a host that the test holds in its hands. */
export async function runHost(host: FakeHost): Promise<MainRun> {
  const code = await main(host);
  host.prompter.verify();
  const run = { code, signal: null, stdout: host.stdout.text, stderr: host.stderr.text };
  assertNoSecrets(run);
  const isJson = asksForJson(host.args) && run.stdout !== '';
  const document = isJson ? parseDocument(run.stdout) : {};
  return { ...run, document, questions: host.prompter.questions, sleeps: host.sleeps };
}

function parseDocument(stdout: string): MainRun['document'] {
  try {
    return JSON.parse(stdout) as MainRun['document'];
  } catch {
    throw new Error(`stdout is not one JSON document:\n${stdout}`);
  }
}

/** Runs a command line that has to succeed, with nothing but the promised lines on stderr. */
export async function succeeds(
  args: readonly string[],
  options: FakeHostOptions & Omit<SuccessExpectation, 'json'> = {},
): Promise<MainRun> {
  const run = await runMain(args, options);
  assertSucceeded(run, { ...options, json: asksForJson(args) });
  return run;
}

/** Runs a command line that has to fail with this exit code, told in one place only. */
export async function fails(
  args: readonly string[],
  code: number,
  options: FakeHostOptions & Omit<FailureExpectation, 'json'> = {},
): Promise<MainRun> {
  const run = await runMain(args, options);
  assertFailed(run, code, { ...options, json: asksForJson(args) });
  return run;
}
