import { expect } from '@jest/globals';
import { mkdirSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { temporaryDirectory } from './cleanup.js';
import { writeFiles } from './fake-host.js';
import { commandLine, succeeds } from './run.js';
import { openProgramTerminal, type Terminal } from './terminal.js';

export const SHELLS = ['bash', 'zsh', 'fish'] as const;

export type Shell = (typeof SHELLS)[number];

export interface CompletingShell {
  readonly folder: string;
  /** Types a line with its tabs, and returns the arguments that digilocker is then run with. */
  readonly run: (line: string) => Promise<string[]>;
  readonly terminal: Terminal;
}

const CONFIG = 'environments:\n  gateway: { baseUrl: "https://kyc-gateway.example" }\n';

/**
 * Starts an interactive shell that was set up as `completion --help` says, in a folder that holds a config file.
 *
 * @param name what is typed: `digilocker`, or `npx` where PATH has none, as for people who work in a clone
 */
export async function openCompletingShell(
  shell: Shell,
  config = CONFIG,
  options = '',
  name: 'digilocker' | 'npx' = 'digilocker',
): Promise<CompletingShell> {
  const [home, folder, bin] = [temporaryDirectory(), temporaryDirectory(), temporaryDirectory()];
  writeFiles(folder, { '.decentrorc': config, 'my file.yaml': CONFIG });
  const program = commandLine([])
    .map((word) => `'${word}'`)
    .join(' ');
  // What the shell asks for is the program's own answer; what the user enters is only shown.
  const script = `#!/bin/sh\n[ "$1" = completion ] && exec ${program} "$@"\nprintf 'ran:'\nprintf '[%s]' "$@"\necho .\n`;
  writeFileSync(path.join(bin, name), script, { mode: 0o755 });
  const env = { PATH: `${bin}:${process.env['PATH'] ?? ''}`, LC_ALL: 'C.UTF-8' };
  const loading = name === 'npx' ? await scriptOfClone(shell) : await installation(shell);
  const command = setUp(shell, `${loading}\n${options}`, home);
  const terminal = openProgramTerminal(command, { home, cwd: folder, env, timeoutMs: 60_000 });
  await terminal.waitFor('ready>');
  return {
    folder,
    terminal,
    run: async (line) => {
      terminal.type(line);
      terminal.press('enter');
      const [, words = ''] = await terminal.waitFor(/ran:(\[[^\n]*\])\.\r?\n/);
      await terminal.waitFor('ready>');
      return words.slice(1, -1).split('][');
    },
  };
}

/** The line that `completion --help` tells users of this shell. */
async function installation(shell: Shell): Promise<string> {
  const { stdout } = await succeeds(['completion', '--help'], { stderr: [] });
  const line = stdout.split('\n').find((text) => text.includes(`digilocker completion ${shell}`)) ?? '';
  expect(line).not.toBe('');
  return line.replace(/ +#.*/, '').trim();
}

async function scriptOfClone(shell: Shell): Promise<string> {
  return (
    await succeeds(['completion', shell], { stderr: [], env: { PATH: path.dirname(process.execPath) } })
  ).stdout;
}

function setUp(shell: Shell, line: string, home: string): [string, ...string[]] {
  const file = path.join(home, 'startup');
  switch (shell) {
    case 'bash':
      writeFileSync(file, `PS1='ready> '\n${line}\n`);
      return ['bash', '--noprofile', '--rcfile', file, '-i'];
    case 'zsh':
      writeFileSync(
        path.join(home, '.zshrc'),
        `PS1='ready> '\nautoload -Uz compinit && compinit -u -D\n${line}\n`,
      );
      return ['zsh', '-d', '-i'];
    case 'fish':
      mkdirSync(path.join(home, '.config', 'fish', 'completions'), { recursive: true });
      writeFileSync(file, `function fish_prompt; echo 'ready> '; end\nset fish_greeting\n${line}\n`);
      return ['fish', '--init-command', `source ${file}`, '-i'];
  }
}
