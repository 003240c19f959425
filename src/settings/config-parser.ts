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

// The failsafe schema (YAML 1.2, chapter 10.1) reads every scalar as text and knows no tags.
async function parseYaml(file: string, text: string): Promise<unknown> {
  const { load, FAILSAFE_SCHEMA } = await import('js-yaml');
  try {
    return load(text, { schema: FAILSAFE_SCHEMA });
  } catch (error) {
    throw new Failure('config', `${file} ${faultOf(error, 'YAML')}.`);
  }
}

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

function faultOf(error: unknown, format: string): string {
  const { mark, reason } = error as { mark?: { line: number; column: number }; reason?: string };
  const fault = reason === 'duplicated mapping key' ? 'names a key twice' : `is not valid ${format}`;
  return mark === undefined ? fault : `${fault} (line ${mark.line + 1}, column ${mark.column + 1})`;
}
