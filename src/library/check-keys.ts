import { Failure } from '../failure/failure.js';
import { nearest } from '../failure/nearest.js';

/** Fails with `usage` where a program gives a key that is not known: misspelt, it would change nothing. */
export function checkKeys(what: string, given: unknown, known: readonly string[]): void {
  if (typeof given !== 'object' || given === null)
    throw new Failure('usage', `${what} must be an object.`, { details: { effect: 'no' } });
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  const names = [...new Set(known)];
  const near = nearest(unknown, names);
  throw new Failure('usage', `Unknown key "${unknown}" in ${what}.`, {
    hint: near === undefined ? `Valid keys: ${names.join(', ')}.` : `Did you mean ${near}?`,
    details: { effect: 'no' },
  });
}
