import path from 'node:path';
import { checkConfig, type Config } from './config-schema.js';
import { Failure } from '../failure/failure.js';
import { parseStrictJson } from '../safety/strict-json.js';

/**
 * Parses a config file: JSON or YAML by its ending, either where it has none. js-yaml is loaded for YAML alone.
 * `text` was decoded from UTF-8, so that what was none holds U+FFFD.
 * Fails with `config`, naming file and position; a parser's own message would quote the file, secrets included.
 */
export async function parseConfig(file: string, text: string): Promise<Config> {
  if (text.includes('\uFFFD')) throw new Failure('config', `${file} is not in UTF-8.`);
  const content = text.replace(/^\uFEFF/, '');
  const ending = path.extname(file);
  if (
    ending === '.json' ||
    (ending !== '.yaml' && ending !== '.yml' && content.trimStart().startsWith('{'))
  ) {
    const parsed = parseStrictJson(content);
    if (parsed !== undefined) return checkConfig(parsed.value, { file, scalars: 'typed' });
    if (ending === '.json') throw new Failure('config', `${file} ${await faultOfJson(content)}.`);
  }
  return checkConfig(await parseYaml(file, content), { file, scalars: 'text' });
}

// The failsafe schema (YAML 1.2, chapter 10.1) reads every scalar as text and knows no tags. What is null in JSON is
// null here as well: no secret is called "~".
async function parseYaml(file: string, text: string): Promise<unknown> {
  const { load, FAILSAFE_SCHEMA, Type } = await import('js-yaml');
  const absent = new Type('tag:yaml.org,2002:null', {
    kind: 'scalar',
    resolve: (plain: string | null) => plain === null || /^(~|null|Null|NULL)?$/.test(plain),
    construct: () => null,
  });
  const schema = FAILSAFE_SCHEMA.extend({ implicit: [absent] });
  let mergeKeyLine: number | undefined;
  const listener = (event: string, { result, line }: { result?: unknown; line: number }) => {
    if (event === 'close' && result === '<<') mergeKeyLine ??= line + 1;
  };
  try {
    const parsed = load(text, { schema, listener });
    if (mergeKeyLine === undefined || !hasMergeKey(parsed)) return parsed;
  } catch (error) {
    const { hint } = FEATURES.find(({ reason }) => reason.test((error as Error).message)) ?? {};
    throw new Failure('config', `${file} ${faultOf(error, 'YAML', text)}.`, { hint });
  }
  throw new Failure(
    'config',
    `${file} uses the merge key "<<", which is not supported (line ${mergeKeyLine}).`,
    {
      hint: 'Write the keys out, or put what environments share under defaults.',
    },
  );
}

function hasMergeKey(parsed: unknown): boolean {
  const seen = new Set([parsed]);
  for (const value of seen) {
    if (typeof value !== 'object' || value === null) continue;
    if (Object.hasOwn(value, '<<')) return true;
    for (const inner of Object.values(value)) seen.add(inner);
  }
  return false;
}

/** What YAML has and a config file may not use, by what js-yaml says of it. */
const FEATURES = [
  {
    reason: /^unknown tag/,
    fault: 'uses a tag, which is not supported',
    hint: 'Leave it out: every value is read as text.',
  },
  {
    reason: /^expected a single document/,
    fault: 'holds more than one YAML document',
    hint: 'Keep one of them.',
  },
  { reason: /^duplicated mapping key/, fault: 'names a key twice' },
];

// JSON is YAML as well, and the YAML parser tells line and column where JSON.parse often tells neither.
async function faultOfJson(text: string): Promise<string> {
  const { load } = await import('js-yaml');
  try {
    load(text);
    return 'is not valid JSON';
  } catch (error) {
    return faultOf(error, 'JSON');
  }
}

function faultOf(error: unknown, format: string, text = ''): string {
  const { mark, message } = error as Error & { mark?: { line: number; column: number } };
  const fault = FEATURES.find(({ reason }) => reason.test(message))?.fault ?? `is not valid ${format}`;
  if (mark !== undefined) return `${fault} (line ${mark.line + 1}, column ${mark.column + 1})`;
  const second = [...text.matchAll(/^---(?=\s)/gm)].at(-1)?.index;
  return second === undefined ? fault : `${fault} (line ${text.slice(0, second).split('\n').length})`;
}
