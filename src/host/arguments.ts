/** What has to be known of a command line before it is parsed, or when it cannot be. */
export interface GlobalArguments {
  /** The first word that is not a flag. Flags that may precede it take no value. */
  readonly command: string | undefined;
  /** Whether the result, or the error of a line that cannot be parsed, is one JSON document. */
  readonly wantsJson: boolean;
  readonly isVerbose: boolean;
  /** Whether nothing is coloured. */
  readonly isPlain: boolean;
  readonly asksForVersion: boolean;
  /** Whether nothing but help may be printed; flags that share a dash with -h do not count. */
  readonly asksForHelp: boolean;
}

// Flags of one letter without a value, which may share their dash with others. A pattern is created where a word may match:
// to compile these takes a third of a millisecond.
const LETTERS = '[qvy]*';

/** Reads the flags in front of `--`, if there is one. */
export function readArguments(args: readonly string[]): GlobalArguments {
  const end = args.indexOf('--');
  const words = end === -1 ? args : args.slice(0, end);
  const command = words.find((word) => !word.startsWith('-'));
  return {
    command,
    wantsJson: words.some(
      (word, index) =>
        word === '--json' ||
        (word.endsWith('json') && new RegExp(`^(--output=|-${LETTERS}o=?)json$`).test(word)) ||
        (words[index + 1] === 'json' && new RegExp(`^(--output|-${LETTERS}o)$`).test(word)),
    ),
    isVerbose: words.some(
      (word) =>
        word === '--verbose' ||
        word === '--debug' ||
        (/^-[^-]/.test(word) && new RegExp(`^-${LETTERS}v`).test(word)),
    ),
    isPlain: words.includes('--no-color'),
    asksForVersion:
      ['--version', '-V', 'version'].includes(words[0] ?? '') || (words.length === 1 && words[0] === '-v'),
    asksForHelp: args.length === 0 || command === 'help' || words.includes('--help') || words.includes('-h'),
  };
}
