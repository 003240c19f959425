import { Argument, type Command } from 'commander';
import type { Shell } from './shells.js';
import type { TypedLine, WordSources } from './suggest.js';
import { EXIT_CODES } from '../../failure/exit-codes.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { findCommand, outlineOf } from './outline.js';
import { plainFailure } from '../../output/failure-report.js';
import { RESPONSE_KEYS } from '../../api/response-keys.js';
import { TOPICS } from '../help/topics.js';
import { DECENTRO_HOSTS } from '../../safety/trust.js';
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

function declareCompletion(command: Command, host: Host): void {
  const suggestions = createCommand('suggest', 'Print what may follow: the script asks')
    .argument('<shell>')
    .argument('[words...]')
    .action(async (shell: Shell, words: string[], _flags: unknown, command: Command) => {
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
  const found = await suggest(outlineOf(root), words, wordSources(host));
  await host.stdout.write(encodeSuggestions(shell, found));
}

function wordSources(host: Host): WordSources {
  return {
    '--env <name>': (line) => environments(host, line),
    '--only <id,…>': async () => (await import('../smoke/cases.js')).CASES.map(({ id }) => id),
    // Two that begin alike: behind a single one a shell puts a space, where the name of the file has to follow.
    '--report <junit=FILE|github>': () => ['junit=', 'junit=smoke.xml', 'github'],
    '--scenario <name>': async () => (await import('../../sandbox/api/scenarios.js')).SCENARIOS,
    key: () => [...Object.keys(RESPONSE_KEYS), ...EXIT_CODES.map(({ code }) => String(code))],
    topic: ({ trail: [root], operands }) => [
      ...(root === undefined ? [] : (findCommand(root, operands)?.commands ?? []).map(({ name }) => name)),
      ...(operands.length === 0 ? Object.keys(TOPICS) : []),
    ],
  };
}

async function environments(host: Host, { given }: TypedLine): Promise<readonly string[]> {
  const { loadConfigFiles } = await import('../../settings/config-file.js');
  const builtIn = ['sandbox', ...Object.keys(DECENTRO_HOSTS)];
  try {
    const { files } = await loadConfigFiles(host, given.get('config'));
    const defined = files.flatMap(({ config }) => Object.keys(config.environments ?? {}));
    return [...new Set([...builtIn, ...defined])];
  } catch (error) {
    // Whoever runs the command is told what is wrong with the file; nothing may appear in the line being typed.
    if (error instanceof Failure) return builtIn;
    throw error;
  }
}

function rootOf(command: Command): Command {
  return command.parent === null ? command : rootOf(command.parent);
}
