// Long strings of a JSON text, such as documents in base64: set apart, they are copied once and searched by nothing.

/** What is shorter costs too little to be set apart. */
const MIN_LENGTH = 64 * 1024;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const BLANKS = [0x20, 0x09, 0x0a, 0x0d];

export interface Lifted {
  /** The JSON text with a short string in place of each long one. */
  readonly json: Buffer;
  /** Puts the long strings back into what the text was parsed to. */
  readonly restore: (value: unknown) => void;
}

/** Sets the long strings of a JSON text apart: values of plain ASCII without an escape. */
export function liftLongStrings(json: Buffer): Lifted {
  if (json.length < MIN_LENGTH) return { json, restore: () => undefined };
  let mark = 'long-string-';
  while (json.includes(mark)) mark += '-';
  const lifted = new Map<unknown, string>();
  const parts: Buffer[] = [];
  let copiedTo = 0;
  let open = json.indexOf(QUOTE);
  while (open >= 0) {
    const close = endOfString(json, open);
    if (close < 0) break;
    const text = longValue(json, open + 1, close);
    if (text !== undefined) {
      const name = `${mark}${lifted.size}`;
      lifted.set(name, text);
      parts.push(json.subarray(copiedTo, open + 1), Buffer.from(name));
      copiedTo = close;
    }
    open = json.indexOf(QUOTE, close + 1);
  }
  if (lifted.size === 0) return { json, restore: () => undefined };
  return {
    json: Buffer.concat([...parts, json.subarray(copiedTo)]),
    restore: (value) => {
      restoreIn(value, lifted);
    },
  };
}

/** Where the closing quote of a string is, or -1. */
function endOfString(json: Buffer, open: number): number {
  for (let close = json.indexOf(QUOTE, open + 1); close >= 0; close = json.indexOf(QUOTE, close + 1)) {
    let escapes = 0;
    while (json[close - 1 - escapes] === BACKSLASH) escapes += 1;
    if (escapes % 2 === 0) return close;
  }
  return -1;
}

function longValue(json: Buffer, start: number, end: number): string | undefined {
  if (end - start < MIN_LENGTH) return undefined;
  let next = end + 1;
  while (BLANKS.includes(json[next] ?? 0)) next += 1;
  if (json[next] === COLON) return undefined;
  const text = json.toString('latin1', start, end);
  return /[^\x20-\x7e]|\\/.test(text) ? undefined : text;
}

function restoreIn(root: unknown, lifted: ReadonlyMap<unknown, string>): void {
  const pending = [root];
  for (const container of pending) {
    if (typeof container !== 'object' || container === null) continue;
    for (const [key, value] of Object.entries(container) as [string, unknown][]) {
      const text = lifted.get(value);
      // Assigning to __proto__ would define nothing.
      if (text === undefined) pending.push(value);
      else
        Object.defineProperty(container, key, {
          value: text,
          enumerable: true,
          writable: true,
          configurable: true,
        });
    }
  }
}
