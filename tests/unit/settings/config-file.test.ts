import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { loadConfigFiles } from '../../../src/settings/config-file.js';
import { userPlace } from '../../../src/settings/find-config.js';
import { CANARIES } from '../../support/canaries.js';
import { cleanUp, temporaryDirectory } from '../../support/cleanup.js';
import { createPlace, found, refusal, type Place, type Surroundings } from './config-place.js';

const EMPTY = '{}';
const isRoot = process.getuid?.() === 0;

describe('the search', () => {
  test.each(['.decentrorc', '.decentrorc.json', '.decentrorc.yaml', '.decentrorc.yml'])(
    'finds %s',
    async (name) => {
      const place = createPlace({ [`repo/app/${name}`]: '{"environment": "staging"}' });
      expect(await found(place)).toEqual([['project', `repo/app/${name}`]]);
      expect((await loadConfigFiles(place)).files[0]?.config).toEqual({ environment: 'staging' });
    },
  );

  test('finds nothing where there is nothing', async () => {
    expect(await found(createPlace())).toEqual([]);
  });

  test('takes the nearest file', async () => {
    const place = createPlace({ 'repo/.decentrorc': EMPTY, 'repo/app/.decentrorc.yml': 'environment: a' });
    expect(await found(place)).toEqual([['project', 'repo/app/.decentrorc.yml']]);
  });

  test('goes up to the repository root and no further (rule 6)', async () => {
    const inRepository = { 'repo/.git/HEAD': '', 'repo/.decentrorc': EMPTY };
    expect(await found(createPlace(inRepository))).toEqual([['project', 'repo/.decentrorc']]);
    expect(await found(createPlace({ 'repo/.git/HEAD': '', '.decentrorc': EMPTY }))).toEqual([]);
  });

  test('takes a .git file for a repository root as well (rule 6)', async () => {
    expect(await found(createPlace({ 'repo/app/.git': 'gitdir: x', 'repo/.decentrorc': EMPTY }))).toEqual([]);
  });

  test('goes up to the home folder and no further (rule 6)', async () => {
    expect(await found(createPlace({ '.decentrorc': EMPTY }))).toEqual([['project', '.decentrorc']]);
    const place = createPlace({ '.decentrorc': EMPTY, '.git/HEAD': '' }, 'home/app');
    expect(await found({ ...place, homeFolder: path.join(place.root, 'home') })).toEqual([]);
  });

  test('knows the home folder by its real path (rule 6)', async () => {
    const place = createPlace({ '.decentrorc': EMPTY });
    symlinkSync(place.root, path.join(place.root, 'link'));
    expect(await found({ ...place, homeFolder: path.join(place.root, 'link') })).toEqual([
      ['project', '.decentrorc'],
    ]);
  });

  test('looks into the working directory alone outside both (rule 6)', async () => {
    const elsewhere = temporaryDirectory();
    const place = { ...createPlace({ 'repo/.decentrorc': EMPTY }), homeFolder: elsewhere };
    expect(await found(place)).toEqual([]);
    const own = { ...createPlace({ 'repo/app/.decentrorc': EMPTY }), homeFolder: '/does/not/exist' };
    expect(await found(own)).toEqual([['project', 'repo/app/.decentrorc']]);
  });

  test('knows no home and no user file of somebody who has none', async () => {
    const place = {
      ...createPlace({ '.decentrorc': EMPTY, 'repo/app/.config/decentro/config.json': EMPTY }),
    };
    expect(await found({ ...place, homeFolder: undefined })).toEqual([]);
    const env = { XDG_CONFIG_HOME: path.join(place.cwd, '.config') };
    expect(await found({ ...place, homeFolder: undefined, env })).toEqual([
      ['user', 'repo/app/.config/decentro/config.json'],
    ]);
  });

  test('adds the user file behind the project file', async () => {
    const place = createPlace({
      '.config/decentro/config.yaml': 'allowHosts: [gw.example]',
      'repo/app/.decentrorc': EMPTY,
    });
    expect(await found(place)).toEqual([
      ['project', 'repo/app/.decentrorc'],
      ['user', '.config/decentro/config.yaml'],
    ]);
  });

  test.each(['config.json', 'config.yaml', 'config.yml'])('the user file may be called %s', async (name) => {
    const place = createPlace({ [`xdg/decentro/${name}`]: EMPTY });
    const env = { XDG_CONFIG_HOME: path.join(place.root, 'xdg') };
    expect(await found({ ...place, env })).toEqual([['user', `xdg/decentro/${name}`]]);
  });

  test('is replaced by a named file, relative to the working directory', async () => {
    const place = createPlace({
      '.config/decentro/config.yaml': 'environment: x',
      'repo/app/.decentrorc': EMPTY,
      'repo/my.conf': 'environment: named',
    });
    expect(await found(place, '../my.conf')).toEqual([['named', 'repo/my.conf']]);
  });
});

