import { Failure } from '../failure/failure.js';
import { nearest } from '../failure/nearest.js';
import { STORED, type Defaults, type Parameter } from './parameters.js';

export interface EnvironmentConfig {
  readonly baseUrl?: string;
  readonly clientId?: string;
  readonly clientSecret?: string;
  readonly moduleSecret?: string;
  readonly defaults?: Defaults;
}

/** Whether the sessions of this machine are written down. */
export type JournalMode = 'always' | 'never';

export interface Config {
  readonly environment?: string;
  readonly allowHosts?: readonly string[];
  readonly journal?: JournalMode;
  readonly defaults?: Defaults;
  readonly environments?: Readonly<Record<string, EnvironmentConfig>>;
}

/** How the file's format writes a boolean: JSON has its own, YAML is read as text (`0123` is an ID, not a number). */
export type Scalars = 'typed' | 'text';

type Check = (value: unknown, key: string, context: Context) => unknown;

interface Context {
  readonly file: string;
  readonly scalars: Scalars;
}

const DEFAULTS: Record<string, Check> = Object.fromEntries(
  STORED.map(([name, { value }]) => [name, checkOf(value)]),
);
const ENVIRONMENT: Record<string, Check> = {
  baseUrl: text,
  clientId: text,
  clientSecret: text,
  moduleSecret: text,
  defaults: mapping(DEFAULTS),
};
const CONFIG: Record<string, Check> = {
  environment: text,
  allowHosts: list,
  journal: oneOf(['always', 'never']),
  defaults: mapping(DEFAULTS),
  environments,
};

/** Every key that a file may hold; `NAME` stands for the name of an environment. */
export const CONFIG_KEYS: readonly string[] = [
  ...Object.keys(CONFIG).filter((key) => key !== 'defaults' && key !== 'environments'),
  ...Object.keys(DEFAULTS).map((key) => `defaults.${key}`),
  ...Object.keys(ENVIRONMENT)
    .filter((key) => key !== 'defaults')
    .map((key) => `environments.NAME.${key}`),
  ...Object.keys(DEFAULTS).map((key) => `environments.NAME.defaults.${key}`),
];

/**
 * Checks what was parsed from a config file, key by key, and returns it with its types.
 * Fails with `config`, naming file and key, never a value.
 */
export function checkConfig(parsed: unknown, context: Context): Config {
  return mapping(CONFIG)(parsed, '', context) as Config;
}

function mapping(checks: Record<string, Check>): Check {
  return (value, key, context) =>
    collect(value, key, context, (inner) => {
      if (Object.hasOwn(checks, inner)) return checks[inner];
      const place = key === '' ? '' : ` in ${key}`;
      const near = nearest(inner, Object.keys(checks));
      // The secret itself may stand where a key should: only what looks like a name is shown.
      const name = near !== undefined || /^[a-z$_-]{1,32}$/i.test(inner) ? ` "${inner}"` : '';
      throw wrong(
        context,
        `unknown key${name}${place}`,
        near === undefined ? undefined : `Did you mean "${near}"?`,
      );
    });
}

function environments(value: unknown, key: string, context: Context): unknown {
  return collect(value, key, context, (name) => {
    if (name === 'sandbox')
      throw wrong(context, 'the environment "sandbox" is built in and cannot be redefined');
    if (!isEnvironmentName(name))
      throw wrong(context, 'the name of an environment holds more than letters, digits, - and _');
    return mapping(ENVIRONMENT);
  });
}

function collect(
  value: unknown,
  key: string,
  context: Context,
  checkOf: (inner: string) => Check | undefined,
): Record<string, unknown> {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw wrong(
      context,
      key === '' ? 'the file must be a mapping of settings (key: value lines)' : `${key} has to be a mapping`,
    );
  }
  const checked: Record<string, unknown> = {};
  for (const [inner, content] of Object.entries(value)) {
    const path = key === '' ? inner : `${key}.${inner}`;
    checked[inner] = checkOf(inner)?.(content, path, context);
  }
  return checked;
}

function text(value: unknown, key: string, context: Context): string {
  if (value === null || value === '')
    throw wrong(context, `${key} is empty`, 'Give it a value, or remove it.');
  if (typeof value !== 'string') throw wrong(context, `${key} has to be a string`);
  return value;
}

function boolean(value: unknown, key: string, context: Context): boolean {
  const known = context.scalars === 'typed' ? [true, false] : ['true', 'false'];
  if (!known.includes(value as never)) throw wrong(context, `${key} has to be true or false`);
  return value === known[0];
}

function checkOf(value: Parameter['value']): Check {
  if (value === 'text') return text;
  return value === 'boolean' ? boolean : oneOf(value);
}

function oneOf(choices: readonly string[]): Check {
  const list = `${choices.slice(0, -1).join(', ')} or ${choices.at(-1) ?? ''}`;
  return (value, key, context) => {
    if (!choices.includes(value as string)) throw wrong(context, `${key} has to be ${list}`);
    return value;
  };
}

function list(value: unknown, key: string, context: Context): string[] {
  if (!Array.isArray(value)) throw wrong(context, `${key} has to be a list`);
  return value.map((item) => text(item, key, context));
}

/** Names that can stand in a message and in a variable, and are not a property of every object. */
export function isEnvironmentName(name: string): boolean {
  return /^[a-zA-Z][a-zA-Z0-9_-]{0,31}$/.test(name) && !['constructor', 'prototype'].includes(name);
}

function wrong({ file }: Context, message: string, hint?: string): Failure {
  return new Failure('config', `${file}: ${message}.`, { hint });
}
