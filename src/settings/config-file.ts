// The file is data: what was read is handed on as text, and nothing of it is ever run or imported.
import { statSync, type Stats } from 'node:fs';
import path from 'node:path';
import { parseConfig } from './config-parser.js';
import type { Config } from './config-schema.js';
import { findProjectFile, findUserFile, userPlace, type Surroundings } from './find-config.js';
import { Failure } from '../failure/failure.js';
import { foreignWriter, readFileOnce } from '../host/read-file.js';
import { MAX_FILE_BYTES } from './secret-source.js';
import { shellWord } from '../safety/shell.js';

/** `project`: found by search, perhaps another person's. `user`: the user's own. `named`: given with `--config`. */
export type ConfigRole = 'project' | 'user' | 'named';

export interface ConfigFile {
  readonly role: ConfigRole;
  readonly path: string;
  readonly config: Config;
  /** Whether others than its owner can read the secrets that stand in it literally. */
  readonly exposesSecrets: boolean;
}

export interface LoadedFiles {
  /** Highest priority first. */
  readonly files: readonly ConfigFile[];
  /** Where a config file may be that could not be looked for. */
  readonly hints: readonly string[];
}

/**
 * Finds and reads the config files in use, highest priority first; with `named`, that one alone.
 * Fails with `config` where a file exists that cannot be trusted, read or understood.
 */
export async function loadConfigFiles(host: Surroundings, named?: string): Promise<LoadedFiles> {
  if (named !== undefined) {
    const file = await loadConfigFile('named', path.resolve(host.cwd, named), host);
    return { files: [file], hints: [] };
  }
  const files: ConfigFile[] = [];
  const project = findProjectFile(host);
  if (project.file !== undefined) files.push(await loadConfigFile('project', project.file, host));
  const user = findUserFile(host);
  if (user.file !== undefined) files.push(await loadConfigFile('user', user.file, host));
  return { files, hints: [...project.hints, ...user.hints] };
}

/** The keys that the user file alone may hold, and what does the same for one run. */
export const OF_USER_FILE: Readonly<Record<string, string>> = {
  allowHosts: 'name the host with --allow-host',
  journal: 'set DIGILOCKER_NO_JOURNAL',
};

/** Reads one config file. Fails with `config` where it cannot be trusted, read or understood. */
export async function loadConfigFile(
  role: ConfigRole,
  file: string,
  host: Surroundings,
): Promise<ConfigFile> {
  const { text, mode } = readConfigFile(role, file, host);
  const config = await parseConfig(file, text);
  const [foreign, way] = Object.entries(OF_USER_FILE).find(([key]) => key in config) ?? [];
  if (role !== 'user' && foreign !== undefined) {
    const place = userPlace(host)?.folder ?? 'this user has no home folder';
    throw new Failure('config', `${file}: ${foreign} may only be set in the user file (${place}).`, {
      hint: `Move it there, or ${way ?? ''}.`,
    });
  }
  const isReadableByOthers = host.platform !== 'win32' && (mode & 0o044) !== 0;
  return { role, path: file, config, exposesSecrets: isReadableByOthers && holdsSecrets(config) };
}

/** The text of a config file. Fails with `config` where it cannot be read, or others may have written it. */
export function readConfigFile(
  role: ConfigRole,
  file: string,
  { userId }: Pick<Surroundings, 'userId'>,
): { readonly text: string; readonly mode: number } {
  const isNamed = role === 'named';
  const writer = (stats: Stats) => {
    const folder = foreignWriter(statSync(path.dirname(file)), userId);
    return (
      foreignWriter(stats, userId) ?? (folder === undefined ? undefined : `is in a folder that ${folder}`)
    );
  };
  const read = readFileOnce(file, MAX_FILE_BYTES, isNamed, isNamed ? undefined : writer);
  if ('wrong' in read)
    throw new Failure('config', `${file} ${read.wrong}.`, { hint: wayThrough(file, read.wrong) });
  const text = read.bytes.toString('utf8');
  if (text.trim() === '') throw new Failure('config', `${file} is empty.`);
  return { text, mode: read.stats.mode };
}

/** What to do about a file that may be another user's. */
function wayThrough(file: string, wrong: string): string | undefined {
  if (!/^is a link|another user|other users/.test(wrong)) return undefined;
  const open = wrong.startsWith('is in') ? path.dirname(file) : file;
  const cure = wrong.includes('other users') ? `chmod go-w ${shellWord(open)}. ` : '';
  return `${cure}If you trust it as it is, name it: --config ${shellWord(file)}`;
}

/** Whether secrets stand in a file literally. */
export function holdsSecrets({ environments = {} }: Config): boolean {
  return Object.values(environments)
    .flatMap(({ clientSecret, moduleSecret }) => [clientSecret, moduleSecret])
    .some((secret) => secret !== undefined && !/^(env|file|exec):/.test(secret));
}
