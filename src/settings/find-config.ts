// Where config files are looked for. cosmiconfig's public functions execute `.config/config.js` of the working directory
// as soon as they are called; its ExplorerBase, which knows the search places, reads nothing. That is a private path, so
// the exact version is pinned. Files are read elsewhere, by one descriptor each: cosmiconfig would open them by their path.
import { ExplorerBase } from 'cosmiconfig/dist/ExplorerBase.js';
import { lstatSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { placeFault } from '../host/own-place.js';
import { shellWord } from '../safety/shell.js';

export type Surroundings = Pick<Host, 'accountHome' | 'cwd' | 'env' | 'homeFolder' | 'platform' | 'userId'>;

/** What a search found. */
export interface FoundFile {
  readonly file: string | undefined;
  /** Folders that could not be searched, and what that means. */
  readonly hints: readonly string[];
}

const NAMES = {
  project: ['.decentrorc', '.decentrorc.json', '.decentrorc.yaml', '.decentrorc.yml'],
  user: ['config.json', 'config.yaml', 'config.yml'],
};

/** The project file in use, if there is one. Fails with `config` where a folder holds two. */
export function findProjectFile(host: Surroundings): FoundFile {
  const { folders, hints } = searchedFolders(host);
  for (const folder of folders) {
    const file = findConfigFile('project', folder);
    if (file !== undefined) return { file, hints };
  }
  return { file: undefined, hints };
}

/**
 * From the working directory up to the repository root or the home folder; outside both, the former alone. A folder
 * that may not be searched ends the search: what is above it cannot be known.
 */
function searchedFolders({ cwd, homeFolder }: Surroundings): { folders: string[]; hints: string[] } {
  const home = homeFolder === undefined ? undefined : realFolder(homeFolder);
  const folders: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    const git = lookAt(path.join(folder, '.git'));
    if (git === 'unsearchable') {
      const what =
        folders.length === 0 ? 'no project file is' : 'no project file above the working directory is';
      return { folders: folders.slice(0, 1), hints: [`${folder} cannot be searched: ${what} used.`] };
    }
    folders.push(folder);
    if (folder === home || git !== undefined) return { folders, hints: [] };
    if (folder === path.dirname(folder)) return { folders: [cwd], hints: [] };
  }
}

/** The user file, if there is one. Fails with `config` where its folder holds two, or may not be the user's own. */
export function findUserFile(host: Surroundings): FoundFile {
  const place = userPlace(host);
  if (place === undefined) return { file: undefined, hints: [] };
  if (NAMES.user.some((name) => lookAt(path.join(place.folder, name)) === 'unsearchable'))
    return { file: undefined, hints: [`${place.folder} cannot be searched: no user file is used.`] };
  const file = findConfigFile('user', place.folder);
  const fault = file === undefined ? undefined : placeFault(file, place.base, host);
  if (file === undefined || fault === undefined) return { file, hints: [] };
  throw new Failure('config', `${file} cannot be your user file: it ${fault}.`, {
    hint: `If you trust it, name it: --config ${shellWord(file)}. If not, let ${place.variable} name a folder of your own.`,
  });
}

interface UserPlace {
  readonly folder: string;
  /** The folder that a variable names, and its name. */
  readonly base: string;
  readonly variable: string;
}

/**
 * Where the user file belongs: the XDG base directory specification's place, on Windows `%APPDATA%`; `undefined` for a
 * user without a home.
 */
export function userPlace({ env, homeFolder, platform }: Surroundings): UserPlace | undefined {
  const given = ['XDG_CONFIG_HOME', ...(platform === 'win32' ? ['APPDATA'] : [])].find((name) =>
    path.isAbsolute(env[name] ?? ''),
  );
  const base = given === undefined ? homeFolder : env[given];
  if (base === undefined) return undefined;
  const folder = given === undefined ? path.join(base, '.config', 'decentro') : path.join(base, 'decentro');
  return { folder, base, variable: given ?? (platform === 'win32' ? 'USERPROFILE' : 'HOME') };
}

/** The one config file of a folder, whatever it is, or `undefined`. Fails with `config` where there are two. */
export function findConfigFile(role: keyof typeof NAMES, folder: string): string | undefined {
  const places = new ExplorerBase({
    moduleName: 'decentro',
    searchPlaces: NAMES[role],
    // None is ever called.
    loaders: { default: () => undefined },
  });
  const files = places
    .getSearchPlacesForDir({ path: folder, isGlobalConfig: false }, [])
    .filter((file) => lookAt(file) !== undefined);
  if (files.length > 1)
    throw new Failure('config', `Found both ${files.join(' and ')}.`, { hint: 'Keep one of them.' });
  return files[0];
}

function lookAt(file: string): Stats | 'unsearchable' | undefined {
  try {
    return lstatSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    if (code === 'EACCES' || code === 'EPERM') return 'unsearchable';
    throw new Failure('config', `${file} cannot be read (${code ?? 'unknown error'}).`);
  }
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
