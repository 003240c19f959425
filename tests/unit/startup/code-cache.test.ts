import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { cachePlace, openCodeCache, type Place } from '../../../src/startup/code-cache.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const CODES = new Map([
  ['main.cjs', Buffer.from('code of main')],
  ['session.cjs', Buffer.from('code of the session')],
]);

function createPlace(): Place & { readonly file: string } {
  const folder = path.join(temporaryDirectory(), '.cache', 'digilocker-cli');
  const key = '1.0.0-hash-v20.17.0-x64-explain';
  return { folder, key, userId: process.getuid?.(), processId: 4711, file: path.join(folder, key) };
}

function createFilled() {
  const place = createPlace();
  openCodeCache(place).save(CODES, ['--json']);
  expect(openCodeCache(place).find('main.cjs')).toEqual(CODES.get('main.cjs'));
  return place;
}

function isEmpty(place: Place): boolean {
  return openCodeCache(place).find('main.cjs') === undefined;
}

describe('what one run keeps', () => {
  test('the next one finds', () => {
    const cache = openCodeCache(createFilled());
    expect(cache.find('session.cjs')).toEqual(CODES.get('session.cjs'));
    expect(cache.find('main.cjs')).toEqual(CODES.get('main.cjs'));
    expect(cache.find('others.cjs')).toBeUndefined();
  });

  test('stays when another run adds to it', () => {
    const place = createFilled();
    openCodeCache(place).save(new Map([['main.cjs', Buffer.from('more code of main')]]), ['--field', '-q']);
    const cache = openCodeCache(place);
    expect(cache.find('main.cjs')?.toString()).toBe('more code of main');
    expect(cache.find('session.cjs')).toEqual(CODES.get('session.cjs'));
    expect(cache.knows(['--json', '--field'])).toBe(true);
    expect(cache.knows(['--json', '--quiet'])).toBe(false);
  });

  test('the user alone can read, and nothing else is left', () => {
    const { folder, file, key } = createFilled();
    expect(readdirSync(folder)).toEqual([key]);
    if (process.platform === 'win32') return;
    expect([folder, path.dirname(folder), file].map((name) => statSync(name).mode & 0o777)).toEqual([
      0o700, 0o700, 0o600,
    ]);
  });

  test('is not kept for ever: the oldest files go', () => {
    const place = createFilled();
    for (let age = 1; age <= 40; age += 1) {
      const file = path.join(place.folder, `old-${age}`);
      writeFileSync(file, '');
      utimesSync(file, 0, 1_000_000 - age);
    }
    openCodeCache(place).save(CODES, ['--quiet']);
    const left = readdirSync(place.folder);
    expect(left).toHaveLength(32);
    expect(left).toEqual(expect.arrayContaining([place.key, 'old-1', 'old-31']));
  });
});

