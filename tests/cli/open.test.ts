import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { comeBack, walkThrough, type Decision } from '../support/end-user.js';
import { createFakeHost, type FakeHostOptions } from '../support/fake-host.js';
import { UNANSWERED } from '../support/fake-prompter.js';
import { dealt } from '../support/generated.js';
import { fails, runHost, runMain, succeeds } from '../support/run-main.js';
import { createStaging, LINK, TXN_ID } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const REDIRECT = ['--redirect-url', 'https://app.example/return'];
const QUESTION = 'Open the link in the browser?';
// A desktop: a browser that cannot be opened is not offered.
const DESKTOP = { DISPLAY: ':0' };
const LIVES = 'The sandbox lives until the link has been used, for 1 min at most. Ctrl-C ends it.\n';
const LASTS = 'The sandbox lives until the link has been used. Ctrl-C ends it.\n';
const ENDED = 'The sandbox ended with this command, and the link with it.';

const flat = (text: string) => text.replaceAll('\n', ' ');
const config = (open: string) => ({ '.decentrorc': JSON.stringify({ defaults: { open } }) });

/** Runs a command line against staging; returns what the browser was given. */
async function opened(flags: readonly string[], options: FakeHostOptions = {}): Promise<string[]> {
  const { args, env } = await createStaging();
  const links: string[] = [];
  const browser = (url: URL) => void links.push(url.href);
  const run = await runMain([...args, ...REDIRECT, ...flags], {
    browser,
    ...options,
    env: { ...DESKTOP, ...env, ...options.env },
  });
  expect(run.code).toBe(0);
  return links;
}

describe('whether the link is opened', () => {
  const FORMS = [[], ['--json'], ['-o', 'env'], ['-o', 'shell'], ['--field', 'ok'], ['--quiet']];
  const MODES: readonly (readonly [flag: string, modes: readonly string[], isOpened: boolean])[] = [
    ['--open', [], true],
    ['--no-open', [], false],
    ['', ['always'], true],
    ['', ['never'], false],
    ['', ['ask'], false],
    ['', [], false],
    ['--open', ['never'], true],
    ['--no-open', ['always'], false],
  ];
  const rows = MODES.map((row, index) => [...row, dealt(FORMS, index, 3)] as const);

  test.each(rows)('off a terminal: %p with %p in the config', async (flag, modes, isOpened, forms) => {
    const files = modes.length > 0 ? config(modes.join('')) : {};
    const flags = flag === '' ? [] : [flag];
    for (const form of forms) {
      expect(await opened([...flags, ...form], { files })).toEqual(isOpened ? [LINK] : []);
    }
  });

  test.each([
    ['--open', 'never', true],
    ['--no-open', 'always', false],
    ['', 'always', true],
    ['', 'never', false],
  ])('on a terminal, where nobody is asked: %p with %s in the config', async (flag, mode, isOpened) => {
    const flags = flag === '' ? [] : [flag];
    const links = await opened(flags, { files: config(mode), isInteractive: true });
    expect(links).toEqual(isOpened ? [LINK] : []);
  });

  test.each([true, false])('on a terminal that answer decides: %p', async (answer) => {
    for (const options of [{}, { files: config('ask') }]) {
      const links = await opened([], { ...options, isInteractive: true, answers: [[QUESTION, answer]] });
      expect(links).toEqual(answer ? [LINK] : []);
    }
  });

  test.each([['--json'], ['-o', 'env'], ['-o', 'shell'], ['--field', 'ok'], ['--no-input']])(
    'on a terminal nobody is asked with %s %s',
    async (...flags) => {
      expect(await opened(flags, { isInteractive: true })).toEqual([]);
    },
  );

  test.each(['DISPLAY', 'WAYLAND_DISPLAY', 'DIGILOCKER_BROWSER', 'BROWSER'])(
    'on a Linux terminal is asked with %s, and not without',
    async (name) => {
      const { args, env } = await createStaging();
      const line = [...args, ...REDIRECT];
      const host = { isInteractive: true, platform: 'linux' } as const;
      const asked = await runMain(line, {
        ...host,
        env: { ...env, [name]: 'x' },
        answers: [[QUESTION, false]],
      });
      expect(asked.code).toBe(0);
      const empty = { [name]: '' };
      expect((await runMain(line, { ...host, env: { ...env, ...empty } })).questions).toEqual([]);
      const { document } = await runMain([...line, '--json'], { ...host, env });
      expect(document).toMatchObject({ ok: true });
    },
  );

  test('nobody is asked whose stdout is no terminal', async () => {
    const { args, env } = await createStaging();
    const host = createFakeHost([...args, ...REDIRECT], { env, isInteractive: true });
    const stdout = { ...host.stdout, isTerminal: false };
    expect((await runHost({ ...host, stdout })).code).toBe(0);
  });
});