describe('the place of the user file', () => {
  const surroundings = { ...createPlaceless(), homeFolder: '/home/u' };

  test.each<[platform: NodeJS.Platform, env: Record<string, string>, folder: string]>([
    ['linux', {}, '/home/u/.config/decentro'],
    ['darwin', {}, '/home/u/.config/decentro'],
    ['linux', { XDG_CONFIG_HOME: '/xdg' }, '/xdg/decentro'],
    ['linux', { XDG_CONFIG_HOME: '' }, '/home/u/.config/decentro'],
    ['linux', { XDG_CONFIG_HOME: 'relative' }, '/home/u/.config/decentro'],
    ['linux', { APPDATA: '/appdata' }, '/home/u/.config/decentro'],
    ['win32', { APPDATA: '/appdata' }, '/appdata/decentro'],
    ['win32', { APPDATA: '/appdata', XDG_CONFIG_HOME: '/xdg' }, '/xdg/decentro'],
    ['win32', {}, '/home/u/.config/decentro'],
  ])('on %s with %j is %s', (platform, env, folder) => {
    expect(userPlace({ ...surroundings, platform, env })?.folder).toBe(folder);
  });

  test('is nowhere for a user without a home', () => {
    expect(userPlace({ ...surroundings, homeFolder: undefined })).toBeUndefined();
  });
});

function createPlaceless(): Surroundings {
  return { cwd: '/', env: {}, homeFolder: '/', accountHome: undefined, platform: 'linux', userId: 1000 };
}

