import { checkHost, parseAllowedHosts } from './allowed-hosts.js';
import type { ConfigFile } from './config-file.js';
import { isEnvironmentName, type JournalMode } from './config-schema.js';
import {
  environmentOfVariables,
  fileSource,
  providedBy,
  readCredentials,
  referencedVariables,
  variableReferences,
  variablesSource,
  type CredentialName,
  type CredentialSource,
  type Found,
  type ReadSecretFile,
  type Variables,
} from './credential-source.js';
import { referencesOf } from './lending.js';
import { Failure } from '../failure/failure.js';
import { nearest } from '../failure/nearest.js';
import {
  choiceFaults,
  resolveParameters,
  type ParameterFlags,
  type ParameterSettings,
} from './parameter-settings.js';
import type { OpenMode } from './parameters.js';
import { BUILT_IN, given, wrongValue, type Setting } from './setting.js';
import { addressInsteadOfName, DECENTRO_HOSTS, isProduction, baseUrlFault } from '../safety/trust.js';
import { copyFault } from '../safety/pasted.js';
import { parseHttpUrl } from '../safety/url.js';

/** What was given on the command line; `undefined` means not given. */
export interface ProfileFlags extends ParameterFlags {
  readonly env?: string | undefined;
  readonly baseUrl?: string | undefined;
  readonly allowHost?: readonly string[] | undefined;
}

export interface ProfileInputs {
  readonly flags: ProfileFlags;
  readonly variables: Variables;
  readonly cwd: string;
  /** The highest precedence first. */
  readonly files: readonly ConfigFile[];
  /** What the sandbox takes for credentials: it never sees real ones. */
  readonly sandbox: Readonly<Record<CredentialName, string>>;
  readonly readSecretFile: ReadSecretFile;
}

/** Every setting with its value and where it came from; what is absent is `undefined`. */
export interface Profile extends ParameterSettings {
  readonly environment: Setting<string>;
  /** Absent for the sandbox that runs inside the command. */
  readonly baseUrl: Setting<URL> | undefined;
  readonly credentials: Found['credentials'];
  /** The credentials that a program prints, which is run when they are about to be sent. */
  readonly commands: Found['commands'];
  /** Always sent: what Decentro does without it is not what its reference page says. */
  readonly abstractAccessToken: Setting<boolean>;
  readonly open: Setting<OpenMode>;
  readonly journal: Setting<JournalMode>;
  readonly suite: Setting<'classic' | 'sso'>;
  /** Besides Decentro's own. */
  readonly allowedHosts: readonly Setting<string>[];
  /** Variables that hold secrets besides those that begin with DECENTRO_. */
  readonly secretVariables: readonly string[];
  /** What has to be mended before anything may be sent. */
  readonly problems: readonly Failure[];
  /** Why credentials are absent although something was set for them. */
  readonly notes: readonly string[];
}

/**
 * Resolves flags over variables over files over what is built in, and holds the rules of trust: credentials and base
 * URL from one source, the credentials of an environment for its own hosts. Collects problems instead of failing at
 * the first, so that all of them can be named at once.
 */
export function resolveProfile(inputs: ProfileInputs): Profile {
  const { flags, files } = inputs;
  const environment = chooseEnvironment(inputs);
  const name = environment.value;
  const problems: Failure[] = [];
  const attempt = <Value>(choose: () => Value): Value | undefined => {
    try {
      return choose();
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      problems.push(error);
      return undefined;
    }
  };

  const source = attempt(() => chooseSource(inputs, name));
  const found = readFrom(source, inputs, name);
  const allowedHosts = attempt(() => parseAllowedHosts(flags.allowHost ?? [], files));
  const baseUrl = attempt(() => chooseBaseUrl(inputs, environment, source));
  attempt(() => {
    checkEnvironment(environment, baseUrl, files);
  });
  if (baseUrl !== undefined && allowedHosts !== undefined)
    attempt(() => {
      checkHost(baseUrl.value, name, allowedHosts);
    });

  const parameters = resolveParameters(inputs, name);
  return {
    environment,
    baseUrl,
    credentials: found.credentials,
    commands: found.commands,
    ...parameters,
    journal: chooseJournal(inputs),
    allowedHosts: allowedHosts ?? [],
    secretVariables: files.flatMap(referencedVariables),
    problems: [...problems, ...choiceFaults(parameters), ...found.problems],
    notes: found.notes,
  };
}

function chooseEnvironment({ flags, variables, files }: ProfileInputs): Setting<string> {
  if (flags.env !== undefined) return { value: flags.env, origin: { kind: 'flag', label: '--env' } };
  const variable = variables['DECENTRO_ENV'] ?? '';
  if (variable !== '') return { value: variable, origin: { kind: 'variable', label: 'DECENTRO_ENV' } };
  for (const { path, config } of files) {
    if (config.environment === undefined) continue;
    return { value: config.environment, origin: { kind: 'file', label: `${path} (environment)` } };
  }
  return { value: 'staging', origin: BUILT_IN };
}

