import { InvalidArgumentError } from 'commander';
import { inexactNumber } from '../../safety/exact-numbers.js';

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
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    throw new InvalidArgumentError('What follows := is not JSON.');
  }
  const inexact = inexactNumber(text);
  if (inexact === undefined) return value;
  throw new InvalidArgumentError(`${inexact} would be rounded. Give it as text: "${inexact}".`);
}
