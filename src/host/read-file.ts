import { closeSync, constants, fstatSync, lstatSync, openSync, readSync, type Stats } from 'node:fs';

/** A file as it was when it was opened: what was read is what `stats` tells of. */
export interface ReadFile {
  readonly bytes: Buffer;
  readonly stats: Stats;
}

/** What is wrong with a file of no bytes. */
export const EMPTY = 'is empty';

/** Why a file could not be read, as the end of a sentence that begins with its name. */
export interface Unreadable {
  readonly wrong: string;
  readonly isMissing: boolean;
}

/**
 * Opens a file once, and looks at what was opened, not at what its path leads to a moment earlier or later. Waits for
 * no FIFO. A file without a size is refused: what the system makes up as it is read, in /proc, may never end.
 *
 * @param isLinkFollowed whether the path may be a symbolic link
 * @param objection says what else keeps a file from being read
 */
export function readFileOnce(
  file: string,
  maxBytes: number,
  isLinkFollowed: boolean,
  objection: (stats: Stats) => string | undefined = () => undefined,
): ReadFile | Unreadable {
  const wrong = (text: string, isMissing = false): Unreadable => ({ wrong: text, isMissing });
  let descriptor: number | undefined;
  try {
    if (!isLinkFollowed) {
      // For Windows, which has no O_NOFOLLOW, and for the reason why a file of another user cannot be opened.
      const before = lstatSync(file);
      const obvious = before.isSymbolicLink() ? 'is a link' : objection(before);
      if (obvious !== undefined) return wrong(obvious);
    }
    descriptor = openSync(file, openFlags(isLinkFollowed));
    const stats = fstatSync(descriptor);
    const fault = faultOf(stats, maxBytes) ?? objection(stats);
    if (fault !== undefined) return wrong(fault);
    const bytes = readUpTo(descriptor, maxBytes + 1, stats.size + 1);
    return bytes.length > maxBytes ? wrong(tooLarge(maxBytes)) : { bytes, stats };
  } catch (error) {
    const { code = 'unknown error' } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return wrong('does not exist', true);
    if (code === 'EISDIR' || code === 'ENXIO') return wrong('is not a regular file');
    return wrong(`cannot be read (${code})`);
  } finally {
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

function openFlags(isLinkFollowed: boolean): number {
  // Windows lacks all of them.
  const { O_RDONLY, O_NOCTTY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  return (O_RDONLY ?? 0) | O_NOCTTY | O_NONBLOCK | (isLinkFollowed ? 0 : O_NOFOLLOW);
}

function faultOf(stats: Stats, maxBytes: number): string | undefined {
  if (!stats.isFile()) return 'is not a regular file';
  if (stats.size === 0) return EMPTY;
  return stats.size > maxBytes ? tooLarge(maxBytes) : undefined;
}

function tooLarge(maxBytes: number): string {
  const kibibytes = maxBytes / 1024;
  return `is larger than ${kibibytes < 1024 ? `${kibibytes} KiB` : `${kibibytes / 1024} MiB`}`;
}

// To get a megabyte from the system takes as long as all else that is done with a small file.
function readUpTo(descriptor: number, maxBytes: number, expectedBytes: number): Buffer {
  const pieces: Buffer[] = [];
  let length = 0;
  for (let count = 1; count > 0 && length < maxBytes; length += count) {
    const piece = Buffer.alloc(Math.min(Math.max(expectedBytes, 4096), maxBytes - length));
    count = readSync(descriptor, piece, 0, piece.length, null);
    pieces.push(piece.subarray(0, count));
  }
  const [only = Buffer.alloc(0), ...others] = pieces.filter((piece) => piece.length > 0);
  return others.length === 0 ? only : Buffer.concat([only, ...others]);
}

/**
 * Says who besides the user can change a file or folder, as the end of a sentence, or `undefined`. In a folder with
 * the sticky bit, others cannot replace what is not theirs.
 *
 * @param userId `undefined` where the system has no such numbers (Windows)
 */
export function foreignWriter(stats: Stats, userId: number | undefined): string | undefined {
  if (userId === undefined) return undefined;
  const isOwn = stats.uid === userId || (stats.isDirectory() && stats.uid === 0);
  if (!isOwn) return `belongs to another user (uid ${stats.uid})`;
  const isSticky = stats.isDirectory() && (stats.mode & 0o1000) !== 0;
  return (stats.mode & 0o022) === 0 || isSticky ? undefined : 'can be changed by other users';
}
