import { bash, fish, pwsh, zsh } from '@optique/core/completion';
import { NPX_HOOKS } from './npx.js';
import type { Suggestion } from './suggest.js';

const SHELLS = { bash, zsh, fish, pwsh };

export type Shell = keyof typeof SHELLS;

export const SHELL_NAMES = Object.keys(SHELLS) as Shell[];

const NAME = 'digilocker';

/**
 * The script that teaches a shell to complete `digilocker` by asking it what may follow.
 *
 * @param uninstalled the file of a program that PATH does not have; then `npx digilocker` is completed as well
 */
export function completionScript(shell: Shell, uninstalled?: string): string {
  const generated = SHELLS[shell].generateScript(NAME, ['completion', 'suggest', shell, '--']).trim();
  const script = shell === 'bash' ? withoutNounset(generated, `_${NAME}`) : generated;
  if (uninstalled === undefined) return `${script}\n`;
  const call = CALLS[shell];
  const asking = script.replaceAll(`${call}${NAME} `, () => `${call}node ${quoted(shell, uninstalled)} `);
  return `${shell === 'fish' ? withoutNpx(asking) : asking}\n${NPX_HOOKS[shell]}`.trimEnd() + '\n';
}

// What stands in front of the program's name where a script calls it.
const CALLS: Readonly<Record<Shell, string>> = { bash: '< <(', zsh: '$(', fish: '(', pwsh: '& ' };

/** A word that this shell reads as it is. */
export function quoted(shell: Shell, word: string): string {
  const text = shell === 'fish' ? word.replaceAll('\\', '\\\\') : word;
  return `'${text.replaceAll("'", shell === 'pwsh' ? "''" : "'\\''")}'`;
}

// The words in front of the cursor begin with the program.
function withoutNpx(script: string): string {
  const tokens = 'set -l tokens (commandline -poc)\n';
  return script.replace(tokens, `${tokens}    test "$tokens[1]" = npx; and set -e tokens[1]\n`);
}

// Before bash 4.4, an empty array counts as unset (set -u). zsh itself sets the options of its completion.
function withoutNounset(script: string, name: string): string {
  const start = `function ${name} () {`;
  const guard = [
    start,
    '  case $- in',
    `    *u*) set +u; ${name}_words "$@"; set -u ;;`,
    `    *) ${name}_words "$@" ;;`,
    '  esac',
    '}',
  ];
  return `${script.replace(start, `function ${name}_words () {`)}\n${guard.join('\n')}`;
}

/** Writes suggestions the way that the script of this shell reads them. */
export function encodeSuggestions(shell: Shell, suggestions: readonly Suggestion[]): string {
  const encoded = suggestions.map((suggestion) => {
    if (suggestion.kind === 'word') {
      const { text, summary } = suggestion;
      return { kind: 'literal', text, description: [{ type: 'text', text: summary }] } as const;
    }
    const { lead, typed } = suggestion;
    return {
      kind: 'file',
      type: 'file',
      pattern: `${lead}${typed}`,
      prefix: lead,
      includeHidden: true,
    } as const;
  });
  // The scripts read a suggestion a line.
  return [...SHELLS[shell].encodeSuggestions(encoded)]
    .filter((part) => part !== '\n')
    .map((part) => `${part}\n`)
    .join('');
}
