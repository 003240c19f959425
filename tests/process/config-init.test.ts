import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { CANARIES, succeeds, temporaryDirectory } from '../support/run.js';
import { openTerminal } from '../support/terminal.js';

describe('config init on a terminal', () => {
  test('masks what is typed, writes the file and keeps it out of git', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    execFileSync('git', ['init', '--quiet'], { cwd });
    const terminal = openTerminal(['config', 'init'], { cwd, home });
    await terminal.waitFor('Environment:');
    terminal.press('enter');
    await terminal.waitFor('Client ID (staging):');
    terminal.type('made-up-id');
    terminal.press('enter');
    await terminal.waitFor('Keep the secret in a variable');
    terminal.type('n');
    terminal.press('enter');
    await terminal.waitFor('Client secret:');
    terminal.type(CANARIES.clientSecret);
    terminal.press('enter');
    await terminal.waitFor('Module secret');
    terminal.press('enter');
    await terminal.waitFor('Consent purpose');
    terminal.press('enter');
    await terminal.waitFor('Redirect URL');
    terminal.press('enter');
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(terminal.text).toContain(`Added .decentrorc to ${cwd}/.gitignore.`);
    expect(readFileSync(path.join(cwd, '.decentrorc'), 'utf8')).toContain(
      `clientSecret: ${CANARIES.clientSecret}`,
    );
    const { stdout } = await succeeds(['config', 'show'], { cwd, home, stderr: [] });
    expect(stdout).toMatch(/^clientSecret +\*{8}/m);
  });

  test('ends with 130 on Ctrl-C, and leaves nothing behind', async () => {
    const cwd = temporaryDirectory();
    const terminal = openTerminal(['config', 'init', '--env', 'staging', '--client-id', 'made-up-id'], {
      cwd,
    });
    await terminal.waitFor('Keep the secret in a variable');
    terminal.type('n');
    terminal.press('enter');
    await terminal.waitFor('Client secret:');
    terminal.type(CANARIES.clientSecret);
    terminal.press('ctrl-c');
    expect(await terminal.exit).toEqual({ code: 130, signal: null });
    expect(readdirSync(cwd)).toEqual([]);
  });
});
