// A megabyte that is given back when the disk is full, so that the last answers still fit.
import { closeSync, rmSync } from 'node:fs';
import path from 'node:path';
import { createJobFile } from './job-folder.js';

const BYTES = 1024 * 1024;

/** Takes the room up. Fails with `output` where there is none. Returns what gives it back. */
export function layBallast(folder: string): () => void {
  const file = path.join(folder, 'ballast');
  // One that a killed process left serves as well.
  const descriptor = createJobFile(file, '-'.repeat(BYTES));
  if (descriptor !== undefined) closeSync(descriptor);
  return () => {
    try {
      rmSync(file, { force: true });
    } catch {
      // On a disk that became read-only it stays, and the next run removes it.
    }
  };
}
