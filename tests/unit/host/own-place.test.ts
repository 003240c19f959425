import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { indexHolds, makeOwnFolders, placeFault } from '../../../src/host/own-place.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { writeFiles } from '../../support/fake-host.js';

/** An index of git that holds these names, as versions 2 and 3 write them. */
function indexOf(names: readonly string[], version = 2): Buffer {
  const head = Buffer.alloc(12);
  head.write('DIRC');
  head.writeUInt32BE(version, 4);
  head.writeUInt32BE(names.length, 8);
  const entries = names.map((name) =>
    Buffer.concat([Buffer.alloc(61), Buffer.from([Buffer.byteLength(name)]), Buffer.from(`${name}\0`)]),
  );
  return Buffer.concat([head, ...entries]);
}

describe('an index of git', () => {
  test.each<[string, readonly string[], boolean]>([
    ['has the name', ['.config/decentro/config.yaml'], true],
    ['has the name in other case', ['.CONFIG/decentro/config.yaml'], true],
    ['has a folder that was never checked out', ['.config/'], true],
    ['has other names', ['README.md'], false],
    ['has a longer name with this end', ['dotfiles/.config/decentro/config.yaml'], false],
    ['has nothing', [], false],
  ])('%s', (_what, names, isHeld) => {
    expect(indexHolds(indexOf(names), '.config/decentro/config.yaml')).toBe(isHeld);
  });

  test('that cannot be understood may hold the file', () => {
    expect(indexHolds(indexOf([], 4), 'a')).toBe(true);
    expect(indexHolds(Buffer.from('something else'), 'a')).toBe(true);
  });
});

describe('a home of the account that is a work tree of git', () => {
  const NAME = '.config/decentro/config.yaml';

  function faultIn(files: Readonly<Record<string, string | Buffer>>): string | undefined {
    const home = temporaryDirectory();
    mkdirSync(path.join(home, '.config/decentro'), { recursive: true });
    writeFiles(home, files as Record<string, string>);
    const surroundings = { cwd: temporaryDirectory(), accountHome: home };
    return placeFault(path.join(home, NAME), home, surroundings);
  }

  test.each<[string, Record<string, string | Buffer>, boolean]>([
    ['has no index yet', { '.git/HEAD': 'ref: refs/heads/main\n' }, true],
    ['holds other files', { '.git/index': indexOf(['README.md']) }, true],
    ['holds the file', { '.git/index': indexOf([NAME]) }, false],
    [
      'holds the file in the shared part of its index',
      { '.git/index': indexOf([]), '.git/sharedindex.1': indexOf([NAME]) },
      false,
    ],
    [
      'keeps its folder elsewhere',
      { '.git': 'gitdir: .dotfiles\n', '.dotfiles/index': indexOf(['README.md']) },
      true,
    ],
    [
      'keeps its folder elsewhere, and holds the file',
      { '.git': 'gitdir: .dotfiles\n', '.dotfiles/index': indexOf([NAME]) },
      false,
    ],
    ['names no folder', { '.git': 'something else\n' }, false],
    ['has an empty link', { '.git': '' }, false],
    ['names a folder that is not there', { '.git': 'gitdir: /does/not/exist\n' }, false],
    ['has a folder as its index', { '.git/index/file': 'x' }, false],
  ])('%s', (_what, files, isOwn) => {
    const fault = faultIn(files);
    if (isOwn) expect(fault).toBeUndefined();
    else expect(fault).toMatch(/is in the git index of /);
  });
});

describe('folders of the user', () => {
  test('are made for the user alone, each below the one before it', () => {
    const root = temporaryDirectory();
    const folders = [root, path.join(root, 'a'), path.join(root, 'a', 'b')];
    makeOwnFolders(folders, process.getuid?.());
    expect(existsSync(path.join(root, 'a', 'b'))).toBe(true);
    if (process.platform !== 'win32') expect(statSync(path.join(root, 'a')).mode & 0o777).toBe(0o700);
  });

  test("are not made in somebody else's", () => {
    const folder = path.join(temporaryDirectory(), 'a');
    makeOwnFolders([folder], 4_000_000);
    expect(existsSync(folder)).toBe(false);
  });

  test('are made where the system has no numbers of users', () => {
    const folder = path.join(temporaryDirectory(), 'a');
    makeOwnFolders([folder], undefined);
    expect(existsSync(folder)).toBe(true);
  });
});
