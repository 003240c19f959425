import path from 'node:path';
import type { ConfigFile } from './config-file.js';
import type { EnvironmentConfig } from './config-schema.js';
import { lendingFault, referencesOf, type Reference } from './lending.js';
import { Failure } from '../failure/failure.js';
import { credentialFault } from '../safety/redact.js';
import {
  commandFault,
  foreignReferenceFault,
  parseSecretSource,
  type SecretSource,
} from './secret-source.js';
import type { Origin, Setting } from './setting.js';

export type CredentialName = 'clientId' | 'clientSecret' | 'moduleSecret';
export type Variables = Readonly<Record<string, string | undefined>>;

/** Reads a file of one line; `within` is the folder that it has to be in. */
export type ReadSecretFile = (file: string, within?: string) => string;

interface Entry {
  readonly source: SecretSource;
  readonly origin: Origin;
  /** What is wrong with the entry, whatever its value. */
  readonly refusal?: string | undefined;
  /** That of the file that it is in. */
  readonly folder?: string;
}

/** One place that credentials and base URL may come from: the variables, or one file. */
export interface CredentialSource {
  readonly label: string;
  readonly entries: Partial<Record<CredentialName, Entry>>;
  readonly baseUrl?: Setting<string> | undefined;
}

/** A program that prints a credential. */
export interface CommandSetting {
  readonly words: readonly [string, ...string[]];
  readonly origin: Origin;
  /** That of the file that names it. */
  readonly folder: string;
}

export interface Found {
  readonly credentials: Partial<Record<CredentialName, Setting<string>>>;
  /** The credentials that a program prints, which is run when they are about to be sent. */
  readonly commands: Partial<Record<CredentialName, CommandSetting>>;
  readonly problems: readonly Failure[];
  /** Why a credential is absent although something refers to it. */
  readonly notes: readonly string[];
}

export const CREDENTIAL_VARIABLES: Readonly<Record<CredentialName, string>> = {
  clientId: 'DECENTRO_CLIENT_ID',
  clientSecret: 'DECENTRO_CLIENT_SECRET',
  moduleSecret: 'DECENTRO_MODULE_SECRET',
};

const NAMES = Object.keys(CREDENTIAL_VARIABLES) as CredentialName[];

/** The environment that the variables belong to: they hold the credentials of one. */
export function environmentOfVariables(variables: Variables): string {
  const name = variables['DECENTRO_ENV'] ?? '';
  return name === '' ? 'staging' : name;
}

/** What the environment variables provide. An empty one counts as unset; a relative path starts at `cwd`. */
export function variablesSource(variables: Variables, cwd: string): CredentialSource {
  const entries: CredentialSource['entries'] = {};
  for (const name of NAMES) {
    const label = CREDENTIAL_VARIABLES[name];
    const { [label]: value = '', [`${label}_FILE`]: file = '' } = variables;
    if (value !== '') {
      const refusal =
        file === ''
          ? commandFault(parseSecretSource(value, cwd), false)
          : `and ${label}_FILE are both set: keep one`;
      entries[name] = { source: { type: 'literal', value }, origin: { kind: 'variable', label }, refusal };
    } else if (file !== '') {
      const origin: Origin = { kind: 'variable', label: `${label}_FILE`, isReference: true };
      entries[name] = { source: { type: 'file', path: path.resolve(cwd, file) }, origin };
    }
  }
  const baseUrl = variables['DECENTRO_BASE_URL'] ?? '';
  return {
    label: 'the environment variables',
    entries,
    baseUrl:
      baseUrl === ''
        ? undefined
        : { value: baseUrl, origin: { kind: 'variable', label: 'DECENTRO_BASE_URL' } },
  };
}

/** The files that the variables of an environment refer to. */
export function variableReferences(variables: Variables, cwd: string, owner: string): Reference[] {
  return Object.entries(variablesSource(variables, cwd).entries).map(([name, { source }]) => ({
    environment: owner,
    name,
    source,
  }));
}

/**
 * What one file provides for an environment. The usual variables hold the credentials of `owner` alone.
 *
 * @param others every reference of the files in use and of the variables, none of which a project file may lend
 */
