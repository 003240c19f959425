// Makes text safe to show on a terminal. Pure.

// Controls (C0 but tab, DEL, C1), the bidi controls (Unicode UAX #9), line and paragraph separators, lone surrogates.
const UNPRINTABLE = /(?!\t)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\p{Cs}]/gu;

/** Turns every character that could steer a terminal, or reorder what it shows, into visible `\uXXXX` text. */
export function visible(text: string): string {
  return text.replace(UNPRINTABLE, escaped);
}

/** Whether a value can stand on one line of a script's input as it is: no line break, control or bidi character. */
export function isPrintable(text: string): boolean {
  return !text.includes('\t') && visible(text) === text;
}

/**
 * JSON whose text can be shown on a terminal. `JSON.stringify` escapes C0 only; C1 and bidi controls occur nowhere
 * but inside strings, so escaping them afterwards changes no value.
 */
export function jsonText(value: unknown, indent = 2): string {
  return JSON.stringify(value, null, indent).replace(UNPRINTABLE, (character) =>
    character === '\n' ? character : escaped(character),
  );
}

function escaped(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
}
