// The file is data. cosmiconfig's public functions execute `.config/config.js` of the working directory as soon as
// they are called; its ExplorerSync does not. That is a private path, so the exact version is pinned. Its only loader
// here hands the text on unread: no JavaScript, TypeScript or `$import` is ever run.
import { ExplorerSync } from 'cosmiconfig/dist/ExplorerSync.js';
import { lstatSync, realpathSync, statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { parseConfig } from './config-parser.js';
import type { Config } from './config-schema.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { MAX_FILE_BYTES } from './secret-source.js';

/** `project`: found by search, perhaps somebody else's. `user`: the user's own. `named`: given with `--config`. */
export type ConfigRole = 'project' | 'user' | 'named';

export interface ConfigFile {
  readonly role: ConfigRole;
  readonly path: string;
  readonly config: Config;
  /** Whether others than its owner can read the secrets that stand in it literally. */
  readonly exposesSecrets: boolean;
}

const NAMES = {
  project: ['.decentrorc', '.decentrorc.json', '.decentrorc.yaml', '.decentrorc.yml'],
  user: ['config.json', 'config.yaml', 'config.yml'],
} as const;

type Surroundings = Pick<Host, 'cwd' | 'env' | 'homeFolder' | 'platform' | 'userId'>;

/**
 * Finds and reads the config files in force, the stronger first; with `named`, that one alone.
 * Fails with `config` where a file exists that cannot be trusted, read or understood.
 */
export async function loadConfigFiles(host: Surroundings, named?: string): Promise<ConfigFile[]> {
  if (named !== undefined) return [await loadConfigFile('named', path.resolve(host.cwd, named), host)];
  const found: ConfigFile[] = [];
  const projectFile = findProjectFile(host);
  if (projectFile !== undefined) found.push(await loadConfigFile('project', projectFile, host));
  const own = userFolder(host);
  const userFile = own === undefined ? undefined : findConfigFile('user', own);
  if (userFile !== undefined) found.push(await loadConfigFile('user', userFile, host));
  return found;
}

/** The project file in force, or `undefined`. Fails with `config` where two stand side by side. */
export function findProjectFile(host: Surroundings): string | undefined {
  for (const folder of searchedFolders(host)) {
    const file = findConfigFile('project', folder);
    if (file !== undefined) return file;
  }
  return undefined;
}

/** From the working directory up to the repository root or the home folder; outside both, the former alone. */
function searchedFolders({ cwd, homeFolder }: Surroundings): string[] {
  const home = homeFolder === undefined ? undefined : realFolder(homeFolder);
  const folders: string[] = [];
  for (let folder = cwd; ; folder = path.dirname(folder)) {
    folders.push(folder);
    if (folder === home || statsOf(path.join(folder, '.git')) !== undefined) return folders;
    if (folder === path.dirname(folder)) return [cwd];
  }
}

/**
 * Where the user file stands: the XDG base directory specification's place, on Windows `%APPDATA%`; `undefined` for a
 * user without a home.
 */
export function userFolder({ env, homeFolder, platform }: Surroundings): string | undefined {
  const fallback = platform === 'win32' ? env['APPDATA'] : undefined;
  const base = [env['XDG_CONFIG_HOME'], fallback].find(
    (folder) => folder !== undefined && path.isAbsolute(folder),
  );
  const folder = base ?? (homeFolder === undefined ? undefined : path.join(homeFolder, '.config'));
  return folder === undefined ? undefined : path.join(folder, 'decentro');
}

/** The one config file of a folder, whatever it is, or `undefined`. Fails with `config` where there are two. */
export function findConfigFile(role: keyof typeof NAMES, folder: string): string | undefined {
  const files = NAMES[role]
    .map((name) => path.join(folder, name))
    .filter((file) => statsOf(file) !== undefined);
  if (files.length > 1)
    throw new Failure('config', `${files.join(' and ')} stand side by side.`, { hint: 'Keep one of them.' });
  return files[0];
}

/** Reads one config file. Fails with `config` where it cannot be trusted, read or understood. */
export async function loadConfigFile(
  role: ConfigRole,
  file: string,
  host: Surroundings,
): Promise<ConfigFile> {
  const stats = vet(role, file, host);
  const config = await parseConfig(file, read(file));
  if (role !== 'user' && config.allowHosts !== undefined) {
    throw new Failure(
      'config',
      `${file}: allowHosts is only taken from the user file (${userFolder(host) ?? 'this user has no home folder'}).`,
      {
        hint: 'Move it there, or name the host with --allow-host.',
      },
    );
  }
  const isReadableByOthers = host.platform !== 'win32' && (stats.mode & 0o044) !== 0;
  return { role, path: file, config, exposesSecrets: isReadableByOthers && holdsSecrets(config) };
}

function read(file: string): string {
  const handOn = (_file: string, text: string) => ({ text });
  const explorer = new ExplorerSync({
    moduleName: 'decentro',
    searchPlaces: [],
    searchStrategy: 'none',
    ignoreEmptySearchPlaces: false,
    mergeImportArrays: false,
    mergeSearchPlaces: false,
    metaConfigFilePath: null,
    cache: false,
    // Of a file called package.json it would take this one key alone: here all of it.
    packageProp: [],
    transform: (result) => result,
    // A named file may have any ending. An entry of cosmiconfig's own for one would execute it.
    loaders: { default: handOn },
  });
  try {
    const result = explorer.load(file);
    if (result === null || result.isEmpty === true) throw new Failure('config', `${file} is empty.`);
    return (result.config as ReturnType<typeof handOn>).text;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw unreadable(file, error);
  }
}

/** Refuses, before anything is opened, what could hang, mislead or belong to somebody else. */
function vet(role: ConfigRole, file: string, host: Surroundings): Stats {
  const stats = statsOf(file);
  if (stats === undefined) throw new Failure('config', `${file} does not exist.`);
  const wayThrough = { hint: `If it is to be trusted, name it: --config ${file}` };
  if (stats.isSymbolicLink()) {
    if (role !== 'named') throw new Failure('config', `${file} is a link.`, wayThrough);
    return regularFile(file, followed(file));
  }
  if (role !== 'named' && host.userId !== undefined && stats.uid !== host.userId) {
    throw new Failure('config', `${file} belongs to another user (uid ${stats.uid}).`, wayThrough);
  }
  return regularFile(file, stats);
}

function regularFile(file: string, stats: Stats): Stats {
  if (!stats.isFile()) throw new Failure('config', `${file} is not a regular file.`);
  // What the system makes up as it is read, in /proc, has no size, and may never end.
  if (stats.size === 0) throw new Failure('config', `${file} is empty.`);
  if (stats.size > MAX_FILE_BYTES) throw new Failure('config', `${file} is larger than 64 KiB.`);
  return stats;
}

function followed(file: string): Stats {
  try {
    return statSync(file);
  } catch (error) {
    throw unreadable(file, error);
  }
}

function statsOf(file: string): Stats | undefined {
  try {
    return lstatSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw unreadable(file, error);
  }
}

function unreadable(file: string, error: unknown): Failure {
  return new Failure(
    'config',
    `${file} cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'}).`,
  );
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}

/** Whether secrets stand in a file literally. */
export function holdsSecrets({ environments = {} }: Config): boolean {
  return Object.values(environments)
    .flatMap(({ clientSecret, moduleSecret }) => [clientSecret, moduleSecret])
    .some((secret) => secret !== undefined && !/^(env|file):/.test(secret));
}
