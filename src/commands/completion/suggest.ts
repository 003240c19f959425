import type { Host } from '../../host/host.js';
import type { TypedLine } from '../flags.js';
import type { ArgumentOutline, CommandOutline, FlagOutline } from './outline.js';

/** What may stand where the cursor is. */
export type Suggestion =
  | { readonly kind: 'word'; readonly text: string; readonly summary: string }
  /** A file, which the shell itself finds; `lead` is the part of the word in front of it, such as `--config=`. */
  | { readonly kind: 'file'; readonly lead: string; readonly typed: string };

/** What is in front of the cursor. */
interface ReadLine extends TypedLine {
  readonly command: CommandOutline;
  /** The flag whose value comes next. */
  readonly open: FlagOutline | undefined;
  /** Whether `--` has ended the flags. */
  readonly isEnded: boolean;
}

/**
 * Suggests what may stand at the end of a command line: `words` are those behind the name of the program, the last of
 * them as far as it is typed. Nothing that is typed is ever run.
 */
export async function suggest(
  root: CommandOutline,
  words: readonly string[],
  host: Host,
): Promise<Suggestion[]> {
  const current = words.at(-1) ?? '';
  const line = readLine(root, words.slice(0, -1));
  const { command, open, isEnded, operands } = line;
  if (open !== undefined && (open.value === 'required' || !current.startsWith('-'))) {
    return await valuesOf(open, '', current, line, host);
  }
  if (!isEnded && current.startsWith('-')) {
    const [, name = '', typed] = /^(--[^=]+)=([^]*)$/.exec(current) ?? [];
    if (typed === undefined) return flagsFor(line, current);
    const flag = findFlag(command, name);
    return flag === undefined || flag.value === 'none'
      ? []
      : await valuesOf(flag, `${name}=`, typed, line, host);
  }
  const commands = operands.length === 0 ? command.commands : [];
  const argument = command.arguments[operands.length] ?? command.arguments.findLast((one) => one.isVariadic);
  const found = [
    ...matching(
      commands.map(({ name, summary }) => [name, summary]),
      current,
    ),
    ...(argument === undefined ? [] : await argumentsFor(argument, current, line, host)),
  ];
  return found.length === 0 && current === '' && !isEnded ? flagsFor(line, '-') : found;
}

function readLine(root: CommandOutline, words: readonly string[]): ReadLine {
  const given = new Map<string, string>();
  const operands: string[] = [];
  let command = root;
  let open: FlagOutline | undefined;
  let isEnded = false;
  for (const word of words) {
    const isFlag = !isEnded && word.startsWith('-') && word !== '-';
    if (open !== undefined && (open.value === 'required' || !isFlag)) {
      given.set(open.setting, word);
      open = undefined;
      continue;
    }
    open = undefined;
    if (!isFlag) {
      const inner = operands.length === 0 ? command.commands.find(({ name }) => name === word) : undefined;
      if (inner === undefined) operands.push(word);
      else command = inner;
    } else if (word === '--') {
      isEnded = true;
    } else {
      open = readFlag(command, word, given);
    }
  }
  return { command, given, operands, open, isEnded };
}

/** Takes note of the flags in a word, and returns the one whose value the next word is. */
function readFlag(
  command: CommandOutline,
  word: string,
  given: Map<string, string>,
): FlagOutline | undefined {
  const [, long, value] = /^(--[^=]+)(?:=([^]*))?$/.exec(word) ?? [];
  if (long !== undefined) {
    const flag = findFlag(command, long);
    if (flag === undefined) return undefined;
    given.set(flag.setting, value ?? '');
    return value === undefined && flag.value !== 'none' ? flag : undefined;
  }
  // `-qo json`: letters share one dash, up to one that takes the rest as its value.
  for (let index = 1; index < word.length; index += 1) {
    const flag = findFlag(command, `-${word.charAt(index)}`);
    if (flag === undefined) continue;
    const rest = word.slice(index + 1);
    given.set(flag.setting, flag.value === 'none' ? '' : rest);
    if (flag.value !== 'none') return rest === '' ? flag : undefined;
  }
  return undefined;
}

function findFlag({ flags }: CommandOutline, name: string): FlagOutline | undefined {
  return flags.find(({ names }) => names.includes(name));
}

/** The flags that may still be given: one that was, or whose `--no-` form was, only if it is repeatable. */
function flagsFor({ command, given }: ReadLine, typed: string): Suggestion[] {
  const free = command.flags.filter(({ setting, isRepeatable }) => isRepeatable || !given.has(setting));
  return matching(
    free.flatMap(({ names, summary }) => names.map((name): [string, string] => [name, summary])),
    typed,
  );
}

async function valuesOf(
  flag: FlagOutline,
  lead: string,
  typed: string,
  line: TypedLine,
  host: Host,
): Promise<Suggestion[]> {
  const { placeholder, choices } = flag;
  if (placeholder === 'file') return [{ kind: 'file', lead, typed }];
  const words = [...choices, ...((await flag.words?.(line, host)) ?? [])];
  const key = words.find((word) => word.endsWith('=') && typed.startsWith(word));
  if (key !== undefined) return [{ kind: 'file', lead: `${lead}${key}`, typed: typed.slice(key.length) }];
  const earlier = placeholder.endsWith(',…') ? typed.slice(0, typed.lastIndexOf(',') + 1) : '';
  const free = words.filter((word) => !earlier.split(',').includes(word));
  return matching(
    free.map((word) => [`${lead}${earlier}${word}`, '']),
    `${lead}${typed}`,
  );
}

async function argumentsFor(
  { choices, words }: ArgumentOutline,
  typed: string,
  line: TypedLine,
  host: Host,
): Promise<Suggestion[]> {
  const found = [...choices, ...((await words?.(line, host)) ?? [])];
  return matching(
    found.map((word) => [word, '']),
    typed,
  );
}

function matching(words: readonly (readonly [text: string, summary: string])[], typed: string): Suggestion[] {
  return words
    .filter(([text]) => text.startsWith(typed))
    .map(([text, summary]) => ({ kind: 'word', text, summary }));
}
