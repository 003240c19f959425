import type { Profile } from './profile.js';
import { maskId, MASKED_SECRET } from '../safety/redact.js';
import { STORED, type Defaults } from './parameters.js';
import { BUILT_IN, type Setting } from './setting.js';

/** A setting as it may be shown; what is not set is `null`. */
export interface ShownSetting {
  readonly name: string;
  readonly value: string | boolean | null;
  /** Where it came from. */
  readonly source: string | null;
}

/** How the host in use is reached. */
export interface Route {
  /** As it may be shown, with the variable that names it. */
  readonly proxy: { readonly variable: string; readonly text: string } | undefined;
  /** What NODE_EXTRA_CA_CERTS names. */
  readonly caFile: string | undefined;
}

/** Every setting in use, masked where it has to be. */
export function shownSettings(profile: Profile, { proxy, caFile }: Route): ShownSetting[] {
  const { commands, baseUrl } = profile;
  // What a program prints is not asked for here.
  const printed = Object.entries(commands).map(([name, { origin }]) => [name, { value: '', origin }]);
  const credentials = { ...profile.credentials, ...(Object.fromEntries(printed) as Profile['credentials']) };
  const isInProcess = profile.environment.value === 'sandbox' && baseUrl === undefined;
  const variable = (value: string | undefined, label: string): Setting<string> | undefined =>
    value === undefined || value === '' ? undefined : { value, origin: { kind: 'variable', label } };
  const hosts = profile.allowedHosts.length === 0 ? [undefined] : profile.allowedHosts;
  return [
    show('environment', profile.environment, asIs),
    isInProcess
      ? { name: 'baseUrl', value: 'the sandbox inside the command', source: BUILT_IN.label }
      : show('baseUrl', baseUrl, (url) => url.href),
    show('clientId', credentials.clientId, (id) =>
      // A project file may refer to a secret here.
      credentials.clientId?.origin.isReference === true ? MASKED_SECRET : maskId(id),
    ),
    show('clientSecret', credentials.clientSecret, () => MASKED_SECRET),
    show('moduleSecret', credentials.moduleSecret, () => MASKED_SECRET),
    ...STORED.map(([name]) => show<string | boolean>(name, profile[name as keyof Defaults], asIs)),
    show<string>('journal', profile.journal, asIs),
    ...hosts.map((host) => show('allowHosts', host, asIs)),
    show('proxy', proxy && variable(proxy.text, proxy.variable), asIs),
    show('caFile', variable(caFile, 'NODE_EXTRA_CA_CERTS'), asIs),
  ];
}

function show<Value>(
  name: string,
  setting: Setting<Value> | undefined,
  text: (value: Value) => string | boolean,
): ShownSetting {
  return {
    name,
    value: setting === undefined ? null : text(setting.value),
    source: setting?.origin.label ?? null,
  };
}

function asIs<Value extends string | boolean>(value: Value): Value {
  return value;
}
