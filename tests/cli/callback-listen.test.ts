import { describe, expect, test } from '@jest/globals';
import { createFakeHost, type FakeHostOptions } from '../support/fake-host.js';
import { forward, freePort } from '../support/loopback.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runHost, runMain, type MainRun } from '../support/run-main.js';

const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
const QUERY = `code=4f1c&state=${STATE}`;

interface Caught {
  readonly port: number;
  readonly run: MainRun;
  /** What was answered to each request. */
  readonly answers: readonly string[];
}

/** Runs `callback --listen` and, once it waits, sends what `targets` say, one after another. */
async function catchFrom(
  targets: readonly string[],
  { args = [], host, ...options }: FakeHostOptions & { args?: readonly string[]; host?: string } = {},
): Promise<Caught> {
  const port = await freePort();
  let sent: Promise<string[]> | undefined;
  const onWait = () => {
    sent = (async () => {
      const answers: string[] = [];
      for (const target of targets) answers.push(await forward(port, target, host ?? `127.0.0.1:${port}`));
      return answers;
    })();
  };
  const line = ['callback', '--listen', `127.0.0.1:${port}`, '--state', STATE, ...args];
  const run = await runHost(createFakeHost(line, { ...options, onWait }));
  return { port, run, answers: (await sent) ?? [] };
}

describe('a redirect that is caught', () => {
  test('is the one with the state, on whatever path (rule 29)', async () => {
    const { run, answers } = await catchFrom([
      '/favicon.ico',
      '/return?code=evil&state=other',
      '/return?error=access_denied',
      `/any/path?${QUERY}`,
    ]);
    expect(run.code).toBe(0);
    expect(run.stderr).toBe(
      `Ignored a redirect with state other: this session is ${STATE}.\nIgnored a redirect without state: this session is ${STATE}.\n`,
    );
    expect(run.stdout).toContain('DigiLocker code  4f1c\n');
    expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['400', '400', '400', '200']);
    expect(answers.at(-1)).toContain('You can go back to the terminal');
  });

  test('leaves nobody listening (rule 31)', async () => {
    for (const query of [QUERY, `error=access_denied&state=${STATE}`]) {
      const { port } = await catchFrom([`/?${query}`]);
      await expect(forward(port, '/', 'nobody')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    }
  });

  test('has the path and the host of the URL that forwards it (rule 29)', async () => {
    const args = ['--redirect-url', 'https://app.example/return?tab=1', '--json'];
    const targets = [`/other?${QUERY}`, `/return?tab=1&${QUERY}`];
    const { run, answers } = await catchFrom(targets, { args, host: 'app.example' });
    expect(run.document).toMatchObject({ ok: true, callback: { code: '4f1c', state: STATE } });
    expect(answers.map((answer) => answer.split(' ')[1])).toEqual(['404', '200']);
  });

  test('may be a refusal, which bears the state as well', async () => {
    const args = ['-o', 'env'];
    const { run } = await catchFrom([`/?error=access_denied&state=${STATE}`], { args });
    expect(run).toMatchObject({ code: 9, stdout: `DECENTRO_TXN_ID=${STATE}\n` });
  });

  test('is waited for with a line on a terminal, which is taken away', async () => {
    const { run } = await catchFrom([`/?${QUERY}`], { isInteractive: true, args: ['--wait', '90s'] });
    expect(run.stderr).toBe('\r\u001b[KWaiting for the end user, 1:30 left (Ctrl-C ends it)\r\u001b[K');
    const quiet = await catchFrom([`/?${QUERY}`], { isInteractive: true, args: ['--quiet'] });
    expect(quiet.run).toMatchObject({ code: 0, stderr: '' });
  });

  test('may not come in time', async () => {
    const args = ['callback', '--listen', `127.0.0.1:${await freePort()}`, '--state', STATE];
    const { stderr, sleeps } = await fails([...args, '--wait', '1h'], 124, { waitsRunOut: true });
    expect(stderr.replaceAll('\n', ' ')).toContain('error: Timed out after 1h waiting for the redirect.');
    expect(stderr.replaceAll('\n', ' ')).toContain('give that URL to `digilocker callback`');
    expect(sleeps).toEqual([3_600_000]);
    const { document } = await fails([...args, '--json'], 124, { waitsRunOut: true });
    expect(document).toMatchObject({ ok: false, callback: null, error: { kind: 'timeout', sent: 'yes' } });
    await fails([...args, '-o', 'env'], 124, { waitsRunOut: true, stdout: '' });
  });

  test.each([
    ['SIGINT', 130],
    ['SIGTERM', 143],
    ['SIGHUP', 129],
  ] as const)('is waited for until %s', async (signal, code) => {
    const args = ['callback', '--listen', `127.0.0.1:${await freePort()}`, '--state', STATE, '--json'];
    const host = createFakeHost(args, {
      onWait: () => {
        host.interrupt(signal);
      },
    });
    const { document } = await runHost(host);
    expect(document).toMatchObject({ ok: false, error: { kind: 'interrupted', exitCode: code } });
  });
});

describe('where it is caught', () => {
  test('is a port that can be had (rule 29)', async () => {
    const { port } = await createRecorder();
    const { stderr } = await fails(['callback', '--listen', `127.0.0.1:${port}`, '--state', STATE], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      `Cannot listen on port ${port} (EADDRINUSE), the port given by --listen.`,
    );
  });

  test.each([
    '8123',
    ':8123',
    '127.0.0.1',
    'localhost:8123',
    '0.0.0.0:8123',
    '127.0.0.2:8123',
    '[::1]:8123',
    '127.0.0.1:65536',
    '127.0.0.1:8123/x',
  ])('is not %s (rule 29)', async (address) => {
    const { stderr } = await fails(['callback', '--listen', address, '--state', STATE], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain('Give 127.0.0.1 and a port');
  });

  test.each([
    [['--listen', '127.0.0.1:8123'], '--listen requires --state'],
    [
      ['--listen', '127.0.0.1:8123', '--state', STATE, QUERY],
      'A redirected URL cannot be combined with --listen.',
    ],
    [['--listen', '127.0.0.1:8123', '--state', STATE, '-'], 'A redirected URL cannot be combined with'],
    [[QUERY, '--wait', '1m'], '--wait requires --listen.'],
    [[QUERY, '--redirect-url', 'app.example'], '--redirect-url is not an absolute http(s) URL.'],
    [
      ['--listen', '127.0.0.1:8123', '--state', STATE, '--redirect-url', 'app.example/return'],
      '--redirect-url is not an absolute http(s) URL.',
    ],
    [['--listen', '127.0.0.1:8123', '--state', STATE, '--wait', '10'], 'Give a duration'],
    [['--listen', '127.0.0.1:8123', '--state', STATE, '--wait', '25h'], 'Give a duration'],
  ])('is refused with %p (rule 29)', async (args, message) => {
    const { stderr } = await fails(['callback', ...args], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    const { stdout } = await runMain(['callback', '--json', ...args]);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'digilocker.callback/1', error: { kind: 'usage' } });
  });
});
