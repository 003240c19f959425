import { Failure } from '../failure/failure.js';
import { nearest } from '../failure/nearest.js';

/** What is given under the known keys, without what a program has added to `Object.prototype`. */
export function membersOf<Given extends object>(given: Given, known: readonly (keyof Given)[]): Given {
  const members = known
    .filter((key) => Object.hasOwn(given, key) || !(key in Object.prototype))
    .map((key) => [key, given[key]] as const)
    .filter(([, value]) => value !== undefined);
  const own = Object.create(null) as Given;
  Object.assign(own, Object.fromEntries(members));
  return own;
}

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
