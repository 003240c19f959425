import { inexactNumber, quoteInexactNumbers } from '../safety/exact-numbers.js';
import { liftLongStrings } from './long-strings.js';
import { parseStrictJson } from '../safety/strict-json.js';
import type { HttpAnswer } from './http/exchange.js';

/** What every answer of Decentro's API is wrapped in; what is absent, or of a wrong type, is `null`. */
export interface Envelope {
  readonly decentroTxnId: string | null;
  readonly status: string | null;
  readonly responseCode: string | null;
  readonly responseKey: string | null;
  readonly message: string | null;
  /** An object for most calls, a list for some. */
  readonly data: unknown;
  /** The parsed answer as it came; a number that a double does not hold is a string of its characters. */
  readonly raw: unknown;
}

// Deeper than any answer, and flat enough for every recursive walk that follows.
const MAX_DEPTH = 64;

const SPELLINGS = {
  decentroTxnId: ['decentroTxnId', 'decentro_txn_id'],
  responseCode: ['responseCode', 'response_code'],
  responseKey: ['responseKey', 'response_key'],
} as const;

/**
 * Reads an answer's body: strict UTF-8 without its byte order mark, JSON that names no key twice, nor one thing in two
 * spellings that differ, an object with a known status or a response key. `undefined` is an answer that is not
 * Decentro's envelope.
 */
export function parseEnvelope(body: Buffer): Envelope | undefined {
  const envelope = parseAnyAnswer(body);
  const isKnown =
    envelope !== undefined &&
    (envelope.status === 'SUCCESS' || envelope.status === 'FAILURE' || envelope.responseKey !== null);
  return isKnown ? envelope : undefined;
}

/**
 * Reads the body of whatever answer as far as it is an envelope; what is absent from it is `null`. `undefined` is none
 * that can be read: no body is one.
 */
export function parseAnyAnswer(body: Buffer): Envelope | undefined {
  const nothing = { decentroTxnId: null, status: null, responseCode: null, responseKey: null, message: null };
  if (body.length === 0) return { ...nothing, data: null, raw: null };
  const { plain, exact: raw } = parseJson(body) ?? {};
  if (plain === undefined || depthOf(plain) > MAX_DEPTH) return undefined;
  if (!isObject(plain) || !isObject(raw)) return { ...nothing, data: raw, raw };
  if (Object.values(SPELLINGS).some((spellings) => textsOf(plain, spellings).length > 1)) return undefined;
  const data = raw['data'];
  return {
    decentroTxnId: text(plain, ...SPELLINGS.decentroTxnId),
    status: text(plain, 'status'),
    responseCode: text(plain, ...SPELLINGS.responseCode),
    responseKey: text(plain, ...SPELLINGS.responseKey),
    message: text(plain, 'message'),
    data: data ?? null,
    raw,
  };
}

/** What stands under one of the spellings, unless they contradict each other. Newer Decentro APIs write snake case. */
export function text(object: unknown, ...spellings: readonly string[]): string | null {
  if (!isObject(object)) return null;
  const [first = null, ...others] = textsOf(object, spellings);
  return others.length === 0 ? first : null;
}

function textsOf(object: Readonly<Record<string, unknown>>, spellings: readonly string[]): string[] {
  const values = spellings.map((spelling) => (Object.hasOwn(object, spelling) ? object[spelling] : null));
  return [...new Set(values.filter((value) => typeof value === 'string' && value !== ''))] as string[];
}

// As JSON has it, also inside a text of other JSON, or in a page.
const TRANSACTION_ID =
  /decentro(?:TxnId|_txn_id)(?:\\*["']|&quot;|&#3[49];)\s*:\s*(?:\\*["']|&quot;|&#3[49];)([^\s"'\\&<>]{1,128})(?:\\*["']|&quot;|&#3[49];)/g;

/**
 * The transaction IDs in an answer that is not an envelope: support asks for them whatever else was lost. Several are
 * several answers, or one that contradicts itself.
 */
export function salvageTransactionIds(bytes: Buffer): string[] {
  // UTF-16 writes ASCII with a zero beside every letter.
  const found = bytes.toString('utf8').replaceAll('\0', '').matchAll(TRANSACTION_ID);
  return [...new Set(Array.from(found, ([, id = '']) => id))];
}

/** The ID that Decentro's gateway puts into a header. Whether it equals the transaction ID is not documented. */
export function findUrn({ headers }: HttpAnswer): string | null {
  const urn = headers['x-decentro-urn'];
  return typeof urn === 'string' && urn !== '' ? urn : null;
}

/** A body as JSON has it, and without the loss of a digit: rounded, a number would be another one. */
function parseJson(body: Buffer): { readonly plain: unknown; readonly exact: unknown } | undefined {
  try {
    const { json, restore } = liftLongStrings(body);
    const text = decodeUtf8(json);
    const parsed = parseStrictJson(text);
    if (parsed === undefined) return undefined;
    const plain = parsed.value;
    const isExact = inexactNumber(text) === undefined;
    const exact = isExact ? plain : (JSON.parse(quoteInexactNumbers(text)) as unknown);
    restore(plain);
    if (!isExact) restore(exact);
    return { plain, exact };
  } catch {
    return undefined;
  }
}

// What is not UTF-8 becomes U+FFFD, which may also stand there by itself. TextDecoder takes its time to load.
function decodeUtf8(bytes: Buffer): string {
  const text = bytes.toString('utf8').replace(/^\uFEFF/, '');
  return text.includes('\uFFFD') ? new TextDecoder('utf-8', { fatal: true }).decode(bytes) : text;
}

/** Whether a parsed value is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function depthOf(value: unknown): number {
  let level = [value].filter((one): one is object => typeof one === 'object' && one !== null);
  let depth = 0;
  while (level.length > 0 && depth <= MAX_DEPTH) {
    depth += 1;
    level = level
      .flatMap((container) => Object.values(container) as unknown[])
      .filter((inner): inner is object => typeof inner === 'object' && inner !== null);
  }
  return depth;
}
