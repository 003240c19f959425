import { Failure } from './failure.js';
import { ALLOW_READING, DENIED, permissionFailure } from './permission.js';
import { version } from '../version.js';

/** What is said of an unexpected error. Its message may hold anything: only name and place are kept. */
export function bugFailure(error: unknown): Failure {
  const name = error instanceof Error ? error.name : typeof error;
  // Thrown by the loader (src/startup/start.ts), which is a bundle of its own.
  if (name === 'IncompleteInstallation') {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    return new Failure(
      'internal',
      `This digilocker installation ${code === DENIED ? 'may not be read' : 'is incomplete'} (${code}).`,
      {
        hint:
          code === DENIED ? ALLOW_READING : 'Reinstall it; in a clone of the repository, run npm run build.',
        sent: 'unknown',
      },
    );
  }
  const denial = permissionFailure(error);
  if (denial !== undefined) return denial;
  const failure = new Failure(
    'internal',
    `Internal error in digilocker ${version} (${name}). This is a bug.`,
    {
      hint: 'Please report it, with the command and its output with --verbose.',
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
