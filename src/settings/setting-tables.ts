// What help, README and the reference document of settings and variables.
import { ROWS, type Parameter } from './parameters.js';

/** A setting, and every place that may give it. */
export interface SettingRow {
  readonly name: string;
  readonly flags: readonly string[];
  readonly variable?: string;
  /** Its key in a config file; `NAME` stands for the name of an environment. */
  readonly key?: string;
  /** What the key accepts, or where it may stand. */
  readonly note?: string;
}

/** The table of settings: what `help config` prints and what docs/configuration.md and the reference document. */
export const SETTINGS: readonly SettingRow[] = [
  {
    name: 'Environment',
    flags: ['-e', '--env'],
    variable: 'DECENTRO_ENV',
    key: 'environment',
    note: 'not production',
  },
  { name: 'Client ID', flags: [], variable: 'DECENTRO_CLIENT_ID', key: 'environments.NAME.clientId' },
  {
    name: 'Client secret',
    flags: [],
    variable: 'DECENTRO_CLIENT_SECRET',
    key: 'environments.NAME.clientSecret',
  },
  {
    name: 'Module secret',
    flags: [],
    variable: 'DECENTRO_MODULE_SECRET',
    key: 'environments.NAME.moduleSecret',
  },
  {
    name: 'Base URL',
    flags: ['--base-url'],
    variable: 'DECENTRO_BASE_URL',
    key: 'environments.NAME.baseUrl',
  },
  ...ROWS.map(([name, row]) => settingRow(name, row)).filter(
    ({ flags, variable, key }) => flags.length > 0 || variable !== undefined || key !== undefined,
  ),
  { name: 'CA certificates', flags: ['--ca-file'], variable: 'NODE_EXTRA_CA_CERTS' },
  { name: 'Proxy', flags: [], variable: 'HTTPS_PROXY' },
  {
    name: 'Journal',
    flags: [],
    variable: 'DIGILOCKER_NO_JOURNAL',
    key: 'journal',
    note: 'always or never, in the user file only',
  },
  { name: 'Allowed hosts', flags: ['--allow-host'], key: 'allowHosts', note: 'in the user file only' },
];

function settingRow(name: string, { label, flags, variable, isStored, note }: Parameter): SettingRow {
  return {
    name: label,
    flags: flags.map(([declaration]) => declaration.split(' ')[0] ?? declaration),
    ...(variable !== undefined && { variable }),
    ...(isStored === true && { key: `defaults.${name}` }),
    ...(note !== undefined && { note }),
  };
}

/** The table of environment variables: what `help environment` prints and what the reference documents. */
export const VARIABLES: readonly (readonly [name: string, meaning: string])[] = [
  [
    'DECENTRO_ENV',
    'The environment: staging when unset. The credential variables belong to this one, and are used for no other.',
  ],
  ['DECENTRO_CLIENT_ID', 'The client ID in that environment.'],
  ['DECENTRO_CLIENT_SECRET', 'The client secret that goes with it.'],
  ['DECENTRO_MODULE_SECRET', "The KYC module's secret, where the account has one."],
  ['DECENTRO_CLIENT_ID_FILE', 'The file that holds the client ID instead, in one line.'],
  ['DECENTRO_CLIENT_SECRET_FILE', 'The file that holds the client secret instead.'],
  ['DECENTRO_MODULE_SECRET_FILE', 'The file that holds the module secret instead.'],
  ['DECENTRO_BASE_URL', "Where requests go instead of the environment's own host."],
  ...ROWS.flatMap(([, { variable, variableMeaning = '' }]) =>
    variable === undefined ? [] : [[variable, variableMeaning] as const],
  ),
  ['DIGILOCKER_NO_JOURNAL', 'When set, sessions and calls are not written to the journal of this machine.'],
  [
    'XDG_STATE_HOME',
    'The folder that holds the journal, digilocker-cli/sessions.ndjson (~/.local/state when unset).',
  ],
  ['DIGILOCKER_NO_CACHE', 'When set, no compiled code is kept for the next run.'],
  ['XDG_CACHE_HOME', 'The folder that holds this code, in digilocker-cli (~/.cache when unset).'],
  ['LOCALAPPDATA', 'The folder that holds the journal and this code on Windows.'],
  ['DIGILOCKER_BROWSER', 'Commands that open a link, separated as in PATH, %s for the link.'],
  ['BROWSER', 'The same, where DIGILOCKER_BROWSER is unset.'],
  ['CI', 'When set, nothing is ever asked.'],
  ['NO_COLOR', 'When set, nothing is coloured.'],
  ['FORCE_COLOR', 'When set, everything is coloured; 0 and false mean nothing is. It wins over NO_COLOR.'],
  ['XDG_CONFIG_HOME', 'The folder that holds decentro/config.json, the user file (~/.config when unset).'],
  ['APPDATA', 'The same on Windows.'],
  ['HTTPS_PROXY', 'The URL of the HTTP proxy that requests go through; https_proxy wins over it.'],
  ['ALL_PROXY', 'The same, where HTTPS_PROXY is unset.'],
  ['NO_PROXY', 'Hosts that are reached without it: names with their subdomains, addresses, ports, or *.'],
  [
    'NODE_EXTRA_CA_CERTS',
    'A file with certificates of further authorities, which Node.js reads as it starts.',
  ],
  ['NODE_TLS_REJECT_UNAUTHORIZED', 'Must not be 0: it turns certificate checks off.'],
];
