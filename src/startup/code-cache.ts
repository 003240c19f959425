// V8 runs cached code as it stands, without another look at the source, so what is read here has to be the user's own:
// a checksum would say nothing about who wrote it. The protection is the folder, which belongs to the user alone.
import {
  closeSync,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  writevSync,
} from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { makeOwnFolders } from '../host/own-place.js';

export interface CodeCache {
  /** Whether no earlier run left anything that is of use. */
  readonly isNew: boolean;
  /** What V8 made of a file in an earlier run. Good until the next call, which reads into the same memory. */
  find(name: string): Buffer | undefined;
  /** Keeps what V8 made of the files of this run, for the next one. Where that fails, the next run takes longer. */
  save(codes: ReadonlyMap<string, Buffer>, traits: readonly string[]): void;
  /** Whether earlier runs showed all of these traits, and so needed the same code. */
  knows(traits: readonly string[]): boolean;
}

export interface Place {
  readonly folder: string;
  /** Names the file: what has to be the same for its content to be of use. */
  readonly key: string;
  /** `undefined` where the system has no such number (Windows). */
  readonly userId: number | undefined;
  readonly processId: number;
}

interface Index {
  /** Where the code of each file is, from the end of the index. */
  readonly ranges: readonly (readonly [name: string, start: number, size: number])[];
  readonly traits: readonly string[];
}

/** A file of the cache that is open until the process ends. */
interface Stored extends Index {
  readonly file: number;
  /** Half of it: everything is there twice. */
  readonly size: number;
  readonly indexSize: number;
  /** Room for the longest of the codes, and a piece. One for all: the system takes its time to give memory. */
  readonly room: Buffer;
}

// V8 copies what is not aligned to a word.
const WORD_BYTES = 8;
// Holds the index of most.
const HEAD_BYTES = 2048;
const PIECE_BYTES = 32 * 1024;
const MAX_FILES = 32;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The folder of the cache: the XDG base directory specification's place, on Windows `%LOCALAPPDATA%`; with the folder
 * that a variable names for it. `undefined` where there is none, or `DIGILOCKER_NO_CACHE` is set.
 */
export function cachePlace(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): { readonly folder: string; readonly base: string } | undefined {
  const { DIGILOCKER_NO_CACHE: off = '', XDG_CACHE_HOME: given, LOCALAPPDATA: local, HOME: home = '' } = env;
  if (off !== '') return undefined;
  const isHere = (folder: string | undefined): folder is string => isAbsolute(folder ?? '');
  const base = [given, platform === 'win32' ? local : undefined].find(isHere);
  if (base !== undefined) return { folder: join(base, 'digilocker-cli'), base };
  if (platform === 'win32' || !isHere(home)) return undefined;
  return { folder: join(home, '.cache', 'digilocker-cli'), base: home };
}

/** Opens the cache of one kind of run. Whatever is absent, damaged or not the user's own counts as empty. */
export function openCodeCache(place: Place): CodeCache {
  const stored = attempt(() => openStored(place));
  const find = (name: string): Buffer | undefined => {
    const range = stored?.ranges.find(([other]) => other === name);
    if (stored === undefined || range === undefined) return undefined;
    const [, start, size] = range;
    return attempt(() => read(stored, stored.indexSize + start, size));
  };
  return {
    isNew: stored === undefined,
    find,
    knows: (shown) => shown.every((trait) => stored?.traits.includes(trait) === true),
    save: (found, shown) => {
      attempt(() => {
        const codes = new Map(found);
        for (const [name] of stored?.ranges ?? []) {
          const code = codes.has(name) ? undefined : find(name);
          if (code !== undefined) codes.set(name, Buffer.from(code));
        }
        // Windows replaces no file that is open.
        if (stored !== undefined) closeSync(stored.file);
        write(place, codes, [...new Set([...(stored?.traits ?? []), ...shown])]);
      });
    },
  };
}

