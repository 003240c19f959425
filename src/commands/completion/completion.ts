import { Argument, type Command } from 'commander';
import type { InstallFlags } from './install.js';
import type { Shell } from './shells.js';
import type { Host } from '../../host/host.js';
import { outlineOf } from './outline.js';
import { plainFailure } from '../../output/failure-report.js';
import { createCommand, type CommandModule } from '../flags.js';

// The libraries that write the scripts are loaded when one is wanted.
const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish', 'pwsh'];

export const completion: CommandModule = {
  declare: declareCompletion,
  reportFailure: (failure) => plainFailure('digilocker.completion/1', failure),
};

const EXAMPLES = `
The shell has to run the script when it starts: \`completion install\` sees to it.
The script calls the digilocker on PATH. Where there is none, as in a clone, it
calls the one that wrote it, and completes \`npx digilocker\` too (not in
PowerShell). It needs bash 3.2, zsh 5, fish 3 or PowerShell 7.

Examples:
  digilocker completion install
  eval "$(digilocker completion bash)"      # a line for ~/.bashrc
  eval "$(digilocker completion zsh)"       # for ~/.zshrc, below compinit
  digilocker completion fish | source       # for ~/.config/fish/config.fish
  digilocker completion pwsh | Out-String | Invoke-Expression    # for $PROFILE`;

const INSTALL_EXAMPLES = `
The file is ~/.bashrc (on macOS ~/.bash_profile), ~/.zshrc,
~/.config/fish/config.fish or PowerShell's profile. If it is a link, the command
prints the line instead of adding it, and ends with exit code 2.

Examples:
  digilocker completion install
  digilocker completion install zsh --yes`;

function declareCompletion(
  command: Command,
  host: Host,
  declareOthers: (name?: string) => Promise<void>,
): void {
  const suggestions = createCommand('suggest', 'Print what may follow: the script asks')
    .addArgument(new Argument('<shell>').choices(SHELLS))
    .argument('[words...]')
    .action(async (shell: Shell, words: string[], _flags: unknown, command: Command) => {
      await declareOthers();
      await printSuggestions(host, shell, words, rootOf(command));
    });
  const install = createCommand('install', 'Add the line that loads it to the file your shell starts with')
    .addArgument(new Argument('[shell]', 'the shell (default: that of SHELL)').choices(SHELLS))
    .option('-y, --yes', 'do not ask')
    .option('--no-input', 'never ask')
    .addHelpText('after', INSTALL_EXAMPLES)
    .action(async (shell: Shell | undefined, flags: InstallFlags) => {
      const { installCompletion } = await import('./install.js');
      await installCompletion(host, shell, flags);
    });
  command
    .usage('[options] <shell>')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addCommand(install)
    .addCommand(suggestions, { hidden: true })
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./shells.js');
      const { uninstalledProgram } = await import('./program.js');
      await host.stdout.write(completionScript(shell, await uninstalledProgram(host)));
    });
}

async function printSuggestions(host: Host, shell: Shell, words: readonly string[], root: Command) {
  const { suggest } = await import('./suggest.js');
  const { encodeSuggestions } = await import('./shells.js');
  const found = await suggest(outlineOf(root), words, host);
  await host.stdout.write(encodeSuggestions(shell, found));
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
