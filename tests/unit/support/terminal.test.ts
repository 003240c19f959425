import { describe, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { CANARIES } from '../../support/canaries.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { openShellTerminal, openTerminal } from '../../support/terminal.js';
import { program } from './fixture.js';

const ask = [
  "import readline from 'node:readline/promises';",
  'const io = readline.createInterface({ input: process.stdin, output: process.stderr });',
  "const name = await io.question('\\u001B[1mName\\u001B[0m? ');",
  "const town = await io.question('Town? ');",
  'io.close();',
  'console.log(`${name} of ${town}`);',
];

describe('a terminal', () => {
  test('is one, of the promised size, in a clean environment', async () => {
    const binary = program(
      'const { stdin, stdout, stderr, env } = process;',
      'console.log(stdin.isTTY, stdout.isTTY, stderr.isTTY, stdout.columns, stdout.rows);',
      "console.log(Object.keys(env).sort().join(' '), env.TERM);",
    );
    const terminal = openTerminal([], { binary, cols: 100 });
    await terminal.waitFor('true true true 100 24\n');
    await terminal.waitFor('HOME PATH PWD TERM TMPDIR XDG_CACHE_HOME xterm-256color\n');
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
  });

  test('lets a test answer questions and waits for each anew', async () => {
    const terminal = openTerminal([], { binary: program(...ask) });
    await terminal.waitFor('Name? ');
    terminal.type('Asha');
    terminal.press('enter');
    await terminal.waitFor('? ');
    terminal.type('Puney');
    terminal.press('backspace');
    terminal.press('enter');
    await terminal.waitFor('Asha of Pune\n');
    await terminal.exit;
    expect(terminal.output).toContain('\u001B[1mName');
    expect(terminal.text).toContain('Name? Asha\nTown? Puney');
    await expect(terminal.waitFor('Name')).rejects.toThrow(/ended \(0\)[^]*Asha/);
  });

  test('shows stderr alone when stdout goes to a file', async () => {
    const file = path.join(temporaryDirectory(), 'the result');
    const terminal = openTerminal([], { binary: program(...ask), stdoutTo: file });
    await terminal.waitFor('Name? ');
    terminal.type('Asha\r');
    await terminal.waitFor('Town? ');
    terminal.type('Pune\r');
    expect(await terminal.exit).toEqual({ code: 0, signal: null });
    expect(await readFile(file, 'utf8')).toBe('Asha of Pune\n');
    expect(terminal.text).not.toContain('Asha of Pune');
  });

  test.each([
    ['ctrl-c', { code: null, signal: 'SIGINT' }],
    ['ctrl-d', { code: 0, signal: null }],
  ] as const)('sends %s as a keyboard does', async (key, end) => {
    const terminal = openTerminal([], {
      binary: program("console.log('up');", 'process.stdin.resume();'),
    });
    await terminal.waitFor('up');
    terminal.press(key);
    expect(await terminal.exit).toEqual(end);
  });

  test('sends keys as they are to a program that reads them one by one', async () => {
    const binary = program(
      'process.stdin.setRawMode(true);',
      "process.stdin.on('data', (key) => console.log(key.toString('hex')));",
      "console.log('up');",
    );
    const terminal = openTerminal([], { binary });
    await terminal.waitFor('up\n');
    for (const [key, code] of [
      ['ctrl-c', '03'],
      ['ctrl-d', '04'],
      ['ctrl-t', '14'],
      ['tab', '09'],
      ['enter', '0d'],
      ['backspace', '7f'],
    ] as const) {
      terminal.press(key);
      await terminal.waitFor(`${code}\n`);
    }
    terminal.kill('SIGTERM');
    expect(await terminal.exit).toEqual({ code: null, signal: 'SIGTERM' });
  });

  test('runs a shell script with arguments', async () => {
    const terminal = openShellTerminal('printf "%s|" "$@"; exit 3', ['a b', "it's"]);
    expect(await terminal.exit).toEqual({ code: 3, signal: null });
    expect(terminal.text).toBe("a b|it's|");
  });

  test('kills a program that takes too long and shows its text', async () => {
    const terminal = openShellTerminal('printf "\\033[31mso far\\n"; sleep 60', [], {
      timeoutMs: 1_000,
    });
    await expect(terminal.waitFor('never')).rejects.toThrow(/still running after 1000 ms[^]*so far/);
    await expect(terminal.exit).rejects.toThrow(/still running after 1000 ms\n--- terminal\nso far/);
  });

  test('tells when a secret was shown', async () => {
    const printing = (text: string) => ({
      binary: program(`console.log(${JSON.stringify(text)});`),
    });
    const canary = openTerminal([], printing(`x${CANARIES.clientSecret}`));
    await expect(canary.exit).rejects.toThrow('a secret was shown: canary-x');
    const own = openTerminal([], { ...printing('my pin'), secrets: ['pin'] });
    await expect(own.exit).rejects.toThrow('a secret was shown: pin');
  });
});
