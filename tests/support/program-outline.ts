import { outlineOf, type CommandOutline } from '../../src/commands/completion/outline.js';
import { createProgram } from '../../src/main.js';
import { createFakeHost } from './fake-host.js';

/** The whole program, as its commands declare it. */
const { program, declareOthers } = await createProgram(createFakeHost(), []);
await declareOthers();

export const PROGRAM: CommandOutline = outlineOf(program);

/** Every command below the program with the names that lead to it. */
export const COMMANDS = commandsBelow(PROGRAM, []);

function commandsBelow(
  { commands }: CommandOutline,
  above: readonly string[],
): (readonly [names: readonly string[], command: CommandOutline])[] {
  return commands.flatMap((command) => {
    const names = [...above, command.name];
    return [[names, command] as const, ...commandsBelow(command, names)];
  });
}
