import { lstatSync, statSync } from 'node:fs';
import path from 'node:path';
import { holdsSecrets, type ConfigFile } from '../../settings/config-file.js';
import { CREDENTIAL_VARIABLES } from '../../settings/credential-source.js';
import { askGit } from '../../host/git.js';
import type { Host } from '../../host/host.js';
import { parseSecretSource } from '../../settings/secret-source.js';
import { nameCheck, type Check } from './check.js';
import { shellWord } from '../../safety/shell.js';

type Surroundings = Pick<Host, 'cwd' | 'env' | 'platform'>;

/** The files that hold a secret literally: config files, and those that a reference or a variable names. */
export function findSecretFiles({ cwd, env }: Surroundings, files: readonly ConfigFile[]): string[] {
  const referenced = files.flatMap(({ path: file, config }) =>
    Object.values(config.environments ?? {})
      .flatMap(({ clientSecret, moduleSecret }) => [clientSecret ?? '', moduleSecret ?? ''])
      .map((text) => parseSecretSource(text, path.dirname(file)))
      .flatMap((source) => (source.type === 'file' ? [source.path] : [])),
  );
  const named = [CREDENTIAL_VARIABLES.clientSecret, CREDENTIAL_VARIABLES.moduleSecret]
    .map((name) => env[`${name}_FILE`] ?? '')
    .filter((file) => file !== '')
    .map((file) => path.resolve(cwd, file));
  const literal = files.filter(({ config }) => holdsSecrets(config)).map((file) => file.path);
  return [...new Set([...literal, ...referenced, ...named])].filter(isThere);
}

/** Whether others than their owner can read the secrets. */
export function checkFileModes({ platform }: Surroundings, secretFiles: readonly string[]): Check {
  const check = nameCheck('file-modes', 'File modes');
  if (platform === 'win32') return check.skipped('not applicable on Windows');
  if (secretFiles.length === 0) return check.ok('no file holds a secret');
  const open = secretFiles.filter((file) => (modeOf(file) & 0o044) !== 0);
  if (open.length === 0) return check.ok(`only their owner can read ${secretFiles.join(', ')}`);
  return check.warning(
    `other users can read ${open.join(', ')}`,
    `chmod 600 ${open.map(shellWord).join(' ')}`,
  );
}

/**
 * Whether git tracks a file that holds secrets, or would take it in with the next `git add`. Both questions read the
 * index and the ignore rules only: no filter, hook, text conversion or external program of the repository is run.
 */
export async function checkGit(
  host: Surroundings,
  secretFiles: readonly string[],
  signal: AbortSignal,
): Promise<Check> {
  const check = nameCheck('secrets-in-git', 'Secrets in git');
  const inWorkTree = secretFiles.filter((file) => isWithinWorkTree(path.dirname(file)));
  if (inWorkTree.length === 0) return check.ok('no file that holds a secret is in a work tree');
  const expired = new Promise<undefined>((resolve) => {
    signal.addEventListener('abort', () => {
      resolve(undefined);
    });
  });
  const states = await Promise.race([Promise.all(inWorkTree.map((file) => stateOf(host, file))), expired]);
  if (states === undefined || states.includes(undefined)) {
    return check.skipped('git gave no answer: it is not installed, took too long, or refuses the work tree');
  }
  const inState = (state: string) => inWorkTree.filter((_file, index) => states[index] === state);
  const [tracked, open] = [inState('tracked'), inState('open')];
  if (tracked.length > 0) {
    return check.problem(
      'config',
      `git tracks ${tracked.join(', ')}`,
      `git rm --cached ${tracked.map(shellWord).join(' ')}, add it to .gitignore, and replace the secrets that it ever held.`,
    );
  }
  if (open.length > 0) {
    return check.warning(`git does not ignore ${open.join(', ')}`, 'Add it to .gitignore.');
  }
  return check.ok(`git ignores ${inWorkTree.join(', ')}`);
}

async function stateOf(
  host: Surroundings,
  file: string,
): Promise<'tracked' | 'ignored' | 'open' | undefined> {
  const [folder, name] = [path.dirname(file), path.basename(file)];
  const tracked = await askGit(host, folder, [
    '--literal-pathspecs',
    'ls-files',
    '--error-unmatch',
    '--',
    name,
  ]);
  if (tracked?.code === 0) return 'tracked';
  if (tracked?.code !== 1) return undefined;
  const ignored = await askGit(host, folder, ['check-ignore', '--quiet', '--', name]);
  if (ignored?.code === 0) return 'ignored';
  return ignored?.code === 1 ? 'open' : undefined;
}

function isWithinWorkTree(folder: string): boolean {
  if (isThere(path.join(folder, '.git'))) return true;
  return folder !== path.dirname(folder) && isWithinWorkTree(path.dirname(folder));
}

/** 0 for what cannot be looked at. */
function modeOf(file: string): number {
  try {
    return statSync(file).mode;
  } catch {
    return 0;
  }
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
