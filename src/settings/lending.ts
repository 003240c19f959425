// A project file may be anybody's. Its references must not lend the secret of one environment to another, nor put a
// secret where an ID is shown: the host of a staging environment must not get a secret of production.
import path from 'node:path';
import type { ConfigFile } from './config-file.js';
import { parseSecretSource, realFile, type SecretSource } from './secret-source.js';
import { DECENTRO_HOSTS } from '../safety/trust.js';

/** A reference, and what it is for. */
export interface Reference {
  readonly environment: string;
  readonly name: string;
  readonly source: SecretSource;
}

// What people write for the names of Decentro's own environments.
const SHORT_NAMES: ReadonlyMap<string, readonly string[]> = new Map([
  ['production', ['PROD', 'PRD', 'LIVE']],
  ['staging', ['STAGE', 'STG', 'UAT']],
]);

/** All references of config files. */
export function referencesOf(files: readonly ConfigFile[]): Reference[] {
  return files.flatMap(({ path: file, config }) =>
    Object.entries(config.environments ?? {}).flatMap(([environment, settings]) =>
      (['clientId', 'clientSecret', 'moduleSecret'] as const).flatMap((name) => {
        const text = settings[name];
        return text === undefined
          ? []
          : [{ environment, name, source: parseSecretSource(text, path.dirname(file)) }];
      }),
    ),
  );
}

/**
 * Says why a project file may not refer to a value, as the end of a sentence, or `undefined`.
 *
 * @param others what else refers to variables and files
 * @param environments the names of all environments
 */
export function lendingFault(
  { environment, name, source }: Reference,
  others: readonly Reference[],
  environments: readonly string[],
  folder: string,
): string | undefined {
  const place = placeOf(source);
  if (place === undefined) return undefined;
  const same = others.filter((other) => placeOf(other.source) === place);
  const lender = same.find((other) => other.environment !== environment)?.environment;
  if (lender !== undefined) return `refers to what the environment ${lender} uses`;
  const names = namesOf(source, folder);
  const known = [environment, ...Object.keys(DECENTRO_HOSTS), ...environments];
  const owner = names
    .map((text) => ownerOf(text, known))
    .find((one) => one !== undefined && one !== environment);
  if (owner !== undefined) return `refers to what is named after the environment ${owner}`;
  const isSecret =
    same.some((other) => other.name !== 'clientId') ||
    names.some((text) => /SECRET|TOKEN|PASS|PWD|PRIVATE|CREDENTIAL/i.test(text));
  return name === 'clientId' && isSecret ? 'refers to a secret where an ID is expected' : undefined;
}

// A link is another name of the file that it leads to.
function placeOf(source: SecretSource): string | undefined {
  if (source.type === 'variable') return source.name;
  return source.type === 'file' ? realFile(source.path) : undefined;
}

/** What a value is called, without what stands in front of every name. */
function namesOf(source: SecretSource, folder: string): string[] {
  if (source.type === 'variable') return [source.name.replace(/^DECENTRO_/, '')];
  if (source.type !== 'file') return [];
  return [path.relative(folder, source.path), path.relative(realFile(folder), realFile(source.path))];
}

// A shorter name may be part of any word, as PROD is of PRODUCT.
const LONG_NAME = 6;

/** The environment whose name a variable or path carries: the longest name counts. */
function ownerOf(text: string, environments: readonly string[]): string | undefined {
  const words = `_${wordsOf(text.replace(/client|module|secret|token|key/gi, '_$&_'))}_`;
  const carries = (name: string) =>
    words.includes(`_${name}_`) || (name.length >= LONG_NAME && glued(words).includes(glued(name)));
  const found = environments.flatMap((environment) =>
    [environment, ...(SHORT_NAMES.get(environment) ?? [])]
      .map(wordsOf)
      .filter(carries)
      .map((name) => ({ environment, length: name.length })),
  );
  // Of names that are equally long the first one counts: it is the environment's own.
  return found.reduce<(typeof found)[number] | undefined>(
    (longest, one) => (longest === undefined || one.length > longest.length ? one : longest),
    undefined,
  )?.environment;
}

// A word also ends where a capital or a digit begins.
function wordsOf(text: string): string {
  return text
    .replaceAll(/([a-z])(?=[A-Z])|([A-Za-z])(?=\d)|(\d)(?=[A-Za-z])/g, '$&_')
    .toUpperCase()
    .replaceAll(/[^A-Z0-9]+/g, '_');
}

function glued(words: string): string {
  return words.replaceAll('_', '');
}