describe('what is refused', () => {
  test('two spellings side by side', async () => {
    const place = createPlace({ 'repo/app/.decentrorc': EMPTY, 'repo/app/.decentrorc.json': EMPTY });
    expect(await refusal(place)).toEqual({
      kind: 'config',
      message: 'Found both ~/repo/app/.decentrorc and ~/repo/app/.decentrorc.json.',
      hint: 'Keep one of them.',
    });
  });

  test('two user files side by side', async () => {
    const files = { '.config/decentro/config.json': EMPTY, '.config/decentro/config.yml': EMPTY };
    expect((await refusal(createPlace(files))).message).toContain('Found both');
  });

  test('a named file that does not exist (rule 3)', async () => {
    expect((await refusal(createPlace(), 'no.conf')).message).toBe('~/repo/app/no.conf does not exist.');
  });

  test('a link that was found, unless it is named (rule 6)', async () => {
    const place = createPlace({ real: 'environment: linked' });
    symlinkSync(path.join(place.root, 'real'), path.join(place.cwd, '.decentrorc'));
    expect(await refusal(place)).toMatchObject({
      message: '~/repo/app/.decentrorc is a link.',
      hint: 'If you trust it as it is, name it: --config ~/repo/app/.decentrorc',
    });
    expect(await found(place, '.decentrorc')).toEqual([['named', 'repo/app/.decentrorc']]);
  });

  test('a link to nothing, and one to itself (rules 2, 3)', async () => {
    const place = createPlace();
    symlinkSync('nowhere', path.join(place.cwd, 'dangling'));
    symlinkSync('loop', path.join(place.cwd, 'loop'));
    expect((await refusal(place, 'dangling')).message).toBe('~/repo/app/dangling does not exist.');
    expect((await refusal(place, 'loop')).message).toBe('~/repo/app/loop cannot be read (ELOOP).');
    expect((await refusal(place, 'loop/inner')).message).toBe(
      '~/repo/app/loop/inner cannot be read (ELOOP).',
    );
  });

  test('the file of another user, unless it is named (rule 6)', async () => {
    const place = { ...createPlace({ 'repo/app/.decentrorc': EMPTY }), userId: 4711 };
    expect(await refusal(place)).toMatchObject({
      message: expect.stringMatching(/^~\/repo\/app\/\.decentrorc belongs to another user \(uid \d+\)\.$/),
      hint: 'If you trust it as it is, name it: --config ~/repo/app/.decentrorc',
    });
    expect(await found(place, '.decentrorc')).toHaveLength(1);
    expect(await found({ ...place, userId: undefined })).toHaveLength(1);
  });

  test.each(['found', 'named'])('a FIFO that is %s (rule 2)', async (how) => {
    const place = createPlace();
    execFileSync('mkfifo', [path.join(place.cwd, '.decentrorc')]);
    const { message } = await refusal(place, how === 'named' ? '.decentrorc' : undefined);
    expect(message).toBe('~/repo/app/.decentrorc is not a regular file.');
  });

  test('a device, also behind a link (rule 2)', async () => {
    const place = createPlace();
    symlinkSync('/dev/zero', path.join(place.cwd, 'zero'));
    expect((await refusal(place, 'zero')).message).toBe('~/repo/app/zero is not a regular file.');
    expect((await refusal(place, '/dev/zero')).message).toBe('/dev/zero is not a regular file.');
  });

  test('a directory (rule 2)', async () => {
    const place = createPlace({ 'repo/app/.decentrorc/x': '' });
    expect((await refusal(place)).message).toBe('~/repo/app/.decentrorc is not a regular file.');
  });

  test('more than 64 KiB (rule 2)', async () => {
    const place = createPlace({ 'repo/app/.decentrorc': `environment: a\n#${'x'.repeat(64 * 1024)}` });
    expect((await refusal(place)).message).toBe('~/repo/app/.decentrorc is larger than 64 KiB.');
    symlinkSync('.decentrorc', path.join(place.cwd, 'link'));
    expect((await refusal(place, 'link')).message).toBe('~/repo/app/link is larger than 64 KiB.');
  });

  test.each(['', ' \n\t'])('an empty file (%j) (rule 3)', async (content) => {
    const { message } = await refusal(createPlace({ 'repo/app/.decentrorc': content }));
    expect(message).toBe('~/repo/app/.decentrorc is empty.');
  });

  test('allowHosts outside the user file (rule 10)', async () => {
    const place = createPlace({ 'repo/app/.decentrorc': 'allowHosts: [gw.example]' });
    const message =
      '~/repo/app/.decentrorc: allowHosts may only be set in the user file (~/.config/decentro).';
    expect(await refusal(place)).toMatchObject({
      message,
      hint: expect.stringContaining('--allow-host'),
    });
    expect((await refusal(place, '.decentrorc')).message).toBe(message);
  });
});

describe('a file that others may write (rule 38)', () => {
  const named = 'If you trust it as it is, name it: --config ~/repo/app/.decentrorc';

  test.each([0o622, 0o660, 0o602, 0o666])('is refused with mode %i, unless it is named', async (mode) => {
    const place = createPlace({ 'repo/app/.decentrorc': EMPTY });
    chmodSync(path.join(place.cwd, '.decentrorc'), mode);
    expect(await refusal(place)).toMatchObject({
      message: '~/repo/app/.decentrorc can be changed by other users.',
      hint: `chmod go-w ~/repo/app/.decentrorc. ${named}`,
    });
    expect(await found(place, '.decentrorc')).toHaveLength(1);
    expect(await found({ ...place, userId: undefined })).toHaveLength(1);
  });

  test.each([0o777, 0o775, 0o757])('is refused in a folder with mode %i', async (mode) => {
    const place = createPlace({ 'repo/app/.decentrorc': EMPTY, '.config/decentro/config.json': EMPTY });
    chmodSync(place.cwd, mode);
    expect(await refusal(place)).toMatchObject({
      message: '~/repo/app/.decentrorc is in a folder that can be changed by other users.',
      hint: `chmod go-w ~/repo/app. ${named}`,
    });
    expect(await found(place, '.decentrorc')).toHaveLength(1);
    chmodSync(place.cwd, 0o755);
    chmodSync(path.join(place.root, '.config/decentro'), mode);
    expect((await refusal(place)).message).toBe(
      '~/.config/decentro/config.json is in a folder that can be changed by other users.',
    );
  });

  test('is taken from a folder whose sticky bit keeps others from replacing it', async () => {
    const place = createPlace({ 'repo/app/.decentrorc': EMPTY });
    chmodSync(place.cwd, 0o1777);
    expect(await found(place)).toHaveLength(1);
  });
});

