// The story of `config init`: what goes into the file is asked for or given, then written.
import { lstatSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { createConfigText, editConfigText, type StoredCredentials } from './edit.js';
import { loadConfigFile } from '../../settings/config-file.js';
import { findConfigFile, findProjectFile, userPlace } from '../../settings/find-config.js';
import {
  completeCredentials,
  isComplete,
  missingCredentials,
  gatherSecrets,
  type CredentialFlags,
  type Secrets,
} from './init-credentials.js';
import { isEnvironmentName, type Config } from '../../settings/config-schema.js';
import { Failure, combine } from '../../failure/failure.js';
import { ignoreInGit } from './gitignore.js';
import type { Host } from '../../host/host.js';
import { loadProfile } from '../../settings/load-profile.js';
import { replacingFault, replaceFile } from '../../host/replace-file.js';
import { parseSecretSource } from '../../settings/secret-source.js';
import type { Place } from './stored-secret.js';
import { DECENTRO_HOSTS } from '../../safety/trust.js';

export interface ConfigInitFlags extends CredentialFlags {
  readonly env?: string;
  readonly global?: boolean;
  readonly force?: boolean;
  readonly input: boolean;
}

/** What was written. */
export interface WrittenConfig {
  readonly path: string;
  readonly environment: string;
  readonly action: 'created' | 'updated';
  readonly credentials: StoredCredentials;
  /** The `.gitignore` that the file was added to. */
  readonly gitignore: string | null;
  /** The variables that the file refers to and that are not set. */
  readonly variables: readonly string[];
  readonly notes: readonly string[];
}

interface Target extends Place {
  /** What it holds so far. */
  readonly config: Config | undefined;
}

/**
 * Stores the credentials of one environment in the config file of the working directory, or in the user file.
 * Fails with `usage` or `config`, and then has changed nothing.
 */
export async function initConfig(host: Host, flags: ConfigInitFlags): Promise<WrittenConfig> {
  const target = await findTarget(host, flags.global === true);
  const isAsked = host.isInteractive && flags.input;
  const secrets = await gatherSecrets(host, flags, target);
  const environment = await chooseEnvironment(host, flags, target, isAsked);
  await permitReplacement(host, flags, target, environment, isAsked, secrets);
  const credentials = await completeCredentials(host, flags, target, environment, secrets, isAsked);
  host.signal.throwIfAborted();
  const above = target.role === 'project' ? findProjectFile(host).file : undefined;
  const action = await write(target, environment, credentials);
  const { changed, notes } =
    target.role === 'project' ? await ignoreInGit(host, target.file) : { changed: null, notes: [] };
  const isHidden = above !== undefined && above !== target.file;
  return {
    path: target.file,
    environment,
    action,
    credentials,
    gitignore: changed,
    variables: unsetVariables(host, credentials, target),
    notes: [
      ...(isHidden ? [`In this folder, it takes the place of ${above}.`] : []),
      ...(changed === null ? [] : [`Added ${path.basename(target.file)} to ${changed}.`]),
      ...notes,
      ...(await findTrouble(host, environment)),
    ],
  };
}

/** The file in force in this folder, never one of a folder above; where there is none, a new one. */
async function findTarget(host: Host, isGlobal: boolean): Promise<Target> {
  const role = isGlobal ? 'user' : 'project';
  const folder = isGlobal ? userPlace(host)?.folder : host.cwd;
  if (folder === undefined)
    throw new Failure('config', 'There is no home folder, and so no place for a user file.', {
      hint: 'Set HOME, or XDG_CONFIG_HOME.',
    });
  if (isGlobal && lstatSync(folder, { throwIfNoEntry: false })?.isSymbolicLink() === true)
    throw new Failure('config', `${folder} is a link, which is never written through.`);
  const found = findConfigFile(role, folder);
  if (found === undefined)
    return { role, file: path.join(folder, isGlobal ? 'config.yaml' : '.decentrorc'), config: undefined };
  const objection = replacingFault(found, host.userId);
  if (objection !== undefined) throw new Failure('config', `${found} ${objection}.`);
  return { role, file: found, config: (await loadConfigFile(role, found, host)).config };
}

async function chooseEnvironment(
  { env, prompter }: Host,
  flags: ConfigInitFlags,
  target: Target,
  isAsked: boolean,
): Promise<string> {
  const variable = env['DECENTRO_ENV'] ?? '';
  const suggestion = variable === '' ? 'staging' : variable;
  if (flags.env === undefined && isAsked) {
    return prompter.text({
      message: 'Environment:',
      suggestion,
      check: (answer) => {
        const objection = environmentFault(answer, target);
        return objection === undefined ? undefined : `That ${objection}.`;
      },
    });
  }
  const name = flags.env ?? suggestion;
  const objection = environmentFault(name, target);
  if (objection === undefined) return name;
  const [kind, label] =
    flags.env === undefined ? (['config', 'DECENTRO_ENV'] as const) : (['usage', '--env'] as const);
  throw new Failure(kind, `${label} ${objection}.`);
}

function environmentFault(name: string, { file, config }: Target): string | undefined {
  if (name === 'sandbox') return 'names the sandbox, which is built in and needs no credentials';
  if (!isEnvironmentName(name)) return 'takes a name of letters, digits, - and _';
  const { environments = {} } = config ?? {};
  if (Object.hasOwn(DECENTRO_HOSTS, name)) return undefined;
  const entry = Object.hasOwn(environments, name) ? environments[name] : undefined;
  return entry?.baseUrl === undefined
    ? `names neither staging nor production, nor an environment with a baseUrl in ${file}`
    : undefined;
}

async function permitReplacement(
  host: Host,
  flags: ConfigInitFlags,
  { file, config }: Target,
  environment: string,
  isAsked: boolean,
  secrets: Secrets,
): Promise<void> {
  const isThere = Object.hasOwn(config?.environments ?? {}, environment);
  if (!isThere || flags.force === true) return;
  if (!isAsked) {
    const refusal = new Failure('usage', `${file} has credentials of ${environment} already.`, {
      hint: '--force replaces them, and keeps everything else.',
    });
    throw combine(isComplete(flags, secrets) ? [refusal] : [refusal, missingCredentials(flags, secrets)]);
  }
  const message = `${file} has ${environment} already. Replace its credentials?`;
  if (!(await host.prompter.confirm({ message }))) throw new Failure('usage', 'Nothing was changed.');
}

/** Writes the file as it is at this moment: it may have been edited while questions were answered. */
async function write(
  { role, file }: Target,
  environment: string,
  credentials: StoredCredentials,
): Promise<WrittenConfig['action']> {
  try {
    const bytes = lstatSync(file, { throwIfNoEntry: false }) === undefined ? undefined : readFileSync(file);
    const text = bytes?.toString('utf8');
    if (text !== undefined && bytes?.equals(Buffer.from(text)) !== true)
      throw new Failure('config', `${file} is not UTF-8.`);
    const written =
      text === undefined
        ? await createConfigText(file, environment, credentials)
        : await editConfigText(file, text, environment, credentials);
    if (role === 'user') mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 });
    replaceFile(file, written, 0o600);
    return text === undefined ? 'created' : 'updated';
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Failure('config', `${file} cannot be written (${code}).`);
  }
}

function unsetVariables({ env }: Host, credentials: StoredCredentials, { file }: Place): string[] {
  return [credentials.clientSecret, credentials.moduleSecret ?? '']
    .map((text) => parseSecretSource(text, path.dirname(file)))
    .flatMap((source) => (source.type === 'variable' ? [source.name] : []))
    .filter((name) => (env[name] ?? '') === '');
}

/** What would keep the next command from using what was written: another source of credentials, most likely. */
async function findTrouble(host: Host, environment: string): Promise<string[]> {
  try {
    const { profile } = await loadProfile(host, { env: environment });
    return profile.problems.map(
      ({ message, hint }) => `warning: ${message}${hint === null ? '' : ` ${hint}`}`,
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [`warning: ${error.message}`];
  }
}
