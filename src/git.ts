// git runs what a hostile .git/config names as core.fsmonitor, even for a mere question: it is told not to.
import { execFile } from 'node:child_process';
import type { Host } from './host.js';

const LIMITS = { timeout: 5_000, maxBuffer: 64 * 1024, windowsHide: true };

export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
}

/**
 * Asks git a question about a folder, in a process that inherits no credential and none of git's own variables.
 * Returns `undefined` where there is no git, or it did not end by itself.
 */
export async function askGit(
  { env, homeFolder }: Pick<Host, 'env' | 'homeFolder'>,
  folder: string,
  question: readonly string[],
): Promise<GitAnswer | undefined> {
  const inherited = Object.fromEntries(
    Object.entries(env).filter(([name]) => !/^(DECENTRO_|GIT_)/i.test(name)),
  );
  const args = ['-c', 'core.fsmonitor=false', '-C', folder, ...question];
  return new Promise((resolve) => {
    // Windows would look for git in the working directory first, which may be anybody's.
    const options = { ...LIMITS, env: inherited, cwd: homeFolder };
    execFile('git', args, options, (error, stdout) => {
      const code = error === null ? 0 : error.code;
      resolve(typeof code === 'number' ? { code, stdout } : undefined);
    });
  });
}
