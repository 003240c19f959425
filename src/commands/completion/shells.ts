import { bash, fish, zsh } from '@optique/core/completion';
import type { Suggestion } from './suggest.js';

const SHELLS = { bash, zsh, fish };

export type Shell = keyof typeof SHELLS;

/** The script that teaches a shell to complete `program` by asking it: `program ...args WORD...`. */
export function completionScript(shell: Shell, program: string, args: readonly string[]): string {
  const script = SHELLS[shell].generateScript(program, args).trim();
  return `${shell === 'bash' ? withoutNounset(script, `_${program}`) : script}\n`;
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
