// The story of `config set` and `config unset`: one setting of a config file, as its reader would accept it.
import path from 'node:path';
import { purposeFaults, redirectUrlFaults } from '../../api/checks.js';
import { Failure } from '../../failure/failure.js';
import { nearest, nearMisses } from '../../failure/nearest.js';
import type { Host } from '../../host/host.js';
import {
  baseUrlFault,
  clearTextFault,
  DECENTRO_HOSTS,
  isProduction,
  parseAllowedHost,
} from '../../safety/trust.js';
import { parseHttpUrl } from '../../safety/url.js';
import { OF_USER_FILE } from '../../settings/config-file.js';
import { parseConfig } from '../../settings/config-parser.js';
import { CONFIG_KEYS, type Config } from '../../settings/config-schema.js';
import { environmentOfVariables, fileSource, variableReferences } from '../../settings/credential-source.js';
import { STORED } from '../../settings/parameters.js';
import { parseSecretSource } from '../../settings/secret-source.js';
import { changedConfig, type Change } from '../storing/edit.js';
import { findProjectStore, findUserStore, storeChanges, type Store } from '../storing/store.js';
import { findTrouble } from './find-trouble.js';
import { literalFault, referenceFault } from './stored-secret.js';

export interface SetFlags {
  readonly global?: boolean;
  readonly json?: boolean;
}

/** What became of a setting. */
export interface ChangedSetting {
  readonly path: string;
  readonly key: string;
  readonly action: 'created' | 'updated' | 'unchanged';
  readonly gitignore: string | null;
  readonly notes: readonly string[];
}

/**
 * Changes one setting, or removes it where `value` is `undefined`. Fails with `usage` where a reader of the file would
 * refuse it, and with `config` where the file cannot be used; then nothing has changed.
 */
export async function setSetting(
  host: Host,
  key: string,
  value: string | undefined,
  flags: SetFlags,
): Promise<ChangedSetting> {
  const keys = parseKey(key);
  const name = keys.join('.');
  const store = flags.global === true ? await findUserStore(host) : await findProjectStore(host);
  if (value === undefined && !isSet(store.config, keys)) {
    const notes = [`${name} is not set in ${store.file}.`];
    return { path: store.file, key: name, action: 'unchanged', gitignore: null, notes };
  }
  const change: Change = { keys, value: value === undefined ? undefined : readValue(keys, value) };
  const wanted = changedConfig(store.config ?? {}, [change]);
  if (value !== undefined) await checkValue(host, store, keys, value, wanted);
  const { action, gitignore, notes } = await storeChanges(host, store, [change]);
  const environment = keys[0] === 'environments' ? keys[1] : undefined;
  return {
    path: store.file,
    key: name,
    action,
    gitignore,
    notes: [
      ...notes,
      ...(value === undefined ? [] : unsetVariable(host, value, name)),
      ...(environment === undefined ? [] : await findTrouble(host, environment)),
    ],
  };
}

/** The keys that lead to a setting. A default may be named by its last key alone. */
function parseKey(text: string): readonly [string, ...string[]] {
  const long = CONFIG_KEYS.includes(`defaults.${text}`) ? `defaults.${text}` : text;
  const [first = '', ...rest] = long.split('.');
  const environment = first === 'environments' ? rest[0] : undefined;
  const general = environment === undefined ? long : [first, 'NAME', ...rest.slice(1)].join('.');
  if (CONFIG_KEYS.includes(general)) return [first, ...rest];
  const known = CONFIG_KEYS.map((one) => one.replace('NAME', environment ?? 'staging'));
  const near = nearMisses(text, known);
  const guess = near.length === 0 ? '' : `Did you mean ${near.join(' or ')}? `;
  throw new Failure('usage', `No setting named "${text}".`, {
    hint: `${guess}Run digilocker help config for all settings.`,
  });
}

function isSet(config: Config | undefined, keys: readonly string[]): boolean {
  const value = keys.reduce<unknown>(
    (inner, key) =>
      typeof inner === 'object' && inner !== null && Object.hasOwn(inner, key)
        ? (inner as Record<string, unknown>)[key]
        : undefined,
    config,
  );
  return value !== undefined;
}

function readValue(keys: readonly string[], value: string): Change['value'] {
  if (keys[0] === 'allowHosts') return value.split(',').map((host) => host.trim());
  const isBoolean = STORED.some(([name, row]) => name === keys.at(-1) && row.value === 'boolean');
  return isBoolean && (value === 'true' || value === 'false') ? value === 'true' : value;
}

