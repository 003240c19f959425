import { lstatSync } from 'node:fs';
import path from 'node:path';
import { appendToFile } from '../../host/append-to-file.js';
import { askGit } from '../../host/git.js';
import type { Host } from '../../host/host.js';
import { readFileOnce } from '../../host/read-file.js';
import { foreignOwner, replacingFault } from '../../host/replace-file.js';
import { shellWord } from '../../safety/shell.js';

export interface Ignored {
  /** The `.gitignore` that the file's name was added to; `null` where nothing had to be added, or could be. */
  readonly changed: string | null;
  /** What the user should know or do. */
  readonly notes: readonly string[];
}

const MAX_IGNORE_BYTES = 1024 * 1024;

type Surroundings = Pick<Host, 'env' | 'platform' | 'userId'>;

/**
 * Keeps a file out of version control: adds its name to the `.gitignore` beside it or, where there is none, to that of
 * the work tree's root. Does nothing outside a work tree, and where git ignores the file already. Never fails.
 */
export async function ignoreInGit(host: Surroundings, file: string): Promise<Ignored> {
  const folder = path.dirname(file);
  const name = path.basename(file);
  const root = findWorkTree(folder);
  if (root === undefined) return { changed: null, notes: [] };
  const tracked = (await askGit(host, folder, ['ls-files', '--error-unmatch', '--', name]))?.code === 0;
  const notes = tracked
    ? [
        `warning: git tracks ${file}: git rm --cached ${shellWord(name)}, and replace what secrets it ever held.`,
      ]
    : [];
  if (await isIgnored(host, folder, root, name)) return { changed: null, notes };
  const beside = path.join(folder, '.gitignore');
  const gitignore = isThere(beside) ? beside : path.join(root, '.gitignore');
  const obstacle = append(gitignore, name, host.userId);
  if (obstacle !== undefined)
    return {
      changed: null,
      notes: [...notes, `warning: ${gitignore} ${obstacle}: add ${name} to it yourself.`],
    };
  // Another pattern may take it in again.
  if (await isIgnored(host, folder, root, name)) return { changed: gitignore, notes };
  return {
    changed: gitignore,
    notes: [...notes, `warning: git still does not ignore ${file}: look for a pattern such as !${name}.`],
  };
}

/** The nearest folder that holds a `.git`, which is a file in a linked work tree. */
function findWorkTree(folder: string): string | undefined {
  if (isThere(path.join(folder, '.git'))) return folder;
  const parent = path.dirname(folder);
  return parent === folder ? undefined : findWorkTree(parent);
}

async function isIgnored(host: Surroundings, folder: string, root: string, name: string): Promise<boolean> {
  // A tracked file counts as well: the question is what the patterns say.
  const answer = await askGit(host, folder, ['check-ignore', '--quiet', '--no-index', '--', name]);
  if (answer !== undefined && answer.code <= 1) return answer.code === 0;
  return [folder, root].some((place) =>
    linesOf(path.join(place, '.gitignore')).some(
      (line) => line === name || (line === `/${name}` && place === folder),
    ),
  );
}

function linesOf(file: string): string[] {
  const read = readFileOnce(file, MAX_IGNORE_BYTES, true);
  return 'wrong' in read ? [] : read.bytes.toString('utf8').split(/\r?\n/);
}

/** Returns what kept the line from being added, if anything did. */
function append(gitignore: string, name: string, userId: number | undefined): string | undefined {
  const obvious = replacingFault(gitignore, userId);
  if (obvious !== undefined) return obvious;
  try {
    return appendToFile(
      gitignore,
      (tail) => {
        const newline = tail.includes('\r\n') ? '\r\n' : '\n';
        return `${tail === '' || tail.endsWith('\n') ? '' : newline}${name}${newline}`;
      },
      (stats) => foreignOwner(stats, userId),
    );
  } catch (error) {
    return `cannot be written (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`;
  }
}

function isThere(file: string): boolean {
  try {
    return lstatSync(file, { throwIfNoEntry: false }) !== undefined;
  } catch {
    return false;
  }
}
