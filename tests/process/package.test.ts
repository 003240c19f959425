import { describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));

const readJson = (name: string) => JSON.parse(readFileSync(path.join(ROOT, name), 'utf8')) as unknown;

describe('the package', () => {
  test('holds what a user needs and nothing else (rule 34)', async () => {
    const { stdout } = await promisify(execFile)('npm', ['pack', '--dry-run', '--json', '--ignore-scripts'], {
      cwd: ROOT,
      shell: process.platform === 'win32',
    });
    const [{ files }] = JSON.parse(stdout) as [{ files: { path: string; mode: number }[] }];
    expect(files.map((file) => file.path).sort()).toEqual([
      '.decentrorc.example',
      'LICENSE',
      'README.md',
      'SECURITY.md',
      'bin/digilocker.js',
      'bin/package.json',
      'dist/THIRD-PARTY-LICENSES.txt',
      'dist/inquirer.cjs',
      'dist/inquirer.cjs.map',
      'dist/js-yaml.cjs',
      'dist/js-yaml.cjs.map',
      'dist/main.cjs',
      'dist/main.cjs.map',
      'dist/open.cjs',
      'dist/open.cjs.map',
      'dist/sandbox.cjs',
      'dist/sandbox.cjs.map',
      'dist/start.cjs',
      'dist/uqr.cjs',
      'dist/uqr.cjs.map',
      'dist/xdg-open',
      'package.json',
    ]);
    expect(files.filter(({ mode }) => mode === 0o755).map((file) => file.path)).toEqual([
      'bin/digilocker.js',
      'dist/xdg-open',
    ]);
  });

  test('carries the licence of every package in the bundle (rule 35)', () => {
    const licences = readFileSync(path.join(ROOT, 'dist', 'THIRD-PARTY-LICENSES.txt'), 'utf8');
    const { devDependencies } = readJson('package.json') as { devDependencies: Record<string, string> };
    for (const name of [
      'commander',
      'inquirer',
      'got',
      'chalk',
      'cosmiconfig',
      'js-yaml',
      'hono',
      '@hono/node-server',
      'uqr',
    ]) {
      expect(licences).toContain(`\n${name} ${devDependencies[name] ?? ''} (`);
    }
    expect(licences).not.toMatch(/\((?:undefined|UNLICENSED)\)/);
    const notices = licences.split(`\n${'-'.repeat(78)}\n`);
    expect(notices.filter((notice) => !/warranties|warranty|as is/i.test(notice))).toEqual([]);
  });

  test('runs no script when it is installed, and builds itself in a clone (rule 35)', () => {
    const { scripts } = readJson('package.json') as { scripts: Record<string, string> };
    const hooks = /^(?:pre|post)?(?:install|uninstall|prepare|prepublish|pack|dependencies)$/;
    expect(Object.keys(scripts).filter((name) => hooks.test(name))).toEqual(['prepare']);
  });
});

describe('the lockfile', () => {
  const { packages } = readJson('package-lock.json') as {
    packages: Record<string, { integrity?: string; resolved?: string; hasInstallScript?: boolean }>;
  };
  const locked = Object.entries(packages).filter(([folder]) => folder !== '');

  test('vouches for the content of every package (rule 35)', () => {
    expect(locked.length).toBeGreaterThan(100);
    expect(locked.filter(([, { integrity }]) => integrity === undefined)).toEqual([]);
  });

  test('holds no script that has to run, but for packages that bring their binaries along (rule 35)', () => {
    const scripted = locked.filter(([, { hasInstallScript }]) => hasInstallScript === true);
    expect(scripted.map(([folder]) => folder.replace('node_modules/', '')).sort()).toEqual([
      '@parcel/watcher',
      '@swc/core',
      'esbuild',
      'unrs-resolver',
    ]);
  });

  test('names no place that packages were downloaded from', () => {
    expect(locked.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
  });
});
