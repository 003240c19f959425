// How flags are written, the same for every command that has them.
import { Command, InvalidArgumentError, Option, type Argument } from 'commander';
import type { Host } from '../host/host.js';
import { Failure } from '../failure/failure.js';
import { FORMATS } from '../output/format.js';
import type { Report } from '../output/report.js';
import { parameterOf, type ParameterName } from '../settings/parameters.js';
import { isBlockedPort } from '../safety/blocked-ports.js';
import { DECENTRO_HOSTS } from '../safety/trust.js';
import { version } from '../version.js';

/** A command as `main` composes it. */
export interface CommandModule {
  /**
   * Adds its flags and its action to the command that `main` created. `declareOthers` does the same for the command of
   * a name, or for all: a run declares no command but its own.
   */
  readonly declare: (command: Command, host: Host, declareOthers: (name?: string) => Promise<void>) => void;
  /** What the command says when it fails, in whatever phase. */
  readonly reportFailure: (failure: Failure) => Report;
}

/** Creates a command with what all of them share. */
export function createCommand(name: string, description: string): Command {
  return new Command(name)
    .description(description)
    .version(version, '-V, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .option('--no-color', 'print without colours')
    .allowExcessArguments(false);
}

/** A command line that is being completed, as far as it is typed. */
export interface TypedLine {
  /** Names of settings that a flag has given so far, with its value where it has one. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
}

/**
 * Words that may follow, besides the choices that a flag or an argument declares. Behind one that ends with an equals
 * sign, such as `junit=`, stands a file.
 */
export type WordSource = (line: TypedLine, host: Host) => readonly string[] | Promise<readonly string[]>;

const WORDS = new WeakMap<Option | Argument, WordSource>();
const REPEATABLE = new WeakSet<Option>();

/** Declares what completes a flag or an argument. */
export function completedBy<Declared extends Option | Argument>(
  declared: Declared,
  source: WordSource,
): Declared {
  WORDS.set(declared, source);
  return declared;
}

/** What was declared to complete a flag or an argument. */
export function wordsOf(declared: Option | Argument): WordSource | undefined {
  return WORDS.get(declared);
}

/** A flag that may be given several times; `parse` adds a value to the earlier ones. */
export function repeatable<Value>(
  declaration: string,
  help: string,
  parse: (value: string, earlier: Value | undefined) => Value,
): Option {
  const option = new Option(declaration, `${help} (repeatable)`).argParser(parse);
  REPEATABLE.add(option);
  return option;
}

/** Whether a flag may be given several times. */
export function isRepeatable(option: Option): boolean {
  return option.variadic || REPEATABLE.has(option);
}

/** `--env`, `--config`, `--base-url` and `--allow-host`. */
export function addProfileFlags(command: Command): Command {
  return command
    .optionsGroup('Environment and credentials:')
    .addOption(
      completedBy(
        new Option('-e, --env <name>', 'staging (default), production, sandbox, or one of the config file'),
        environments,
      ),
    )
    .option('--config <file>', 'use this config file instead of those found')
    .option('--base-url <url>', "API base URL (default: the environment's)")
    .addOption(repeatable('--allow-host <host>', 'let credentials leave for this host', collect));
}

/** The environments that are built in, and those of the config files in use. */
const environments: WordSource = async ({ given }, host) => {
  const { loadConfigFiles } = await import('../settings/config-file.js');
  // The command itself tells what is wrong with a file: nothing may appear in the line being typed.
  const { files } = await loadConfigFiles(host, given.get('config')).catch(() => ({ files: [] }));
  const defined = files.flatMap(({ config }) => Object.keys(config.environments ?? {}));
  return [...new Set(['sandbox', ...Object.keys(DECENTRO_HOSTS), ...defined])];
};

/** The flags of parameters, and their arguments. */
export function addParameterFlags(command: Command, names: readonly ParameterName[]): Command {
  for (const name of names) {
    const { argument, flags, value } = parameterOf(name);
    if (argument !== undefined) command.argument(...argument);
    for (const [declaration, help] of flags) {
      const option = new Option(declaration, help);
      // `--type` alone would be too short a name for what it is the type of.
      if (option.required) option.attributeName = () => name;
      // Of a choice without a value of its own, the flags are the values.
      command.addOption(typeof value === 'string' || !option.required ? option : option.choices(value));
    }
  }
  return command;
}

/** `--ca-file`, for commands that connect. */
export function addConnectionFlags(command: Command): Command {
  return command.option('--ca-file <file>', 'trust the CA certificates of this file (PEM) as well');
}

/** What commands that call Decentro are given by `addCallFlags`. */
export interface CallFlags {
  readonly timeout: number;
  readonly retries: number;
  readonly input: boolean;
  readonly yes?: boolean;
}

/** `--timeout`, `--retries`, `--no-input` and `--yes`; `help` has what differs between the commands. */
export function addCallFlags(
  command: Command,
  help: Readonly<Record<'timeout' | 'yes', string>> & { readonly retries?: string },
): Command {
  return command
    .addOption(
      new Option('--timeout <duration>', help.timeout).argParser(parseDuration).default(30_000, '30s'),
    )
    .addOption(
      new Option('--retries <n>', help.retries ?? 'retry when nothing was sent, or on HTTP 429')
        .argParser(parseCount(20))
        .default(2),
    )
    .option('--no-input', 'never ask')
    .option('-y, --yes', help.yes);
}

/** `--verbose`, which is `--debug` as well. */
export function addVerboseFlag(command: Command, help: string): Command {
  return command
    .option('-v, --verbose', help)
    .addOption(new Option('--debug').implies({ verbose: true }).hideHelp());
}

/** `--json` for commands whose only other form is the human one. */
export function addJsonFlag(command: Command): Command {
  return command.option('--json', 'print one JSON document');
}

/** Every form of output, and `--quiet`. */
export function addOutputFlags(command: Command): Command {
  command
    .optionsGroup('Output:')
    .addOption(new Option('-o, --output <form>', 'how to print the result (default: human)').choices(FORMATS))
    .option('--json', 'the same as --output json')
    .option('--field <path>', 'print one bare value of the JSON document, such as decentroTxnId');
  return addQuietFlag(command);
}

/** `--quiet`, for commands that tell what they do. */
export function addQuietFlag(command: Command): Command {
  return command.option('-q, --quiet', 'print only errors, prompts and IDs on stderr');
}

/** For repeatable flags. */
export function collect(value: string, earlier: readonly string[] | undefined = []): string[] {
  return [...earlier, value];
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
const MAX_PORT = 65_535;
const MAX_DURATION_MS = 24 * 3_600_000;

/** Reads a duration such as `500ms`, `30s`, `10m` or `1h`, in milliseconds; a day at most. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const durationMs = Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (!(durationMs >= 1 && durationMs <= MAX_DURATION_MS)) {
    throw new InvalidArgumentError('Give a duration such as 500ms, 30s, 10m or 1h.');
  }
  return Math.round(durationMs);
}

/** Creates a reader of whole numbers between two bounds. */
export function parseCount(maximum: number, minimum = 0): (text: string) => number {
  return (text) => {
    const count = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
    if (count >= minimum && count <= maximum) return count;
    throw new InvalidArgumentError(`Give a whole number from ${minimum} to ${maximum}.`);
  };
}

/** Reads `127.0.0.1:PORT`, and returns the port: a listener is never bound to anything else. */
export function parseListenAddress(text: string): number {
  const [, port] = /^127\.0\.0\.1:(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > MAX_PORT) {
    throw new InvalidArgumentError('Give 127.0.0.1 and a port, such as 127.0.0.1:8123.');
  }
  return parsePort(port);
}

/** Reads a port, or 0 for any that is free. Browsers refuse some, whatever listens there. */
export function parsePort(text: string): number {
  const port = parseCount(MAX_PORT)(text);
  if (isBlockedPort(port))
    throw new InvalidArgumentError(`Browsers refuse to open port ${port}: choose another one.`);
  return port;
}
