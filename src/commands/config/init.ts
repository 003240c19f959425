// The story of `config init`: what goes into the file is asked for or given, then written.
import path from 'node:path';
import { purposeFaults, redirectUrlFaults } from '../../api/checks.js';
import { Failure, combine } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { DECENTRO_HOSTS } from '../../safety/trust.js';
import { isEnvironmentName } from '../../settings/config-schema.js';
import { findProjectFile } from '../../settings/find-config.js';
import { parseSecretSource } from '../../settings/secret-source.js';
import type { Change } from '../storing/edit.js';
import {
  environmentOfNewFile,
  findFolderStore,
  findUserStore,
  storeChanges,
  type Place,
  type Store,
} from '../storing/store.js';
import { findTrouble } from './find-trouble.js';
import {
  completeCredentials,
  gatherSecrets,
  isComplete,
  missingCredentials,
  type CredentialFlags,
  type Secrets,
  type StoredCredentials,
} from './init-credentials.js';

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

/**
 * Stores the credentials of one environment in the config file of the working directory, or in the user file.
 * Fails with `usage` or `config`, and then has changed nothing.
 */
export async function initConfig(host: Host, flags: ConfigInitFlags): Promise<WrittenConfig> {
  const target = flags.global === true ? await findUserStore(host) : await findFolderStore(host);
  const isAsked = host.isInteractive && flags.input;
  const secrets = await gatherSecrets(host, flags, target);
  const environment = await chooseEnvironment(host, flags, target, isAsked);
  await permitReplacement(host, flags, target, environment, isAsked, secrets);
  const credentials = await completeCredentials(host, flags, target, environment, secrets, isAsked);
  const defaults = isAsked && !isComplete(flags, secrets) ? await askForDefaults(host, target) : [];
  host.signal.throwIfAborted();
  const above = target.role === 'project' ? findProjectFile(host).file : undefined;
  const { action, gitignore, notes } = await storeChanges(
    host,
    target,
    [
      ...environmentOfNewFile(target, environment),
      ...defaults,
      ...credentialChanges(environment, credentials),
    ],
    true,
  );
  const isHidden = above !== undefined && above !== target.file;
  return {
    path: target.file,
    environment,
    action,
    credentials,
    gitignore,
    variables: unsetVariables(host, credentials, target),
    notes: [
      ...(isHidden ? [`In this folder it replaces ${above}.`] : []),
      ...notes,
      ...(await findTrouble(host, environment)),
    ],
  };
}

async function chooseEnvironment(
  { env, prompter }: Host,
  flags: ConfigInitFlags,
  target: Store,
  isAsked: boolean,
): Promise<string> {
  const variable = env['DECENTRO_ENV'] ?? '';
  const suggestion = variable === '' ? 'staging' : variable;
  if (flags.env === undefined && isAsked) {
    const defined = Object.keys(target.config?.environments ?? {});
    const choices = [...new Set([...Object.keys(DECENTRO_HOSTS), ...defined])].filter(
      (name) => environmentFault(name, target) === undefined,
    );
    return prompter.choose({
      message: 'Environment:',
      choices,
      suggestion: choices.includes(suggestion) ? suggestion : 'staging',
    });
  }
  const name = flags.env ?? suggestion;
  const objection = environmentFault(name, target);
  if (objection === undefined) return name;
  const [kind, label] =
    flags.env === undefined ? (['config', 'DECENTRO_ENV'] as const) : (['usage', '--env'] as const);
  throw new Failure(kind, `${label} ${objection}.`);
}

function environmentFault(name: string, { file, config }: Store): string | undefined {
  if (name === 'sandbox') return 'names the sandbox, which is built in and needs no credentials';
  if (!isEnvironmentName(name)) return 'must be a name of letters, digits, - and _';
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
  { file, config }: Store,
  environment: string,
  isAsked: boolean,
  secrets: Secrets,
): Promise<void> {
  const { environments = {} } = config ?? {};
  const entry = Object.hasOwn(environments, environment) ? environments[environment] : undefined;
  const { clientId, clientSecret, moduleSecret } = entry ?? {};
  const isThere = [clientId, clientSecret, moduleSecret].some((value) => value !== undefined);
  if (!isThere || flags.force === true) return;
  if (!isAsked) {
    const refusal = new Failure('usage', `${file} already has credentials for ${environment}.`, {
      hint: '--force replaces them, and keeps everything else.',
    });
    throw combine(isComplete(flags, secrets) ? [refusal] : [refusal, missingCredentials(flags, secrets)]);
  }
  const message = `${file} already has credentials for ${environment}. Replace them?`;
  if (!(await host.prompter.confirm({ message }))) throw new Failure('usage', 'Nothing was changed.');
}

function credentialChanges(environment: string, credentials: StoredCredentials): Change[] {
  return (['clientId', 'clientSecret', 'moduleSecret'] as const).map((name) => ({
    keys: ['environments', environment, name],
    value: credentials[name],
  }));
}

/** Asks for what a session needs besides credentials, unless the file has it; Enter skips. */
async function askForDefaults({ prompter }: Host, { config }: Store): Promise<Change[]> {
  const questions = [
    ['consentPurpose', 'Consent purpose of your sessions, 20 to 50 characters (Enter skips):', purposeFaults],
    ['redirectUrl', 'Redirect URL of your app (Enter skips):', redirectUrlFaults],
  ] as const;
  const changes: Change[] = [];
  for (const [name, message, faultsOf] of questions) {
    if (config?.defaults?.[name] !== undefined) continue;
    const check = (answer: string) => {
      const [fault] = answer === '' ? [] : faultsOf(answer);
      return fault && `That ${fault.what}.`;
    };
    const value = await prompter.text({ message, check });
    if (value !== '') changes.push({ keys: ['defaults', name], value });
  }
  return changes;
}

function unsetVariables({ env }: Host, credentials: StoredCredentials, { file }: Place): string[] {
  return [credentials.clientSecret, credentials.moduleSecret ?? '']
    .map((text) => parseSecretSource(text, path.dirname(file)))
    .flatMap((source) => (source.type === 'variable' ? [source.name] : []))
    .filter((name) => (env[name] ?? '') === '');
}
