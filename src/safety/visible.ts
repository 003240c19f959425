// Makes text safe to show on a terminal, and in the log of a CI system. Pure.

// Controls (C0 but tab, DEL, C1), the bidi controls (Unicode UAX #9), line and paragraph separators, lone surrogates: all
// that is not listed. V8 takes half a millisecond to look up a class by its name (`\p{Cc}`).
const UNPRINTABLE =
  /[^\t -~\u00a0-\u061b\u061d-\u200d\u2010-\u2027\u202f-\u2065\u206a-\ud7ff\ue000-\u{10ffff}]/gu;

// What the log of a CI system may hold as a command: Azure Pipelines obeys `##vso[…]` and `##[…]` anywhere in a line,
// GitHub's runner `##[…]` anywhere and `::…::` at the start of a line, behind spaces too. Any word may be wrapped to there.
const CI_COMMAND = /#(?=#)|(?<![^\s]):(?=:)/gu;

/**
 * Turns every character that could steer a terminal or a CI system, or reorder what is shown, into visible `\uXXXX` text.
 */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, escaped).replace(CI_COMMAND, escaped);
}

/**
 * Whether a value can stand on one line of a script's input as it is: no line break, control or bidi character, and no
 * command of a CI system.
 */
export function isPrintable(text: string): boolean {
  return !/\t|##\w*\[|^\s*::\w/.test(text) && text.replace(UNPRINTABLE, escaped) === text;
}

/**
 * JSON whose text can be shown on a terminal, and in the log of a CI system. `JSON.stringify` escapes C0 only; C1 and
 * bidi controls and `#` occur nowhere but inside strings, so escaping them afterwards changes no value.
 */
export function jsonText(
  value: unknown,
  indent = 2,
  replacer?: (key: string, value: unknown) => unknown,
): string {
  return JSON.stringify(value, replacer, indent)
    .replace(UNPRINTABLE, (character) => (character === '\n' ? character : escaped(character)))
    .replace(/#(?=#)/g, escaped);
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
