import { randomBytes } from 'node:crypto';
import fs, { closeSync, constants, fsyncSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import path from 'node:path';
import { syncFolder } from './replace-file.js';

/**
 * Creates a file with its first text, for its owner alone; through no link, and never over another file. It appears
 * with the whole text or not at all, and survives a loss of power. Returns its descriptor, which appends, or
 * `undefined` where the name is taken.
 *
 * @throws an Error with a `code`
 */
export function createFile(file: string, text: string): number | undefined {
  const temporary = temporaryBeside(file);
  const descriptor = openNew(temporary);
  let isNamed = false;
  try {
    writeAll(descriptor, text);
    fsyncSync(descriptor);
    isNamed = takeName(temporary, file);
  } finally {
    if (!isNamed) closeSync(descriptor);
    rmSync(temporary, { force: true });
  }
  if (!isNamed) return undefined;
  syncFolder(path.dirname(file));
  return descriptor;
}

/**
 * Creates a file from parts, as {@link createFile} does, or takes the place of one where `replaces`. Returns `false`
 * where the name is taken.
 *
 * @throws an Error with a `code`, or what the parts throw
 */
export async function createLargeFile(
  file: string,
  parts: AsyncIterable<string> | Iterable<string>,
  replaces = false,
): Promise<boolean> {
  const temporary = temporaryBeside(file);
  const descriptor = openNew(temporary);
  try {
    try {
      for await (const part of parts) writeAll(descriptor, part);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    if (replaces) renameSync(temporary, file);
    else if (!takeName(temporary, file)) return false;
  } finally {
    rmSync(temporary, { force: true });
  }
  syncFolder(path.dirname(file));
  return true;
}

// What file systems without hard links answer, such as exFAT, FAT on Windows (EISDIR) and some of the network.
const WITHOUT_LINKS = ['EPERM', 'ENOTSUP', 'EOPNOTSUPP', 'ENOSYS', 'EISDIR', 'EINVAL', 'EACCES', 'EMLINK'];

/** Gives a file its name, unless that is taken; `false` where it is. */
export function takeName(temporary: string, file: string): boolean {
  try {
    linkOrMove(temporary, file);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function linkOrMove(temporary: string, file: string): void {
  try {
    fs.linkSync(temporary, file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined || !WITHOUT_LINKS.includes(code)) throw error;
    // The name is claimed first, so that no other file is replaced.
    closeSync(openNew(file));
    renameSync(temporary, file);
  }
}

/** An unused name in the folder of a file. */
export function temporaryBeside(file: string): string {
  return path.join(path.dirname(file), `.${path.basename(file)}.${randomBytes(8).toString('hex')}.tmp`);
}

/** Opens a new file for appending, for its owner alone. */
export function openNew(file: string): number {
  const { O_APPEND, O_CREAT, O_EXCL, O_WRONLY } = constants;
  const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
  return openSync(file, O_WRONLY | O_APPEND | O_CREAT | O_EXCL | noFollow, 0o600);
}

/** Writes all of a text, or of bytes. */
export function writeAll(descriptor: number, content: string | Uint8Array): void {
  let rest = typeof content === 'string' ? Buffer.from(content) : content;
  while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
}
