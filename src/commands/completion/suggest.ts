import type { ArgumentOutline, CommandOutline, FlagOutline } from './outline.js';

/** What may stand where the cursor is. */
export type Suggestion =
  | { readonly kind: 'word'; readonly text: string; readonly summary: string }
  /** A file, which the shell itself finds; `lead` is the part of the word in front of it, such as `--config=`. */
  | { readonly kind: 'file'; readonly lead: string; readonly typed: string };

/**
 * Words that only the world knows, such as the environments of the config file in force. Behind one that ends with an
 * equals sign, such as `junit=`, stands a file.
 */
export type WordSource = (line: TypedLine) => readonly string[] | Promise<readonly string[]>;

/** By the placeholder of a flag's value or the name of an argument, where its command line says `--env <name>`. */
export type WordSources = Readonly<Record<string, WordSource>>;

/** What stands in front of the cursor. */
export interface TypedLine {
  readonly command: CommandOutline;
  /** The command and those above it, the root first. */
  readonly trail: readonly CommandOutline[];
  /** Names of settings that a flag has given so far, with its value where it has one. */
  readonly given: ReadonlyMap<string, string>;
  readonly operands: readonly string[];
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
  sources: WordSources,
): Promise<Suggestion[]> {
  const current = words.at(-1) ?? '';
  const line = readLine(root, words.slice(0, -1));
  const { command, open, isEnded, operands } = line;
  if (open !== undefined && (open.value === 'required' || !current.startsWith('-'))) {
    return await valuesOf(open, '', current, line, sources);
  }
  if (!isEnded && current.startsWith('-')) {
    const [, name = '', typed] = /^(--[^=]+)=([^]*)$/.exec(current) ?? [];
    if (typed === undefined) return flagsFor(line, current);
    const flag = findFlag(command, name);
    return flag === undefined || flag.value === 'none'
      ? []
      : await valuesOf(flag, `${name}=`, typed, line, sources);
  }
  const commands = operands.length === 0 ? command.commands : [];
  const argument = command.arguments[operands.length] ?? command.arguments.findLast((one) => one.isVariadic);
  const found = [
    ...matching(
      commands.map(({ name, summary }) => [name, summary]),
      current,
    ),
    ...(argument === undefined ? [] : await argumentsFor(argument, current, line, sources)),
  ];
  return found.length === 0 && current === '' && !isEnded ? flagsFor(line, '-') : found;
}

function readLine(root: CommandOutline, words: readonly string[]): TypedLine {
  const given = new Map<string, string>();
  const operands: string[] = [];
  const trail = [root];
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
      else {
        command = inner;
        trail.push(inner);
      }
    } else if (word === '--') {
      isEnded = true;
    } else {
      open = readFlag(command, word, given);
    }
  }
  return { command, trail, given, operands, open, isEnded };
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
function flagsFor({ command, given }: TypedLine, typed: string): Suggestion[] {
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
  sources: WordSources,
): Promise<Suggestion[]> {
  const { placeholder, choices, names } = flag;
  if (placeholder === 'file') return [{ kind: 'file', lead, typed }];
  const name = names.find((one) => Object.hasOwn(sources, `${one} <${placeholder}>`));
  const source = name === undefined ? undefined : sources[`${name} <${placeholder}>`];
  const words = [...choices, ...((await source?.(line)) ?? [])];
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
  { name, choices }: ArgumentOutline,
  typed: string,
  line: TypedLine,
  sources: WordSources,
): Promise<Suggestion[]> {
  const source = Object.hasOwn(sources, name) ? sources[name] : undefined;
  const words = [...choices, ...((await source?.(line)) ?? [])];
  return matching(
    words.map((word) => [word, '']),
    typed,
  );
}

function matching(words: readonly (readonly [text: string, summary: string])[], typed: string): Suggestion[] {
  return words
    .filter(([text]) => text.startsWith(typed))
    .map(([text, summary]) => ({ kind: 'word', text, summary }));
}
