import { nearest } from '../../failure/nearest.js';
import { quoteServer } from './quote-server.js';

/** What an answer looks like: texts under their keys. */
export type AnswerShape = 'text' | { readonly [key: string]: AnswerShape };

export interface Drift {
  readonly kind: 'missing' | 'renamed' | 'type' | 'extra';
  /** What differs, key by key; never a value. */
  readonly text: string;
}

/** Compares an answer with its documented shape, down to every key. */
export function findDrift(value: unknown, shape: AnswerShape, path = ''): Drift[] {
  const type = typeOf(value);
  const name = path === '' ? 'the answer' : path;
  if (shape === 'text')
    return type === 'a text' ? [] : [{ kind: 'type', text: `${name} is ${type}, not a text` }];
  if (type !== 'an object') return [{ kind: 'type', text: `${name} is ${type}, not an object` }];

  const object = value as Readonly<Record<string, unknown>>;
  const place = (key: string) => (path === '' ? key : `${path}.${key}`);
  const unknown = new Set(Object.keys(object).filter((key) => !Object.hasOwn(shape, key)));
  const drifts = Object.entries(shape).flatMap(([key, inner]): Drift[] => {
    if (Object.hasOwn(object, key)) return findDrift(object[key], inner, place(key));
    const other = findRenamed(key, [...unknown]);
    if (other === undefined) return [{ kind: 'missing', text: `${place(key)} is missing` }];
    unknown.delete(other);
    const renamed: Drift = { kind: 'renamed', text: `${place(key)} is called ${quoteServer(other)}` };
    return [renamed, ...findDrift(object[other], inner, place(key))];
  });
  const extras = [...unknown].map((key): Drift => ({
    kind: 'extra',
    text: `${place(quoteServer(key))} is not documented`,
  }));
  return [...drifts, ...extras];
}

function findRenamed(key: string, candidates: readonly string[]): string | undefined {
  const plain = (text: string) => text.toLowerCase().replace(/[^a-z0-9]/g, '');
  return candidates.find((candidate) => plain(candidate) === plain(key)) ?? nearest(key, candidates);
}

function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  const type = typeof value;
  if (type === 'object') return 'an object';
  return type === 'string' ? 'a text' : `a ${type}`;
}
