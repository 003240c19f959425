import { Argument, type Command } from 'commander';
import type { Shell } from './shells.js';
import type { Host } from '../../host/host.js';
import { outlineOf } from './outline.js';
import { plainFailure } from '../../output/failure-report.js';
import { createCommand, type CommandModule } from '../flags.js';

const SHELLS: readonly Shell[] = ['bash', 'zsh', 'fish'];

export const completion: CommandModule = {
  declare: declareCompletion,
  reportFailure: (failure) => plainFailure('digilocker.completion/1', failure),
};

const EXAMPLES = `
The script goes where the shell reads it when it starts. It calls the digilocker
that is found on PATH, and needs bash 3.2, zsh 5 or fish 3.

Examples:
  source <(digilocker completion bash)      # a line for ~/.bashrc
  source <(digilocker completion zsh)       # for ~/.zshrc, below compinit
  digilocker completion fish > ~/.config/fish/completions/digilocker.fish`;

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
  command
    .usage('[options] <shell>')
    .addArgument(new Argument('<shell>', 'the shell').choices(SHELLS))
    .addCommand(suggestions, { hidden: true })
    .helpCommand(false)
    .addHelpText('after', EXAMPLES)
    .action(async (shell: Shell) => {
      const { completionScript } = await import('./shells.js');
      await host.stdout.write(completionScript(shell, 'digilocker', ['completion', 'suggest', shell, '--']));
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