describe('opening the link', () => {
  test('comes after it was shown, on stdout or, with --wait, on stderr (rule 28)', async () => {
    const { args, env } = await createStaging();
    const host = createFakeHost([...args, ...REDIRECT, '--open'], {
      env,
      browser: () => {
        expect(host.stdout.text).toContain(LINK);
        return undefined;
      },
    });
    expect((await runHost(host)).code).toBe(0);

    const waiting = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const second = createFakeHost([...waiting.args, '--wait', '--open', '--quiet'], {
      env,
      browser: () => {
        expect(second.stdout.text).toBe('');
        expect(second.stderr.text).toContain(LINK);
        return undefined;
      },
    });
    expect((await runHost(second)).code).toBe(0);
  });

  test('asks after the link was shown, and an interrupted question names the session', async () => {
    const { args, env } = await createStaging();
    const interrupted = new Failure('interrupted', 'Interrupted.');
    const { stdout, stderr, code } = await runMain([...args, '--wait'], {
      env: { ...env, ...DESKTOP },
      isInteractive: true,
      answers: [[QUESTION, interrupted]],
    });
    expect(code).toBe(130);
    expect(stdout).toBe('');
    expect(stderr.indexOf(LINK)).toBeLessThan(stderr.indexOf('error: Interrupted.'));
    expect(stderr).toMatch(new RegExp(`^Transaction ID {5}${TXN_ID}$`, 'm'));
  });

  test('is asked while the wait goes on: a redirect, or its end, takes the question off the screen', async () => {
    const arrived = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const options = { isInteractive: true, answers: [[QUESTION, UNANSWERED]] } as const;
    const run = await runMain([...arrived.args, '--wait'], {
      ...options,
      env: { ...arrived.env, ...DESKTOP },
    });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('DigiLocker code  4f1c\n') });
    expect(run.stderr).not.toContain('Waiting for the end user');

    const late = await createStaging();
    const ended = await runMain([...late.args, '--wait', '5s'], {
      ...options,
      env: { ...late.env, ...DESKTOP },
      waitsRunOut: true,
    });
    expect(ended).toMatchObject({ code: 124, sleeps: [5000] });
    expect(flat(ended.stderr)).toContain('error: Timed out after 5s waiting for the redirect.');
  });

  test('costs a line where no browser starts, and the wait goes on (rule 28)', async () => {
    const { args, env } = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const browser = () => 'this machine has no display';
    const hint = 'The browser was not opened, because this machine has no display: open the link yourself.\n';
    const { stderr, document } = await runMain([...args, '--wait', '--open', '--json'], { env, browser });
    expect(document).toMatchObject({ ok: true, callback: { code: '4f1c' } });
    expect(stderr.split(hint)).toHaveLength(2);
    const other = await createStaging();
    const quiet = await runMain([...other.args, ...REDIRECT, '--open', '-q'], { env, browser });
    expect(quiet.code).toBe(0);
    expect(quiet.stderr).not.toContain('browser');
  });

  test('hands on which variables hold secrets (rule 27)', async () => {
    const { recorder, args } = await createStaging();
    const hidden: (readonly string[])[] = [];
    const files = {
      '.decentrorc': JSON.stringify({
        environments: {
          staging: {
            baseUrl: recorder.url,
            clientId: 'some-client-id',
            clientSecret: 'env:DECENTRO_ONE',
            moduleSecret: 'env:DECENTRO_TWO',
          },
        },
      }),
    };
    const env = { DECENTRO_ONE: 'one-secret', DECENTRO_TWO: 'two-secret' };
    const browser = (_url: URL, names: readonly string[]) => void hidden.push(names);
    await runMain([...args.slice(0, 4), '--allow-host', '127.0.0.1', ...REDIRECT, '--open'], {
      env,
      files,
      browser,
    });
    expect(hidden).toEqual([['DECENTRO_ONE', 'DECENTRO_TWO']]);
  });

  test('does not happen where an end user is played', async () => {
    const run = await runMain([...SANDBOX, '--wait', '--end-user', 'allow', '--open']);
    expect(run.code).toBe(0);
  });
});