async function checkValue(
  host: Host,
  store: Store,
  keys: readonly string[],
  value: string,
  wanted: Config,
): Promise<void> {
  const name = keys.join('.');
  const fault = valueFault(host, store, keys, value, wanted);
  if (fault !== undefined) throw new Failure('usage', `${name} ${fault.what}.`, { hint: fault.hint });
  // Types, names of environments and all that the reader itself looks at.
  await parseConfig(store.file, JSON.stringify(wanted)).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    throw new Failure('usage', error.message, { hint: error.hint ?? undefined });
  });
}

interface ValueFault {
  /** The end of a sentence that does not quote the value. */
  readonly what: string;
  readonly hint?: string | undefined;
}

function valueFault(
  host: Host,
  store: Store,
  keys: readonly string[],
  value: string,
  wanted: Config,
): ValueFault | undefined {
  const last = keys.at(-1) ?? '';
  const say = (what: string | undefined, hint?: string) => (what === undefined ? undefined : { what, hint });
  if (store.role !== 'user' && Object.hasOwn(OF_USER_FILE, last))
    return { what: 'may only be set in the user file', hint: 'Add --global.' };
  switch (last) {
    case 'environment':
      return environmentFault(value, wanted);
    case 'allowHosts': {
      const isWrong = value.split(',').some((one) => parseAllowedHost(one.trim()) === undefined);
      return isWrong
        ? { what: 'needs host names or addresses, separated by commas, such as gateway.example' }
        : undefined;
    }
    case 'baseUrl': {
      const url = parseHttpUrl(value);
      return say(
        url === undefined ? 'is not an absolute http(s) URL' : (baseUrlFault(url) ?? clearTextFault(url)),
      );
    }
    case 'consentPurpose':
      return say(purposeFaults(value)[0]?.what);
    case 'redirectUrl':
      return say(redirectUrlFaults(value)[0]?.what);
    case 'clientId':
    case 'clientSecret':
    case 'moduleSecret':
      return credentialFault(host, store, [keys[1] ?? '', last], value, wanted);
    default:
      return undefined;
  }
}

function environmentFault(name: string, { environments = {} }: Config): ValueFault | undefined {
  const { baseUrl = '' } = (Object.hasOwn(environments, name) ? environments[name] : undefined) ?? {};
  const url = parseHttpUrl(baseUrl);
  if (name === 'production' || (url !== undefined && isProduction(url))) {
    return {
      what: 'selects production; a config file may not do that',
      hint: 'Choose it each time: --env production, or DECENTRO_ENV=production.',
    };
  }
  const known = ['sandbox', 'staging', ...Object.keys(environments).filter((one) => one !== 'production')];
  if (known.includes(name)) return undefined;
  const near = nearest(name, known);
  const guess = near === undefined ? '' : `Did you mean ${near}? `;
  return {
    what: 'names an environment that does not exist',
    hint: `${guess}Valid environments: ${[...new Set(known)].join(', ')}.`,
  };
}

function credentialFault(
  { env, cwd }: Host,
  store: Store,
  [environment, name]: readonly [environment: string, name: 'clientId' | 'clientSecret' | 'moduleSecret'],
  value: string,
  wanted: Config,
): ValueFault | undefined {
  const isReference = /^(env|file|exec):/.test(value);
  if (!isReference && name !== 'clientId') {
    return {
      what: 'would store a secret from the command line, which every process can see',
      hint: 'Store it with digilocker config init, or give a reference: env:NAME or file:PATH.',
    };
  }
  const what = isReference ? referenceFault(value, store) : literalFault(value, true);
  if (what !== undefined)
    return {
      what,
      hint: value.startsWith('exec:') && store.role === 'project' ? 'Add --global.' : undefined,
    };
  const owner = environmentOfVariables(env);
  const file = { role: store.role, path: store.file, config: wanted, exposesSecrets: false };
  const others = variableReferences(env, cwd, owner);
  const refusal = fileSource(file, environment, owner, others).entries[name]?.refusal;
  return refusal === undefined ? undefined : { what: refusal };
}

function unsetVariable({ env }: Host, value: string, name: string): string[] {
  const source = parseSecretSource(value, path.sep);
  const isMeant = /\.(clientId|clientSecret|moduleSecret)$/.test(name) && source.type === 'variable';
  return isMeant && (env[source.name] ?? '') === '' ? [`${source.name} is not set yet.`] : [];
}

/** The keys that complete the first argument of `config set` and `config unset`. */
export function settingNames(config: Config): string[] {
  const environments = new Set([...Object.keys(DECENTRO_HOSTS), ...Object.keys(config.environments ?? {})]);
  return CONFIG_KEYS.flatMap((key) =>
    key.includes('NAME') ? [...environments].map((name) => key.replace('NAME', name)) : [key],
  );
}
