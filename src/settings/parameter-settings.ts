// Where the value of each parameter comes from.
import type { ConfigFile } from './config-file.js';
import { environmentOfVariables, type Variables } from './credential-source.js';
import {
  PARAMETERS,
  parameterOf,
  type Defaults,
  type OpenMode,
  type Parameter,
  type ParameterName,
  type ParameterValue,
} from './parameters.js';
import type { Failure } from '../failure/failure.js';
import { BUILT_IN, given, wrongValue, type Setting } from './setting.js';

/** What was given on the command line; `undefined` means not given. */
export type ParameterFlags = {
  readonly [Name in ParameterName]?:
    (ParameterValue<Name> extends boolean ? boolean : Name extends 'open' ? boolean : string) | undefined;
};

/** The parameters that something gives, each with where it came from. */
export type ParameterSettings = {
  readonly [Name in ParameterName]?: Setting<ParameterValue<Name>> | undefined;
};

type ResolvedParameters = ParameterSettings & {
  readonly open: Setting<OpenMode>;
  readonly abstractAccessToken: Setting<boolean>;
  readonly suite: Setting<ParameterValue<'suite'>>;
};

interface Sources {
  readonly flags: ParameterFlags;
  readonly variables: Variables;
  /** The highest precedence first. */
  readonly files: readonly ConfigFile[];
}

/** Says which value is none that its parameter may have. A file was looked at as it was read. */
export function choiceFaults(resolved: ParameterSettings): Failure[] {
  return (Object.keys(PARAMETERS) as ParameterName[]).flatMap((name) => {
    const { value: choices } = parameterOf(name);
    const setting = resolved[name];
    if (typeof choices === 'string' || setting === undefined || choices.includes(setting.value as string))
      return [];
    return [wrongValue(setting.origin, `has to be ${choices.join(' or ')}`)];
  });
}

/** A flag wins over a variable, a variable over a file, a file over what is built in. */
export function resolveParameters(inputs: Sources, environment: string): ResolvedParameters {
  const names = Object.keys(PARAMETERS) as ParameterName[];
  const resolved = names.map((name) => [name, resolveParameter(inputs, environment, name)]);
  return {
    ...(Object.fromEntries(resolved) as ResolvedParameters),
    open: chooseOpenMode(inputs.flags.open, fromFiles(inputs.files, environment, 'open')),
  };
}

function resolveParameter(
  { flags, variables, files }: Sources,
  environment: string,
  name: ParameterName,
): Setting<string | boolean> | undefined {
  const row = parameterOf(name);
  const { variable = '', isOfEnvironment } = row;
  const isItsOwn = isOfEnvironment !== true || environmentOfVariables(variables) === environment;
  const value = isItsOwn ? variables[variable] : undefined;
  const flag = flags[name];
  return (
    (flag === undefined ? undefined : given(flag, { kind: 'flag', label: placeOf(row) })) ??
    given(value === '' ? undefined : value, { kind: 'variable', label: variable }) ??
    (row.isStored === true ? fromFiles(files, environment, name as keyof Defaults) : undefined) ??
    given(environment === 'sandbox' ? row.sandbox : undefined, BUILT_IN) ??
    given(row.builtIn, BUILT_IN)
  );
}

/** Why the variable of a parameter is not used although it is set, as a sentence. */
export function unusedVariable(
  variables: Variables,
  environment: string,
  name: ParameterName,
): string | undefined {
  const { variable = '', isOfEnvironment } = parameterOf(name);
  const owner = environmentOfVariables(variables);
  if (isOfEnvironment !== true || (variables[variable] ?? '') === '' || owner === environment)
    return undefined;
  return `${variable} belongs to the environment ${owner}: set DECENTRO_ENV=${environment} to use it for this one.`;
}

/** Where on the command line a parameter stands: its flag, or the argument's name. */
export function placeOf({ flags: [flag], argument = ['', ''] }: Parameter): string {
  return flag?.[0].split(' ')[0] ?? argument[0].replace(/[[\]<>]/g, '').toUpperCase();
}

function chooseOpenMode(
  open: string | boolean | undefined,
  stored: Setting<OpenMode> | undefined,
): Setting<OpenMode> {
  if (open === undefined) return stored ?? { value: 'ask', origin: BUILT_IN };
  return {
    value: open ? 'always' : 'never',
    origin: { kind: 'flag', label: open ? '--open' : '--no-open' },
  };
}

function fromFiles<Key extends keyof Defaults>(
  files: readonly ConfigFile[],
  environment: string,
  key: Key,
): Setting<NonNullable<Defaults[Key]>> | undefined {
  for (const { path, config } of files) {
    const { environments = {}, defaults } = config;
    const own = Object.hasOwn(environments, environment)
      ? environments[environment]?.defaults?.[key]
      : undefined;
    if (own !== undefined) {
      return {
        value: own,
        origin: { kind: 'file', label: `${path} (environments.${environment}.defaults.${key})` },
      };
    }
    const general = defaults?.[key];
    if (general !== undefined)
      return { value: general, origin: { kind: 'file', label: `${path} (defaults.${key})` } };
  }
  return undefined;
}
