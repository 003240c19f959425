import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { askGit } from '../../../src/host/git.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { writeFiles } from '../../support/fake-host.js';

const PATH = process.env['PATH'] ?? '';

/** A work tree, and git as its owner uses it. */
function createTree(files: Readonly<Record<string, string>>, extra: Readonly<Record<string, string>> = {}) {
  const root = temporaryDirectory();
  const env = { PATH, HOME: temporaryDirectory() };
  const git = (...args: readonly string[]) =>
    execFileSync('git', args, { cwd: root, env, encoding: 'utf8', stdio: 'pipe' }).trim();
  git('init', '--quiet');
  git('config', 'user.name', 'somebody');
  git('config', 'user.email', 'somebody@app.example');
  writeFiles(root, files);
  const ask = (...question: readonly string[]) =>
    askGit({ env: { ...env, ...extra }, platform: process.platform }, root, question);
  return { root, git, ask };
}

describe('a hostile repository executes nothing (rule 1):', () => {
  test('core.sshCommand, by a .gitignore that would have to be fetched first', async () => {
    const { root, git, ask } = createTree({ '.gitignore': 'x\n', '.decentrorc': '{}' });
    const sentinel = path.join(root, 'executed');
    git('add', '.gitignore');
    git('commit', '--quiet', '--message', 'x');
    const blob = git('rev-parse', 'HEAD:.gitignore');
    git('update-index', '--skip-worktree', '.gitignore');
    rmSync(path.join(root, '.gitignore'));
    rmSync(path.join(root, '.git/objects', blob.slice(0, 2), blob.slice(2)));
    for (const [key, value] of [
      ['core.repositoryformatversion', '1'],
      ['extensions.partialClone', 'origin'],
      ['remote.origin.promisor', 'true'],
      ['remote.origin.url', 'ssh://nowhere.example/x'],
      ['core.sshCommand', `touch ${sentinel}; false`],
      ['protocol.ssh.allow', 'always'],
    ] as const)
      git('config', key, value);
    await ask('check-ignore', '--quiet', '--', '.decentrorc');
    await ask('ls-files', '--error-unmatch', '--', '.decentrorc');
    expect(existsSync(sentinel)).toBe(false);
    // The same question, asked carelessly: what is proved above is not in vain.
    expect(() => git('check-ignore', '--quiet', '--', '.decentrorc')).toThrow();
    expect(existsSync(sentinel)).toBe(true);
  });

  test('core.fsmonitor', async () => {
    const { root, git, ask } = createTree({ '.decentrorc': '{}' });
    const sentinel = path.join(root, 'executed');
    git('config', 'core.fsmonitor', `touch ${sentinel}; false`);
    await ask('ls-files', '--error-unmatch', '--', '.decentrorc');
    expect(existsSync(sentinel)).toBe(false);
  });
});

test('no variable reaches git but those that it needs (rules 1, 27)', async () => {
  const folder = temporaryDirectory();
  const log = path.join(folder, 'log');
  writeFiles(folder, { 'bin/git': `#!/bin/sh\nenv > ${log}\n` });
  execFileSync('chmod', ['+x', path.join(folder, 'bin/git')]);
  const env = { PATH: `${folder}/bin:${PATH}`, STAGING_SECRET: 'x', HTTPS_PROXY: 'x', GIT_DIR: 'x' };
  expect(await askGit({ env, platform: process.platform }, folder, ['version'])).toMatchObject({ code: 0 });
  const names = execFileSync('cut', ['-d=', '-f1', log], { encoding: 'utf8' }).split('\n');
  expect(names).toEqual(expect.arrayContaining(['PATH', 'GIT_ALLOW_PROTOCOL', 'GIT_NO_LAZY_FETCH']));
  expect(names.filter((name) => /SECRET|PROXY|GIT_DIR/.test(name))).toEqual([]);
});

test('a home that does not exist costs no answer', async () => {
  const { git, ask } = createTree({ a: '' }, { HOME: '/nonexistent' });
  git('add', 'a');
  expect((await ask('ls-files', '--error-unmatch', '--', 'a'))?.code).toBe(0);
});

test('git is not taken from a relative entry of PATH (rule 37)', async () => {
  const { root, ask } = createTree({ git: '#!/bin/sh\n' }, { PATH: ':.:bin' });
  execFileSync('chmod', ['+x', path.join(root, 'git')]);
  expect(await ask('ls-files')).toBeUndefined();
});
