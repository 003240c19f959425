import { describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { findProgram, withoutRelativePath } from '../../../src/host/find-program.js';
import { temporaryDirectory } from '../../support/cleanup.js';

/** A folder with empty files that can be executed. */
function folderWith(...names: readonly string[]): string {
  const folder = temporaryDirectory();
  for (const name of names) {
    const file = path.join(folder, name);
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, '');
    chmodSync(file, 0o755);
  }
  return folder;
}

describe('a program is found (rule 37)', () => {
  test('in the first folder of PATH that has it', () => {
    const [empty, one, other] = [folderWith(), folderWith('tool'), folderWith('tool')];
    const PATH = [empty, one, other].join(path.delimiter);
    expect(findProgram('tool', { PATH }, 'linux')).toBe(path.join(one, 'tool'));
  });

  test('by an absolute path, spaces included', () => {
    const folder = folderWith('my tool');
    expect(findProgram(path.join(folder, 'my tool'), {}, 'linux')).toBe(path.join(folder, 'my tool'));
  });

  test.each(['bin/tool', './bin/tool', '../bin/tool'])('never by the relative path %s', (name) => {
    const folder = folderWith('bin/tool');
    expect(findProgram(name, { PATH: folder }, 'linux')).toBeUndefined();
  });

  test.each(['', '.', 'bin', './bin'])('never in the entry %p of PATH', (entry) => {
    const relative = path.relative(process.cwd(), folderWith('tool'));
    const PATH = [entry, relative].join(path.delimiter);
    expect(findProgram('tool', { PATH }, 'linux')).toBeUndefined();
  });

  test('in no folder that is not trusted', () => {
    const [one, other] = [folderWith('tool'), folderWith('tool')];
    const PATH = [one, other].join(path.delimiter);
    expect(findProgram('tool', { PATH }, 'linux', (folder) => folder !== one)).toBe(path.join(other, 'tool'));
  });

  test('where it is a file that can be executed', () => {
    const [folder, other] = [folderWith('tool/inner'), temporaryDirectory()];
    writeFileSync(path.join(other, 'tool'), '', { mode: 0o600 });
    const PATH = [folder, other].join(path.delimiter);
    expect(findProgram('tool', { PATH }, 'linux')).toBeUndefined();
  });

  test('on Windows by its ending, and by no batch file', () => {
    const [scripts, programs] = [folderWith('tool.cmd', 'tool.bat', 'tool'), folderWith('tool.exe')];
    const Path = [scripts, programs].join(path.delimiter);
    expect(findProgram('tool', { Path }, 'win32')).toBe(path.join(programs, 'tool.exe'));
    expect(findProgram('tool.exe', { Path }, 'win32')).toBe(path.join(programs, 'tool.exe'));
    expect(findProgram('tool', { Path: scripts }, 'win32')).toBeUndefined();
  });
});

test('a program that starts others gets a PATH without relative entries (rule 37)', () => {
  const [one, other] = [temporaryDirectory(), temporaryDirectory()];
  const list = ['', one, '.', 'node_modules/.bin', other].join(path.delimiter);
  const clean = [one, other].join(path.delimiter);
  expect(withoutRelativePath({ PATH: list, A: '1' })).toEqual({ PATH: clean, A: '1' });
  expect(withoutRelativePath({ Path: list })).toEqual({ Path: clean });
  expect(withoutRelativePath({ A: '1' })).toEqual({ A: '1' });
});
