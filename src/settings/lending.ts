// A project file may be anybody's. Its references must not lend the secret of one environment to another, nor put a
// secret where an ID is shown: the host of a staging environment is no place for a secret of production.
import path from 'node:path';
import type { ConfigFile } from './config-file.js';
import { parseSecretSource, type SecretSource } from './secret-source.js';
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
  const text = source.type === 'file' ? path.relative(folder, source.path) : place;
  const owner = ownerOf(text, [environment, ...Object.keys(DECENTRO_HOSTS), ...environments]);
  if (owner !== undefined && owner !== environment)
    return `refers to what is named after the environment ${owner}`;
  const isSecret =
    same.some((other) => other.name !== 'clientId') || /SECRET|TOKEN|PASSWORD|PRIVATE/i.test(text);
  return name === 'clientId' && isSecret ? 'refers to a secret where an ID is expected' : undefined;
}

function placeOf(source: SecretSource): string | undefined {
  if (source.type === 'variable') return source.name;
  return source.type === 'file' ? source.path : undefined;
}

/** The environment whose name a variable or path carries, in words of its own: the longest name counts. */
function ownerOf(text: string, environments: readonly string[]): string | undefined {
  const words = `_${wordsOf(text)}_`;
  const found = environments.flatMap((environment) =>
    [environment, ...(SHORT_NAMES.get(environment) ?? [])]
      .map(wordsOf)
      .filter((name) => words.includes(`_${name}_`))
      .map((name) => ({ environment, length: name.length })),
  );
  // Of names that are equally long the first one counts: it is the environment's own.
  return found.reduce<(typeof found)[number] | undefined>(
    (longest, one) => (longest === undefined || one.length > longest.length ? one : longest),
    undefined,
  )?.environment;
}

function wordsOf(text: string): string {
  return text.toUpperCase().replaceAll(/[^A-Z0-9]+/g, '_');
}
