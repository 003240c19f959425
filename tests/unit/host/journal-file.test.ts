import { describe, expect, test } from '@jest/globals';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import {
  appendLine,
  findStatePlace,
  loadSalt,
  readLines,
  type StatePlace,
} from '../../../src/host/journal-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { createFakeHost, type FakeHostOptions } from '../../support/fake-host.js';

function placeOf(options: FakeHostOptions = {}): StatePlace {
  const place = findStatePlace(createFakeHost([], options));
  if (typeof place === 'string') throw new Error(place);
  return place;
}

const fileOf = ({ folder }: StatePlace, name = 'sessions.ndjson') => path.join(folder, name);
const TOO_LARGE = `${'x'.repeat(2 * 1024 * 1024)}\n`;

describe('the place', () => {
  test('is below the home, or below what the variables name, in the order of their system', () => {
    const [home, xdg, local] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
    const env = { XDG_STATE_HOME: xdg, LOCALAPPDATA: local };
    expect(placeOf({ home }).folder).toBe(path.join(home, '.local', 'state', 'digilocker-cli'));
    expect(placeOf({ home, env }).folder).toBe(path.join(xdg, 'digilocker-cli'));
    expect(placeOf({ home, env: { LOCALAPPDATA: local }, platform: 'win32' }).folder).toBe(
      path.join(local, 'digilocker-cli'),
    );
    expect(placeOf({ home, env: { XDG_STATE_HOME: 'relative' } }).folder).toContain(home);
  });

  test('is none where a repository fills it, or the working directory is it (rule 36)', () => {
    const tree = temporaryDirectory();
    mkdirSync(path.join(tree, '.git'));
    const inTree = createFakeHost([], { env: { XDG_STATE_HOME: path.join(tree, 'state') } });
    expect(findStatePlace(inTree)).toMatch(/work tree/);
    const cwd = temporaryDirectory();
    const here = createFakeHost([], { cwd, env: { XDG_STATE_HOME: cwd } });
    expect(findStatePlace(here)).toMatch(/working directory/);
  });

  test('is none for a user without a home, and does without a working directory', () => {
    const host = createFakeHost();
    expect(findStatePlace({ ...host, homeFolder: undefined })).toMatch(/no home folder/);
    const gone = Object.defineProperty({ ...host }, 'cwd', {
      get: () => {
        throw new Error('gone');
      },
    });
    expect(findStatePlace(gone)).toMatchObject({ folder: expect.any(String) });
  });
});

describe('a line', () => {
  test('is for its user alone, in a folder for its user alone', () => {
    const place = placeOf();
    appendLine(place, 'one');
    appendLine(place, 'two');
    expect(readFileSync(fileOf(place), 'utf8')).toBe('one\ntwo\n');
    expect(statSync(fileOf(place)).mode & 0o777).toBe(0o600);
    expect(statSync(place.folder).mode & 0o777).toBe(0o700);
  });

  test('begins behind one that was left unfinished', () => {
    const place = placeOf();
    appendLine(place, 'one');
    writeFileSync(fileOf(place), 'one\ntor');
    appendLine(place, 'two');
    expect(readLines(place)).toEqual(['one', 'tor', 'two']);
  });

  test('that is unfinished at the end is none', () => {
    const place = placeOf();
    appendLine(place, 'one');
    writeFileSync(fileOf(place), 'one\ntwo');
    expect(readLines(place)).toEqual(['one']);
  });

  test.each([
    [
      'a link',
      (file: string) => {
        symlinkSync('elsewhere', file);
      },
      /ELOOP/,
    ],
    [
      'a folder',
      (file: string) => {
        mkdirSync(file);
      },
      /EISDIR/,
    ],
    [
      'a file that others can change',
      (file: string) => {
        writeFileSync(file, '');
        chmodSync(file, 0o622);
      },
      /other users/,
    ],
  ])('is not written into %s (rules 8, 38)', (_what, make, why) => {
    const place = placeOf();
    mkdirSync(place.folder, { recursive: true });
    make(fileOf(place));
    expect(() => {
      appendLine(place, 'one');
    }).toThrow(why);
    expect(readLines(place)).toEqual([]);
  });

  test('is neither written nor read in a folder that others can change (rule 38)', () => {
    const place = placeOf();
    appendLine(place, 'one');
    chmodSync(place.folder, 0o777);
    expect(() => {
      appendLine(place, 'two');
    }).toThrow('is in a folder that can be changed by other users');
    expect(readLines(place)).toEqual([]);
  });

  test('is neither written nor read in a folder that is a link (rule 38)', () => {
    const place = placeOf();
    mkdirSync(path.dirname(place.folder), { recursive: true });
    symlinkSync(temporaryDirectory(), place.folder);
    expect(() => {
      appendLine(place, 'one');
    }).toThrow('is in a folder that is a link');
    expect(readLines(place)).toEqual([]);
  });

  test('is neither written nor read below a place that cannot be looked into', () => {
    const file = path.join(temporaryDirectory(), 'file');
    writeFileSync(file, '');
    for (const place of [file, path.join(temporaryDirectory(), 'x'.repeat(300))]) {
      const state = { ...placeOf(), folder: path.join(place, 'digilocker-cli'), folders: [] };
      expect(() => {
        appendLine(state, 'one');
      }).toThrow();
      expect(readLines(state)).toEqual([]);
    }
  });

  test('is not written below a home that does not exist', () => {
    const place = placeOf({ home: path.join(temporaryDirectory(), 'nonexistent') });
    expect(() => {
      appendLine(place, 'one');
    }).toThrow(/ENOENT/);
  });
});

