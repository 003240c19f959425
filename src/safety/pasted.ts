// What a value brings along from the place that it was copied from. Pure.

// What shows nothing where it stands: controls, lone surrogates, and what Unicode lets a reader ignore, such as direction
// and byte order marks; but not U+200C and U+200D, which Indian scripts need, and the selectors behind an emoji. Created
// where it is needed: V8 takes half a millisecond for it.
const unseen = () =>
  /(?!\u200c|\u200d|[\ufe00-\ufe0f])[\p{Cc}\p{Cs}\p{Default_Ignorable_Code_Point}\u2028\u2029\u2800]/u;
const LINE_BREAK = /[\r\n\u0085\u2028\u2029]/;
const QUOTES = [
  '""',
  "''",
  '``',
  '“”',
  '””',
  '„“',
  '„”',
  '‘’',
  '’’',
  '‚‘',
  '«»',
  '»«',
  '‹›',
  '›‹',
  '〝〞',
  '「」',
  '<>',
];

// Around an address they are not part of it; elsewhere they may be.
const BRACKETS = ['()', '[]'];

/**
 * Says what a value was copied along with, as the end of a sentence that does not quote it, or `undefined`: a line end, as
 * of a file from Windows, spaces, quotation marks that a shell would have taken off, or invisible characters.
 */
export function copyFault(value: string): string | undefined {
  if (value === '') return undefined;
  if (/\r\n?$/.test(value)) return 'ends with a line break, as in a file with the line ends of Windows';
  if (value.endsWith('\n')) return 'ends with a line break';
  if (value.startsWith('\ufeff')) return 'starts with a byte order mark';
  const [hidden] = /^[ -~]*$/.test(value) ? [] : (unseen().exec(value) ?? []);
  if (hidden !== undefined && hidden !== '\t') {
    return LINE_BREAK.test(hidden)
      ? 'contains a line break'
      : `contains the invisible character ${codePoint(hidden)}`;
  }
  if (value.trim() !== value) return 'starts or ends with a space';
  if (hidden !== undefined) return 'contains a tab';
  const pair = QUOTES.find((marks) => isWithin(value, marks));
  return pair === undefined
    ? undefined
    : `is enclosed in ${pair.charAt(0)}…${pair.charAt(1)}: leave these marks out`;
}

/** What was pasted, without what stands around it. */
export function unquoted(text: string): string {
  const bare = text.trim();
  const isEnclosed = [...QUOTES, ...BRACKETS].some((marks) => isWithin(bare, marks));
  return isEnclosed ? bare.slice(1, -1).trim() : bare;
}

/** A text without invisible characters, line ends and tabs among them. */
export function withoutUnseen(text: string): string {
  return text.replaceAll(new RegExp(unseen(), 'gu'), '');
}

function isWithin(value: string, marks: string): boolean {
  const [first, last] = [marks.charAt(0), marks.charAt(1)];
  if (value.length < 2 || !value.startsWith(first) || !value.endsWith(last)) return false;
  const inner = value.slice(1, -1);
  return !inner.includes(first) && !inner.includes(last);
}

function codePoint(character: string): string {
  return `U+${(character.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;
}
