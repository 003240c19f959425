import { describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { createBrowser } from '../support/browser.js';
import { comeBack, walkThrough } from '../support/end-user.js';
import { freePort } from '../support/loopback.js';
import { assertNoSecrets, credentials, run, start } from '../support/run.js';
import { createStaging, LINK, TXN_ID } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const WITH_CODE = '--no-abstract-access-token';
const CODE = /^[0-9a-f]{40}\n$/;

describe('a wait with a browser', () => {
  test('brings the code, and the browser inherits no secret (rule 27)', async () => {
    const browser = await createBrowser();
    const env = {
      ...credentials,
      DIGILOCKER_BROWSER: browser.command,
      BROWSER: '/nowhere',
      MY_OTHER: 'stays',
    };
    const running = start([...SANDBOX, WITH_CODE, '--wait', '--open', '--field', 'callback.code'], { env });
    const { args, env: inherited } = await browser.launched;
    expect(args).toEqual([expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/digilocker\/[\w-]+$/)]);
    expect(inherited['MY_OTHER']).toBe('stays');
    expect(Object.keys(inherited).filter((name) => name.startsWith('DECENTRO_'))).toEqual([]);
    expect(JSON.stringify(inherited)).not.toContain('canary');
    expect(await comeBack(args[0] ?? '', 'allow')).toContain('You can go back to the terminal');
    const result = await running.done;
    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(CODE) });
    expect(result.stderr).toContain(args[0]);
    assertNoSecrets(result);
  });

  test('ends with the refusal of the end user', async () => {
    const browser = await createBrowser({ isLiving: true });
    const env = { BROWSER: `/nowhere:${browser.command} --new-window` };
    const running = start([...SANDBOX, '--wait', '--open', '-o', 'env'], { env });
    const { args } = await browser.launched;
    expect(args[0]).toBe('--new-window');
    await comeBack(args[1] ?? '', 'deny');
    const result = await running.done;
    expect(result).toMatchObject({ code: 9, stdout: expect.stringMatching(/^DECENTRO_TXN_ID=/) });
    expect(result.stderr).toContain('The redirect reports status DENIED');
  });

  test('goes on without one that starts (rule 28)', async () => {
    const running = start([...SANDBOX, '--wait', '--open', '--json'], { env: { BROWSER: '/nowhere' } });
    const [, link = ''] = await running.waitForStderr(/^ {2}(http:\S+)\n/m);
    await running.waitForStderr('because no browser could be started: open the link yourself.\n');
    await comeBack(link, 'allow');
    expect(await running.done).toMatchObject({ code: 0, stdout: expect.stringContaining('"ok": true') });
  });

  test('starts none without a display, or by itself', async () => {
    const running = start([...SANDBOX, '--open']);
    expect(await running.done).toMatchObject({
      code: 0,
      stderr: expect.stringContaining('because this machine has no display: open the link yourself.\n'),
    });
  });
});

describe('the sandbox inside the command', () => {
  test('lives until its link was used, and then ends', async () => {
    const browser = await createBrowser();
    const running = start([...SANDBOX, '--open', '--json'], { env: { BROWSER: browser.command } });
    const { args } = await browser.launched;
    await running.waitForStderr('The sandbox lives until the link has been used');
    const wayBack = await walkThrough(args[0] ?? '', 'allow');
    expect(await (await fetch(String(wayBack))).text()).toContain('The end user is back');
    expect(await running.done).toMatchObject({ code: 0, stdout: expect.stringContaining('"ok": true') });
  });

  test.each([
    ['SIGINT', 0],
    ['SIGTERM', 143],
  ] as const)('ends with %s and exit %d, and one document', async (signal, code) => {
    const browser = await createBrowser();
    const running = start([...SANDBOX, '--open', '--json'], { env: { BROWSER: browser.command } });
    await running.waitForStderr('The sandbox lives until the link has been used');
    running.kill(signal);
    const result = await running.done;
    expect(result.code).toBe(code);
    expect(JSON.parse(result.stdout)).toMatchObject({ ok: true });
  });
});

