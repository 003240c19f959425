import { randomBytes } from 'node:crypto';
import { lstatSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFileOnce } from './read-file.js';
import { replaceFile } from './replace-file.js';

/** What a file is to become, of what it holds; `undefined` where it does not exist. */
export type Change = (bytes: Buffer | undefined) => Promise<string>;

/** Why a file was not updated, as the end of a sentence that begins with its name. */
export interface NotUpdated {
  readonly wrong: string;
}

const WAIT_MS = 20;
const MAX_WAIT_MS = 10_000;

// No process writes for that long: the one that took the turn was killed.
const STALE_MS = 5_000;

/**
 * Changes a file, for its owner alone. Of several that do so at once, each sees what the one before it wrote. Whatever
 * happens meanwhile, the file holds the old text or the new one, and what is left beside it git ignores.
 *
 * @throws an Error with a `code`, or what `change` throws
 */
export async function updateFile(
  file: string,
  maxBytes: number,
  change: Change,
  sleep: (durationMs: number) => Promise<void>,
): Promise<'created' | 'updated' | NotUpdated> {
  for (let waitedMs = 0; waitedMs < MAX_WAIT_MS;) {
    const before = readBytes(file, maxBytes);
    if ('wrong' in before) return before;
    const text = await change(before.bytes);
    if (Buffer.byteLength(text) > maxBytes) return { wrong: `would be larger than ${maxBytes / 1024} KiB` };
    const turn = takeTurn(file);
    if (turn === undefined) {
      waitedMs += WAIT_MS;
      await sleep(WAIT_MS);
      continue;
    }
    try {
      // Nothing else of this process comes in between.
      const now = readBytes(file, maxBytes);
      if ('wrong' in now) return now;
      if (!isSame(before.bytes, now.bytes)) continue;
      replaceFile(file, text, 0o600, turn);
      return before.bytes === undefined ? 'created' : 'updated';
    } finally {
      rmSync(turn, { recursive: true, force: true });
    }
  }
  return { wrong: 'is being written by another process' };
}

/** A folder beside the file that one process at a time can make; `undefined` where another one has it. */
function takeTurn(file: string): string | undefined {
  const folder = path.join(path.dirname(file), `.${path.basename(file).replace(/^\./, '')}.writing`);
  try {
    mkdirSync(folder, { mode: 0o700 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
    removeStale(folder);
    return undefined;
  }
  // Before a secret is in it.
  writeFileSync(path.join(folder, '.gitignore'), '*\n', { mode: 0o600 });
  return folder;
}

function removeStale(folder: string): void {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats === undefined || Date.now() - stats.mtimeMs < STALE_MS) return;
  // Of several that find it, one can rename it.
  const own = `${folder}.${randomBytes(8).toString('hex')}`;
  try {
    renameSync(folder, own);
  } catch {
    return;
  }
  rmSync(own, { recursive: true, force: true });
}

function readBytes(file: string, maxBytes: number): { readonly bytes: Buffer | undefined } | NotUpdated {
  const read = readFileOnce(file, maxBytes, false);
  if (!('wrong' in read)) return read;
  return read.isMissing ? { bytes: undefined } : { wrong: read.wrong };
}

function isSame(one: Buffer | undefined, other: Buffer | undefined): boolean {
  return one === undefined || other === undefined ? one === other : one.equals(other);
}
