import { Failure } from './failure.js';
import { version } from '../version.js';

/** What is said of an error that nobody expected. Its message may hold anything: only name and place are kept. */
export function bugFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  const failure = new Failure(
    'internal',
    `digilocker ${version} failed because of a bug of its own (${name}).`,
    {
      hint: 'Please report it, with the command and what it prints with --verbose.',
      sent: 'unknown',
    },
  );
  failure.stack = framesOf(error).join('\n');
  return failure;
}

/** The lines of an error's stack that tell places, without its message. */
export function framesOf(error: unknown): string[] {
  const stack = error instanceof Error ? (error.stack ?? '') : '';
  return stack.split('\n').filter((line) => /^\s+at /.test(line));
}