describe('nothing is found', () => {
  const damages: readonly (readonly [what: string, damage: (file: string) => void])[] = [
    [
      'is cut short',
      (file) => {
        truncateSync(file, statSync(file).size - 10);
      },
    ],
    [
      'is empty',
      (file) => {
        truncateSync(file, 0);
      },
    ],
    [
      'has one bit turned',
      (file) => {
        turnBit(file, 3);
      },
    ],
    [
      'has one bit turned near its end',
      (file) => {
        turnBit(file, statSync(file).size - 3);
      },
    ],
    [
      'is text',
      (file) => {
        writeFileSync(file, 'not what V8 made');
      },
    ],
    [
      'is the same nonsense twice',
      (file) => {
        writeFileSync(file, '\xff'.repeat(64), 'latin1');
      },
    ],
  ];

  test.each(damages)('in a file that %s', (_what, damage) => {
    const place = createFilled();
    damage(place.file);
    expect(isEmpty(place)).toBe(true);
    openCodeCache(place).save(CODES, []);
    expect(isEmpty(place)).toBe(false);
  });

  if (process.platform !== 'win32') {
    test.each([
      ['that others may look into', 0o750],
      ['that others may write to', 0o702],
    ])('in a folder %s, and nothing is kept there', (_what, mode) => {
      const place = createFilled();
      const before = readFileSync(place.file);
      chmodSync(place.folder, mode);
      expect(isEmpty(place)).toBe(true);
      openCodeCache(place).save(new Map([['main.cjs', Buffer.from('other')]]), []);
      expect(readFileSync(place.file)).toEqual(before);
    });

    test('in a folder that is a link', () => {
      const place = createFilled();
      renameSync(place.folder, `${place.folder}-moved`);
      symlinkSync(`${place.folder}-moved`, place.folder);
      expect(isEmpty(place)).toBe(true);
    });

    test('in a file that is a link, or that others may write', () => {
      const place = createFilled();
      chmodSync(place.file, 0o620);
      expect(isEmpty(place)).toBe(true);
      chmodSync(place.file, 0o600);
      renameSync(place.file, `${place.file}-moved`);
      symlinkSync(`${place.file}-moved`, place.file);
      expect(isEmpty(place)).toBe(true);
    });

    test('in a FIFO, which is not waited for', () => {
      const place = createPlace();
      mkdirSync(place.folder, { recursive: true, mode: 0o700 });
      execFileSync('mkfifo', [place.file]);
      expect(isEmpty(place)).toBe(true);
    });

    test("in somebody else's folder, and none is made in somebody else's home", () => {
      const place = createFilled();
      const other = { ...place, userId: (place.userId ?? 0) + 1 };
      expect(isEmpty(other)).toBe(true);
      const folder = path.join(temporaryDirectory(), '.cache', 'digilocker-cli');
      openCodeCache({ ...other, folder }).save(CODES, []);
      expect(existsSync(path.dirname(folder))).toBe(false);
    });
  }

  test('in a home that does not exist, and is not made', () => {
    const home = path.join(temporaryDirectory(), 'none');
    const place = { ...createPlace(), folder: path.join(home, '.cache', 'digilocker-cli') };
    openCodeCache(place).save(CODES, []);
    expect(existsSync(home)).toBe(false);
  });

  test('where its name is taken, and nothing unfinished is left', () => {
    const place = createPlace();
    mkdirSync(path.join(place.file, 'below'), { recursive: true, mode: 0o700 });
    openCodeCache(place).save(CODES, []);
    expect(isEmpty(place)).toBe(true);
    expect(readdirSync(place.folder)).toEqual([place.key]);
  });

  test('where there can be no folder', () => {
    const place = createPlace();
    const blocked = { ...place, folder: path.join(process.execPath, 'digilocker-cli') };
    openCodeCache(blocked).save(CODES, []);
    expect(isEmpty(blocked)).toBe(true);
  });
});

function turnBit(file: string, at: number): void {
  const bytes = readFileSync(file);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
  writeFileSync(file, bytes);
}

describe('the folder', () => {
  test.each<[env: Record<string, string>, platform: NodeJS.Platform, expected: string | undefined]>([
    [{ HOME: '/home/me' }, 'linux', '/home/me/.cache/digilocker-cli'],
    [{ HOME: '/home/me', XDG_CACHE_HOME: '/caches' }, 'darwin', '/caches/digilocker-cli'],
    [{ HOME: '/home/me', XDG_CACHE_HOME: 'relative' }, 'linux', '/home/me/.cache/digilocker-cli'],
    [{ LOCALAPPDATA: '/local' }, 'win32', '/local/digilocker-cli'],
    [{ HOME: '/home/me', DIGILOCKER_NO_CACHE: '1' }, 'linux', undefined],
    [{ HOME: '/home/me', DIGILOCKER_NO_CACHE: '' }, 'linux', '/home/me/.cache/digilocker-cli'],
    [{}, 'linux', undefined],
  ])('with %j on %s is %s', (env, platform, expected) => {
    expect(cachePlace(env, platform)?.folder).toBe(expected && path.normalize(expected));
  });
});
