// Lines that every process of the user appends to one file. A file of another user, or a link, is not used.
import {
  closeSync,
  constants,
  fstatSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
  type Stats,
} from 'node:fs';
import path from 'node:path';
import type { Host } from './host.js';
import { makeOwnFolders, placeFault } from './own-place.js';
import { EMPTY, foreignWriter, readFileOnce, type Unreadable } from './read-file.js';

type Surroundings = Pick<Host, 'accountHome' | 'cwd' | 'env' | 'homeFolder' | 'platform' | 'userId'>;

/** The folder of the user's state, and what lies above it, each below the one before it. */
export interface StatePlace {
  readonly folder: string;
  readonly folders: readonly string[];
  readonly userId: number | undefined;
}

const FILE = 'sessions.ndjson';
const OLDER_FILE = 'sessions.1.ndjson';
const SALT_FILE = 'salt';

/** Beyond this size a file is put aside for a new one. */
const MAX_BYTES = 2 * 1024 * 1024;
// What was put aside may be larger, by the lines of the processes that had it open.
const MAX_READ_BYTES = 8 * 1024 * 1024;
/** How long a process may take to put a file aside: one that takes longer was killed. */
const CLAIM_LIFE_MS = 60_000;

/**
 * Where the journal is: the XDG base directory specification's place for state, on Windows `%LOCALAPPDATA%`. Where
 * there is none, or it is not the user's own, the end of a sentence that says why.
 */
export function findStatePlace(host: Surroundings): StatePlace | string {
  const { env, homeFolder, platform, userId } = host;
  const names = ['XDG_STATE_HOME', ...(platform === 'win32' ? ['LOCALAPPDATA'] : [])];
  const given = names.map((name) => env[name] ?? '').find((folder) => path.isAbsolute(folder));
  const base = given ?? homeFolder;
  if (base === undefined) return 'has no place: this user has no home folder';
  const local = path.join(base, '.local');
  const above = given === undefined ? [local, path.join(local, 'state')] : [given];
  const folder = path.join(above.at(-1) ?? base, 'digilocker-cli');
  const fault = placeFault(path.join(folder, FILE), base, surroundingsOf(host));
  return fault ?? { folder, folders: [...above, folder], userId };
}

function surroundingsOf(host: Surroundings): Parameters<typeof placeFault>[2] {
  return {
    // To ask the user database takes longer than all else here.
    get accountHome() {
      return host.accountHome;
    },
    get cwd() {
      try {
        return host.cwd;
      } catch {
        return undefined;
      }
    },
  };
}

/**
 * Appends a line in one write, so that those of several processes never mix. Behind a line that a killed process left
 * unfinished it begins a new one.
 *
 * @throws an Error that says why it could not be written, as the end of a sentence
 */
export function appendLine(place: StatePlace, line: string): void {
  const { folder, folders, userId } = place;
  makeOwnFolders(folders, userId);
  const folderStats = lstatSync(folder);
  const folderFault = folderStats.isSymbolicLink() ? 'is a link' : foreignWriter(folderStats, userId);
  if (folderFault !== undefined) throw new Error(`is in a folder that ${folderFault}`);
  let { descriptor, stats } = openToAppend(place);
  try {
    if (stats.size > MAX_BYTES) {
      putAside(place, stats.ino);
      const next = openToAppend(place);
      closeSync(descriptor);
      ({ descriptor, stats } = next);
    }
    const bytes = Buffer.from(`${endsWithLine(descriptor, stats) ? '' : '\n'}${line}\n`);
    if (writeSync(descriptor, bytes) < bytes.length) throw new Error('was cut short');
  } finally {
    closeSync(descriptor);
  }
}