test.each([[[]], [['--json']], [['-o', 'env', '--quiet']], [['--field', 'callback.code']]])(
  'a wait that is killed leaves the transaction ID on stderr, in the form of %j',
  async (form) => {
    const running = start([...SANDBOX, '--wait', ...form]);
    const [, id = ''] = await running.waitForStderr(/^Transaction ID: ([0-9A-F]{32})\n/m);
    running.kill('SIGKILL');
    const { stdout, stderr } = await running.done;
    expect(stdout).toBe('');
    expect(stderr).toContain(id);
  },
);

test('a wait that nobody ends runs out', async () => {
  const result = await run([...SANDBOX, '--wait', '50ms', '--field', 'decentroTxnId']);
  expect(result).toMatchObject({ code: 124, stdout: expect.stringMatching(/^[0-9A-F]{32}\n$/) });
  const port = await freePort();
  const caught = await run(['callback', '--listen', `127.0.0.1:${port}`, '--state', 'x', '--wait', '50ms']);
  expect(caught).toMatchObject({ code: 124, stdout: '' });
});

describe('against staging', () => {
  test('the redirect URL is the listener, and a redirect before the answer is kept', async () => {
    const { recorder, args, env } = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const result = await run([...args, '--wait', '--verbose', '-o', 'env'], { env });
    expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(/^DIGILOCKER_CODE=4f1c$/m) });
    expect(result.stderr).toContain(`  ${LINK}\n`);
    expect(recorder.requests[0]?.json()).toMatchObject({
      redirect_url: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback\/[\w-]{22}$/),
    });
    assertNoSecrets(result);
    assertNoSecrets({ stdout: '', stderr: result.stderr }, ['4f1c&state']);
  });

  test('the listener is on 127.0.0.1 and nowhere else (rule 29)', async () => {
    const { recorder, args, env } = await createStaging();
    const running = start([...args, '--wait'], { env });
    await running.waitForStderr(LINK);
    const { redirect_url: url } = recorder.requests[0]?.json() as { redirect_url: string };
    const port = Number(new URL(url).port);
    expect(await reach('127.0.0.1', port)).toBe('connect');
    expect(await reach('127.0.0.2', port)).toBe('ECONNREFUSED');
    expect(await reach('::1', port)).not.toBe('connect');
    running.kill('SIGINT');
    expect((await running.done).code).toBe(130);
    expect(await reach('127.0.0.1', port)).toBe('ECONNREFUSED');
  });
});

test('a sandbox in another process plays the end user', async () => {
  const sandbox = start(['sandbox', '--port', '0', '--end-user', 'allow']);
  const [, url = ''] = await sandbox.waitForStdout(/^(http:\S+)\n/);
  const result = await run([...SANDBOX, WITH_CODE, '--base-url', url, '--wait', '--field', 'callback.code']);
  expect(result).toMatchObject({ code: 0, stdout: expect.stringMatching(CODE) });
  sandbox.kill('SIGTERM');
  const { code, stderr } = await sandbox.done;
  expect(code).toBe(0);
  expect(stderr).toMatch(/^END-USER 127\.0\.0\.1:\d+ allow 200$/m);
  expect(stderr).not.toContain(result.stdout.trim());
});

test('an address is piped to callback', async () => {
  const stdin = { text: 'https://app.example/return?code=4f1c&state=x\n' };
  const result = await run(['callback', '--field', 'callback.code', '-'], { stdin });
  expect(result).toMatchObject({ code: 0, stdout: '4f1c\n' });
  expect(await run(['callback', '--json'])).toMatchObject({ code: 2, stderr: '' });
});

/** `connect`, or the code of the error. */
function reach(host: string, port: number): Promise<string> {
  return new Promise((resolve) => {
    const socket = net.connect(port, host);
    socket.once('connect', () => {
      socket.destroy();
      resolve('connect');
    });
    socket.once('error', ({ code = 'unknown' }: NodeJS.ErrnoException) => {
      resolve(code);
    });
  });
}
