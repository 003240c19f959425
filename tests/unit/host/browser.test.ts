import { describe, expect, jest, test } from '@jest/globals';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createBrowser, createShortLived } from '../../support/browser.js';
import { CANARIES, credentials } from '../../support/canaries.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { dealt } from '../../support/generated.js';

// The desktop's own opener would start whatever browser this machine has.
const openDesktop = jest.fn<(link: string) => Promise<ChildProcess>>();
jest.unstable_mockModule('open', () => ({ default: openDesktop }));
const { browserFault, linkFault, openInBrowser } = await import('../../../src/host/browser.js');

const LINK = 'https://digilocker.example/consent/59F864A69B6E4DE0';
const MISSING = '/nowhere/at/all/browser';
const PATH = process.env['PATH'] ?? '';

function open(env: Record<string, string>, link = LINK, hidden: string[] = []) {
  return openInBrowser(new URL(link), hidden, { env: { PATH, ...env }, platform: 'linux' });
}

describe('the links that are opened (rule 28)', () => {
  test.each([
    LINK,
    'https://digilocker.example:8443/?a=1&b=2#c',
    'HTTPS://digilocker.example/',
    'http://127.0.0.1:4010/digilocker/x',
    'http://127.1.2.3/',
    'http://[::1]:4010/',
    'http://2130706433/',
  ])('%s is one of them', (link) => {
    expect(linkFault(new URL(link))).toBeUndefined();
  });

  test.each([
    ['http://digilocker.example/', 'it is not an https link'],
    ['http://localhost:4010/', 'it is not an https link'],
    ['http://127.0.0.1.evil.example/', 'it is not an https link'],
    ['http://0.0.0.0/', 'it is not an https link'],
    ['file:///etc/passwd', 'it is not an https link'],
    ['javascript:alert(1)', 'it is not an https link'],
    ['data:text/html,x', 'it is not an https link'],
    ['ftp://127.0.0.1/', 'it is not an https link'],
    ['ms-msdt:/id', 'it is not an https link'],
    ['https://digilocker.example@evil.example/', 'it holds a user name or password'],
    ['https://:word@evil.example/', 'it holds a user name or password'],
    ['http://user:word@127.0.0.1/', 'it holds a user name or password'],
  ])('%s is none of them, because %s', async (link, reason) => {
    expect(linkFault(new URL(link))).toBe(reason);
    const { command } = await createBrowser();
    expect(await open({ DIGILOCKER_BROWSER: command }, link)).toBe(reason);
  });
});

