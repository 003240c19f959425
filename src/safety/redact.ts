// Masks credentials in what is shown. Pure.
import { copyFault } from './pasted.js';

/** A client ID is not secret, but is shown by its last four characters only; a short one not at all. */
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
function isHeaderValue(value: string): boolean {
  return /^[\x21-\x7e]([\x20-\x7e]*[\x21-\x7e])?$/.test(value);
}

/** Says what keeps a text from being a credential, as the end of a sentence that does not quote it, or `undefined`. */
export function credentialFault(value: string, isId: boolean): string | undefined {
  const copied = copyFault(value);
  if (copied !== undefined) return copied;
  if (!isHeaderValue(value)) return 'contains a character that HTTP headers do not allow';
  return isId && value.includes(' ') ? 'contains a space: a client ID has none' : undefined;
}

// From this length on a secret is found within words too. Shorter ones would blot out ordinary words.
const LONG = 6;
// What is shorter protects nothing that could not be guessed.
const SHORTEST_SECRET = 4;

// A token ends where neither a word nor a host name goes on.
const BEFORE_TOKEN = '(?:(?<![\\w.-])|(?<=%[\\da-fA-F]{2}))';
const AFTER_TOKEN = '(?![\\w-]|\\.\\w)';

/**
 * Creates a function that masks the credentials in a text, should a server echo them: with punctuation escaped as JSON,
 * URLs or HTML do it; secrets of six and more characters in whatever case and place, the client ID and secrets of four
 * and five characters as tokens of their own.
 */
export function createRedactor({
  clientId = '',
  clientSecret = '',
  moduleSecret = '',
  isIdMasked = false,
}: Credentials): (text: string) => string {
  const secrets = [isIdMasked ? clientId : '', clientSecret, moduleSecret].filter(
    ({ length }) => length >= SHORTEST_SECRET,
  );
  return createMasker([
    ...(clientId.length < LONG || isIdMasked
      ? []
      : [{ value: clientId, mask: maskId(clientId), isToken: true, anyCase: true }]),
    ...secrets.map((value) => ({
      value,
      mask: MASKED_SECRET,
      isToken: value.length < LONG,
      anyCase: value.length >= LONG,
    })),
  ]);
}

// A name may have two letters.
const SHORTEST_PERSONAL = 2;

/**
 * Creates a function that masks what a request says of a person: in whatever case and place, what is shorter than six
 * characters as words of their own.
 */
export function createPersonalRedactor(values: readonly string[]): (text: string) => string {
  const distinct = [...new Set(values.map((value) => value.trim()))];
  return createMasker(
    distinct
      .filter(({ length }) => length >= SHORTEST_PERSONAL)
      .map((value) => ({ value, mask: MASKED_SECRET, isToken: value.length < LONG, anyCase: true })),
  );
}

interface Mask {
  readonly value: string;
  readonly mask: string;
  /** Whether it is masked only as a whole word. */
  readonly isToken: boolean;
  readonly anyCase: boolean;
}

function createMasker(masks: readonly Mask[]): (text: string) => string {
  const ordered = masks
    // One value may contain another: the longest goes first.
    .toSorted((one, other) => other.value.length - one.value.length)
    .map((mask) => ({ mask, word: longestWord(mask.value) }));
  return (text) =>
    ordered.reduce(
      // Most texts hold none, and the patterns take milliseconds to compile.
      (rest, { word, mask }) =>
        rest.toLowerCase().includes(word) ? rest.replace(patternOf(mask), mask.mask) : rest,
      text,
    );
}

function patternOf({ value, isToken, anyCase }: Mask): RegExp {
  const pattern = escapedInAnyWay(value);
  const source = isToken ? `${BEFORE_TOKEN}${pattern}${AFTER_TOKEN}` : pattern;
  return new RegExp(source, anyCase ? 'gi' : 'g');
}

// No secret is that long, and what documents are encoded in may hold any six characters.
const MIN_ENCODED_LENGTH = 512;

/** A JSON value with its strings and keys masked, but for those that are `kept`, and for what is base64. */
export function redactJson(
  value: unknown,
  redact: (text: string) => string,
  kept: readonly (string | null)[] = [],
): unknown {
  const walk = (inner: unknown): unknown => {
    if (typeof inner === 'string') return kept.includes(inner) || isEncoded(inner) ? inner : redact(inner);
    if (typeof inner !== 'object' || inner === null) return inner;
    if (Array.isArray(inner)) return inner.map(walk);
    // What defines a property, where assigning to __proto__ would not.
    return Object.fromEntries(Object.entries(inner).map(([key, one]) => [redact(key), walk(one)]));
  };
  return walk(value);
}

function isEncoded(text: string): boolean {
  if (text.length < MIN_ENCODED_LENGTH) return false;
  // Each pattern looks at a place once: texts of a megabyte may be made to be searched for long.
  const unpadded = text.trimEnd().replace(/={1,2}$/, '');
  return /^[A-Za-z0-9+/_\s-]+$/.test(unpadded);
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

// Nobody escapes the letters and digits of ASCII.
function escapedInAnyWay(value: string): string {
  return Array.from(value, (character) =>
    /[a-z0-9]/i.test(character) ? character : escapedCharacter(character),
  ).join('');
}

function escapedCharacter(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  const units = Array.from({ length: character.length }, (_, at) =>
    character.charCodeAt(at).toString(16).padStart(4, '0'),
  );
  const written = units.map((unit) => `\\u${unit}`).join('');
  // JSON in JSON escapes the escape, here four deep: without an end, a megabyte of backslashes would take hours.
  const escapes = (least: number) => `\\\\{${least},15}`;
  const json = units.map((unit) => `${escapes(1)}u${unit}`).join('');
  const percent = Array.from(
    Buffer.from(character),
    (byte) => `%(?:25)*${byte.toString(16).padStart(2, '0')}`,
  );
  // A page in a page escapes the ampersand of the entity.
  const entity = [`#0*${code}`, `#x0*${code.toString(16)}`, ENTITIES[character] ?? []].flat().join('|');
  const isEscapedAlone = '"\\/'.includes(character);
  const form = character === ' ' ? '|\\+' : '';
  return `(?:${isEscapedAlone ? escapes(0) : ''}${written}|${json}|${percent.join('')}|&(?:amp;)*(?:${entity});${form})`;
}

/** What masks credentials in a text: all of them, or those that are secrets. */
export interface Redactors {
  readonly redact: (text: string) => string;
  readonly redactSecrets: (text: string) => string;
}

/** Creates both. */
export function createRedactors(masked: Credentials): Redactors {
  return {
    redact: createRedactor(masked),
    redactSecrets: createRedactor({ ...masked, clientId: undefined }),
  };
}