function chooseJournal({ variables, files }: ProfileInputs): Setting<JournalMode> {
  const variable = variables['DIGILOCKER_NO_JOURNAL'] ?? '';
  if (variable !== '')
    return { value: 'never', origin: { kind: 'variable', label: 'DIGILOCKER_NO_JOURNAL' } };
  const stored = files.find(({ config }) => config.journal !== undefined);
  return stored?.config.journal === undefined
    ? { value: 'always', origin: BUILT_IN }
    : { value: stored.config.journal, origin: { kind: 'file', label: `${stored.path} (journal)` } };
}

function chooseSource(
  { variables, cwd, files }: ProfileInputs,
  environment: string,
): CredentialSource | undefined {
  if (environment === 'sandbox') return undefined;
  const owner = environmentOfVariables(variables);
  const others = [...referencesOf(files), ...variableReferences(variables, cwd, owner)];
  const sources = files.map((file) => fileSource(file, environment, owner, others));
  if (owner === environment) sources.unshift(variablesSource(variables, cwd));
  const [first, second] = sources.filter((source) => providedBy(source).length > 0);
  if (first === undefined || second === undefined) return first;
  const list = (source: CredentialSource) =>
    providedBy(source)
      .map(({ label }) => label)
      .join(', ');
  throw new Failure(
    'config',
    `Credentials and base URL of ${environment} must come from one source; found two: ` +
      `${list(first)}; and ${list(second)}.`,
    { hint: `Remove them from ${first.label} or from ${second.label}.` },
  );
}

function readFrom(source: CredentialSource | undefined, inputs: ProfileInputs, environment: string): Found {
  const { sandbox, variables, cwd, readSecretFile } = inputs;
  if (environment === 'sandbox') {
    const { clientId, clientSecret } = sandbox;
    const credentials = {
      clientId: { value: clientId, origin: BUILT_IN },
      clientSecret: { value: clientSecret, origin: BUILT_IN },
      moduleSecret: { value: sandbox.moduleSecret, origin: BUILT_IN },
    };
    return { credentials, commands: {}, problems: [], notes: [] };
  }
  if (source !== undefined) return readCredentials(source, variables, readSecretFile);
  const owner = environmentOfVariables(variables);
  const unused = owner === environment ? [] : providedBy(variablesSource(variables, cwd));
  const names = unused.map(({ label }) => label).join(', ');
  const note = `${names} belong to the environment ${owner}: set DECENTRO_ENV=${environment} to use them for this one.`;
  return { credentials: {}, commands: {}, problems: [], notes: unused.length > 0 ? [note] : [] };
}

function chooseBaseUrl(
  { flags }: ProfileInputs,
  { value: environment }: Setting<string>,
  source: CredentialSource | undefined,
): Setting<URL> | undefined {
  const setting = given(flags.baseUrl, { kind: 'flag', label: '--base-url' }) ?? source?.baseUrl;
  if (setting === undefined) {
    if (!isDecentro(environment)) return undefined;
    return { value: new URL(DECENTRO_HOSTS[environment]), origin: BUILT_IN };
  }
  const copied = copyFault(setting.value);
  if (copied !== undefined) throw wrongValue(setting.origin, copied);
  const url = parseHttpUrl(setting.value);
  if (url === undefined) throw wrongValue(setting.origin, 'is not an absolute http(s) URL');
  const refusal = baseUrlFault(url);
  if (refusal !== undefined) throw wrongValue(setting.origin, refusal);
  // The sandbox listens on the address, and has no credentials to lose.
  const address = environment === 'sandbox' ? addressInsteadOfName(url) : undefined;
  return { value: address ?? url, origin: setting.origin };
}

function isDecentro(environment: string): environment is keyof typeof DECENTRO_HOSTS {
  return Object.hasOwn(DECENTRO_HOSTS, environment);
}

function checkEnvironment(
  { value: name, origin }: Setting<string>,
  baseUrl: Setting<URL> | undefined,
  files: readonly ConfigFile[],
): void {
  const copied = copyFault(name);
  if (copied !== undefined) throw wrongValue(origin, copied);
  const isReal = name === 'production' || (baseUrl !== undefined && isProduction(baseUrl.value));
  if (isReal && origin.kind === 'file') {
    throw new Failure('config', `${origin.label} selects production; a config file may not do that.`, {
      hint: 'Select it each time: --env production, or DECENTRO_ENV=production.',
    });
  }
  if ((baseUrl !== undefined && isEnvironmentName(name)) || name === 'sandbox') return;
  const defined = files.flatMap(({ config }) => Object.keys(config.environments ?? {}));
  if (defined.includes(name)) {
    throw new Failure('config', `The environment ${name} has no baseUrl.`, {
      hint: 'Add it to the config file.',
    });
  }
  const known = [...new Set(['sandbox', ...Object.keys(DECENTRO_HOSTS), ...defined])];
  if (known.includes(name)) return;
  const near = nearest(name, known);
  throw wrongValue(
    origin,
    'names an environment that does not exist',
    `${near === undefined ? '' : `Did you mean ${near}? `}Valid environments: ${known.join(', ')}.`,
  );
}
