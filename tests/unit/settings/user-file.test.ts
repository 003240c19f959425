import { describe, expect, test } from '@jest/globals';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../../support/cleanup.js';
import { writeFiles } from '../../support/fake-host.js';
import { createPlace, found, refusal, type Place } from './config-place.js';

const EMPTY = '{}';

describe('a user file in a folder that a repository can fill (rule 36)', () => {
  const FILES = {
    'repo/.git/HEAD': '',
    'repo/.config/decentro/config.json': '{"allowHosts": ["x.example"]}',
  };
  const FILE = '~/repo/.config/decentro/config.json';

  /** As `HOME=$WORKSPACE` lays it out. */
  function checkout(files: Readonly<Record<string, string>> = FILES): Place {
    const place = createPlace(files, 'repo');
    return { ...place, homeFolder: place.cwd };
  }

  test('is refused where HOME is the work tree', async () => {
    expect(await refusal(checkout())).toEqual({
      kind: 'config',
      message: `${FILE} cannot be your user file: it is in the work tree ~/repo, which a repository fills.`,
      hint: `If you trust it, name it: --config ${FILE}. If not, let HOME name a folder of your own.`,
    });
    const place = { ...checkout(), cwd: temporaryDirectory() };
    expect((await refusal(place)).message).toContain('in the work tree');
  });

  test('is named as a word of a shell (rule 43)', async () => {
    const place = createPlace(
      { 'repo/.git': 'gitdir: x', 'repo/$(x) y/decentro/config.yaml': EMPTY },
      'repo',
    );
    const env = { XDG_CONFIG_HOME: path.join(place.root, 'repo/$(x) y') };
    expect((await refusal({ ...place, env })).hint).toContain(
      "--config '~/repo/$(x) y/decentro/config.yaml'. If not",
    );
  });

  test.each([
    ['repo/.config', 'XDG_CONFIG_HOME', 'linux'],
    ['repo/a/b', 'XDG_CONFIG_HOME', 'linux'],
    ['repo/.config', 'APPDATA', 'win32'],
  ] as const)('is refused where %s of the work tree is %s', async (folder, variable, platform) => {
    const place = createPlace(
      { 'repo/.git': 'gitdir: x', [`${folder}/decentro/config.yaml`]: EMPTY },
      'repo',
    );
    const env = { [variable]: path.join(place.root, folder) };
    expect(await refusal({ ...place, env, platform })).toMatchObject({
      message: expect.stringContaining('is in the work tree ~/repo'),
      hint: expect.stringContaining(`let ${variable} name`),
    });
  });

  test('is refused where HOME is the working directory, also without git', async () => {
    const files = Object.fromEntries(Object.entries(FILES).filter(([name]) => !name.includes('.git/')));
    expect((await refusal(checkout(files))).message).toContain('is in the working directory');
    const place = { ...checkout(files), cwd: path.join(checkout(files).root, 'repo/.config') };
    expect(await found({ ...place, homeFolder: place.root })).toEqual([]);
  });

  test('is refused behind a link that leads out of the work tree', async () => {
    const place = checkout({ 'repo/.git/HEAD': '', 'elsewhere/decentro/config.json': EMPTY });
    symlinkSync('../elsewhere', path.join(place.cwd, '.config'));
    expect((await refusal(place)).message).toContain('is in the work tree ~/repo');
  });

  test('costs nothing where there is none', async () => {
    expect(await found(checkout({ 'repo/.git/HEAD': '' }))).toEqual([]);
  });

  test('is taken with --config', async () => {
    const place = checkout({ ...FILES, 'repo/.config/decentro/config.json': EMPTY });
    expect(await found(place, '.config/decentro/config.json')).toHaveLength(1);
  });

  test("is taken from the home of the user's account, also where dotfiles are kept in git", async () => {
    const place = checkout();
    writeFiles(place.cwd, { '.git/index': indexOf('.bashrc') });
    expect(await found({ ...place, accountHome: place.cwd })).toEqual([
      ['user', 'repo/.config/decentro/config.json'],
    ]);
    const env = { XDG_CONFIG_HOME: path.join(place.cwd, '.config') };
    expect(await found({ ...place, env, accountHome: place.cwd })).toHaveLength(1);
  });

  test("is refused at the home of the user's account where git's index holds it", async () => {
    const place = checkout();
    writeFiles(place.cwd, { '.git/index': indexOf('.config/decentro/config.json') });
    expect((await refusal({ ...place, accountHome: place.cwd })).message).toContain(
      'is in the git index of ~/repo',
    );
  });
});

/** The beginning of an index of git (gitformat-index(5)), and one entry. */
function indexOf(name: string): string {
  const pad = '\0'.repeat(60);
  return `DIRC\0\0\0\x02\0\0\0\x01${pad}\0${String.fromCharCode(name.length)}${name}\0`;
}