export function fileSource(
  file: ConfigFile,
  environment: string,
  owner: string,
  others: readonly Reference[] = [],
): CredentialSource {
  const { environments = {} } = file.config;
  const config: EnvironmentConfig = Object.hasOwn(environments, environment)
    ? (environments[environment] ?? {})
    : {};
  const folder = path.dirname(file.path);
  const originOf = (key: string): Origin => ({
    kind: 'file',
    label: `${file.path} (environments.${environment}.${key})`,
  });
  const entries: CredentialSource['entries'] = {};
  for (const name of NAMES) {
    const text = config[name];
    if (text === undefined) continue;
    const reference = parseSecretSource(text, folder);
    const isHeld = file.role === 'project' && reference.type === 'file';
    const source = isHeld ? { ...reference, within: folder } : reference;
    const own = { environment, name, source };
    const known = [
      ...new Set([owner, ...Object.keys(environments), ...others.map((one) => one.environment)]),
    ];
    const refusal =
      file.role === 'project'
        ? (foreignReferenceFault(source, folder) ??
          lendingFault(own, [...referencesOf([file]), ...others], known, folder))
        : undefined;
    const unrunnable = commandFault(source, file.role === 'user');
    const isForeign =
      owner !== environment &&
      source.type === 'variable' &&
      Object.values(CREDENTIAL_VARIABLES).includes(source.name);
    const origin = originOf(name);
    entries[name] = {
      source,
      origin: source.type === 'literal' ? origin : { ...origin, isReference: true },
      refusal: isForeign
        ? `names a variable that belongs to the environment ${owner}`
        : (unrunnable ?? refusal),
      folder,
    };
  }
  return {
    label: file.path,
    entries,
    baseUrl:
      config.baseUrl === undefined ? undefined : { value: config.baseUrl, origin: originOf('baseUrl') },
  };
}

/** The variables that a file refers to, in whatever environment: they hold secrets. */
export function referencedVariables({ path: file, config }: ConfigFile): string[] {
  return Object.values(config.environments ?? {})
    .flatMap((environment) => NAMES.map((name) => environment[name] ?? ''))
    .map((text) => parseSecretSource(text, path.dirname(file)))
    .flatMap((source) => (source.type === 'variable' ? [source.name] : []));
}

/** What a source provides, by name. */
export function providedBy({ entries, baseUrl }: CredentialSource): Origin[] {
  const origins = NAMES.flatMap((name) => entries[name]?.origin ?? []);
  return baseUrl === undefined ? origins : [...origins, baseUrl.origin];
}

/** Follows the references of a source and reads its credentials. */
export function readCredentials(
  source: CredentialSource,
  variables: Variables,
  readSecretFile: ReadSecretFile,
): Found {
  const credentials: Partial<Record<CredentialName, Setting<string>>> = {};
  const commands: Partial<Record<CredentialName, CommandSetting>> = {};
  const problems: Failure[] = [];
  const notes: string[] = [];
  for (const name of NAMES) {
    const entry = source.entries[name];
    if (entry === undefined) continue;
    const { origin, refusal } = entry;
    try {
      if (refusal !== undefined) throw new Failure('config', `${origin.label} ${refusal}.`);
      const { folder = '' } = entry;
      if (entry.source.type === 'command' && entry.source.words !== undefined) {
        commands[name] = { words: entry.source.words, origin, folder };
        continue;
      }
      const value = read(entry, variables, readSecretFile);
      if (value === undefined)
        notes.push(`${origin.label} refers to a variable that is not set: ${nameOf(entry)}.`);
      else credentials[name] = { value: checked(value, origin, name === 'clientId'), origin };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(error);
    }
  }
  return { credentials, commands, problems, notes };
}

function read({ source }: Entry, variables: Variables, readSecretFile: ReadSecretFile): string | undefined {
  switch (source.type) {
    case 'literal':
      return source.value;
    case 'variable': {
      // Every object has properties such as "constructor".
      const value = Object.hasOwn(variables, source.name) ? variables[source.name] : undefined;
      return value === '' ? undefined : value;
    }
    case 'file':
      return readSecretFile(source.path, source.within);
    case 'command':
      return undefined;
  }
}

function nameOf({ source }: Entry): string {
  return source.type === 'variable' ? source.name : '';
}

function checked(value: string, { label }: Origin, isId: boolean): string {
  const fault = credentialFault(value, isId);
  if (fault === undefined) return value;
  throw new Failure('config', `${label} ${fault}.`);
}
