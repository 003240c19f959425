// Everything that decides what may be shown. Pure.

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

/** A client ID is no secret, but is shown by its last four characters only; a short one not at all. */
export function maskId(id: string): string {
  return id.length < 8 ? '****' : `****${id.slice(-4)}`;
}

/** A secret shows neither its characters nor its length. */
export const MASKED_SECRET = '********';

export interface Credentials {
  readonly clientId?: string | undefined;
  readonly clientSecret?: string | undefined;
  readonly moduleSecret?: string | undefined;
}

// Shorter values would blot out ordinary words, and protect nothing that could not be guessed.
const SHORTEST_REDACTED = 6;

/** Creates a function that masks the credentials in a text, plain or as JSON writes them, should a server echo them. */
export function createRedactor({
  clientId,
  clientSecret,
  moduleSecret,
}: Credentials): (text: string) => string {
  const masks = new Map<string, string>();
  const add = (value: string | undefined, mask: string) => {
    if (value === undefined || value.length < SHORTEST_REDACTED) return;
    const inJson = JSON.stringify(value).slice(1, -1);
    for (const form of [value, inJson, inJson.replaceAll('/', '\\/')]) masks.set(form, mask);
  };
  add(clientId, maskId(clientId ?? ''));
  add(clientSecret, MASKED_SECRET);
  add(moduleSecret, MASKED_SECRET);
  // One value may contain another: the longest goes first.
  const forms = [...masks].sort(([a], [b]) => b.length - a.length);
  return (text) => forms.reduce((rest, [form, mask]) => rest.replaceAll(form, mask), text);
}
