import { describe, expect, test } from '@jest/globals';
import { symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createBrowser, createShortLived } from '../support/browser.js';
import { credentials } from '../support/canaries.js';
import { comeBack, walkThrough } from '../support/end-user.js';
import { start, temporaryDirectory } from '../support/run.js';
import { openTerminal } from '../support/terminal.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const SHOWN_LINK = /(http:\/\/127\.0\.0\.1:\d+\/digilocker\/[\w-]+)\s/;
const QUESTION = 'Open the link in the browser?';
const WAITING = /Waiting for the end user, \d+:\d\d left/;

test('a request that lasts says what it waits for and how long at most; then what ran out', async () => {
  const args = [...SANDBOX, '--reference-id', 'sbx-slow-1', '--timeout', '3s'];
  const terminal = openTerminal(args, { cols: 50 });
  await terminal.waitFor(/Waiting for the sandbox, 0:0[12] left/);
  await terminal.waitFor('The time limit was 3s; --timeout');
  expect(await terminal.exit).toEqual({ code: 8, signal: null });
});

describe('on a terminal', () => {
  test('the link is shown, then the question comes; a no leaves the link to the user', async () => {
    const terminal = openTerminal([...SANDBOX, '--wait'], { env: { BROWSER: '/nowhere' } });
    const [, link = ''] = await terminal.waitFor(SHOWN_LINK);
    await terminal.waitFor(QUESTION);
    terminal.type('n');
    terminal.press('enter');
    await terminal.waitFor(WAITING);
    expect(await comeBack(link, 'allow')).toContain('You can go back to the terminal');
    await terminal.waitFor(/Redirect status +SUCCESS/);
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(terminal.text).not.toContain('no browser could be started');
  });

  test('a yes opens the link', async () => {
    const browser = await createBrowser();
    const env = { ...credentials, DIGILOCKER_BROWSER: browser.command };
    const terminal = openTerminal([...SANDBOX, '--wait'], { env });
    await terminal.waitFor(QUESTION);
    terminal.press('enter');
    const { args, env: inherited } = await browser.launched;
    expect(JSON.stringify(inherited)).not.toContain('canary');
    await comeBack(args[0] ?? '', 'allow');
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(terminal.text).toContain('DigiLocker session completed (sandbox)');
  });

  test('an answer that is being typed is not lost to a redirect that does not count', async () => {
    const env = { ...credentials, BROWSER: '/nowhere' };
    const terminal = openTerminal([...SANDBOX, '--wait'], { env });
    const [, link = ''] = await terminal.waitFor(SHOWN_LINK);
    await terminal.waitFor(QUESTION);
    terminal.type('n');
    await terminal.waitFor('n');
    const wayBack = (await walkThrough(link, 'allow')) ?? '';
    const stray = new URL(wayBack);
    stray.search = '?code=x&state=somebody-elses';
    expect((await fetch(stray)).ok).toBe(false);
    terminal.press('enter');
    await terminal.waitFor('Ignored a redirect');
    await terminal.waitFor(WAITING);
    await fetch(wayBack);
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(terminal.text).not.toContain('no browser could be started');
  });

  test('an end user who comes back takes the question off the screen', async () => {
    const terminal = openTerminal([...SANDBOX, '--wait'], { env: { BROWSER: '/nowhere' } });
    const [, link = ''] = await terminal.waitFor(SHOWN_LINK);
    await terminal.waitFor(QUESTION);
    await comeBack(link, 'allow');
    await terminal.waitFor(/Redirect status +SUCCESS/);
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    const [, after = ''] = terminal.output.split(/Open the link in the browser\?[^]*?\(Y\/n\)/);
    expect(after.slice(0, after.indexOf('DigiLocker'))).toContain('\u001b[2K');
  });

  test('the end of the wait takes the question off the screen', async () => {
    const terminal = openTerminal([...SANDBOX, '--wait', '300ms'], { env: { BROWSER: '/nowhere' } });
    await terminal.waitFor('Timed out after 300ms waiting for the redirect.');
    expect(await terminal.exit).toEqual({ code: 124, signal: null });
  });

  test('no question comes where no browser could be opened', async () => {
    const terminal = openTerminal([...SANDBOX, '--wait']);
    const [, link = ''] = await terminal.waitFor(SHOWN_LINK);
    await terminal.waitFor(WAITING);
    await comeBack(link, 'allow');
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(terminal.text).not.toContain(QUESTION);
  });

  test('Ctrl-C at the question names the session', async () => {
    const terminal = openTerminal([...SANDBOX, '--wait'], { env: { BROWSER: '/nowhere' } });
    await terminal.waitFor(QUESTION);
    terminal.press('ctrl-c');
    await terminal.waitFor(/Transaction ID +[0-9A-F]{32}/);
    expect(await terminal.exit).toEqual({ code: 130, signal: null });
  });

  test('callback asks for the address', async () => {
    const terminal = openTerminal(['callback', '--field', 'callback.code']);
    await terminal.waitFor('URL that the browser ended up at:');
    terminal.type('https://app.example/return?code=4f1c&state=x');
    terminal.press('enter');
    await terminal.waitFor(/4f1c\r?\n/);
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
  });
});

test("the desktop's own opener gets the link, and no secret (rule 27)", async () => {
  const browser = await createBrowser();
  const folder = temporaryDirectory();
  // What xdg-open looks for first where it knows neither the desktop nor a default browser.
  symlinkSync(createShortLived(1), path.join(folder, 'xdg-mime'));
  symlinkSync(browser.command, path.join(folder, 'x-www-browser'));
  const PATH = `${folder}:${process.env['PATH'] ?? ''}`;
  const env = { ...credentials, PATH, DISPLAY: ':4242', XDG_CURRENT_DESKTOP: 'X-Generic' };
  const running = start([...SANDBOX, '--wait', '--open', '--field', 'callback.status'], { env });
  const { args, env: inherited } = await browser.launched;
  expect(inherited['DISPLAY']).toBe(':4242');
  expect(JSON.stringify(inherited)).not.toContain('canary');
  await comeBack(args[0] ?? '', 'allow');
  expect(await running.done).toMatchObject({ code: 0, stdout: 'SUCCESS\n' });
});
