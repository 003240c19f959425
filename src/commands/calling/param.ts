import { InvalidArgumentError } from 'commander';
import { inexactNumber } from '../../safety/exact-numbers.js';
import { parseStrictJson } from '../../safety/strict-json.js';

/** Collects `--param key=text` and `--param key:=json`. */
export function collectParam(
  text: string,
  earlier: Readonly<Record<string, unknown>> | undefined = {},
): Record<string, unknown> {
  const [, key, operator, value = ''] = /^([A-Za-z_][\w.-]*)(:?=)([^]*)$/.exec(text) ?? [];
  if (key === undefined) throw new InvalidArgumentError('Give key=text or key:=json.');
  if (Object.hasOwn(earlier, key)) throw new InvalidArgumentError(`${key} is given twice.`);
  return { ...earlier, [key]: operator === '=' ? value : parseJson(value) };
}

function parseJson(text: string): unknown {
  const parsed = parseStrictJson(text);
  if (parsed === undefined)
    throw new InvalidArgumentError('What follows := is not JSON, or names a key twice.');
  const inexact = inexactNumber(text);
  if (inexact === undefined) return parsed.value;
  throw new InvalidArgumentError(`${inexact} would be rounded. Give it as text: "${inexact}".`);
}
