import { Argument, type Command } from 'commander';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { plainFailure } from '../../output/failure-report.js';
import { TOPICS } from './topics.js';
import { completedBy, type CommandModule } from '../flags.js';

export const help: CommandModule = {
  declare: declareHelp,
  reportFailure: (failure) => plainFailure('digilocker.help/1', failure),
};

const topicList = Object.entries(TOPICS)
  .map(([name, { summary }]) => `  ${name.padEnd(12)}  ${summary}`)
  .join('\n');

/** What `digilocker --help` says of the topics. */
export const TOPICS_SECTION = `\nHelp topics (digilocker help TOPIC):\n${topicList}`;

function declareHelp(own: Command, host: Host, declareOthers: (name?: string) => Promise<void>): void {
  const topic = new Argument('[topic...]', `a command, or one of ${Object.keys(TOPICS).join(', ')}`);
  own
    .addArgument(
      completedBy(topic, ({ operands }) => [
        ...visibleCommands(find(own.parent ?? own, operands) ?? own),
        ...(operands.length === 0 ? Object.keys(TOPICS) : []),
      ]),
    )
    .addHelpText(
      'after',
      `${TOPICS_SECTION}\n\nExamples:\n  digilocker help init-session\n  digilocker help config show\n  digilocker help exit-codes`,
    )
    .action(async (names: string[], _flags: unknown, command: Command) => {
      const [name = '', ...more] = names;
      await declareOthers(name);
      const root = command.parent ?? command;
      const found = find(root, names);
      const topic = more.length === 0 && Object.hasOwn(TOPICS, name) ? TOPICS[name] : undefined;
      if (found === undefined && topic === undefined) throw await unknown(root, names);
      found?.outputHelp();
      if (topic === undefined) return;
      const { renderHuman } = await import('../../output/human.js');
      const text = renderHuman(topic.blocks, host.stdout);
      // Where commander's own help goes, and below it.
      command.configureOutput().writeOut?.(found === undefined ? text : `\n${text}`);
    });
}

function find(command: Command, names: readonly string[]): Command | undefined {
  return names.reduce<Command | undefined>(
    (found, name) => found?.commands.find((inner) => inner.name() === name),
    command,
  );
}

async function unknown(root: Command, names: readonly string[]): Promise<Failure> {
  const { nearMisses } = await import('../../failure/nearest.js');
  const depth = names.findIndex((_name, index) => find(root, names.slice(0, index + 1)) === undefined);
  const inner = visibleCommands(find(root, names.slice(0, depth)) ?? root);
  const candidates = [...new Set([...inner, ...(depth === 0 ? Object.keys(TOPICS) : [])])];
  const near = nearMisses(names[depth] ?? '', candidates);
  return new Failure('usage', `No command or help topic named "${names.join(' ')}".`, {
    hint: `${near.length > 0 ? `Did you mean ${near.join(' or ')}? ` : ''}Run digilocker help for all commands and topics.`,
  });
}

function visibleCommands(command: Command): string[] {
  return command
    .createHelp()
    .visibleCommands(command)
    .map((inner) => inner.name());
}