describe('a browser that a variable names', () => {
  test('is the one of DIGILOCKER_BROWSER before that of BROWSER', async () => {
    const browser = await createBrowser();
    expect(await open({ DIGILOCKER_BROWSER: browser.command, BROWSER: MISSING })).toBeUndefined();
    expect((await browser.launched).args).toEqual([LINK]);
    expect(await open({ DIGILOCKER_BROWSER: MISSING, BROWSER: browser.command })).toBe(
      'no browser could be started',
    );
  });

  test('is the one of BROWSER where DIGILOCKER_BROWSER is absent or empty', async () => {
    for (const env of [{}, { DIGILOCKER_BROWSER: '' }]) {
      const browser = await createBrowser();
      expect(await open({ ...env, BROWSER: browser.command })).toBeUndefined();
      expect((await browser.launched).args).toEqual([LINK]);
    }
  });

  test('is the first of a list that starts well', async () => {
    const browser = await createBrowser();
    const list = [MISSING, '', ' ', createShortLived(3), browser.command, MISSING].join(':');
    expect(await open({ BROWSER: list })).toBeUndefined();
    expect((await browser.launched).args).toEqual([LINK]);
  });

  test.each([
    ['%s', [LINK]],
    ['--new-window', ['--new-window', LINK]],
    ['--app=%s --quiet', [`--app=${LINK}`, '--quiet']],
    ['%s --and %s', [LINK, '--and', LINK]],
    ['%s%s', [`${LINK}${LINK}`]],
    ['  -a   -b', ['-a', '-b', LINK]],
  ])('is given the link in the place that %p has for it', async (args, expected) => {
    const browser = await createBrowser();
    expect(await open({ BROWSER: `${browser.command} ${args}` })).toBeUndefined();
    expect((await browser.launched).args).toEqual(expected);
  });

  test('may have a space in its path', async () => {
    const browser = await createBrowser({ name: 'my browser' });
    expect(await open({ BROWSER: browser.command })).toBeUndefined();
    expect((await browser.launched).args).toEqual([LINK]);
  });

  test('is found along PATH', async () => {
    const folder = temporaryDirectory();
    const browser = await createBrowser();
    symlinkSync(browser.command, path.join(folder, 'my-browser'));
    expect(await open({ BROWSER: 'my-browser', PATH: `${folder}:${PATH}` })).toBeUndefined();
    expect((await browser.launched).args).toEqual([LINK]);
  });

  test('of several words is looked up by its first word, never as a path below the working directory (rule 37)', async () => {
    const browser = await createBrowser();
    const [folder, cwd] = [temporaryDirectory(), temporaryDirectory()];
    symlinkSync(browser.command, path.join(folder, 'cmd.exe'));
    mkdirSync(path.join(cwd, 'cmd.exe '));
    writeFileSync(path.join(cwd, 'cmd.exe ', 'c start'), '#!/bin/sh\nexit 0\n');
    chmodSync(path.join(cwd, 'cmd.exe ', 'c start'), 0o755);
    const before = process.cwd();
    process.chdir(cwd);
    try {
      const env = { BROWSER: 'cmd.exe /c start', PATH: `${folder}:${PATH}` };
      expect(await open(env)).toBeUndefined();
    } finally {
      process.chdir(before);
    }
    expect((await browser.launched).args).toEqual(['/c', 'start', LINK]);
  });

  test.each(['browser', './browser', 'bin/browser --new'])(
    '%s is not taken from the working directory (rule 37)',
    async (command) => {
      const cwd = temporaryDirectory();
      mkdirSync(path.join(cwd, 'bin'));
      for (const name of ['browser', 'bin/browser']) {
        writeFileSync(path.join(cwd, name), '#!/bin/sh\nexit 0\n');
        chmodSync(path.join(cwd, name), 0o755);
      }
      const before = process.cwd();
      process.chdir(cwd);
      try {
        const reason = await open({ BROWSER: command, PATH: `:.:bin:${PATH}` });
        expect(reason).toBe('no browser could be started');
      } finally {
        process.chdir(before);
      }
    },
  );

  test('starts others by a PATH without relative entries (rule 37)', async () => {
    const browser = await createBrowser();
    expect(await open({ BROWSER: browser.command, PATH: `.::bin:${PATH}` })).toBeUndefined();
    expect((await browser.launched).env['PATH']).toBe(PATH);
  });

  const TRICKY = [
    'https://d.example/?a=1&b=2',
    'https://d.example/?a=$&b=$1$`',
    "https://d.example/it's;touch%20x|y`id`$(id)",
    'https://d.example/?list[]=%20%22%5C&q=*?',
    'https://d.example/%s?%s',
    'https://d.example/?a=-b#--version',
  ];

  test.each(TRICKY)('gets %s unchanged, as one argument that no shell reads (rule 28)', async (link) => {
    for (const args of dealt(['', ' x=%s'], TRICKY.indexOf(link), 2)) {
      const browser = await createBrowser();
      expect(await open({ BROWSER: `${browser.command}${args}` }, link)).toBeUndefined();
      const { href } = new URL(link);
      expect((await browser.launched).args).toEqual([args === '' ? href : `x=${href}`]);
    }
  });

  test.each([
    ['that is missing', MISSING, 'no browser could be started'],
    ['that ends at once with an error', createShortLived(1), 'the browser ended at once'],
    ['list of which none starts', `${createShortLived(1)}:${MISSING}`, 'no browser could be started'],
    ['list that is empty', ':', 'no browser could be started'],
  ])('a command %s is a reason (rule 28)', async (_what, list, reason) => {
    expect(await open({ DIGILOCKER_BROWSER: list, DISPLAY: ':0' })).toBe(reason);
    expect(openDesktop).not.toHaveBeenCalled();
  });

  test('may go on for as long as it likes', async () => {
    const browser = await createBrowser({ isLiving: true });
    expect(await open({ BROWSER: browser.command })).toBeUndefined();
    expect((await browser.launched).args).toEqual([LINK]);
  });

  test('may end at once with success, as one that hands the link to another does', async () => {
    expect(await open({ BROWSER: `${createShortLived(0)}:${MISSING}` })).toBeUndefined();
  });

  test('inherits no secret, and everything else (rule 27)', async () => {
    const browser = await createBrowser();
    const env = {
      ...credentials,
      DECENTRO_CLIENT_SECRET_FILE: '/run/secrets/decentro',
      MY_SECRET: CANARIES.clientSecret,
      MY_OTHER: 'stays',
      BROWSER: browser.command,
    };
    const given = { ...env };
    expect(await open(env, LINK, ['MY_SECRET', 'NOT_SET'])).toBeUndefined();
    const launch = await browser.launched;
    expect(launch.env).toMatchObject({ PATH, MY_OTHER: 'stays', BROWSER: browser.command });
    expect(Object.keys(launch.env).filter((name) => /DECENTRO|SECRET/.test(name))).toEqual([]);
    expect(JSON.stringify(launch)).not.toContain('canary');
    expect(env).toEqual(given);
  });
});

