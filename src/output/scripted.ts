// What scripts read: values on lines of their own, exactly as they are or not at all.
import { Failure } from '../failure/failure.js';
import { nearest } from '../failure/nearest.js';
import { quotedForShell } from '../safety/shell.js';
import { isPrintable, jsonText } from '../safety/visible.js';
import type { Report } from './report.js';

/** `NAME=value` lines for `$GITHUB_OUTPUT`; a reader of dotenv files cuts a value at `#`. Fails with `upstream`. */
export function renderEnv(report: Report): string {
  return variablesOf(report)
    .map(([name, value]) => `${name}=${value}\n`)
    .join('');
}

/** `export NAME='value'` lines, safe to `eval` in a POSIX shell. Fails with `upstream`. */
export function renderShell(report: Report): string {
  return variablesOf(report)
    .map(([name, value]) => `export ${name}=${quotedForShell(value)}\n`)
    .join('');
}

function variablesOf({ variables = [] }: Report): (readonly [string, string])[] {
  const present = variables.filter((variable): variable is readonly [string, string] => variable[1] !== null);
  for (const [name, value] of present) if (!isPrintable(value)) throw unprintable(name, value);
  return present;
}

/**
 * The bare value of one field: an empty line for `null` and what is absent, JSON for other values than text, and nothing, not
 * even a line, for an entry that a list does not have. Fails with `upstream`.
 */
export function renderField({ document }: Report, path: string): string {
  let value: unknown = document;
  for (const key of path.split('.')) {
    if (Array.isArray(value) && !Object.hasOwn(value, key)) return '';
    value = childOf(value, key);
  }
  if (typeof value !== 'string') return value == null ? '\n' : `${jsonText(value, 0)}\n`;
  if (!isPrintable(value)) throw unprintable(path, value);
  return `${value}\n`;
}

function childOf(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? (value as Record<string, unknown>)[key]
    : undefined;
}

function unprintable(name: string, value: string): Failure {
  const isCommand = isPrintable(value.replaceAll(/##|::/g, ''));
  const what = isCommand ? 'a command of a CI system' : 'a line break, control or bidi character';
  return new Failure('upstream', `${name} holds ${what}, and is not printed.`, {
    hint: 'Use --json, which escapes such characters.',
    sent: 'yes',
  });
}

/** The keys of a document that `--field` may name; `any` stands for whatever came from outside. */
export type Shape = 'value' | 'any' | readonly [Shape] | { readonly [key: string]: Shape };

/** Every dot path that names something in a document of this shape; `0` stands for the place in a list. */
export function pathsOf(shape: Shape): string[] {
  if (typeof shape === 'string') return [];
  const entries: (readonly [string, Shape])[] = Array.isArray(shape)
    ? [['0', (shape as readonly [Shape])[0]]]
    : Object.entries(shape as Readonly<Record<string, Shape>>);
  return entries.flatMap(([key, inner]) => [key, ...pathsOf(inner).map((path) => `${key}.${path}`)]);
}

/** Fails with `usage` on a `--field` that names nothing in a document of this shape. */
export function checkField(shape: Shape, path: string | undefined): void {
  if (path === undefined || hasPath(shape, path)) return;
  const near = nearest(path, pathsOf(shape));
  throw new Failure('usage', `--field ${path} is not in the document.`, {
    hint: near === undefined ? `Its keys are ${Object.keys(shape).join(', ')}.` : `Did you mean ${near}?`,
  });
}

/** Whether a dot path can name something in a document of this shape. */
export function hasPath(shape: Shape, path: string): boolean {
  let rest: Shape | undefined = shape;
  for (const key of path.split('.')) {
    if (rest === 'any') return true;
    if (rest === 'value' || rest === undefined) return false;
    if (Array.isArray(rest)) rest = /^\d+$/.test(key) ? (rest as readonly [Shape])[0] : undefined;
    else rest = Object.hasOwn(rest, key) ? (rest as Readonly<Record<string, Shape>>)[key] : undefined;
  }
  return rest !== undefined;
}
