import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { ignoreInGit } from '../../../../src/commands/storing/gitignore.js';
import { temporaryDirectory } from '../../../support/cleanup.js';
import { cleanEnvironment } from '../../../support/environment.js';
import { createFakeHost, writeFiles } from '../../../support/fake-host.js';

interface Tree {
  readonly root: string;
  readonly git: (...args: readonly string[]) => void;
  readonly ignore: (file?: string, env?: Readonly<Record<string, string>>) => ReturnType<typeof ignoreInGit>;
  readonly read: (file?: string) => string;
}

function createTree(files: Readonly<Record<string, string>> = {}): Tree {
  const [root, home] = [temporaryDirectory(), temporaryDirectory()];
  const env = cleanEnvironment(home);
  const git = (...args: readonly string[]) =>
    void execFileSync('git', args, { cwd: root, env, stdio: 'pipe' });
  git('init', '--quiet');
  writeFiles(root, { '.decentrorc': 'environment: staging', ...files });
  return {
    root,
    git,
    ignore: (file = '.decentrorc', extra = {}) =>
      ignoreInGit(createFakeHost([], { cwd: root, home, env: { ...env, ...extra } }), path.join(root, file)),
    read: (file = '.gitignore') => readFileSync(path.join(root, file), 'utf8'),
  };
}

/** Without a way to git. */
const NO_GIT = { PATH: '/nonexistent' };

describe.each([
  ['with git', {}],
  ['without git', NO_GIT],
])('%s', (_name, env) => {
  test('a new .gitignore is made at the root of the work tree', async () => {
    const { root, ignore, read } = createTree({ 'below/.decentrorc': '' });
    const gitignore = path.join(root, '.gitignore');
    expect(await ignore('below/.decentrorc', env)).toEqual({ changed: gitignore, notes: [] });
    expect(read()).toBe('.decentrorc\n');
    expect(await ignore('below/.decentrorc', env)).toEqual({ changed: null, notes: [] });
    expect(read()).toBe('.decentrorc\n');
  });

  test('the one beside the file is preferred', async () => {
    const { root, ignore, read } = createTree({ 'below/.decentrorc': '', 'below/.gitignore': 'dist\n' });
    expect((await ignore('below/.decentrorc', env)).changed).toBe(path.join(root, 'below/.gitignore'));
    expect(read('below/.gitignore')).toBe('dist\n.decentrorc\n');
  });

  test.each([
    ['a\r\nb\r\n', 'a\r\nb\r\n.decentrorc\r\n'],
    ['a\nb', 'a\nb\n.decentrorc\n'],
    ['', '.decentrorc\n'],
    ['/.decentrorc', '/.decentrorc'],
    ['a\r\n.decentrorc\r\n', 'a\r\n.decentrorc\r\n'],
  ])('%j becomes %j', async (before, after) => {
    const { ignore, read } = createTree({ '.gitignore': before });
    await ignore('.decentrorc', env);
    expect(read()).toBe(after);
  });

  test('a pattern of the root alone does not count further down', async () => {
    const { ignore, read } = createTree({ 'below/.decentrorc': '', '.gitignore': '/.decentrorc\n' });
    await ignore('below/.decentrorc', env);
    expect(read()).toBe('/.decentrorc\n.decentrorc\n');
  });

  test('nothing is written through a link (rule 8)', async () => {
    const { root, ignore } = createTree({ elsewhere: 'kept' });
    symlinkSync(path.join(root, 'elsewhere'), path.join(root, '.gitignore'));
    const { changed, notes } = await ignore('.decentrorc', env);
    expect(changed).toBeNull();
    expect(notes).toEqual([
      `warning: ${root}/.gitignore is a link, which is never written through: add .decentrorc to it yourself.`,
    ]);
    expect(readFileSync(path.join(root, 'elsewhere'), 'utf8')).toBe('kept');
  });
});

test('outside a work tree nothing is done', async () => {
  const folder = temporaryDirectory();
  expect(await ignoreInGit(createFakeHost(), path.join(folder, '.decentrorc'))).toEqual({
    changed: null,
    notes: [],
  });
  expect(existsSync(path.join(folder, '.gitignore'))).toBe(false);
});

test('what git ignores by other means is left alone', async () => {
  const { ignore, root } = createTree({ '.git/info/exclude': '.decentro*\n' });
  expect(await ignore()).toEqual({ changed: null, notes: [] });
  expect(existsSync(path.join(root, '.gitignore'))).toBe(false);
});

test('a file that git tracks already is told of, with the remedy', async () => {
  const { root, git, ignore } = createTree();
  git('add', '.decentrorc');
  const { changed, notes } = await ignore();
  expect(changed).toBe(path.join(root, '.gitignore'));
  expect(notes).toEqual([
    `warning: git tracks ${root}/.decentrorc: git rm --cached .decentrorc, and replace what secrets it ever held.`,
  ]);
});

test('a hostile repository executes nothing (rule 1)', async () => {
  const { root, git, ignore } = createTree();
  const sentinel = path.join(root, 'executed');
  git('config', 'core.fsmonitor', `touch ${sentinel}; false`);
  await ignore();
  expect(existsSync(sentinel)).toBe(false);
});

test("neither git's own variables nor credentials reach git (rule 27)", async () => {
  const { root, ignore, read } = createTree();
  const bin = path.join(root, 'bin');
  mkdirSync(bin);
  const log = path.join(root, 'log');
  writeFiles(bin, { git: `#!/bin/sh\nenv >> ${log}\nexit 1\n` });
  execFileSync('chmod', ['+x', path.join(bin, 'git')]);
  await ignore('.decentrorc', {
    PATH: `${bin}:/usr/bin:/bin`,
    GIT_DIR: '/elsewhere',
    DECENTRO_CLIENT_SECRET: 'made-up',
  });
  expect(read('log')).toContain('PATH=');
  expect(read('log')).not.toMatch(/GIT_DIR|DECENTRO_/);
});
