import { CommanderError, type Command } from 'commander';
import { bugFailure, framesOf } from './failure/bug.js';
import { createCommand, type CommandModule } from './commands/flags.js';
import { Failure } from './failure/failure.js';
import type { Host, Output } from './host/host.js';
import { nearest } from './failure/nearest.js';
import { plainFailure } from './output/failure-report.js';
import { renderForPeople } from './output/for-people.js';
import { asksForJson } from './output/format.js';
import type { Report } from './output/report.js';
import { jsonText } from './safety/visible.js';

export { createHost } from './host/host.js';

interface CommandEntry {
  readonly name: string;
  readonly description: string;
  readonly load: () => Promise<CommandModule>;
}

// What the help of all says of each. A run loads the command that it names, and no other.
const COMMANDS: readonly CommandEntry[] = [
  {
    name: 'init-session',
    description: 'Start a DigiLocker session (the main job)',
    load: async () => (await import('./commands/init-session/init-session.js')).initSession,
  },
  {
    name: 'sandbox',
    description: 'Imitate Decentro on this machine, offline, until Ctrl-C',
    load: async () => (await import('./commands/sandbox.js')).sandbox,
  },
  {
    name: 'callback',
    description: 'Read, or catch, the redirect of a session that was started earlier',
    load: async () => (await import('./commands/callback.js')).callback,
  },
  {
    name: 'access-token',
    description: 'Exchange the DigiLocker code (only without abstraction)',
    load: async () => (await import('./commands/access-token.js')).accessToken,
  },
  {
    name: 'explain',
    description: 'Say what a response key or an exit code means, and what to do',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  {
    name: 'config',
    description: 'Store credentials, show the settings in force and where they come from',
    load: async () => (await import('./commands/config/config.js')).config,
  },
  {
    name: 'doctor',
    description: 'Check whether this machine is ready to start a session',
    load: async () => (await import('./commands/doctor/doctor.js')).doctor,
  },
  {
    name: 'smoke',
    description: 'Check one environment against what is documented, for CI',
    load: async () => (await import('./commands/smoke/smoke.js')).smoke,
  },
  {
    name: 'completion',
    description: 'Print the script that completes command lines in a shell',
    load: async () => (await import('./commands/completion/completion.js')).completion,
  },
  {
    name: 'help',
    description: 'Print the help of a command, or of a topic',
    load: async () => (await import('./commands/help/help.js')).help,
  },
];

/** Runs the command line of a host and returns the exit code. Never rejects: this is where every failure ends. */
export async function main(host: Host): Promise<number> {
  let chosen: CommandModule | undefined;
  try {
    const printed: string[] = [];
    const program = await createProgram(host, printed, namedCommands(host.args), (module) => {
      chosen = module;
    });
    await parse(program, host.args);
    await host.stdout.write(await painted(printed.join(''), host.stdout));
    return 0;
  } catch (error) {
    return reportFailure(host, error, chosen);
  }
}

/**
 * Composes the command line: the commands that are `named` with all that they declare, the others by name alone. What
 * is printed of their help is collected; `onChoice` is told which command runs.
 */
export async function createProgram(
  host: Host,
  printed: string[],
  named: readonly string[] = COMMANDS.map(({ name }) => name),
  onChoice: (module: CommandModule) => void = () => undefined,
): Promise<Command> {
  const program = createCommand('digilocker', "Start DigiLocker sessions through Decentro's API.");
  program.helpCommand(false);
  for (const { name, description, load } of COMMANDS) {
    const command = createCommand(name, description);
    program.addCommand(command);
    if (!named.includes(name)) continue;
    const module = await load();
    module.declare(command, host);
    program.hook('preSubcommand', (_program, chosen) => {
      if (chosen === command) onChoice(module);
    });
  }
  if (named.includes('help')) {
    const { TOPICS_SECTION } = await import('./commands/help/help.js');
    program.addHelpText(
      'after',
      `${TOPICS_SECTION}\n\nExamples:\n  digilocker init-session --env sandbox --consent    # without an account`,
    );
  }
  adopt(program, host, printed);
  return program;
}

/** The commands that a line speaks of; completion speaks of all. Flags that may precede a name take no value. */
function namedCommands(args: readonly string[]): readonly string[] | undefined {
  if (args[0] === '--version' || args[0] === '-V') return [];
  const [first = 'help', second = ''] = args.filter((arg) => !arg.startsWith('-'));
  if (first === 'completion') return undefined;
  return first === 'help' ? [first, second] : [first];
}

// Commands that were created apart inherit nothing: each throws instead of exiting, and prints through the host.
function adopt(command: Command, host: Host, printed: string[]): void {
  command.exitOverride().configureOutput({
    writeOut: (text) => printed.push(text),
    writeErr: (text) => printed.push(text),
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(host.stdout.columns, 100),
    getErrHelpWidth: () => Math.min(host.stdout.columns, 100),
    getOutHasColors: () => host.stdout.hasColors,
    getErrHasColors: () => host.stdout.hasColors,
  });
  for (const inner of command.commands) adopt(inner, host, printed);
}

async function parse(program: Command, args: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(args.length === 0 ? ['--help'] : args, { from: 'user' });
  } catch (error) {
    const isHelp =
      error instanceof CommanderError && (error.exitCode === 0 || error.code === 'commander.help');
    if (!isHelp) throw error;
  }
}

async function reportFailure(host: Host, error: unknown, module: CommandModule | undefined): Promise<number> {
  const failure = translate(error);
  const report = module?.reportFailure(failure) ?? plainFailure('digilocker.error/1', failure);
  // After a result, no failure adds a second document to it.
  if (asksForJson(host.args) && !host.stdout.isUsed && failure.kind !== 'output') {
    try {
      await host.stdout.write(`${jsonText(report.document)}\n`);
      return failure.exitCode;
    } catch (unwritable) {
      await show(report, host.stderr);
      return reportFailure(host, translate(unwritable), module);
    }
  }
  await show(report, host.stderr);
  if (failure.kind === 'internal' && isVerbose(host.args)) {
    const { sourceFrames } = await import('./failure/source-frames.js');
    await host.stderr.write(sourceFrames(framesOf(failure)));
  }
  return failure.exitCode;
}

async function show(report: Report, output: Output): Promise<void> {
  await output.write(await renderForPeople(report, output));
}

/** The help of a command as commander wrote it, with its headings painted where there is colour. */
async function painted(help: string, screen: Output): Promise<string> {
  if (!screen.hasColors) return help;
  const { renderHelp } = await import('./output/human.js');
  return renderHelp(help);
}

function translate(error: unknown): Failure {
  if (error instanceof Failure) return error;
  if (error instanceof CommanderError) {
    const message = error.message
      .replace(/^error: /, '')
      // What stands behind an unknown flag may be a secret, since no flag takes one.
      .replace(/^(unknown option '[^=']*)=.*'/s, "$1'")
      .replaceAll('\n', ' ');
    return new Failure('usage', `${message.charAt(0).toUpperCase()}${message.slice(1)}`, {
      hint: nearestChoice(message),
    });
  }
  return bugFailure(error).with({ effect: 'unknown' });
}

// commander suggests commands and flags, but no choices.
function nearestChoice(message: string): string | undefined {
  const [, given = '', choices = ''] =
    /'([^']*)' is invalid.*\. Allowed choices are (.*)\.$/.exec(message) ?? [];
  const near = nearest(given, choices.split(', '));
  return near === undefined || given === '' ? undefined : `Did you mean ${near}?`;
}

function isVerbose(args: readonly string[]): boolean {
  return args.includes('--verbose') || args.includes('-v');
}
