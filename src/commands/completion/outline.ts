// What the declarations of the commands say: completion and the reference page are made of it, and of nothing else.
import type { Argument, Command, Option } from 'commander';
import { isRepeatable, wordsOf, type WordSource } from '../flags.js';

export interface FlagOutline {
  /** As declared: `-e, --env <name>`. */
  readonly declaration: string;
  readonly names: readonly string[];
  /** The same for a flag and its `--no-` form. */
  readonly setting: string;
  readonly value: 'none' | 'optional' | 'required';
  /** What stands between the brackets: `name`. */
  readonly placeholder: string;
  readonly summary: string;
  readonly choices: readonly string[];
  /** In words. */
  readonly fallback: string | undefined;
  readonly isRepeatable: boolean;
  readonly words: WordSource | undefined;
  readonly group: string;
}

export interface ArgumentOutline {
  readonly name: string;
  readonly summary: string;
  readonly choices: readonly string[];
  readonly isVariadic: boolean;
  readonly words: WordSource | undefined;
}

export interface CommandOutline {
  readonly name: string;
  readonly usage: string;
  readonly summary: string;
  readonly arguments: readonly ArgumentOutline[];
  readonly flags: readonly FlagOutline[];
  readonly commands: readonly CommandOutline[];
  /** What its help says below the flags, up to the examples. */
  readonly notes: string;
  readonly examples: string;
}

/** Reads what a command and those below it declare. What is hidden from `--help` is left out. */
export function outlineOf(command: Command): CommandOutline {
  const help = command.createHelp();
  const [notes = '', examples = ''] = textBelow(command).split(/^Examples:$/m);
  return {
    name: command.name(),
    usage: help.commandUsage(command),
    summary: command.description(),
    arguments: command.registeredArguments.map(argumentOf),
    flags: help.visibleOptions(command).map(flagOf),
    commands: help.visibleCommands(command).map(outlineOf),
    notes: notes.trim(),
    examples: examples.replace(/^\n+|\n+$/g, ''),
  };
}

// commander keeps what `addHelpText` was given to itself until it prints it.
function textBelow(command: Command): string {
  let text = '';
  const output = { ...command.configureOutput() };
  command.configureOutput({
    writeOut: (part) => {
      text += part;
    },
  });
  command.outputHelp();
  command.configureOutput(output);
  return text.slice(command.helpInformation().length);
}

function argumentOf(argument: Argument): ArgumentOutline {
  return {
    name: argument.name(),
    summary: argument.description,
    choices: argument.argChoices ?? [],
    isVariadic: argument.variadic,
    words: wordsOf(argument),
  };
}

function flagOf(option: Option): FlagOutline {
  const fallback: unknown = option.defaultValueDescription ?? option.defaultValue;
  return {
    declaration: option.flags,
    names: [option.long, option.short].filter((name) => name !== undefined),
    setting: option.attributeName(),
    value: option.required ? 'required' : option.optional ? 'optional' : 'none',
    placeholder: /[<[](.*?)[>\]]$/.exec(option.flags)?.[1] ?? '',
    summary: option.description,
    choices: option.argChoices ?? [],
    // A `--no-` form declares `true` as the default of its setting.
    fallback: typeof fallback === 'string' || typeof fallback === 'number' ? String(fallback) : undefined,
    isRepeatable: isRepeatable(option),
    words: wordsOf(option),
    group: (option.helpGroupHeading ?? 'Options:').replace(/:$/, ''),
  };
}
