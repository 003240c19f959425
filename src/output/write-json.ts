import type { Output } from '../host/output.js';
import { jsonText } from '../safety/visible.js';

// A document in base64 takes tens of MiB, and each copy of the text as many again.
const MIN_LONG = 64 * 1024;
const PIECE_LENGTH = 1024 * 1024;

/** Writes a JSON document, in one piece but for long strings. Fails as {@link Output.write} does. */
export async function writeJson(output: Pick<Output, 'write'>, document: unknown): Promise<void> {
  for (const piece of piecesOf(document)) await output.write(piece);
}

function* piecesOf(document: unknown): Generator<string> {
  const { parts, apart } = setApart(document);
  for (const [index, part] of parts.entries()) {
    const long = apart[index] ?? '';
    yield part;
    for (let at = 0; at < long.length; at += PIECE_LENGTH) yield long.slice(at, at + PIECE_LENGTH);
  }
}

/** The text of a document in parts; after each but the last one belongs a long string. */
function setApart(
  document: unknown,
  mark = '<long string>',
): { readonly parts: readonly string[]; readonly apart: readonly string[] } {
  const apart: string[] = [];
  const text = jsonText(document, 2, (_key, value: unknown) => {
    const isLong =
      typeof value === 'string' && value.length >= MIN_LONG && !/[^\x20-\x7e]|["\\#]/.test(value);
    if (!isLong) return value;
    apart.push(value);
    return mark;
  });
  const parts = `${text}\n`.split(mark);
  // The document itself may hold the mark.
  return parts.length === apart.length + 1 ? { parts, apart } : setApart(document, `${mark}>`);
}