describe('the sandbox inside the command', () => {
  /** A browser whose user goes through the pages; the walk is to be awaited. */
  function userWho(decision: Decision) {
    const walks: Promise<string | undefined>[] = [];
    const walk = async (url: URL) => {
      const wayBack = await walkThrough(url, decision);
      // The page of the sandbox that stands in for an app.
      if (wayBack !== undefined)
        expect(await (await fetch(wayBack)).text()).toContain('The end user is back');
      return wayBack;
    };
    return { walks, browser: (url: URL) => void walks.push(walk(url)) };
  }

  const END = {
    allow: /^The end user allowed \(session [0-9A-F]{32}\)\.$/,
    deny: /^The end user denied \(session [0-9A-F]{32}\)\.$/,
    expire: /^The end user let the link expire \(session [0-9A-F]{32}\)\.$/,
  };

  test.each(['allow', 'deny', 'expire'] as const)('lives until its link is used up: %s', async (decision) => {
    const { walks, browser } = userWho(decision);
    const { stdout } = await succeeds([...SANDBOX, '--open'], {
      browser,
      stderr: [/^Reference ID/, LIVES.trim(), END[decision]],
    });
    expect(walks).toHaveLength(1);
    const wayBack = await walks[0];
    if (decision !== 'expire') expect(wayBack).toMatch(/^http:\/\/127\.0\.0\.1:\d+\/app\/return\?status=/);
    expect(flat(stdout)).not.toContain(ENDED);
  });

  test.each([['--json'], ['-o', 'env']])(
    'does so with %s %s, where the result is out first',
    async (...form) => {
      const { walks, browser } = userWho('allow');
      const host = createFakeHost([...SANDBOX, '--open', ...form], {
        browser: (url) => {
          expect(host.stdout.text).toContain(url.href);
          browser(url);
          return undefined;
        },
      });
      expect((await runHost(host)).code).toBe(0);
      await walks[0];
    },
  );

  test('lives on a terminal until its link is used, whatever is answered', async () => {
    const { walks, browser } = userWho('allow');
    const yes = await runMain(SANDBOX, {
      browser,
      isInteractive: true,
      env: DESKTOP,
      answers: [[QUESTION, true]],
    });
    expect(yes).toMatchObject({ code: 0, stderr: expect.stringContaining(LASTS) });
    expect(flat(yes.stdout)).toContain('Next: the end user opens the link');
    await walks[0];
    const endUser = userWho('allow');
    const host = createFakeHost(SANDBOX, {
      isInteractive: true,
      env: DESKTOP,
      answers: [[QUESTION, false]],
      onWait: () => {
        endUser.browser(new URL(/http:\S+\/digilocker\/\S+/.exec(host.stdout.text)?.[0] ?? ''));
      },
    });
    const no = await runHost(host);
    expect(no).toMatchObject({ code: 0, stderr: expect.stringMatching(/The end user allowed/) });
    await endUser.walks[0];
  });

  test('takes the question off the screen once its link is used', async () => {
    const endUser = userWho('deny');
    const host = createFakeHost(SANDBOX, {
      isInteractive: true,
      env: DESKTOP,
      answers: [[QUESTION, UNANSWERED]],
      onWait: () => {
        endUser.browser(new URL(/http:\S+\/digilocker\/\S+/.exec(host.stdout.text)?.[0] ?? ''));
      },
    });
    expect(await runHost(host)).toMatchObject({
      code: 0,
      stderr: expect.stringMatching(/The end user denied/),
    });
  });

  test('ends with Ctrl-C at its question, with the result out', async () => {
    const interrupted = new Failure('interrupted', 'Interrupted.');
    const run = await runMain(SANDBOX, {
      isInteractive: true,
      env: DESKTOP,
      answers: [[QUESTION, interrupted]],
    });
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining('DigiLocker session started') });
  });

  test('lives on a terminal where nothing is asked, until Ctrl-C or a signal', async () => {
    for (const [signal, code] of [
      ['SIGINT', 0],
      ['SIGTERM', 143],
    ] as const) {
      const host = createFakeHost([...SANDBOX, '--no-open'], {
        isInteractive: true,
        onWait: () => {
          host.interrupt(signal);
        },
      });
      expect(await runHost(host)).toMatchObject({ code, stderr: expect.stringContaining(LASTS) });
    }
  });

  test('ends where the browser does not start, and says so', async () => {
    const { stderr, code } = await runMain([...SANDBOX, '--open'], { browser: () => 'there is none' });
    expect(code).toBe(0);
    expect(stderr).toContain('because there is none: open the link yourself.');
    expect(stderr).toContain(ENDED);
  });

  test.each([
    ['ten minutes where somebody sits at a terminal', true, 600_000],
    ['a minute where it would hold a script up', false, 60_000],
  ])('ends after %s', async (_when, isInteractive, lifetimeMs) => {
    const { sleeps, code } = await runMain([...SANDBOX, '--open', '--json'], {
      browser: () => undefined,
      waitsRunOut: true,
      isInteractive,
    });
    expect({ sleeps, code }).toEqual({ sleeps: [lifetimeMs], code: 0 });
  });

  const SIGNALS = [
    ['SIGINT', 0],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const;

  test.each(SIGNALS.map((row, index) => [...row, dealt([[], ['--json'], ['-o', 'env']], index, 3)] as const))(
    'ends with %s and exit %d, and its one result stays what it is (rule 23)',
    async (signal, code, forms) => {
      for (const form of forms) {
        const host = createFakeHost([...SANDBOX, '--open', ...form], {
          browser: () => undefined,
          onWait: () => {
            host.interrupt(signal);
          },
        });
        const run = await runHost(host);
        expect(run.code).toBe(code);
        if (form[0] === '--json') expect(run.document).toMatchObject({ ok: true });
        else expect(run.stdout.match(/http:\/\/127\S+\/digilocker\//g)).toHaveLength(1);
        if (code !== 0) expect(run.stderr).toContain(`error: Interrupted by ${signal}.`);
      }
    },
  );

  test('tells at once of an error that nobody caught', async () => {
    const host = createFakeHost([...SANDBOX, '--open', '-o', 'env'], {
      browser: () => undefined,
      onWait: () => {
        host.interrupt(new TypeError('a bug'));
      },
    });
    await expect(runHost(host)).resolves.toMatchObject({ code: 1 });
  });

  test('leads a browser back to the command that waits', async () => {
    const pages: Promise<string>[] = [];
    const { document } = await runMain([...SANDBOX, '--wait', '--open', '--json'], {
      browser: (url) => void pages.push(comeBack(url, 'allow')),
    });
    expect(document).toMatchObject({ ok: true, callback: { status: 'SUCCESS' } });
    expect(await pages[0]).toContain('You can go back to the terminal');
    const { stderr } = await fails([...SANDBOX, '--wait', '--open', '--redirect-to-signup'], 9, {
      browser: (url) => void pages.push(comeBack(url, 'deny')),
    });
    expect(stderr).toContain('The redirect reports status DENIED');
    expect(await pages[1]).toContain('The request was not granted');
  });
});
