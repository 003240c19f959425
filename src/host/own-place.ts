// What lies in the user's own folders has rights that a project's files have not. A folder is the user's own by where it
// lies, not because a variable says so: HOME may be the checkout of a repository, which then has filled the folder.
import { existsSync, lstatSync, mkdirSync, readdirSync, realpathSync, statSync } from 'node:fs';
import { basename, dirname, join, posix, relative, resolve, sep } from 'node:path';
import { readFileOnce } from './read-file.js';

export interface Surroundings {
  /** `undefined` where it does not exist any more. */
  readonly cwd: string | undefined;
  /** The home that the user database gives, whatever HOME says; `undefined` where it has none. */
  readonly accountHome: string | undefined;
}

/** Where the XDG base directory specification and Windows have the folders of a user, from the home. */
const USUAL_PLACES = ['', '.config', '.cache', '.local/state', 'AppData/Roaming', 'AppData/Local'];

const MAX_INDEX_BYTES = 64 * 1024 * 1024;
const MAX_LINK_BYTES = 4096;

/**
 * Says why a file is not the user's own although it lies below a folder that a variable names, as the end of a
 * sentence, or `undefined`: the folder is in a work tree of git or is the working directory, and is not the home of the
 * user's account; or it is, and git's index holds the file.
 *
 * @param file need not exist
 * @param base the folder that the variable names, such as HOME
 */
export function placeFault(file: string, base: string, surroundings: Surroundings): string | undefined {
  const folder = realFolder(dirname(file));
  const realBase = realFolder(base);
  // The base as well: a link below it may lead out of the work tree.
  const above = new Set([folder, realBase].flatMap(foldersUpFrom));
  const trees = [...above].filter((one) => isThere(join(one, '.git')));
  const root = trees[0];
  const cwd = surroundings.cwd === undefined ? undefined : realFolder(surroundings.cwd);
  const isWorkingFolder =
    cwd !== undefined && foldersUpFrom(folder).includes(cwd) && !relative(realBase, cwd).startsWith('..');
  if (root === undefined && !isWorkingFolder) return undefined;
  const home = surroundings.accountHome;
  const isAtHome =
    home !== undefined && USUAL_PLACES.some((place) => realFolder(join(home, place)) === realBase);
  if (!isAtHome) {
    return root === undefined
      ? 'is in the working directory, which anybody may have filled'
      : `is in the work tree ${root}, which a repository fills`;
  }
  const real = join(folder, basename(file));
  const holder = trees.find((tree) => gitHolds(tree, relative(tree, real)));
  return holder === undefined
    ? undefined
    : `is in the git index of ${holder}: a repository may have brought it`;
}

/**
 * Makes the folders that are missing, each below the one before it, for the user alone. Only below a folder of the
 * user's: under sudo, `~` may be another user's, who would find it full of root's files. A home that does not exist is
 * not made: "/nonexistent" says that a user has none.
 *
 * @param userId `undefined` where the system has no such numbers (Windows)
 * @throws an Error with a `code`
 */
export function makeOwnFolders(folders: readonly string[], userId: number | undefined): void {
  for (const folder of folders) {
    if (existsSync(folder)) continue;
    if (userId !== undefined && statSync(dirname(folder)).uid !== userId) return;
    mkdirSync(folder, { mode: 0o700 });
  }
}

/** Whether the index of a work tree holds a file. An index that cannot be understood may hold it. */
function gitHolds(tree: string, file: string): boolean {
  try {
    const folder = gitFolder(join(tree, '.git'));
    const shared = readdirSync(folder).filter((name) => name.startsWith('sharedindex.'));
    const indexes = ['index', ...shared].map((name) => join(folder, name)).filter(isThere);
    return indexes.some((index) => {
      const read = readFileOnce(index, MAX_INDEX_BYTES, true);
      return 'wrong' in read || indexHolds(read.bytes, file.split(sep).join('/'));
    });
  } catch {
    return true;
  }
}

/** In a linked work tree and in a submodule `.git` is a file that names the folder. */
function gitFolder(git: string): string {
  if (statSync(git).isDirectory()) return git;
  const read = readFileOnce(git, MAX_LINK_BYTES, true);
  const [, folder] = 'wrong' in read ? [] : (/^gitdir: (.+?)\r?\n?$/.exec(read.bytes.toString('utf8')) ?? []);
  if (folder === undefined) throw new Error('No gitdir');
  return resolve(dirname(git), folder);
}

/**
 * Whether an index (gitformat-index(5)) holds a file, or a folder above it that was never checked out. Names are written
 * out in the versions 2 and 3; version 4 shortens them, and may hold it.
 */
export function indexHolds(index: Buffer, file: string): boolean {
  if (index.toString('latin1', 0, 4) !== 'DIRC' || index.readUInt32BE(4) > 3) return true;
  const text = index.toString('latin1').toLowerCase();
  const parents = foldersUpFrom(posix.dirname(`/${file}`)).map((folder) => `${folder.slice(1)}/`);
  const names = [file, ...parents.filter((folder) => folder !== '/')];
  return names.some((name) => {
    const wanted = Buffer.from(name).toString('latin1').toLowerCase();
    const end = `${wanted}\0`;
    for (let at = text.indexOf(end); at >= 0; at = text.indexOf(end, at + 1)) {
      // Before a name stands the lower byte of its length; a slash means that this is the end of a longer one.
      if (text[at - 1] !== '/' || (wanted.length & 0xff) === '/'.charCodeAt(0)) return true;
    }
    return false;
  });
}

function foldersUpFrom(folder: string): string[] {
  const parent = dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}

/** The real path of a folder, which need not exist. */
function realFolder(folder: string): string {
  try {
    return realpathSync.native(folder);
  } catch {
    const parent = dirname(folder);
    return parent === folder ? folder : join(realFolder(parent), basename(folder));
  }
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
