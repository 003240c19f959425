// What is wrong with a command line, as commander found it, in words that end with how to get help.
import type { Command, CommanderError } from 'commander';
import { Failure } from '../failure/failure.js';
import { nearMisses } from '../failure/nearest.js';

const CREDENTIAL_FLAGS = ['--client-id', '--client-secret', '--module-secret'];

const CREDENTIALS_HINT =
  'Store credentials with digilocker config init, or set DECENTRO_CLIENT_ID and DECENTRO_CLIENT_SECRET; no flag accepts a secret.';

/** Translates an error of commander's parser; `command` is the one whose line it is. */
export function usageFailure(command: Command, { code, message: original }: CommanderError): Failure {
  const { message, choices } = reword(original);
  const [, given = ''] = /'([^'=]*)'/.exec(message) ?? [];
  const help = `Run ${pathOf(command)} --help for usage.`;
  // commander calls `--qr=x` an unknown option.
  if (code === 'commander.unknownOption' && command.options.some(({ long }) => long === given))
    return new Failure('usage', `${given} accepts no value.`, { hint: `Write ${given} alone. ${help}` });
  const hints = (): string[] => {
    if (code === 'commander.unknownOption') {
      const near = nearFlags(given, command);
      if (CREDENTIAL_FLAGS.includes(given)) return near.length > 0 ? [didYouMean(near)] : [CREDENTIALS_HINT];
      if (near.length === 0 && command.parent === null)
        return ['Flags follow a command, as in digilocker init-session --env sandbox.'];
      return [didYouMean(near)];
    }
    if (code === 'commander.unknownCommand') return [didYouMean(nearMisses(given, namesOf(command)))];
    if (choices.length === 0) return [];
    const [, value = ''] = /"([^"]*)"/.exec(message) ?? [];
    return [
      didYouMean(value === '' ? [] : nearMisses(value, choices)),
      `Valid values: ${choices.join(', ')}.`,
    ];
  };
  return new Failure('usage', message, { hint: [...hints(), help].filter((hint) => hint !== '').join(' ') });
}

/** The message in our words, and the choices that it named. */
function reword(original: string): { message: string; choices: readonly string[] } {
  const text = original
    .replace(/^error: /, '')
    .replace(/\n\(Did you mean .*\)$/, '')
    // What stands behind an unknown flag may be a secret, since no flag accepts one.
    .replace(/^(unknown option '[^=']*)=.*'$/s, "$1'")
    .replaceAll('\n', ' ');
  const [, flags = '', value = '', rule = ''] =
    /^option '([^']*)' argument '(.*)' is invalid\. (.*)$/.exec(text) ??
    reordered(/^command-argument value '(.*)' is invalid for argument '([^']*)'\. (.*)$/.exec(text)) ??
    [];
  if (flags !== '') {
    const [, choices = ''] = /^Allowed choices are (.*)\.$/.exec(rule) ?? [];
    const invalid = `Invalid value "${value}" for ${nameOf(flags)}.`;
    return choices === ''
      ? { message: `${invalid} ${rule}`, choices: [] }
      : { message: invalid, choices: choices.split(', ') };
  }
  const [, incomplete] = /^option '([^']*)' argument missing$/.exec(text) ?? [];
  const message = incomplete === undefined ? text : `${nameOf(incomplete)} needs a value.`;
  return { message: `${message.charAt(0).toUpperCase()}${message.slice(1)}`, choices: [] };
}

function reordered(match: RegExpExecArray | null): readonly (string | undefined)[] | undefined {
  return match === null ? undefined : [match[0], match[2], match[1], match[3]];
}

/** The long name of a flag, from its declaration. */
function nameOf(flags: string): string {
  return /--[\w-]+/.exec(flags)?.[0] ?? flags;
}

function nearFlags(given: string, command: Command): string[] {
  const names = command
    .createHelp()
    .visibleOptions(command)
    .flatMap(({ long }) => long ?? []);
  const bare = (name: string): string => name.replace(/^--?/, '');
  const near = nearMisses(bare(given), names.map(bare));
  return near.map((name) => `--${name}`);
}

function namesOf(command: Command): string[] {
  const inner = command.commands.map((one) => one.name());
  return command.parent === null ? [...inner, 'version'] : inner;
}

function didYouMean(near: readonly string[]): string {
  return near.length === 0 ? '' : `Did you mean ${near.join(' or ')}?`;
}

function pathOf(command: Command): string {
  return command.parent === null ? command.name() : `${pathOf(command.parent)} ${command.name()}`;
}
