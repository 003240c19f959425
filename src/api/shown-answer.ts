// What may be shown of an answer: what is used of it stays as it came.
import { MASKED_SECRET, redactJson } from '../safety/redact.js';
import { maskedJson, maskedValue, type Personal } from './endpoint.js';
import { isObject, parseAnyAnswer } from './envelope.js';
import type { HttpAnswer } from './http/exchange.js';

type Redact = (text: string) => string;

/**
 * The answer with credentials and personal data masked, in names and values; IDs and URN stay. `known` is its body parsed,
 * where that was read already.
 */
export function shownAnswer(
  answer: HttpAnswer,
  redact: Redact,
  kept: readonly string[],
  personal: Personal = [],
  known?: unknown,
): HttpAnswer {
  const headers = Object.entries(answer.headers).map(([name, value]) => [
    redact(name),
    Array.isArray(value) ? value.map(redact) : redact(value ?? ''),
  ]);
  return {
    ...answer,
    headers: Object.fromEntries(headers) as HttpAnswer['headers'],
    body: shownBody(answer.body, redact, kept, personal, known),
  };
}

function shownBody(
  body: Buffer,
  redact: Redact,
  kept: readonly string[],
  personal: Personal,
  known: unknown,
): Buffer {
  if (personal === 'all') return Buffer.from(redact(maskedJson(body.toString('utf8'), personal)));
  if (personal.length > 0) {
    const value = known ?? parsed(body.toString('utf8'));
    return Buffer.from(redact(isObject(value) ? maskedEnvelope(value, personal) : unreadable(body)));
  }
  // Credentials are ASCII, so that latin1 keeps every other byte as it was.
  const text = body.toString('latin1');
  // UTF-16 writes ASCII with a zero beside every letter.
  const narrow = text.replaceAll('\0', '');
  if (narrow !== text && redact(narrow) !== narrow) return Buffer.from(redact(narrow), 'latin1');
  // A letter may hide behind an escape of JSON.
  if (redact(text) === text && !text.includes('\\u00')) return body;
  const value = parsed(body.toString('utf8'));
  if (value === undefined) return Buffer.from(redact(text), 'latin1');
  const plain = JSON.stringify(value);
  const shown = JSON.stringify(redactJson(value, redact, kept));
  return shown === plain ? body : Buffer.from(shown);
}

// In both spellings, and of texts alone. What else an answer of another shape holds may be anything.
const ENVELOPE = /^(decentro_?txn_?id|status|response_?(code|key)|message)$/i;

function maskedEnvelope(value: Readonly<Record<string, unknown>>, personal: readonly string[]): string {
  const isKept = (name: string, member: unknown) =>
    member === null ||
    (ENVELOPE.test(name) && typeof member !== 'object') ||
    // Masked below, where it is known what of it is personal.
    personal.some((place) => place.split('.')[0] === name);
  const members = Object.entries(value).map(([name, member]) => [
    name,
    isKept(name, member) ? member : MASKED_SECRET,
  ]);
  return maskedValue(Object.fromEntries(members), personal);
}

function unreadable(body: Buffer): string {
  return `(${body.length} bytes that may hold personal data)`;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * The content of an answer of any form, with credentials masked: its `data`, or all of it where it has none. An answer that
 * cannot be read as JSON is returned as text, an empty one as `null`.
 */
export function shownContent(answer: HttpAnswer, redact: Redact): unknown {
  const envelope = parseAnyAnswer(answer.body);
  if (envelope === undefined) return shownBody(answer.body, redact, [], [], undefined).toString('utf8');
  const { raw, data } = envelope;
  return redactJson(isObject(raw) && Object.hasOwn(raw, 'data') ? data : raw, redact);
}

/** The texts of a result that are used as they are: links among them. */
export function usedTexts(result: unknown): string[] {
  if (typeof result !== 'object' || result === null) return [];
  return Object.values(result).filter((value): value is string => typeof value === 'string');
}
