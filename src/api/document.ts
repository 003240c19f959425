// What a document in an answer is: base64 of a PDF, an XML or a JPEG.

/** How large an answer with documents may be: 32 MiB. Source: Decentro publishes no limit; this one is ours. */
export const MAX_DOCUMENT_ANSWER_BYTES = 32 * 1024 * 1024;

export type DocumentType = 'pdf' | 'xml' | 'jpeg';

export interface Document {
  /** By its first bytes; `undefined` where it is none of these. */
  readonly type: DocumentType | undefined;
  /** What the base64 stands for; what is not base64 as it came. */
  readonly bytes: Buffer;
}

/** Decodes a document of an answer. */
export function parseDocument(text: string): Document {
  const bytes = parseBase64(text);
  return bytes === undefined ? { type: undefined, bytes: Buffer.from(text) } : { type: typeOf(bytes), bytes };
}

// Base64 in either alphabet (RFC 4648, sections 4 and 5). A regular expression over 32 MiB would need as much again.
function parseBase64(text: string): Buffer | undefined {
  let digits = 0;
  let padding = 0;
  for (let at = 0; at < text.length; at += 1) {
    const code = text.charCodeAt(at);
    if (isSpace(code)) continue;
    if (code === PAD) padding += 1;
    else if (padding > 0 || !isDigit(code)) return undefined;
    else digits += 1;
  }
  const isComplete = padding === 0 ? digits % 4 !== 1 : padding < 3 && (digits + padding) % 4 === 0;
  return isComplete ? Buffer.from(text, 'base64') : undefined;
}

const PAD = '='.charCodeAt(0);

function isSpace(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d);
}

const DIGITS = new Set(
  Array.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_', (digit) =>
    digit.charCodeAt(0),
  ),
);

function isDigit(code: number): boolean {
  return DIGITS.has(code);
}

function typeOf(bytes: Buffer): DocumentType | undefined {
  if (bytes.subarray(0, 5).toString('latin1') === '%PDF-') return 'pdf';
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  return isXml(bytes) ? 'xml' : undefined;
}

// Deeper than any byte order mark and blanks before an XML declaration.
const MAX_HEAD_BYTES = 1024;

/** A byte order mark and blanks may stand before the first `<`. A page of HTML is an error of some gateway. */
function isXml(bytes: Buffer): boolean {
  const head = bytes.subarray(0, MAX_HEAD_BYTES);
  const isLittleEndian = head[0] === 0xff && head[1] === 0xfe;
  const isBigEndian = head[0] === 0xfe && head[1] === 0xff;
  // UTF-16 writes ASCII with a zero beside every letter.
  const text =
    isLittleEndian || isBigEndian
      ? head.subarray(2).toString('latin1').replaceAll('\0', '')
      : head.toString('utf8').replace(/^\ufeff/, '');
  return /^\s*<[?!\p{L}_:]/u.test(text) && !/^\s*<(?:!doctype\s+)?html/i.test(text);
}
