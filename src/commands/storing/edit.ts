// Changes a config file's text and leaves the rest of it as it was. Only importer of yaml.
import { isDeepStrictEqual } from 'node:util';
import { isMap, isScalar, parseDocument, Scalar, stringify, type Document, type YAMLMap } from 'yaml';
import { parseConfig } from '../../settings/config-parser.js';
import type { Config } from '../../settings/config-schema.js';
import { Failure } from '../../failure/failure.js';
import { parseStrictJson } from '../../safety/strict-json.js';

/** A setting of a config file, by the keys that lead to it; `undefined` removes it. */
export interface Change {
  readonly keys: readonly [string, ...string[]];
  readonly value: string | boolean | readonly string[] | undefined;
}

type Mapping = Record<string, unknown>;

/** Writes the text of a new config file. */
export async function createConfigText(file: string, changes: readonly Change[]): Promise<string> {
  const config = changedConfig({}, changes);
  const text = file.endsWith('.json') ? `${JSON.stringify(config, null, 2)}\n` : toYaml(config);
  if (!isDeepStrictEqual(await parseConfig(file, text), config))
    throw new Error('A config file was written wrongly');
  return text;
}

/**
 * Changes settings in the text of a config file, which keeps its format, everything else and, in YAML, its comments.
 * Fails with `config` where that cannot be done.
 */
export async function editConfigText(
  file: string,
  text: string,
  changes: readonly Change[],
): Promise<string> {
  const wanted = changedConfig(await parseConfig(file, text), changes);
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const content = text.slice(mark.length);
  for (const edit of isJson(file, content) ? [editJson] : [spliceYaml, rewriteYaml]) {
    try {
      const edited = edit(content, changes);
      if (edited !== undefined && isDeepStrictEqual(await parseConfig(file, edited), wanted))
        return mark + edited;
    } catch {
      // Anchors, for one, whose aliases would lead nowhere.
    }
  }
  throw new Failure('config', `${file} cannot be changed without losing some of what it says.`, {
    hint: 'Edit it by hand, then check it with digilocker config show.',
  });
}

/** What a config file says once it is changed. A mapping that is left empty goes as well. */
export function changedConfig(config: Config, changes: readonly Change[]): Config {
  return changes.reduce<Mapping>((changed, { keys, value }) => change(changed, keys, value), { ...config });
}

function change(mapping: Mapping, [key = '', ...rest]: readonly string[], value: Change['value']): Mapping {
  const inner = rest.length === 0 ? value : change({ ...(mapping[key] as Mapping) }, rest, value);
  const isGone = inner === undefined || (value === undefined && Object.keys(inner as Mapping).length === 0);
  const changed = { ...mapping, [key]: inner };
  if (isGone) Reflect.deleteProperty(changed, key);
  return changed;
}

// As config-parser.ts tells them apart.
function isJson(file: string, content: string): boolean {
  return (
    !/\.ya?ml$/.test(file) && content.trimStart().startsWith('{') && parseStrictJson(content) !== undefined
  );
}

/** Writes JSON anew with the indentation, the line ends and the order of keys that it had. */
function editJson(content: string, changes: readonly Change[]): string {
  const config = changedConfig(JSON.parse(content) as Config, changes);
  const [, indent] = /^([ \t]+)"/m.exec(content) ?? [];
  const isOneLine = !content.trim().includes('\n');
  const edited = JSON.stringify(config, null, isOneLine ? undefined : (indent ?? 2));
  const [end = ''] = /\s*$/.exec(content) ?? [];
  return content.includes('\r\n') ? edited.replaceAll('\n', '\r\n') + end : edited + end;
}

/** Edits block mappings in place: every byte that is not meant stays. `undefined` where the file has other ones. */
function spliceYaml(text: string, changes: readonly Change[]): string | undefined {
  return changes.reduce<string | undefined>(
    (edited, one) => (edited === undefined ? undefined : spliceOne(edited, one)),
    text,
  );
}

