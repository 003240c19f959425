// V8 runs cached code as it stands, without another look at the source, so what is read here has to be the user's own:
// a checksum would say nothing about who wrote it. The protection is the folder, which belongs to the user alone.
import {
  closeSync,
  constants,
  existsSync,
  fstatSync,
  lstatSync,
  mkdirSync,
  openSync,
  readdirSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';

export interface CodeCache {
  /** What V8 made of a file in an earlier run. */
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

interface Content {
  readonly codes: ReadonlyMap<string, Buffer>;
  readonly traits: readonly string[];
}

interface Index {
  /** Where the code of each file is. */
  readonly ranges: readonly (readonly [name: string, start: number, end: number])[];
  readonly traits: readonly string[];
}

const LENGTH_BYTES = 4;
const PIECE_BYTES = 64 * 1024;
const EMPTY: Content = { codes: new Map(), traits: [] };
const MAX_FILES = 32;
const MAX_BYTES = 16 * 1024 * 1024;

/**
 * The folder of the cache: the XDG base directory specification's place, on Windows `%LOCALAPPDATA%`. `undefined` where
 * there is none, or `DIGILOCKER_NO_CACHE` is set.
 */
export function cacheFolder(
  env: Readonly<Record<string, string | undefined>>,
  platform: NodeJS.Platform,
): string | undefined {
  const { DIGILOCKER_NO_CACHE: off = '', XDG_CACHE_HOME: given, LOCALAPPDATA: local, HOME: home = '' } = env;
  if (off !== '') return undefined;
  const base = [given, platform === 'win32' ? local : path.join(home, '.cache')].find(
    (folder) => folder !== undefined && path.isAbsolute(folder),
  );
  return base === undefined ? undefined : path.join(base, 'digilocker-cli');
}

/** Opens the cache of one kind of run. Whatever is absent, damaged or not the user's own counts as empty. */
export function openCodeCache(place: Place): CodeCache {
  const { codes, traits } = attempt(() => read(place)) ?? EMPTY;
  return {
    find: (name) => codes.get(name),
    knows: (shown) => shown.every((trait) => traits.includes(trait)),
    save: (found, shown) => {
      const content = { codes: new Map([...codes, ...found]), traits: [...new Set([...traits, ...shown])] };
      attempt(() => {
        write(place, content);
      });
    },
  };
}

function read({ folder, key, userId }: Place): Content | undefined {
  if (!isPrivate(folder, userId)) return undefined;
  // Without O_NONBLOCK, a FIFO would be waited for. Windows has neither, and takes them for 0.
  const { O_RDONLY, O_NOFOLLOW, O_NONBLOCK } = constants;
  const file = openSync(path.join(folder, key), O_RDONLY | O_NOFOLLOW | O_NONBLOCK);
  try {
    const stats = fstatSync(file);
    const isOwn = userId === undefined || (stats.uid === userId && (stats.mode & 0o022) === 0);
    if (!isOwn || !stats.isFile() || stats.size > MAX_BYTES) return undefined;
    const bytes = Buffer.allocUnsafeSlow(stats.size / 2);
    readSync(file, bytes);
    return isFollowedBy(bytes, file) ? unpack(bytes) : undefined;
  } finally {
    closeSync(file);
  }
}

// Damaged code ends the process, so it is there twice. To compare it piece by piece takes less time than to load what
// Node computes checksums with.
function isFollowedBy(bytes: Buffer, file: number): boolean {
  const piece = Buffer.allocUnsafeSlow(Math.min(bytes.length, PIECE_BYTES));
  for (let at = 0; at < bytes.length;) {
    const size = readSync(file, piece);
    if (size === 0 || piece.compare(bytes, at, at + size, 0, size) !== 0) return false;
    at += size;
  }
  return bytes.length > 0;
}

function isPrivate(folder: string, userId: number | undefined): boolean {
  const stats = lstatSync(folder, { throwIfNoEntry: false });
  if (stats?.isDirectory() !== true) return false;
  return userId === undefined || (stats.uid === userId && (stats.mode & 0o077) === 0);
}

function write({ folder, key, userId, processId }: Place, content: Content): void {
  makeFolder(folder, userId);
  if (!isPrivate(folder, userId)) return;
  const file = path.join(folder, key);
  const unfinished = `${file}.${processId}`;
  try {
    writeFileSync(unfinished, pack(content), { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, file);
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  removeOldest(folder);
}

// Only below a folder of the user's: under sudo, `~` may be somebody else's, who would find it full of root's files.
function makeFolder(folder: string, userId: number | undefined): void {
  if (existsSync(folder)) return;
  const parent = path.dirname(folder);
  if (parent !== folder) makeFolder(parent, userId);
  if (userId !== undefined && statSync(parent).uid !== userId) return;
  mkdirSync(folder, { mode: 0o700 });
}

function removeOldest(folder: string): void {
  const files = readdirSync(folder).map((name) => path.join(folder, name));
  if (files.length <= MAX_FILES) return;
  const aged = files.map((file) => ({ file, writtenAt: lstatSync(file).mtimeMs }));
  aged.sort((one, other) => other.writtenAt - one.writtenAt);
  for (const { file } of aged.slice(MAX_FILES)) rmSync(file, { force: true });
}

/** One code after the other, the index of all, its length; and all of it once more. */
function pack({ codes, traits }: Content): Buffer {
  const parts: Buffer[] = [];
  const ranges: [name: string, start: number, end: number][] = [];
  let size = 0;
  const add = (part: Buffer) => {
    // V8 copies what is not aligned to a word.
    const padded = Buffer.concat([part], Math.ceil(part.length / 8) * 8);
    parts.push(padded);
    size += padded.length;
  };
  for (const [name, code] of codes) {
    ranges.push([name, size, size + code.length]);
    add(code);
  }
  const index = Buffer.from(JSON.stringify({ ranges, traits } satisfies Index));
  const length = Buffer.alloc(LENGTH_BYTES);
  length.writeUInt32LE(index.length);
  const bytes = Buffer.concat([...parts, index, length]);
  return Buffer.concat([bytes, bytes]);
}

function unpack(bytes: Buffer): Content {
  const end = bytes.length - LENGTH_BYTES;
  const index = bytes.subarray(end - bytes.readUInt32LE(end), end);
  const { ranges, traits } = JSON.parse(index.toString()) as Index;
  return { traits, codes: new Map(ranges.map(([name, start, stop]) => [name, bytes.subarray(start, stop)])) };
}

function attempt<T>(action: () => T): T | undefined {
  try {
    return action();
  } catch {
    return undefined;
  }
}