function openToAppend({ folder, userId }: StatePlace): { descriptor: number; stats: Stats } {
  // Windows lacks those that are 0 here.
  const { O_RDWR, O_APPEND, O_CREAT } = constants;
  const { O_NOCTTY = 0, O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const flags = O_RDWR | O_APPEND | O_CREAT | O_NOCTTY | O_NOFOLLOW | O_NONBLOCK;
  const descriptor = openSync(path.join(folder, FILE), flags, 0o600);
  const stats = fstatSync(descriptor);
  const fault = stats.isFile() ? foreignWriter(stats, userId) : 'is not a regular file';
  if (fault === undefined) return { descriptor, stats };
  closeSync(descriptor);
  throw new Error(fault);
}

function endsWithLine(descriptor: number, { size }: Stats): boolean {
  const last = Buffer.alloc(1);
  return size === 0 || (readSync(descriptor, last, 0, 1, size - 1) === 1 && last.toString() === '\n');
}

/**
 * Renames a file that has grown too large, whose inode has this number. Of several processes one does it, the one that
 * makes a file of this name; another would rename the new file over the old lines.
 */
function putAside({ folder }: StatePlace, inode: number): void {
  const file = path.join(folder, FILE);
  const claim = path.join(folder, `sessions.${inode}.claim`);
  try {
    writeFileSync(claim, '', { flag: 'wx', mode: 0o600 });
  } catch {
    const claimedAt = lstatSync(claim, { throwIfNoEntry: false })?.mtimeMs ?? Infinity;
    if (Date.now() - claimedAt > CLAIM_LIFE_MS) rmSync(claim, { force: true });
    return;
  }
  try {
    if (statSync(file).ino === inode) renameSync(file, path.join(folder, OLDER_FILE));
  } catch {
    // It goes on growing until it can be renamed: Windows renames no file that is open.
  } finally {
    rmSync(claim, { force: true });
  }
}

/**
 * The whole lines of the journal, the older first; none where it cannot be read, or others can change it.
 *
 * @param onFault told what keeps a journal that is there from being read, as a sentence without its full stop
 */
export function readLines(place: StatePlace, onFault: (fault: string) => void = () => undefined): string[] {
  const { folder, userId } = place;
  const fault = findFolderFault(place);
  if (fault !== undefined) {
    if (!fault.isMissing) onFault(fault.wrong);
    return [];
  }
  // The new one first: what is put aside between the two is read twice, and not missed.
  const texts = [FILE, OLDER_FILE].map((name) => {
    const file = path.join(folder, name);
    const read = readFileOnce(file, MAX_READ_BYTES, false, (stats) => foreignWriter(stats, userId));
    if ('bytes' in read) return read.bytes.toString('utf8');
    if (!read.isMissing && read.wrong !== EMPTY) onFault(`${file} ${read.wrong}`);
    return '';
  });
  return texts.reverse().flatMap((text) => text.split('\n').slice(0, -1));
}

function findFolderFault({ folder, folders, userId }: StatePlace): Unreadable | undefined {
  for (const one of new Set([...folders, folder])) {
    const wrong = (text: string, isMissing = false) => ({ wrong: `${one} ${text}`, isMissing });
    try {
      const isLast = one === folder;
      const stats = isLast ? lstatSync(one) : statSync(one);
      if (!stats.isDirectory()) return wrong('is not a folder');
      const objection = isLast ? foreignWriter(stats, userId) : undefined;
      if (objection !== undefined) return wrong(objection);
    } catch (error) {
      const { code = 'no error code' } = error as NodeJS.ErrnoException;
      return wrong(`cannot be read (${code})`, code === 'ENOENT');
    }
  }
  return undefined;
}

/**
 * What is mixed into the names of accounts in this journal, so that they cannot be guessed from outside.
 *
 * @param create makes a new one
 * @throws an Error
 */
export function loadSalt({ folder, folders, userId }: StatePlace, create: () => string): string {
  const file = path.join(folder, SALT_FILE);
  const read = () => readFileOnce(file, 1024, false, (stats) => foreignWriter(stats, userId));
  const known = read();
  if ('bytes' in known) return known.bytes.toString('utf8');
  if (!known.isMissing) throw new Error(`has a salt that ${known.wrong}`);
  makeOwnFolders(folders, userId);
  const salt = create();
  const unfinished = `${file}.${salt.slice(0, 8)}`;
  try {
    writeFileSync(unfinished, salt, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    rmSync(unfinished, { force: true });
    throw error;
  }
  try {
    // Whole or absent; of several processes the first one wins.
    linkSync(unfinished, file);
    return salt;
  } catch {
    const other = read();
    if ('bytes' in other) return other.bytes.toString('utf8');
    renameSync(unfinished, file);
    return salt;
  } finally {
    rmSync(unfinished, { force: true });
  }
}
