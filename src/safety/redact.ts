// Masks credentials in what is shown. Pure.

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
  /** Whether the client ID is masked like a secret: a reference for it may lead to one. */
  readonly isIdMasked?: boolean;
}

/** Credentials travel in headers: visible ASCII, no space at either end (RFC 9110, section 5.5). */
export function isHeaderValue(value: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

// Shorter values would blot out ordinary words, and protect nothing that could not be guessed.
const SHORTEST_REDACTED = 6;

/**
 * Creates a function that masks the credentials in a text, should a server echo them: in whatever case, and with
 * punctuation escaped as JSON, URLs or HTML do it.
 */
export function createRedactor({
  clientId,
  clientSecret,
  moduleSecret,
  isIdMasked = false,
}: Credentials): (text: string) => string {
  const masks = [
    { value: clientId ?? '', mask: isIdMasked ? MASKED_SECRET : maskId(clientId ?? '') },
    { value: clientSecret ?? '', mask: MASKED_SECRET },
    { value: moduleSecret ?? '', mask: MASKED_SECRET },
  ]
    .filter(({ value }) => value.length >= SHORTEST_REDACTED)
    // One value may contain another: the longest goes first.
    .sort((one, other) => other.value.length - one.value.length)
    .map(({ value, mask }) => ({ word: longestWord(value), pattern: escapedInAnyWay(value), mask }));
  return (text) =>
    masks.reduce(
      // Most texts hold none, and the patterns take milliseconds to compile.
      (rest, { word, pattern, mask }) =>
        rest.toLowerCase().includes(word) ? rest.replace(pattern, mask) : rest,
      text,
    );
}

/** What stands in a text in small letters wherever the value does, however that is escaped. */
function longestWord(value: string): string {
  const words = value.toLowerCase().split(/[^a-z0-9]+/);
  return words.reduce((longest, word) => (word.length > longest.length ? word : longest));
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': 'amp',
  '<': 'lt',
  '>': 'gt',
  '"': 'quot',
  "'": 'apos',
};

// Every credential can stand in a header, and so is ASCII. Nobody escapes its letters and digits.
function escapedInAnyWay(value: string): RegExp {
  const pattern = value.replace(/[^a-z0-9]/gi, (character) => {
    const code = character.charCodeAt(0);
    const hex = code.toString(16).padStart(2, '0');
    const isEscapedAlone = '"\\/'.includes(character);
    const entity = [`#0*${code}`, `#x0*${hex}`, ENTITIES[character] ?? []].flat().join('|');
    return `(?:${isEscapedAlone ? '\\\\?' : ''}\\x${hex}|\\\\u00${hex}|%(?:25)*${hex}|&(?:${entity});)`;
  });
  return new RegExp(pattern, 'gi');
}
