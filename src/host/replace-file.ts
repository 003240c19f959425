import { randomBytes } from 'node:crypto';
import {
  closeSync,
  existsSync,
  fchmodSync,
  fstatSync,
  fsyncSync,
  lstatSync,
  mkdirSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';

/** Says what keeps a file from being replaced, as the end of a sentence, or `undefined`; it need not exist. */
export function replacingFault(file: string, userId?: number): string | undefined {
  let stats: Stats | undefined;
  try {
    stats = lstatSync(file, { throwIfNoEntry: false });
  } catch (error) {
    return `cannot be used (${(error as NodeJS.ErrnoException).code ?? 'no error code'})`;
  }
  if (stats === undefined) return undefined;
  if (stats.isSymbolicLink()) return 'is a link, which is never written through';
  if (!stats.isFile()) return 'is not a regular file';
  return foreignOwner(stats, userId);
}

/** Says whose a file is where it is not the user's, as the end of a sentence. */
export function foreignOwner({ uid }: Stats, userId: number | undefined): string | undefined {
  return userId === undefined || uid === userId ? undefined : `belongs to another user (uid ${uid})`;
}

/**
 * Writes a file, or replaces it, in one step: whatever happens meanwhile, it holds the old text or the new one, and
 * nothing is left beside it. Synchronous, so that no signal of a user comes in between.
 *
 * @param mode of the new file, less what the umask takes away unless it is `exact`
 * @param workshop the folder of the file while it is written, on the same disk
 * @throws an Error with a `code`
 */
export function replaceFile(
  file: string,
  text: string | Uint8Array,
  mode: number | { readonly exact: number },
  workshop: string = path.dirname(file),
): void {
  const temporary = path.join(workshop, `.${path.basename(file)}.${randomBytes(8).toString('hex')}.tmp`);
  const descriptor = openSync(temporary, 'wx+', typeof mode === 'number' ? mode : 0o600);
  try {
    try {
      if (typeof mode === 'object') fchmodSync(descriptor, mode.exact);
      writeFileSync(descriptor, text);
      fsyncSync(descriptor);
      // A full disk can lose data without an error.
      if (fstatSync(descriptor).size !== Buffer.byteLength(text))
        throw Object.assign(new Error('Cut short'), { code: 'EIO' });
    } finally {
      closeSync(descriptor);
    }
    renameSync(temporary, file);
  } catch (error) {
    rmSync(temporary, { force: true });
    throw error;
  }
  syncFolder(path.dirname(file));
}

/**
 * Makes a folder, and those above it that are missing. Node's own way to do that never ends below /proc, where nobody
 * can make any.
 *
 * @throws an Error with a `code`
 */
export function makeFolders(folder: string, mode?: number): void {
  if (existsSync(folder)) return;
  makeFolders(path.dirname(folder), mode);
  try {
    mkdirSync(folder, { mode });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** Makes the names in a folder survive a loss of power, where the system opens folders (Windows does not). */
export function syncFolder(folder: string): void {
  try {
    const descriptor = openSync(folder, 'r');
    try {
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
  } catch {
    // The file is there all the same.
  }
}
