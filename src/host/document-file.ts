// Files that hold a person's documents: for their owner alone, whole or absent, through no link, never over another
// file unasked.
import { closeSync, fstatSync, fsyncSync, lstatSync, renameSync, rmSync, statSync } from 'node:fs';
import path from 'node:path';
import { openNew, takeName, temporaryBeside, writeAll } from './create-file.js';
import { syncFolder } from './replace-file.js';

/** What keeps a file from being written. */
export interface PlaceFault {
  /** The end of a sentence that begins with its name. */
  readonly what: string;
  readonly reason: 'exists' | 'full' | 'unusable';
}

/** Whether a path leads to a folder. */
export function isFolder(place: string): boolean {
  try {
    return statSync(place, { throwIfNoEntry: false })?.isDirectory() === true;
  } catch {
    return false;
  }
}

/** What keeps a new file from taking a name: what stands there, or the name itself. */
export function placeFault(file: string, replaces: boolean): PlaceFault | undefined {
  // Behind it go the names of a document that cannot be read, and of one whose name was taken meanwhile.
  if (Buffer.byteLength(path.basename(file)) > MAX_NAME_BYTES) return unusable('has a name that is too long');
  try {
    const stats = lstatSync(file, { throwIfNoEntry: false });
    if (stats === undefined) return undefined;
    if (stats.isSymbolicLink()) return unusable('is a link, which is never written through');
    if (stats.isDirectory()) return unusable('is a folder');
    if (!stats.isFile()) return unusable('is not a regular file');
    return replaces ? undefined : { what: 'exists already', reason: 'exists' };
  } catch (error) {
    return unusable(`cannot be used (${codeOf(error)})`);
  }
}

const MAX_NAME_BYTES = 220;

// Less than any document has.
const PROBE = Buffer.alloc(4096);

/** What keeps files from being written to a folder, as a file that is written and removed again shows. */
export function folderFault(folder: string): PlaceFault | undefined {
  if (!isFolder(folder)) return unusable('does not exist, or is not a folder');
  const probe = temporaryBeside(path.join(folder, 'digilocker'));
  try {
    try {
      writeNew(probe, PROBE);
    } finally {
      rmSync(probe, { force: true });
    }
    return undefined;
  } catch (error) {
    const code = codeOf(error);
    const isFull = code === 'ENOSPC' || code === 'EDQUOT';
    return isFull
      ? { what: `is full (${code})`, reason: 'full' }
      : unusable(`cannot be written to (${code})`);
  }
}

export interface NewDocument<About> {
  /** What the caller knows of it, and gets back. */
  readonly about: About;
  readonly file: string;
  readonly bytes: Uint8Array;
  /** Whether it may take the place of another file. */
  readonly replaces: boolean;
}

/** Where a document was written, or the code of what kept it from that. */
export type Written = { readonly file: string } | { readonly code: string };

export interface WrittenDocument<About> {
  readonly about: About;
  readonly written: Written;
}

/**
 * Writes documents: each to a file of its own beside its place, and then gives them their names. Where a name was taken
 * meanwhile, it is followed by `.1`, or the next number. Synchronous, so that no signal comes in between.
 */
export function writeDocuments<About>(documents: Iterable<NewDocument<About>>): WrittenDocument<About>[] {
  const begun: { readonly about: About; readonly conclude: () => Written }[] = [];
  for (const { about, file, bytes, replaces } of documents) {
    const temporary = temporaryBeside(file);
    try {
      writeNew(temporary, bytes);
      begun.push({ about, conclude: () => takeSomeName(temporary, file, replaces) });
    } catch (error) {
      rmSync(temporary, { force: true });
      begun.push({ about, conclude: () => ({ code: codeOf(error) }) });
    }
  }
  return begun.map(({ about, conclude }) => ({ about, written: conclude() }));
}

function writeNew(file: string, bytes: Uint8Array): void {
  const descriptor = openNew(file);
  try {
    writeAll(descriptor, bytes);
    fsyncSync(descriptor);
    if (fstatSync(descriptor).size !== bytes.length)
      throw Object.assign(new Error('Cut short'), { code: 'EIO' });
  } finally {
    closeSync(descriptor);
  }
}

const MAX_NUMBER = 99;

function takeSomeName(temporary: string, file: string, replaces: boolean): Written {
  const numbered = Array.from({ length: MAX_NUMBER }, (_, index) => `${file}.${index + 1}`);
  let code = 'EEXIST';
  try {
    for (const name of [file, ...numbered]) {
      try {
        if (!moveTo(name, temporary, replaces && name === file)) continue;
        syncFolder(path.dirname(name));
        return { file: name };
      } catch (error) {
        code = codeOf(error);
      }
    }
    return { code };
  } finally {
    rmSync(temporary, { force: true });
  }
}

function moveTo(name: string, temporary: string, replaces: boolean): boolean {
  if (!replaces) return takeName(temporary, name);
  renameSync(temporary, name);
  return true;
}

function unusable(what: string): PlaceFault {
  return { what, reason: 'unusable' };
}

function codeOf(error: unknown): string {
  const { code } = error as NodeJS.ErrnoException;
  if (code === undefined) throw error;
  return code;
}
