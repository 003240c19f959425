// The one table of parameters: flags, variables, config keys, precedence, questions, help and docs go by its rows.

/** What is asked where a parameter is missing. */
export interface Question {
  readonly message: string;
  readonly suggestion?: string;
  /** Whether the number of characters is shown while they are typed. */
  readonly countsCharacters?: boolean;
}

/** One parameter of a call or of the tool, with every place that may give it. */
export interface Parameter {
  /** The heading of its row in help and docs. */
  readonly label: string;
  /** As a message names it. */
  readonly title: string;
  readonly value: 'text' | 'boolean' | readonly string[];
  /** Each with its help. A `--no-` form stands apart. */
  readonly flags: readonly (readonly [declaration: string, help: string])[];
  /** The place on the command line without a flag. */
  readonly argument?: readonly [declaration: string, help: string];
  readonly variable?: string;
  /** What the variable holds, as a sentence. */
  readonly variableMeaning?: string;
  /** Whether the variable belongs to the environment of the credential variables, as these do. */
  readonly isOfEnvironment?: boolean;
  /** Whether a config file may hold it under `defaults`. */
  readonly isStored?: boolean;
  /** What the key of the config file accepts. */
  readonly note?: string;
  /** What holds where nothing else is given. */
  readonly builtIn?: boolean;
  /** The same, in the built-in sandbox alone. */
  readonly sandbox?: string;
  /** Whether `-` reads it from standard input, because it should be in no list of processes. */
  readonly mayBePiped?: boolean;
  /** Absent for a parameter that a call does without. */
  readonly question?: Question;
}

export const PARAMETERS = {
  consent: {
    label: 'Consent',
    title: 'the consent',
    value: 'boolean',
    flags: [
      ['--consent', 'the end user agreed'],
      ['--no-consent', 'the end user did not agree (rejected locally unless --no-validate)'],
    ],
  },
  transactionId: {
    label: 'Session',
    title: 'the transaction ID of the session',
    value: 'text',
    flags: [],
    argument: ['[session]', 'the transaction ID of the session'],
    variable: 'DECENTRO_TXN_ID',
    variableMeaning: 'The transaction ID of the session that later calls are for.',
    isOfEnvironment: true,
    question: { message: 'Transaction ID of the session:' },
  },
  fileUrn: {
    label: 'Document',
    title: 'the URN of the document',
    value: 'text',
    flags: [],
    argument: ['[urn]', 'the URN of the document: the uri in the list of issued-files'],
    question: { message: 'URN of the document:' },
  },
  code: {
    label: 'DigiLocker code',
    title: 'the DigiLocker code',
    value: 'text',
    flags: [['--code <code>', 'the DigiLocker code of the redirect; - reads it from standard input']],
    variable: 'DIGILOCKER_CODE',
    variableMeaning: 'The DigiLocker code that the redirect brought.',
    mayBePiped: true,
    question: { message: 'DigiLocker code:' },
  },
  consentPurpose: {
    label: 'Consent purpose',
    title: 'the consent purpose',
    value: 'text',
    flags: [['--consent-purpose <text>', 'why the data is wanted, in 20 to 50 characters']],
    variable: 'DECENTRO_CONSENT_PURPOSE',
    variableMeaning: 'Why the data is wanted, in 20 to 50 characters.',
    isStored: true,
    sandbox: 'Trying DigiLocker out in the sandbox',
    question: {
      message: 'Consent purpose (20 to 50 characters):',
      suggestion: 'Verifying who opens an account',
      countsCharacters: true,
    },
  },
  redirectUrl: {
    label: 'Redirect URL',
    title: 'the redirect URL',
    value: 'text',
    flags: [['--redirect-url <url>', 'where DigiLocker sends the end user afterwards']],
    variable: 'DECENTRO_REDIRECT_URL',
    variableMeaning: 'Where DigiLocker sends the end user.',
    isStored: true,
    // A page of the sandbox itself, where it listens by default.
    sandbox: 'http://127.0.0.1:4010/app/return',
    question: { message: 'Redirect URL:', suggestion: 'http://localhost:3000/digilocker/callback' },
  },
  redirectToSignup: {
    label: 'Aadhaar sign-up',
    title: 'the Aadhaar sign-up',
    value: 'boolean',
    flags: [
      ['--redirect-to-signup', 'start at Aadhaar-based sign-up'],
      ['--no-redirect-to-signup', 'start at sign-in with the mobile number'],
    ],
    isStored: true,
    note: 'true or false',
  },
  abstractAccessToken: {
    label: 'Access token by Decentro',
    title: 'the abstraction of the access token',
    value: 'boolean',
    flags: [
      ['--abstract-access-token', 'Decentro fetches the access token itself (default)'],
      ['--no-abstract-access-token', 'you exchange the DigiLocker code yourself'],
    ],
    // Always sent: what Decentro does without it is not what its reference page says.
    builtIn: true,
    isStored: true,
    note: 'true or false',
  },
  open: {
    label: 'Browser',
    title: 'the browser',
    value: ['ask', 'always', 'never'],
    flags: [
      ['--open', 'open the link in the browser'],
      ['--no-open', "don't open the link, and don't ask"],
    ],
    isStored: true,
    note: 'ask, always or never',
  },
} as const satisfies Readonly<Record<string, Parameter>>;