describe('a folder that may not be searched costs a hint', () => {
  const user = isRoot ? 65_534 : undefined;

  function hintsOf(place: Place): Promise<readonly string[]> {
    return asUser(user, async () => (await loadConfigFiles(place)).hints);
  }

  test('above the working directory', async () => {
    const place = createPlace({ 'closed/app/x': '' }, 'closed/app');
    chmodSync(place.root, 0o755);
    chmodSync(path.join(place.root, 'closed'), 0o600);
    cleanUp(() => {
      chmodSync(path.join(place.root, 'closed'), 0o700);
    });
    expect(await hintsOf(place)).toEqual([`${place.cwd} cannot be searched: no project file is used.`]);
  });

  test("that is the user file's", async () => {
    const place = createPlace({ '.config/decentro/config.json': EMPTY });
    chmodSync(place.root, 0o755);
    chmodSync(path.join(place.root, '.config'), 0o600);
    cleanUp(() => {
      chmodSync(path.join(place.root, '.config'), 0o700);
    });
    expect(await hintsOf(place)).toEqual([
      `${path.join(place.root, '.config/decentro')} cannot be searched: no user file is used.`,
    ]);
  });
});

/** Does something without the rights of root, which may search every folder. */
async function asUser<Value>(user: number | undefined, action: () => Promise<Value>): Promise<Value> {
  if (user === undefined) return action();
  process.seteuid?.(user);
  try {
    return await action();
  } finally {
    process.seteuid?.(0);
  }
}

describe('nothing is executed (rule 1)', () => {
  test.each([
    ['.config/config.js', 'throw new Error("executed")'],
    ['.config/config.cjs', 'throw new Error("executed")'],
    ['.decentrorc.js', 'throw new Error("executed")'],
    ['.decentrorc.cjs', 'throw new Error("executed")'],
    ['.decentrorc.ts', 'throw new Error("executed")'],
    ['package.json', '{"decentro": {"environment": "x"}, "cosmiconfig": {"x": 1}}'],
  ])('%s is not looked at', async (name, content) => {
    expect(await found(createPlace({ [`repo/app/${name}`]: content }))).toEqual([]);
  });

  test.each(['my.js', 'my.cjs', 'my.mjs', 'my.ts'])('%s is data even where it is named', async (name) => {
    const place = createPlace({ [`repo/app/${name}`]: 'environment: "data"' });
    expect((await loadConfigFiles(place, name)).files[0]?.config).toEqual({ environment: 'data' });
  });

  test('$import is an unknown key', async () => {
    const place = createPlace({ 'repo/app/.decentrorc': '{"$import": "./evil.cjs"}' });
    expect((await refusal(place)).message).toContain('unknown key "$import"');
  });
});

describe('a file that others can read (rule 7)', () => {
  const secret = (text: string): string => `environments:\n  staging:\n    clientSecret: ${text}\n`;

  test.each([
    [0o600, secret(CANARIES.clientSecret), false],
    [0o640, secret(CANARIES.clientSecret), true],
    [0o604, secret(CANARIES.clientSecret), true],
    [0o644, secret('env:DECENTRO_X'), false],
    [0o644, secret('file:x'), false],
    [0o644, `environments:\n  staging:\n    moduleSecret: ${CANARIES.moduleSecret}\n`, true],
    [0o644, 'environments:\n  staging:\n    clientId: x\n', false],
    [0o644, 'environment: staging\n', false],
  ])(
    'with mode %i exposes secrets that stand in it literally (%#)',
    async (mode, content, exposesSecrets) => {
      const place = createPlace({ 'repo/app/.decentrorc': content });
      chmodSync(path.join(place.cwd, '.decentrorc'), mode);
      expect(await loadConfigFiles(place)).toMatchObject({ files: [{ exposesSecrets }] });
      expect(await loadConfigFiles({ ...place, platform: 'win32' })).toMatchObject({
        files: [{ exposesSecrets: false }],
      });
    },
  );
});
