// git runs what a hostile .git/config names, even for a mere question: core.fsmonitor, and core.sshCommand where the
// index names a .gitignore that is not there and a promisor would have to send it. It is told not to.
import { execFile } from 'node:child_process';
import path from 'node:path';
import { findProgram, withoutRelativePath } from './find-program.js';
import type { Host } from './host.js';

// Nothing else of the environment: whatever it holds, git does not need it.
const INHERITED =
  /^(PATH|PATHEXT|HOME|USERPROFILE|HOMEDRIVE|HOMEPATH|XDG_CONFIG_HOME|SYSTEMROOT|COMSPEC|TMPDIR|TEMP|TMP|LANG|LC_ALL)$/i;

// The first holds against every setting of a repository; the second saves the attempt.
const NO_FETCH = { GIT_ALLOW_PROTOCOL: 'none', GIT_NO_LAZY_FETCH: '1' };

const LIMITS = { timeout: 5_000, maxBuffer: 64 * 1024, windowsHide: true };

export interface GitAnswer {
  readonly code: number;
  readonly stdout: string;
}

/**
 * Asks git a question about a folder, in a process that inherits no secret and none of git's own variables,
 * and fetches nothing.
 * Returns `undefined` where there is no git, or it did not end by itself.
 */
export async function askGit(
  { env, platform }: Pick<Host, 'env' | 'platform'>,
  folder: string,
  question: readonly string[],
): Promise<GitAnswer | undefined> {
  const git = findProgram('git', env, platform);
  if (git === undefined) return undefined;
  const inherited = Object.fromEntries(Object.entries(env).filter(([name]) => INHERITED.test(name)));
  const args = ['-c', 'core.fsmonitor=false', '-C', folder, ...question];
  return new Promise((resolve) => {
    // Neither the working directory, where Windows would look for what git starts, nor a home that need not exist.
    const cwd = path.parse(git).root;
    const options = { ...LIMITS, env: { ...withoutRelativePath(inherited), ...NO_FETCH }, cwd };
    execFile(git, args, options, (error, stdout) => {
      const code = error === null ? 0 : error.code;
      resolve(typeof code === 'number' ? { code, stdout } : undefined);
    });
  });
}
