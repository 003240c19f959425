// Runs a program that the user's own file names, and takes the line that it prints.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, realpathSync } from 'node:fs';
import path from 'node:path';
import { kill } from 'node:process';
import { findProgram, searchedFolders } from './find-program.js';
import type { Host } from './host.js';

export interface ProgramRun {
  readonly words: readonly [string, ...string[]];
  /** Where it runs. */
  readonly folder: string;
  /** Variables that it does not get, besides those that begin with `DECENTRO_`. */
  readonly hiddenVariables: readonly string[];
  readonly timeoutMs: number;
}

/** What a program printed, or why that cannot be used, as the end of a sentence that quotes nothing of it. */
export type Printed = { readonly line: string } | { readonly fault: string; readonly hint?: string };

const MAX_BYTES = 4096;

// How long what the program has left running may hold its output open.
const DRAIN_MS = 500;

/** The folders of PATH from which nothing is started: a repository fills them, and npx puts them in front. */
function untrustedRoots(cwd: string): string[] {
  const marks = [
    '.git',
    'package.json',
    '.decentrorc',
    '.decentrorc.json',
    '.decentrorc.yaml',
    '.decentrorc.yml',
  ];
  const real = realFolder(cwd);
  const above = foldersUpFrom(real);
  const roots = marks.flatMap((mark) => above.find((folder) => existsSync(path.join(folder, mark))) ?? []);
  return [real, ...roots];
}

/**
 * Runs a program without a shell, without input, and with its error output dropped. It and all that it starts end with
 * the host's signal, whose reason is thrown, and with the time limit.
 */
export async function runProgram(
  { cwd, env, platform, signal }: Pick<Host, 'cwd' | 'env' | 'platform' | 'signal'>,
  { words: [name, ...args], folder, hiddenVariables, timeoutMs }: ProgramRun,
): Promise<Printed> {
  const roots = untrustedRoots(cwd);
  const isTrusted = (place: string): boolean => {
    const real = realFolder(place);
    return !real.split(path.sep).includes('node_modules') && !roots.some((root) => isInside(real, root));
  };
  const file = findProgram(name, env, platform, isTrusted);
  if (file === undefined || (platform === 'win32' && path.extname(file).toLowerCase() !== '.exe')) {
    const hint =
      'It is looked for along PATH, but not in the working directory or its repository. Give its absolute path.';
    return { fault: `names a program that cannot be found: ${name}`, hint };
  }
  const isHidden = (variable: string): boolean =>
    variable.startsWith('DECENTRO_') || hiddenVariables.includes(variable);
  const visible = Object.entries(env).filter(([variable]) => !isHidden(variable));
  const trusted = searchedFolders(env).filter(isTrusted).join(path.delimiter);
  const inherited = visible.map(([variable, value]): [string, string | undefined] => [
    variable,
    variable.toUpperCase() === 'PATH' ? trusted : value,
  ]);
  signal.throwIfAborted();
  const child = spawn(file, args, {
    cwd: folder,
    env: Object.fromEntries(inherited),
    stdio: ['ignore', 'pipe', 'ignore'],
    // A process group of its own, so that all of it can be ended.
    detached: platform !== 'win32',
    windowsHide: true,
  });
  const result = await outputOf(child, signal, timeoutMs);
  signal.throwIfAborted();
  return 'fault' in result ? { fault: `names a program that ${result.fault}: ${name}` } : result;
}

async function outputOf(child: ChildProcess, signal: AbortSignal, timeoutMs: number): Promise<Printed> {
  const chunks: Buffer[] = [];
  let fault: string | undefined;
  const end = (why?: string): void => {
    fault ??= why;
    endGroup(child);
    child.stdout?.destroy();
  };
  const onAbort = (): void => {
    end('was interrupted');
  };
  const timer = setTimeout(() => {
    end(`did not end within ${timeoutMs / 1000} s`);
  }, timeoutMs);
  let drain: NodeJS.Timeout | undefined;
  signal.addEventListener('abort', onAbort);
  child.stdout?.on('data', (chunk: Buffer) => {
    chunks.push(chunk);
    if (Buffer.concat(chunks).length > MAX_BYTES) end('prints more than 4 KiB');
  });
  child.once('exit', () => {
    drain = setTimeout(() => child.stdout?.destroy(), DRAIN_MS);
  });
  try {
    const code = await new Promise<number | null | 'unstartable'>((resolve) => {
      child.once('error', () => {
        resolve('unstartable');
      });
      child.once('close', resolve);
    });
    if (fault !== undefined) return { fault };
    if (code === 'unstartable') return { fault: 'cannot be started' };
    if (code !== 0) return { fault: code === null ? 'was ended by a signal' : `failed (exit code ${code})` };
  } finally {
    clearTimeout(timer);
    clearTimeout(drain);
    signal.removeEventListener('abort', onAbort);
  }
  const line = Buffer.concat(chunks)
    .toString('utf8')
    .replace(/\r?\n$/, '');
  if (line === '') return { fault: 'prints nothing' };
  return /[\r\n]/.test(line) ? { fault: 'prints more than one line' } : { line };
}

function endGroup(child: ChildProcess): void {
  try {
    if (child.pid !== undefined) kill(-child.pid, 'SIGKILL');
  } catch {
    // Windows has no groups, and one that has ended cannot be ended.
    child.kill('SIGKILL');
  }
}

function isInside(folder: string, root: string): boolean {
  const below = path.relative(root, folder);
  return below === '' || (!/^\.\.($|[\\/])/.test(below) && !path.isAbsolute(below));
}

function foldersUpFrom(folder: string): string[] {
  const parent = path.dirname(folder);
  return parent === folder ? [folder] : [folder, ...foldersUpFrom(parent)];
}

function realFolder(folder: string): string {
  try {
    return realpathSync(folder);
  } catch {
    return folder;
  }
}
