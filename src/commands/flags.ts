// How flags are written, the same for every command that has them.
import { Command, InvalidArgumentError, Option } from 'commander';
import type { Host } from '../host/host.js';
import type { Failure } from '../failure/failure.js';
import { FORMATS } from '../output/format.js';
import type { Report } from '../output/report.js';
import { parameterOf, type ParameterName } from '../settings/parameters.js';
import { version } from '../version.js';

/** A command as `main` composes it. */
export interface CommandModule {
  /** Adds its flags and its action to the command that `main` created. */
  readonly declare: (command: Command, host: Host) => void;
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

/** `--env`, `--config`, `--base-url` and `--allow-host`. */
export function addProfileFlags(command: Command): Command {
  return command
    .optionsGroup('Environment and credentials:')
    .option('-e, --env <name>', 'staging, production, sandbox, or one of the config file')
    .option('--config <file>', 'use this config file instead of those found')
    .option('--base-url <url>', 'send the request there instead')
    .option('--allow-host <host>', 'let credentials leave for this host (repeatable)', collect);
}

/** The flags of parameters, and their arguments. */
export function addParameterFlags(command: Command, names: readonly ParameterName[]): Command {
  for (const name of names) {
    const { argument, flags } = parameterOf(name);
    if (argument !== undefined) command.argument(...argument);
    for (const [declaration, help] of flags) command.option(declaration, help);
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
export function addCallFlags(command: Command, help: Readonly<Record<'timeout' | 'yes', string>>): Command {
  return command
    .addOption(
      new Option('--timeout <duration>', help.timeout).argParser(parseDuration).default(30_000, '30s'),
    )
    .addOption(
      new Option('--retries <n>', 'after failures before anything left, and after HTTP 429')
        .argParser(parseCount(20))
        .default(2),
    )
    .option('--no-input', 'never ask')
    .option('-y, --yes', help.yes);
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
  return command.option('-q, --quiet', 'standard error carries only what cannot be left out');
}

/** For repeatable flags. */
export function collect(value: string, earlier: readonly string[] = []): string[] {
  return [...earlier, value];
}

const UNITS_MS: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000 };
export const MAX_PORT = 65_535;
const MAX_DURATION_MS = 24 * 3_600_000;

/** Reads a duration such as `500ms`, `30s`, `10m` or `1h`, in milliseconds; a day at most. */
export function parseDuration(text: string): number {
  const [, amount, unit] = /^(\d{1,9}(?:\.\d{1,3})?)(ms|s|m|h)$/.exec(text) ?? [];
  const durationMs = Number(amount) * (UNITS_MS[unit ?? ''] ?? Number.NaN);
  if (!(durationMs >= 1 && durationMs <= MAX_DURATION_MS)) {
    throw new InvalidArgumentError('It takes a duration such as 500ms, 30s, 10m or 1h.');
  }
  return Math.round(durationMs);
}

/** Creates a reader of whole numbers up to a bound. */
export function parseCount(maximum: number): (text: string) => number {
  return (text) => {
    if (!/^\d{1,6}$/.test(text) || Number(text) > maximum) {
      throw new InvalidArgumentError(`It takes a whole number from 0 to ${maximum}.`);
    }
    return Number(text);
  };
}

/** Reads `127.0.0.1:PORT`, and returns the port: a listener is never bound to anything else. */
export function parseListenAddress(text: string): number {
  const [, port] = /^127\.0\.0\.1:(\d{1,5})$/.exec(text) ?? [];
  if (port === undefined || Number(port) < 1 || Number(port) > MAX_PORT) {
    throw new InvalidArgumentError('It takes 127.0.0.1 and a port, such as 127.0.0.1:8123.');
  }
  return Number(port);
}
