// Where settings are stored, and how a config file is written.
import { existsSync, lstatSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { makeFolders, replacingFault } from '../../host/replace-file.js';
import { updateFile } from '../../host/update-file.js';
import { loadConfigFile } from '../../settings/config-file.js';
import type { Config } from '../../settings/config-schema.js';
import { findConfigFile, findProjectFile, userPlace } from '../../settings/find-config.js';
import { MAX_FILE_BYTES } from '../../settings/secret-source.js';
import { createConfigText, editConfigText, type Change } from './edit.js';
import { ignoreInGit } from './gitignore.js';

/** Where a config file is, or will be: a project file may refer to less than the user's own. */
export interface Place {
  readonly role: 'project' | 'user';
  readonly file: string;
}

/** The file that settings are stored in. */
export interface Store extends Place {
  /** What it holds so far; `undefined` where it does not exist. */
  readonly config: Config | undefined;
}

/** What storing has done. */
export interface Stored {
  readonly action: 'created' | 'updated';
  /** The `.gitignore` that the file was added to. */
  readonly gitignore: string | null;
  readonly notes: readonly string[];
}

/** The user file, or a new one. Fails with `config` where there is no place for it. */
export async function findUserStore(host: Host): Promise<Store> {
  const { folder, base } = userPlace(host) ?? {};
  if (folder === undefined || base === undefined)
    throw new Failure('config', 'No user file: this user has no home folder.', {
      hint: 'Set HOME, or XDG_CONFIG_HOME.',
    });
  const home = host.homeFolder;
  const isInHome = home !== undefined && !path.relative(home, base).startsWith('..');
  if (isInHome && !existsSync(home))
    throw new Failure('config', `The home folder ${home} does not exist.`, {
      hint: 'Set HOME, or XDG_CONFIG_HOME, to a folder of yours.',
    });
  if (lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new Failure('config', `${folder} is a link, which is never written through.`);
  return openStore(host, 'user', findConfigFile('user', folder) ?? path.join(folder, 'config.yaml'));
}

/** The project file of the working directory, never one of a folder above; or a new one. */
export function findFolderStore(host: Host): Promise<Store> {
  return openStore(host, 'project', findConfigFile('project', host.cwd) ?? newProjectFile(host));
}

/** The project file in use, of the working directory or above; or a new one. */
export function findProjectStore(host: Host): Promise<Store> {
  return openStore(host, 'project', findProjectFile(host).file ?? newProjectFile(host));
}

function newProjectFile({ cwd }: Host): string {
  return path.join(cwd, '.decentrorc');
}

async function openStore(host: Host, role: Place['role'], file: string): Promise<Store> {
  if (lstatSync(file, { throwIfNoEntry: false }) === undefined) return { role, file, config: undefined };
  const objection = replacingFault(file, host.userId);
  if (objection !== undefined) throw new Failure('config', `${file} ${objection}.`);
  return { role, file, config: (await loadConfigFile(role, file, host)).config };
}

/** A new file names its environment, unless that is production: no file may choose it. */
export function environmentOfNewFile({ config }: Store, environment: string): Change[] {
  return config === undefined && environment !== 'production'
    ? [{ keys: ['environment'], value: environment }]
    : [];
}

/**
 * Writes the file as it is at this moment: it may have been edited while questions were answered. A new project file is
 * kept out of version control first, and an old one where `isIgnored`. Fails with `config`, and then has not changed it.
 */
export async function storeChanges(
  host: Host,
  { role, file }: Place,
  changes: readonly Change[],
  isIgnored = false,
): Promise<Stored> {
  try {
    const isNew = lstatSync(file, { throwIfNoEntry: false }) === undefined;
    const { changed, notes } =
      role === 'project' && (isNew || isIgnored)
        ? await ignoreInGit(host, file)
        : { changed: null, notes: [] };
    if (role === 'user') makeFolders(path.dirname(file), 0o700);
    const change = async (bytes: Buffer | undefined): Promise<string> => {
      const text = bytes?.toString('utf8');
      if (text === undefined) return createConfigText(file, changes);
      if (bytes?.equals(Buffer.from(text)) !== true) throw new Failure('config', `${file} is not UTF-8.`);
      return editConfigText(file, text, changes);
    };
    const action = await updateFile(file, MAX_FILE_BYTES, change, (durationMs) => host.sleep(durationMs));
    if (typeof action === 'object') throw new Failure('config', `${file} ${action.wrong}.`);
    return {
      action,
      gitignore: changed,
      notes: [...(changed === null ? [] : [`Added ${path.basename(file)} to ${changed}.`]), ...notes],
    };
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure('config', `${file} cannot be written (${code}).`);
  }
}
