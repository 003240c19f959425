// The folder of a job: who may read it, and what makes sure of that. Links in it are secrets of third parties.
import { existsSync, lstatSync, mkdirSync, closeSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { DENIED } from '../../failure/permission.js';
import { createFile } from '../../host/create-file.js';
import { askGit } from '../../host/git.js';
import type { Host } from '../../host/host.js';
import { visible } from '../../safety/visible.js';
import type { Shard } from './keys.js';

type Surroundings = Pick<Host, 'env' | 'homeFolder' | 'userId' | 'platform'>;

/** The folder of one shard of a job; of the whole job where there is one shard. */
export function shardFolder(job: string, { index, count }: Shard): string {
  return count === 1 ? job : path.join(job, `shard-${index}-of-${count}`);
}

/** How many parts the jobs in a folder have: 1 for a whole job. None where there is no job yet. */
export function partsOf(job: string): number[] {
  return namesIn(job).flatMap((name) => {
    if (name === 'job.json') return 1;
    const count = /^shard-\d+-of-(\d+)$/.exec(name)?.[1];
    return count !== undefined && existsSync(path.join(job, name, 'job.json')) ? Number(count) : [];
  });
}

// What is wrong with a folder that cannot be listed is said where it is used.
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** Makes the folders of a job that are missing, each for its owner alone, with a `.gitignore` of everything. Fails with `usage` or `output`. */
export function createJobFolder(job: string, shard: Shard): void {
  const folder = shardFolder(job, shard);
  for (const one of new Set([job, folder])) {
    // What holds the shards may be somebody's folder with other files in it.
    if (!makeFolder(one) && one !== folder) continue;
    const descriptor = createJobFile(path.join(one, '.gitignore'), '*\n');
    if (descriptor !== undefined) closeSync(descriptor);
  }
}

/** Returns whether the folder is new. */
function makeFolder(folder: string): boolean {
  try {
    mkdirSync(folder, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'EEXIST') return false;
    throw unusable(folder, `cannot be created (${code ?? 'no error code'})`);
  }
}

/**
 * Creates a file of a job as `createFile` does: returns its descriptor, or `undefined` where the name is taken. Fails
 * with `output` where it cannot be written.
 */
export function createJobFile(file: string, text: string): number | undefined {
  try {
    return createFile(file, text);
  } catch (error) {
    throw unwritable(error);
  }
}

/** The failure of a file of a job that cannot be written; what is no error of the system is left as it is. */
export function unwritable(error: unknown): Failure {
  const { code } = error as NodeJS.ErrnoException;
  if (error instanceof Failure || code === undefined) return error as Failure;
  return new Failure('output', `The journal of the job cannot be written (${code}).`, {
    hint:
      code === DENIED
        ? "Under Node's permission model, nothing can be made durable: start Node without --permission."
        : 'Make room (about 500 bytes a row) or repair the disk, then run the same command again.',
  });
}

/**
 * Fails with `usage` where a folder or file of a job is a link, another user's, or open to others; and where git's
 * index holds a file of it, which would be somebody else's links.
 */
export async function checkJobFolder(host: Surroundings, folder: string): Promise<void> {
  checkShardsFolder(host, folder);
  if (!isInWorkTree(folder)) return;
  const tracked = await askGit(host, folder, ['ls-files', '--', '.']);
  if (tracked?.code === 0 && tracked.stdout !== '') throw unusable(folder, 'holds files that git tracks');
}

/** Fails with `usage` where the folder that holds the shards of a job could be exchanged by others, or read. */
export function checkShardsFolder(host: Surroundings, folder: string): void {
  const fault = statsFault(host, folder, 'folder');
  if (fault !== undefined) throw unusable(folder, fault);
}

/** Fails with `usage` where a file of a job is not a private one of the running user. */
export function checkJobFile(host: Surroundings, file: string): void {
  const fault = statsFault(host, file, 'file');
  if (fault !== undefined) throw unusable(file, fault);
}

function statsFault({ userId, platform }: Surroundings, place: string, kind: 'folder' | 'file') {
  const stats = lstatSync(place, { throwIfNoEntry: false });
  if (stats === undefined) return 'does not exist';
  if (stats.isSymbolicLink()) return 'is a symbolic link';
  if (kind === 'folder' ? !stats.isDirectory() : !stats.isFile()) return `is not a ${kind}`;
  if (userId !== undefined && stats.uid !== userId) return `belongs to another user (uid ${stats.uid})`;
  const mode = kind === 'folder' ? 0o700 : 0o600;
  if (platform === 'win32' || (stats.mode & 0o777) === mode) return undefined;
  return `has mode 0${(stats.mode & 0o777).toString(8)} and must have 0${mode.toString(8)}`;
}

function isInWorkTree(folder: string): boolean {
  if (existsSync(path.join(folder, '.git'))) return true;
  const parent = path.dirname(folder);
  return parent !== folder && isInWorkTree(parent);
}

function unusable(place: string, fault: string): Failure {
  return new Failure('usage', `${visible(place)} ${fault}.`, {
    hint: 'A job holds the links of its end users. Repair this folder, or choose another one.',
  });
}
