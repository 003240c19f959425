// The story of `completion install`: the line that loads the script goes into the file that the shell reads as it starts.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { readTextFile, type TextFile } from '../../host/text-file.js';
import { deliver } from '../../output/deliver.js';
import { chooseOutput } from '../../output/format.js';
import type { Block, Tone } from '../../output/report.js';
import { visible } from '../../safety/visible.js';
import { uninstalledProgram } from './program.js';
import { quoted, SHELL_NAMES, type Shell } from './shells.js';

export interface InstallFlags {
  readonly yes?: boolean;
  readonly input: boolean;
}

/**
 * Adds the line, after it was shown and confirmed. Fails with `usage` where it may not be added, and prints it then; with
 * `config` where there is no home, and with `output` where the file cannot be written.
 */
export async function installCompletion(
  host: Host,
  given: Shell | undefined,
  { yes = false, input }: InstallFlags,
): Promise<void> {
  const shell = given ?? shellOf(host);
  const line = loadingLine(shell, await uninstalledProgram(host));
  const refuse = async (what: string, hint: string): Promise<never> => {
    await host.stdout.write(`${line}\n`);
    throw new Failure('usage', what, { hint });
  };
  const file = startupFile(host, shell);
  if (file === undefined)
    return refuse(
      'On Windows, only PowerShell itself knows where its profile is.',
      'Add the line above to it: notepad $PROFILE opens it.',
    );
  const open = async (): Promise<TextFile> => {
    const text = using(file, () => readTextFile(file, host.userId));
    return 'lines' in text
      ? text
      : refuse(`${file} ${text.wrong}.`, `Add the line above to ${file} yourself.`);
  };
  const present = (await open()).lines.find((one) => isLoading(one, shell));
  if (present !== undefined) {
    await tell(host, 'plain', `${file} has this line already:`, present.trim(), 'Nothing to do.');
    return;
  }
  if (!yes && !(host.isInteractive && input))
    return refuse(
      `Changing ${file} needs your confirmation (no terminal to prompt on).`,
      'Repeat it with --yes, or add the line above to the file yourself.',
    );
  const message = `Add this line to ${file}?\n${line}`;
  if (!yes && !(await host.prompter.confirm({ message, isDefaultYes: true })))
    throw new Failure('usage', 'Nothing was changed.');
  // It may have changed while the question was open.
  const text = await open();
  using(file, () => {
    text.append(line);
  });
  const next = 'Open a new terminal to complete digilocker with Tab.';
  await tell(host, 'good', `Added to ${file}:`, line, next);
}

function shellOf({ env, platform }: Host): Shell {
  const name = (env['SHELL'] ?? '').replace(/^.*[\\/]/, '').replace(/\.exe$/, '');
  const shell = SHELL_NAMES.find((one) => one === name);
  if (shell !== undefined) return shell;
  if (name === '' && platform === 'win32') return 'pwsh';
  const fault = name === '' ? 'SHELL is not set.' : `No completion for ${visible(name)}, the shell in SHELL.`;
  throw new Failure('usage', fault, {
    hint: `Name the shell: digilocker completion install, followed by ${SHELL_NAMES.join(', ')}.`,
  });
}

/** What a shell has to run as it starts. */
function loadingLine(shell: Shell, uninstalled: string | undefined): string {
  const program = uninstalled === undefined ? 'digilocker' : `node ${quoted(shell, uninstalled)}`;
  const command = `${program} completion ${shell}`;
  switch (shell) {
    case 'bash':
      return `eval "$(${command})"`;
    case 'zsh':
      return `(( $+functions[compdef] )) || { autoload -Uz compinit && compinit; }; eval "$(${command})"`;
    case 'fish':
      return `${command} | source`;
    case 'pwsh':
      return `${command} | Out-String | Invoke-Expression`;
  }
}

/** Whether a line loads the completion, of whatever installation and in whatever way. */
function isLoading(line: string, shell: Shell): boolean {
  return !/^\s*#/.test(line) && new RegExp(`digilocker.* completion ${shell}\\b`).test(line);
}

/** The file that an interactive shell reads as it starts; `undefined` where that cannot be known. */
function startupFile({ env, homeFolder: home, platform }: Host, shell: Shell): string | undefined {
  if (shell === 'pwsh' && platform === 'win32') return undefined;
  if (home === undefined || !existsSync(home))
    throw new Failure(
      'config',
      home === undefined ? 'This user has no home folder.' : `The home folder ${home} does not exist.`,
      {
        hint: 'Set HOME to a folder of yours.',
      },
    );
  const folderOf = (variable: string, otherwise: string): string => {
    const folder = env[variable] ?? '';
    return path.isAbsolute(folder) ? folder : path.join(home, otherwise);
  };
  switch (shell) {
    case 'bash':
      // Terminals of macOS start login shells, which read no .bashrc.
      return path.join(home, platform === 'darwin' ? '.bash_profile' : '.bashrc');
    case 'zsh':
      return path.join(folderOf('ZDOTDIR', ''), '.zshrc');
    case 'fish':
      return path.join(folderOf('XDG_CONFIG_HOME', '.config'), 'fish', 'config.fish');
    case 'pwsh':
      return path.join(
        folderOf('XDG_CONFIG_HOME', '.config'),
        'powershell',
        'Microsoft.PowerShell_profile.ps1',
      );
  }
}

/** Fails with `output` where the system does not let a file be used. */
function using<Result>(file: string, work: () => Result): Result {
  try {
    return work();
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure('output', `${file} cannot be written (${code}).`);
  }
}

async function tell(host: Host, tone: Tone, title: string, line: string, next: string): Promise<void> {
  const blocks: Block[] = [
    { type: 'title', text: title, tone },
    { type: 'listing', text: line },
    { type: 'text', text: next },
  ];
  await deliver(host, { document: {}, blocks }, chooseOutput({}));
}