function spliceOne(text: string, { keys, value }: Change): string | undefined {
  const trail: { readonly map: YAMLMap<Scalar>; readonly key: string }[] = [];
  let inner: unknown = parseYaml(text).contents;
  for (const key of keys) {
    if (inner === undefined) break;
    if (!isBlock(inner)) return undefined;
    trail.push({ map: inner, key });
    inner = valueOf(inner, key);
  }
  if (value === undefined) return inner === undefined ? text : withoutLines(text, trail);
  if (inner === undefined)
    return withLines(text, trail.at(-1)?.map, nested(keys.slice(trail.length - 1), value));
  if (!isScalar(inner) || typeof value === 'object') return undefined;
  const [start, end] = inner.range ?? [0, 0];
  const tail = text.slice(start, end).endsWith('\n') ? lineEndOf(text) : '';
  return text.slice(0, start) + toYaml(value).trimEnd() + tail + text.slice(end);
}

/** Removes the last key of a trail, and the mappings that it leaves empty. `undefined` where nothing would be left. */
function withoutLines(
  text: string,
  trail: readonly { readonly map: YAMLMap<Scalar>; readonly key: string }[],
): string | undefined {
  const { map, key } = trail.findLast((one) => one.map.items.length > 1) ?? {};
  const pair = map?.items.find((one) => one.key.value === key);
  if (map === undefined || pair === undefined) return undefined;
  const start = (pair.key.range?.[0] ?? 0) - columnOf(text, map);
  return text.slice(0, start) + text.slice(endOf(pair.value ?? pair.key));
}

/** Adds keys at the end of a mapping. */
function withLines(text: string, map: YAMLMap<Scalar> | undefined, added: unknown): string | undefined {
  if (map === undefined) return undefined;
  const newline = lineEndOf(text);
  const column = columnOf(text, map);
  const lines = toYaml(added)
    .replace(/^(?=.)/gm, ' '.repeat(column))
    .replaceAll('\n', newline);
  const end = skipComments(text, endOf(map), column);
  const before = text.slice(0, end);
  return `${before}${before.endsWith('\n') ? '' : newline}${lines}${text.slice(end)}`;
}

function nested([key, ...rest]: readonly string[], value: unknown): unknown {
  return key === undefined ? value : { [key]: nested(rest, value) };
}

function lineEndOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}

/** Writes a file with flow mappings anew: its comments stay, its spacing may not. */
function rewriteYaml(text: string, changes: readonly Change[]): string {
  const document = parseYaml(text);
  for (const { keys, value } of changes) {
    if (value === undefined) removeIn(document, keys);
    else document.setIn(keys, typeof value === 'object' ? document.createNode(value) : scalarOf(value));
  }
  return document.toString({ lineWidth: 0 });
}

function removeIn(document: Document.Parsed, keys: readonly string[]): void {
  if (!document.hasIn(keys)) return;
  document.deleteIn(keys);
  const parent = document.getIn(keys.slice(0, -1));
  if (keys.length > 1 && isMap(parent) && parent.items.length === 0) removeIn(document, keys.slice(0, -1));
}

function scalarOf(value: string | boolean): Scalar {
  const scalar = new Scalar(value);
  if (toYaml(value).startsWith('"')) scalar.type = Scalar.QUOTE_DOUBLE;
  return scalar;
}

function parseYaml(text: string): Document.Parsed {
  return parseDocument(text, { schema: 'failsafe' });
}

// Quoted is also what only the readers of other tools would take for a number or a boolean.
function toYaml(value: unknown): string {
  return stringify(value, { lineWidth: 0, compat: 'yaml-1.1' });
}

function isBlock(node: unknown): node is YAMLMap<Scalar> {
  return isMap(node) && node.flow !== true && node.items.every(({ key }) => isScalar(key));
}

function valueOf(map: YAMLMap, key: string): unknown {
  return map.get(key, true);
}

/** Where the last line of a value ends; the comments after it are none of its. */
function endOf(node: unknown): number {
  if (isBlock(node)) {
    const last = node.items.at(-1);
    return endOf(last?.value ?? last?.key);
  }
  return (node as Scalar).range?.[2] ?? 0;
}

function columnOf(text: string, map: YAMLMap): number {
  const start = map.range?.[0] ?? 0;
  return start - (text.lastIndexOf('\n', start - 1) + 1);
}

/** Steps over the comments that stand deeper than a column: they belong to what is above. */
function skipComments(text: string, offset: number, column: number): number {
  const comment = new RegExp(`[ \\t]{${column + 1},}#[^\\n]*(?:\\n|$)`, 'y');
  let end = offset;
  for (comment.lastIndex = end; comment.test(text); comment.lastIndex = end) end = comment.lastIndex;
  return end;
}
