import { deriveReferenceId as derive, type ReferenceIdSource } from '../api/derive-reference-id.js';
import { checkKeys } from './check-keys.js';
import { Failure } from '../failure/failure.js';

export type { ReferenceIdSource };

const TEXTS = ['environment', 'batch', 'key'] as const;

/**
 * Derives a reference ID: a UUID version 8 of SHA-256. The same source gives the same ID on every machine, so that
 * Decentro itself refuses a second session for the same attempt. Throws a {@link Failure} `usage` for a source that is
 * not whole.
 */
export function deriveReferenceId(source: ReferenceIdSource): string {
  // A program without types may give anything; a part that is missing would be the same for all.
  checkKeys('source', source, [...TEXTS, 'attempt']);
  const given = source as Partial<Record<keyof ReferenceIdSource, unknown>>;
  const wrong = TEXTS.filter((name) => typeof given[name] !== 'string' || given[name] === '').map(
    (name) => `${name} must be a text that is not empty.`,
  );
  if (!(Number.isSafeInteger(given.attempt) && Number(given.attempt) >= 1))
    wrong.push('attempt must be a whole number from 1.');
  if (wrong.length > 0) throw new Failure('usage', wrong);
  return derive(source);
}
