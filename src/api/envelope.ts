import { parseStrictJson } from '../strict-json.js';
import type { HttpAnswer } from './exchange.js';

/** What every answer of Decentro's API is wrapped in; what is absent, or of a wrong type, is `null`. */
export interface Envelope {
  readonly decentroTxnId: string | null;
  readonly status: string | null;
  readonly responseCode: string | null;
  readonly responseKey: string | null;
  readonly message: string | null;
  readonly data: Readonly<Record<string, unknown>> | null;
  /** The parsed answer as it came. */
  readonly raw: unknown;
}

// Deeper than any answer, and flat enough for every recursive walk that follows.
const MAX_DEPTH = 64;

/**
 * Reads an answer's body: strict UTF-8 without its byte order mark, JSON that names no key twice, an object with a known
 * status or a response key. `undefined` is an answer that is not Decentro's envelope.
 */
export function parseEnvelope(body: Buffer): Envelope | undefined {
  const raw = parseJson(body);
  if (!isObject(raw) || depthOf(raw) > MAX_DEPTH) return undefined;
  const data = raw['data'];
  const envelope: Envelope = {
    decentroTxnId: text(raw, 'decentroTxnId', 'decentro_txn_id'),
    status: text(raw, 'status'),
    responseCode: text(raw, 'responseCode', 'response_code'),
    responseKey: text(raw, 'responseKey', 'response_key'),
    message: text(raw, 'message'),
    data: isObject(data) ? data : null,
    raw,
  };
  const isKnown =
    envelope.status === 'SUCCESS' || envelope.status === 'FAILURE' || envelope.responseKey !== null;
  return isKnown ? envelope : undefined;
}

/** The first of the spellings that holds a text. Newer Decentro APIs write snake case. */
export function text(
  object: Readonly<Record<string, unknown>>,
  ...spellings: readonly string[]
): string | null {
  for (const spelling of spellings) {
    const value = Object.hasOwn(object, spelling) ? object[spelling] : undefined;
    if (typeof value === 'string' && value !== '') return value;
  }
  return null;
}

/** The transaction ID in an answer that could not be parsed: support asks for it whatever else was lost. */
export function salvageTransactionId(body: Buffer): string | null {
  return /"decentro(?:TxnId|_txn_id)"\s*:\s*"([\w-]{1,64})"/.exec(body.toString('latin1'))?.[1] ?? null;
}

/** The ID that Decentro's gateway puts into a header. Whether it equals the transaction ID is not documented. */
export function readUrn({ headers }: HttpAnswer): string | null {
  const urn = headers['x-decentro-urn'];
  return typeof urn === 'string' && urn !== '' ? urn : null;
}

function parseJson(body: Buffer): unknown {
  try {
    return parseStrictJson(new TextDecoder('utf-8', { fatal: true }).decode(body))?.value;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function depthOf(value: object): number {
  let level: object[] = [value];
  let depth = 0;
  while (level.length > 0 && depth <= MAX_DEPTH) {
    depth += 1;
    level = level
      .flatMap((container) => Object.values(container) as unknown[])
      .filter((inner): inner is object => typeof inner === 'object' && inner !== null);
  }
  return depth;
}
