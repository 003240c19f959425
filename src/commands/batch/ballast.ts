// A megabyte that is given back when the disk is full, so that the last answers still fit.
import { closeSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { createFile } from '../../host/create-file.js';

const BYTES = 1024 * 1024;

/** Takes the room up. Fails with `output` where there is none. Returns what gives it back. */
export function layBallast(folder: string): () => void {
  const file = path.join(folder, 'ballast');
  try {
    // One that a killed process left serves as well.
    const descriptor = createFile(file, '-'.repeat(BYTES));
    if (descriptor !== undefined) closeSync(descriptor);
  } catch (error) {
    const { code = 'no error code' } = error as NodeJS.ErrnoException;
    throw new Failure('output', `The journal of the job cannot be written (${code}).`, {
      hint: 'Nothing was sent. A journal takes about 260 bytes a row.',
    });
  }
  return () => {
    rmSync(file, { force: true });
  };
}
