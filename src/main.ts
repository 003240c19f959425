import { CommanderError, type Command } from 'commander';
import { bugFailure, framesOf } from './failure/bug.js';
import { createCommand, type CommandModule } from './commands/flags.js';
import { Failure } from './failure/failure.js';
import { withPermissionHint } from './failure/permission.js';
import { readArguments } from './host/arguments.js';
import type { Host } from './host/host.js';
import type { Output } from './host/output.js';
import { plainFailure } from './output/failure-report.js';
import { renderForPeople } from './output/for-people.js';
import type { Report } from './output/report.js';
import { writeJson } from './output/write-json.js';
import { version } from './version.js';

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
    name: 'issued-files',
    description: 'List the documents that the end user shared',
    load: async () => (await import('./commands/issued-files.js')).issuedFiles,
  },
  {
    name: 'file',
    description: 'Download one document, or print its data as JSON',
    load: async () => (await import('./commands/file.js')).file,
  },
  {
    name: 'eaadhaar',
    description: 'Fetch the eAadhaar: data, photo, XML, PDF',
    load: async () => (await import('./commands/eaadhaar.js')).eaadhaar,
  },
  {
    name: 'batch',
    description: 'Start a session for every row of a file; resumable',
    load: async () => (await import('./commands/batch/batch.js')).batch,
  },
  {
    name: 'pull-file',
    description: 'Ask an issuer for a document (SSO)',
    load: async () => (await import('./commands/pull-file.js')).pullFile,
  },
  {
    name: 'revoke',
    description: 'End the access to a session (SSO)',
    load: async () => (await import('./commands/revoke.js')).revoke,
  },
  {
    name: 'api',
    description: "Make any other call of Decentro's API, with the same care",
    load: async () => (await import('./commands/api.js')).api,
  },
  {
    name: 'sessions',
    description: 'List the sessions and calls of this machine: a local journal',
    load: async () => (await import('./commands/sessions.js')).sessions,
  },
  {
    name: 'explain',
    description: 'Say what a response key or an exit code means, and what to do',
    load: async () => (await import('./commands/explain.js')).explain,
  },
  {
    name: 'config',
    description: 'Store credentials, show the settings in use and where they come from',
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
    if (readArguments(host.args).asksForVersion) {
      await host.stdout.write(`${version}\n`);
      return 0;
    }
    const printed: string[] = [];
    const { program } = await createProgram(host, printed, (module) => {
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
 * Composes the command line: every command by its name, and the one that runs, of which `onChoice` is told, with all
 * that it declares; `declareOthers` declares one more, or all. What is printed of their help is collected.
 */
export async function createProgram(
  host: Host,
  printed: string[],
  onChoice: (module: CommandModule) => void = () => undefined,
): Promise<{ readonly program: Command; readonly declareOthers: (name?: string) => Promise<void> }> {
  const program = createCommand('digilocker', "Start DigiLocker sessions through Decentro's API.");
  program.helpCommand(false);
  const modules = new Map<Command, CommandModule>();
  const declareCommand = async (command: Command): Promise<CommandModule | undefined> => {
    const known = modules.get(command);
    const entry = COMMANDS.find(({ name }) => name === command.name());
    if (known !== undefined || entry === undefined) return known;
    const module = await entry.load();
    modules.set(command, module);
    module.declare(command, host, declareOthers);
    adopt(command, host, printed);
    return module;
  };
  const declareOthers = async (name?: string): Promise<void> => {
    const wanted = program.commands.filter((command) => name === undefined || command.name() === name);
    for (const command of wanted) await declareCommand(command);
  };
  const { command: named } = readArguments(host.args);
  for (const { name, description } of knownTo(named)) program.addCommand(createCommand(name, description));
  program.hook('preSubcommand', async (_program, command) => {
    const module = await declareCommand(command);
    if (module !== undefined) onChoice(module);
  });
  if (named === undefined || named === 'help') {
    await declareOthers('help');
    const { TOPICS_SECTION } = await import('./commands/help/help.js');
    program.addHelpText(
      'after',
      `${TOPICS_SECTION}\n\nExamples:\n  digilocker init-session --env sandbox --consent    # without an account`,
    );
  }
  adopt(program, host, printed);
  return { program, declareOthers };
}

// To create a command takes a tenth of a millisecond.
function knownTo(command: string | undefined): readonly CommandEntry[] {
  const own = COMMANDS.filter(({ name }) => name === command);
  return own.length === 0 || ['completion', 'help'].includes(command ?? '') ? COMMANDS : own;
}

/** The command whose parser threw an error. */
const WRONG_COMMANDS = new WeakMap<CommanderError, Command>();

// Commands that were created apart inherit nothing: each throws instead of exiting, and prints through the host.
function adopt(command: Command, host: Host, printed: string[]): void {
  const keepCommand = (error: CommanderError): never => {
    WRONG_COMMANDS.set(error, command);
    throw error;
  };
  command.exitOverride(keepCommand).configureOutput({
    writeOut: (text) => printed.push(text),
    writeErr: (text) => printed.push(text),
    outputError: () => undefined,
    getOutHelpWidth: () => Math.min(host.stdout.columns, 100),
    getErrHelpWidth: () => Math.min(host.stdout.columns, 100),
    getOutHasColors: () => host.stdout.hasColors,
    getErrHasColors: () => host.stdout.hasColors,
  });
  const parseOptions = command.parseOptions.bind(command);
  command.parseOptions = (args) => {
    const flag = flagWithoutValue(command, args);
    if (flag === undefined) return parseOptions(args);
    throw new Failure('usage', `${flag} has no value: another flag follows it.`, {
      hint: `A value that begins with a hyphen needs an equals sign: ${flag}=-…`,
    });
  };
  for (const inner of command.commands) adopt(inner, host, printed);
}

/** The first flag that would take the next one for its value, as behind an empty variable of a shell. */
function flagWithoutValue({ options }: Command, args: readonly string[]): string | undefined {
  const find = (text: string) => options.find(({ short, long }) => text === short || text === long);
  for (let index = 0; index < args.length - 1; index += 1) {
    const [arg = '', next = ''] = args.slice(index);
    if (arg === '--') return undefined;
    // Of several letters behind one hyphen, the last may have a value.
    const letters = !arg.startsWith('--') && /^-[a-zA-Z]+$/.test(arg) ? arg.slice(1) : '';
    const isBundle = Array.from(letters.slice(0, -1)).every(
      (letter) => find(`-${letter}`)?.isBoolean() === true,
    );
    const option = letters !== '' && isBundle ? find(`-${letters.at(-1) ?? ''}`) : find(arg);
    if (option?.required !== true) continue;
    if (next.startsWith('--') || find(next) !== undefined || isBundleOfFlags(next, find)) return arg;
    index += 1;
  }
  return undefined;
}

/** Whether it is one hyphen and letters that are all flags. Commander keeps the flag for help apart from the others. */
function isBundleOfFlags(text: string, find: (flag: string) => unknown): boolean {
  if (!/^-[a-zA-Z]+$/.test(text)) return false;
  return Array.from(text.slice(1)).every((letter) => letter === 'h' || find(`-${letter}`) !== undefined);
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
  const failure = withPermissionHint(await translate(error));
  const report = module?.reportFailure(failure) ?? plainFailure('digilocker.error/1', failure);
  // After a result, no failure adds a second document to it.
  if (readArguments(host.args).wantsJson && !host.stdout.isUsed) {
    try {
      await writeJson(host.stdout, report.document);
      return failure.exitCode;
    } catch (unwritable) {
      await show(report, host.stderr);
      // It is what failed already: once told is enough.
      return failure.kind === 'output' ? failure.exitCode : reportFailure(host, unwritable, module);
    }
  }
  await show(report, host.stderr);
  if (failure.kind === 'internal' && readArguments(host.args).isVerbose) {
    const { sourceFrames } = await import('./failure/source-frames.js');
    await host.stderr.write(sourceFrames(framesOf(failure)));
  }
  return failure.exitCode;
}

async function show(report: Report, output: Output): Promise<void> {
  await output.write(await renderForPeople(report, output));
}

/** The help of a command as commander wrote it, with its headings painted where there is colour, and fitted to a narrow screen. */
async function painted(help: string, screen: Output): Promise<string> {
  if (!screen.hasColors && screen.columns >= 80) return help;
  const { renderHelp } = await import('./output/human.js');
  return renderHelp(help, screen);
}

async function translate(error: unknown): Promise<Failure> {
  if (error instanceof Failure) return error;
  const command = error instanceof CommanderError ? WRONG_COMMANDS.get(error) : undefined;
  if (command === undefined) return bugFailure(error).with({ effect: 'unknown' });
  const { usageFailure } = await import('./commands/usage-failure.js');
  return usageFailure(command, error as CommanderError);
}