function openStored({ folder, key, userId }: Place): Stored | undefined {
  if (!isPrivate(folder, userId)) return undefined;
  // Without O_NONBLOCK, a FIFO would be waited for. Windows has neither, and takes them for 0.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(join(folder, key), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  const stats = fstatSync(file);
  const isOwn = userId === undefined || (stats.uid === userId && (stats.mode & 0o022) === 0);
  if (!isOwn || !stats.isFile() || stats.size > MAX_BYTES) return undefined;
  const size = stats.size / 2;
  const readIndex = (indexSize: number) =>
    read({ file, size, room: Buffer.allocUnsafeSlow(2 * indexSize) }, 0, indexSize);
  const head = readIndex(Math.min(size, HEAD_BYTES));
  const indexSize = head.readUInt32LE();
  const bytes = indexSize <= head.length ? head : readIndex(indexSize);
  const index = JSON.parse(bytes.toString('utf8', WORD_BYTES, indexSize)) as Index;
  const longest = Math.max(0, ...index.ranges.map(([, , length]) => length));
  return { file, size, indexSize, room: Buffer.allocUnsafeSlow(longest + PIECE_BYTES), ...index };
}

// Damaged code ends the process, so it is there twice. To compare it piece by piece takes less time than to load what
// Node computes checksums with.
function read(
  { file, size: half, room }: Pick<Stored, 'file' | 'size' | 'room'>,
  start: number,
  size: number,
): Buffer {
  const bytes = room.subarray(0, size);
  const piece = room.subarray(size).subarray(0, PIECE_BYTES);
  const isWhole = start + size <= half && readSync(file, bytes, 0, size, start) === size;
  for (let at = 0; isWhole && at < size;) {
    const count = readSync(file, piece, 0, Math.min(piece.length, size - at), half + start + at);
    if (count === 0 || piece.compare(bytes, at, at + count, 0, count) !== 0) break;
    at += count;
    if (at === size) return bytes;
  }
  throw new Error('The file is damaged.');
}

function isPrivate(folder: string, userId: number | undefined): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return false;
  return userId === undefined || (stats.uid === userId && (stats.mode & 0o077) === 0);
}

function write(
  { folder, key, userId, processId }: Place,
  codes: ReadonlyMap<string, Buffer>,
  traits: readonly string[],
): void {
  makeOwnFolders([dirname(folder), folder], userId);
  if (!isPrivate(folder, userId)) return;
  const file = join(folder, key);
  const unfinished = `${file}.${processId}`;
  try {
    const descriptor = openSync(unfinished, 'wx', 0o600);
    try {
      const parts = pack(codes, traits);
      const size = parts.reduce((sum, { length }) => sum + length, 0);
      if (writevSync(descriptor, [...parts, ...parts]) !== 2 * size) throw new Error('It was cut short.');
    } finally {
      closeSync(descriptor);
    }
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  removeOldest(folder);
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => join(folder, name));
  if (files.length <= MAX_FILES) return;
  const aged = files.map((file) => ({ file, writtenAt: lstatSync(file).mtimeMs }));
  aged.sort((one, other) => other.writtenAt - one.writtenAt);
  for (const { file } of aged.slice(MAX_FILES)) rmSync(file, { force: true });
}

/** The size of the index, the index, and one code after the other. */
function pack(codes: ReadonlyMap<string, Buffer>, traits: readonly string[]): Buffer[] {
  const parts: Buffer[] = [];
  const ranges: [name: string, start: number, size: number][] = [];
  let end = 0;
  for (const [name, code] of codes) {
    ranges.push([name, end, code.length]);
    const padding = paddingOf(code);
    parts.push(code, padding);
    end += code.length + padding.length;
  }
  const index = Buffer.from(JSON.stringify({ ranges, traits } satisfies Index));
  const padding = paddingOf(index).fill(' ');
  const size = Buffer.alloc(WORD_BYTES);
  size.writeUInt32LE(WORD_BYTES + index.length + padding.length);
  return [size, index, padding, ...parts];
}

function paddingOf({ length }: Buffer): Buffer {
  return Buffer.alloc(-length & (WORD_BYTES - 1));
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
