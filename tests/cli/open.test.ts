import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { createFakeHost, type FakeHostOptions } from '../support/fake-host.js';
import { UNANSWERED } from '../support/fake-prompter.js';
import { dealt } from '../support/generated.js';
import { runHost, runMain } from '../support/run-main.js';
import { createStaging, LINK, TXN_ID } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const REDIRECT = ['--redirect-url', 'https://app.example/return'];
const QUESTION = 'Open the link in the browser?';
// A desktop: a browser that cannot be opened is not offered.
const DESKTOP = { DISPLAY: ':0' };
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