export type ParameterName = keyof typeof PARAMETERS;

/** What a parameter holds, once it is resolved. */
export type ParameterValue<Name extends ParameterName> = (typeof PARAMETERS)[Name]['value'] extends 'text'
  ? string
  : (typeof PARAMETERS)[Name]['value'] extends 'boolean'
    ? boolean
    : (typeof PARAMETERS)[Name]['value'][number];

type StoredName = {
  [Name in ParameterName]: (typeof PARAMETERS)[Name] extends { isStored: true } ? Name : never;
}[ParameterName];

/** What `defaults` of a config file may hold. */
export type Defaults = { readonly [Name in StoredName]?: ParameterValue<Name> };

/** Whether the link is opened in the browser. */
export type OpenMode = ParameterValue<'open'>;

/** The row of a parameter, by its name. */
export function parameterOf(name: ParameterName): Parameter {
  return PARAMETERS[name];
}

const ROWS: readonly (readonly [name: string, row: Parameter])[] = Object.entries(PARAMETERS);

/** The parameters that a config file may hold, by their names. */
export const STORED: readonly (readonly [name: string, row: Parameter])[] = ROWS.filter(
  ([, { isStored }]) => isStored === true,
);

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
  ['LOCALAPPDATA', 'The same on Windows.'],
  ['DIGILOCKER_BROWSER', 'Commands that open a link, separated as in PATH, %s for the link.'],
  ['BROWSER', 'The same, where DIGILOCKER_BROWSER is unset.'],
  ['CI', 'When set, nothing is ever asked.'],
  ['NO_COLOR', 'When set, nothing is coloured.'],
  ['FORCE_COLOR', 'When set, everything is coloured; 0 and false mean nothing is. Stronger than NO_COLOR.'],
  ['XDG_CONFIG_HOME', 'The folder that holds decentro/config.json, the user file (~/.config when unset).'],
  ['APPDATA', 'The same on Windows.'],
  ['HTTPS_PROXY', 'The URL of the HTTP proxy that requests go through; https_proxy is stronger.'],
  ['ALL_PROXY', 'The same, where HTTPS_PROXY is unset.'],
  ['NO_PROXY', 'Hosts that are reached without it: names with their subdomains, addresses, ports, or *.'],
  [
    'NODE_EXTRA_CA_CERTS',
    'A file with certificates of further authorities, which Node.js reads as it starts.',
  ],
  ['NODE_TLS_REJECT_UNAUTHORIZED', 'Must not be 0: credentials would leave for whoever answers.'],
];
