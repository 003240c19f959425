import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { comeBack, walkThrough, type Decision } from '../support/end-user.js';
import { createFakeHost } from '../support/fake-host.js';
import { UNANSWERED } from '../support/fake-prompter.js';
import { dealt } from '../support/generated.js';
import { fails, runHost, runMain, succeeds } from '../support/run-main.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const QUESTION = 'Open the link in the browser?';
// A desktop: a browser that cannot be opened is not offered.
const DESKTOP = { DISPLAY: ':0' };
const LIVES = 'The sandbox lives until the link has been used, for 1 min at most. Ctrl-C ends it.\n';
const LASTS = 'The sandbox lives until the link has been used. Ctrl-C ends it.\n';
const ENDED = 'The sandbox ended with this command, and the link with it.';
const flat = (text: string) => text.replaceAll('\n', ' ');

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
