// Changes a config file's text and leaves the rest of it as it was. Only importer of yaml.
import { isDeepStrictEqual } from 'node:util';
import {
  isMap,
  isScalar,
  parseDocument,
  Scalar,
  stringify,
  type Document,
  type Pair,
  type YAMLMap,
} from 'yaml';
import { parseConfig } from '../../settings/config-parser.js';
import type { Config, EnvironmentConfig } from '../../settings/config-schema.js';
import { Failure } from '../../failure/failure.js';
import { parseStrictJson } from '../../safety/strict-json.js';

/** What an environment's entry says of its credentials: literal values or references; `undefined` removes one. */
export interface StoredCredentials {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly moduleSecret: string | undefined;
}

const CREDENTIAL_KEYS = ['clientId', 'clientSecret', 'moduleSecret'] as const;

/** Writes the text of a new config file. It chooses the environment as well, but for production. */
export async function createConfigText(
  file: string,
  environment: string,
  credentials: StoredCredentials,
): Promise<string> {
  const config: Config = {
    ...(environment !== 'production' && { environment }),
    environments: { [environment]: present(credentials) },
  };
  const isJson = file.endsWith('.json');
  const text = isJson ? `${JSON.stringify(config, null, 2)}\n` : toYaml(config);
  if (!isDeepStrictEqual(await parseConfig(file, text), config))
    throw new Error('A config file was written wrongly');
  return text;
}

/**
 * Sets the credentials of one environment in the text of a config file, which keeps its format, everything else and,
 * in YAML, its comments. Fails with `config` where that cannot be done.
 */
export async function editConfigText(
  file: string,
  text: string,
  environment: string,
  credentials: StoredCredentials,
): Promise<string> {
  const config = await parseConfig(file, text);
  const wanted = withCredentials(config, environment, credentials);
  const mark = text.startsWith('\uFEFF') ? '\uFEFF' : '';
  const content = text.slice(mark.length);
  for (const edit of isJson(file, content) ? [editJson] : [spliceYaml, rewriteYaml]) {
    try {
      const edited = edit(content, environment, credentials);
      if (edited !== undefined && isDeepStrictEqual(await parseConfig(file, edited), wanted))
        return mark + edited;
    } catch {
      // Anchors, for one, whose aliases would lead nowhere.
    }
  }
  throw new Failure('config', `${file} cannot be changed without losing some of what it says.`, {
    hint: 'Change it by hand: digilocker config show tells whether it is understood.',
  });
}

function withCredentials(config: Config, environment: string, credentials: StoredCredentials): Config {
  const { environments = {} } = config;
  const { baseUrl, defaults }: EnvironmentConfig = environments[environment] ?? {};
  const kept = { ...(baseUrl !== undefined && { baseUrl }), ...(defaults !== undefined && { defaults }) };
  return {
    ...config,
    environments: { ...environments, [environment]: { ...kept, ...present(credentials) } },
  };
}

function present(credentials: StoredCredentials): EnvironmentConfig {
  return Object.fromEntries(
    CREDENTIAL_KEYS.flatMap((key) => (credentials[key] === undefined ? [] : [[key, credentials[key]]])),
  );
}

// As config-parser.ts tells them apart.
function isJson(file: string, content: string): boolean {
  return (
    !/\.ya?ml$/.test(file) && content.trimStart().startsWith('{') && parseStrictJson(content) !== undefined
  );
}

/** Writes JSON anew with the indentation, the line ends and the order of keys that it had. */
function editJson(content: string, environment: string, credentials: StoredCredentials): string {
  const config = JSON.parse(content) as { environments?: Record<string, Record<string, unknown>> };
  const entry = ((config.environments ??= {})[environment] ??= {});
  for (const key of CREDENTIAL_KEYS) {
    if (credentials[key] === undefined) Reflect.deleteProperty(entry, key);
    else entry[key] = credentials[key];
  }
  const [, indent] = /^([ \t]+)"/m.exec(content) ?? [];
  const isOneLine = !content.trim().includes('\n');
  const edited = JSON.stringify(config, null, isOneLine ? undefined : (indent ?? 2));
  const [end = ''] = /\s*$/.exec(content) ?? [];
  return content.includes('\r\n') ? edited.replaceAll('\n', '\r\n') + end : edited + end;
}

/** Edits block mappings in place: every byte that is not meant stays. `undefined` where the file has other ones. */
function spliceYaml(text: string, environment: string, credentials: StoredCredentials): string | undefined {
  const root = parseYaml(text).contents;
  if (!isBlock(root)) return undefined;
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  const lines = (value: unknown, indent: number) =>
    toYaml(value)
      .replace(/^(?=.)/gm, ' '.repeat(indent))
      .replaceAll('\n', newline);
  const insert = (into: string, offset: number, addition: string) => {
    const before = into.slice(0, offset);
    return `${before}${before.endsWith('\n') ? '' : newline}${addition}${into.slice(offset)}`;
  };

  const environments = valueOf(root, 'environments');
  if (environments === undefined) {
    const addition = lines({ environments: { [environment]: present(credentials) } }, columnOf(text, root));
    return insert(text, endOf(root), addition);
  }
  if (!isBlock(environments)) return undefined;
  const entry = valueOf(environments, environment);
  const column = columnOf(text, environments);
  if (entry === undefined) {
    const end = skipComments(text, endOf(environments), column);
    return insert(text, end, lines({ [environment]: present(credentials) }, column));
  }
  if (!isBlock(entry)) return undefined;

  let edited = text;
  // From the last to the first, so that the offsets before stay true.
  const absent = CREDENTIAL_KEYS.filter(
    (key) => credentials[key] !== undefined && valueOf(entry, key) === undefined,
  );
  if (absent.length > 0) {
    const addition = Object.fromEntries(absent.map((key) => [key, credentials[key]]));
    edited = insert(edited, endOf(entry), lines(addition, columnOf(text, entry)));
  }
  for (const { key, value } of entry.items.toReversed() as Pair<Scalar, Scalar | null>[]) {
    const name = CREDENTIAL_KEYS.find((known) => known === key.value);
    if (name === undefined) continue;
    const [start, end, lineEnd] = value?.range ?? [0, 0, 0];
    const replacement = credentials[name];
    if (replacement === undefined) {
      const lineStart = (key.range?.[0] ?? 0) - columnOf(text, entry);
      edited = edited.slice(0, lineStart) + edited.slice(lineEnd);
    } else {
      const tail = edited.slice(start, end).endsWith('\n') ? newline : '';
      edited = edited.slice(0, start) + toYaml(replacement).trimEnd() + tail + edited.slice(end);
    }
  }
  return edited;
}

/** Writes a file with flow mappings anew: its comments stay, its spacing may not. */
function rewriteYaml(text: string, environment: string, credentials: StoredCredentials): string {
  const document = parseYaml(text);
  for (const key of CREDENTIAL_KEYS) {
    const value = credentials[key];
    const place = ['environments', environment, key];
    if (value === undefined) {
      if (document.hasIn(place)) document.deleteIn(place);
      continue;
    }
    const scalar = new Scalar(value);
    if (toYaml(value).startsWith('"')) scalar.type = Scalar.QUOTE_DOUBLE;
    document.setIn(place, scalar);
  }
  return document.toString({ lineWidth: 0 });
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