describe("the desktop's own browser", () => {
  const start = (exitCode: number) => {
    openDesktop.mockReset().mockImplementation(async () => {
      const child = spawn(createShortLived(exitCode));
      await once(child, 'spawn');
      return child;
    });
  };

  test.each([
    ['a display', { DISPLAY: ':0' }, 'linux'],
    ['a Wayland display', { WAYLAND_DISPLAY: 'wayland-0' }, 'linux'],
    ['Windows behind it', { WSL_DISTRO_NAME: 'Debian' }, 'linux'],
    ['macOS', {}, 'darwin'],
    ['Windows', {}, 'win32'],
  ] as const)('is used with %s', async (_what, env, platform) => {
    start(0);
    expect(await openInBrowser(new URL(LINK), [], { env, platform })).toBeUndefined();
    expect(openDesktop.mock.calls).toEqual([[LINK]]);
  });

  test.each([
    ['this machine has no display', {}, 'linux'],
    ['this machine has no display', { DISPLAY: '', WAYLAND_DISPLAY: '' }, 'linux'],
    ['this is an SSH session', { SSH_CONNECTION: '192.0.2.1 1 192.0.2.2 22' }, 'darwin'],
  ] as const)('is not tried where %s (%p, %s)', async (reason, env, platform) => {
    start(0);
    expect(await openInBrowser(new URL(LINK), [], { env, platform })).toBe(reason);
    expect(openDesktop).not.toHaveBeenCalled();
  });

  test.each([
    ['xdg-open', { DISPLAY: ':0' }],
    ['wslview', { WSL_DISTRO_NAME: 'Debian' }],
  ])('is opened by %s of the system before one that a library brings (rules 27, 37)', async (name, env) => {
    start(0);
    const opener = await createBrowser();
    const folder = temporaryDirectory();
    symlinkSync(opener.command, path.join(folder, name));
    const given = { ...env, ...credentials, PATH: `${folder}:.:${PATH}` };
    expect(await openInBrowser(new URL(LINK), [], { env: given, platform: 'linux' })).toBeUndefined();
    const launch = await opener.launched;
    expect(launch.args).toEqual([LINK]);
    expect(launch.env['PATH']).toBe(`${folder}:${PATH}`);
    expect(JSON.stringify(launch)).not.toContain('canary');
    expect(openDesktop).not.toHaveBeenCalled();
  });

  test.each([
    [{}, 'linux', 'this machine has no display'],
    [{ BROWSER: '' }, 'linux', 'this machine has no display'],
    [{ DISPLAY: ':0' }, 'linux', undefined],
    [{ BROWSER: 'firefox' }, 'linux', undefined],
    [{ DIGILOCKER_BROWSER: 'firefox' }, 'linux', undefined],
    [{ WSL_DISTRO_NAME: 'Debian' }, 'linux', undefined],
    [{}, 'win32', undefined],
  ] as const)('cannot be opened with %p on %s: %s', (env, platform, reason) => {
    expect(browserFault(env, platform)).toBe(reason);
  });

  test('inherits an environment that the secrets are out of (rule 27)', async () => {
    const env: Record<string, string> = { ...credentials, MY_SECRET: 'x', MY_OTHER: 'stays', DISPLAY: ':0' };
    let inherited: Record<string, string> = {};
    openDesktop.mockReset().mockImplementation(() => {
      inherited = { ...env };
      return Promise.reject(new Error('no opener'));
    });
    const reason = await openInBrowser(new URL(LINK), ['MY_SECRET'], { env, platform: 'linux' });
    expect(reason).toBe('no browser could be started');
    expect(inherited).toEqual({ MY_OTHER: 'stays', DISPLAY: ':0' });
  });

  test('is a reason where its opener ends at once with an error (rule 28)', async () => {
    start(4);
    const surroundings = { env: { DISPLAY: ':0' }, platform: 'linux' } as const;
    expect(await openInBrowser(new URL(LINK), [], surroundings)).toBe('the browser ended at once');
  });

  test('is a reason where its opener has ended before it can be watched', async () => {
    openDesktop.mockReset().mockImplementation(async () => {
      const child = spawn(createShortLived(4));
      await once(child, 'exit');
      return child;
    });
    const surroundings = { env: { DISPLAY: ':0' }, platform: 'linux' } as const;
    expect(await openInBrowser(new URL(LINK), [], surroundings)).toBe('the browser ended at once');
  });

  test('is a reason where its opener fails after it has started', async () => {
    openDesktop.mockReset().mockImplementation(async () => {
      const child = spawn('sleep', ['5']);
      await once(child, 'spawn');
      setImmediate(() => {
        child.emit('error', new Error('lost'));
        child.kill();
      });
      return child;
    });
    const surroundings = { env: { DISPLAY: ':0' }, platform: 'linux' } as const;
    expect(await openInBrowser(new URL(LINK), [], surroundings)).toBe('the browser could not be started');
  });
});