describe('a file of more than 2 MiB', () => {
  test('is put aside, and read all the same; the one before it is gone', () => {
    const place = placeOf();
    appendLine(place, 'one');
    writeFileSync(fileOf(place, 'sessions.1.ndjson'), 'oldest\n', { mode: 0o600 });
    writeFileSync(fileOf(place), TOO_LARGE);
    appendLine(place, 'new');
    expect(readFileSync(fileOf(place), 'utf8')).toBe('new\n');
    expect(readLines(place)).toEqual([TOO_LARGE.trim(), 'new']);
    expect(readdirSync(place.folder).sort()).toEqual(['sessions.1.ndjson', 'sessions.ndjson']);
  });

  test('is left to the process that puts it aside', () => {
    const place = placeOf();
    appendLine(place, 'one');
    writeFileSync(fileOf(place), TOO_LARGE);
    writeFileSync(fileOf(place, `sessions.${statSync(fileOf(place)).ino}.claim`), '');
    appendLine(place, 'new');
    expect(readFileSync(fileOf(place), 'utf8')).toBe(`${TOO_LARGE}new\n`);
  });
});

describe('the salt', () => {
  test('is made once, for its user alone', () => {
    const place = placeOf();
    expect(loadSalt(place, () => 'first')).toBe('first');
    expect(loadSalt(place, () => 'second')).toBe('first');
    expect(statSync(fileOf(place, 'salt')).mode & 0o777).toBe(0o600);
    expect(readdirSync(place.folder)).toEqual(['salt']);
  });

  test('is that of the process that made it first', () => {
    const place = placeOf();
    const create = () => {
      loadSalt(place, () => 'other');
      return 'mine';
    };
    expect(loadSalt(place, create)).toBe('other');
    expect(readdirSync(place.folder)).toEqual(['salt']);
  });

  test('is not read where others can change it', () => {
    const place = placeOf();
    loadSalt(place, () => 'first');
    chmodSync(fileOf(place, 'salt'), 0o666);
    expect(() => loadSalt(place, () => 'second')).toThrow('has a salt that can be changed by other users');
  });
});

test('a file of more than 2 MiB is put aside after a process that was killed while it did so', () => {
  const place = placeOf();
  appendLine(place, 'one');
  writeFileSync(fileOf(place), TOO_LARGE);
  const claim = fileOf(place, `sessions.${statSync(fileOf(place)).ino}.claim`);
  writeFileSync(claim, '');
  utimesSync(claim, 1, 1);
  appendLine(place, 'two');
  expect(readFileSync(fileOf(place), 'utf8')).toBe(`${TOO_LARGE}two\n`);
  appendLine(place, 'three');
  expect(readLines(place)).toEqual([TOO_LARGE.trim(), 'two', 'three']);
  expect(readFileSync(fileOf(place), 'utf8')).toBe('three\n');
});

test('a file of more than 2 MiB grows on where it cannot be put aside', () => {
  const place = placeOf();
  appendLine(place, 'one');
  writeFileSync(fileOf(place), TOO_LARGE);
  mkdirSync(fileOf(place, 'sessions.1.ndjson'));
  appendLine(place, 'two');
  expect(readLines(place)).toEqual([TOO_LARGE.trim(), 'two']);
  expect(readdirSync(place.folder).sort()).toEqual(['sessions.1.ndjson', 'sessions.ndjson']);
});

test('a salt takes no name that a folder has taken meanwhile', () => {
  const place = placeOf();
  const create = () => {
    mkdirSync(fileOf(place, 'salt'));
    return 'mine';
  };
  expect(() => loadSalt(place, create)).toThrow();
  expect(readdirSync(place.folder)).toEqual(['salt']);
});
