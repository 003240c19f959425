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
  readonly builtIn?: boolean | string;
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
  pinlessSignin: {
    label: 'Sign-in without a PIN',
    title: 'the sign-in without a PIN',
    value: 'boolean',
    flags: [
      ['--pinless-signin', 'SSO: sign in without a PIN'],
      ['--no-pinless-signin', 'SSO: ask for the PIN at sign-in'],
    ],
  },
  pinlessSignup: {
    label: 'Sign-up without a PIN',
    title: 'the sign-up without a PIN',
    value: 'boolean',
    flags: [
      ['--pinless-signup', 'SSO: sign up without a PIN'],
      ['--no-pinless-signup', 'SSO: ask for a PIN at sign-up'],
    ],
  },
  usernamelessSignup: {
    label: 'Sign-up without a user name',
    title: 'the sign-up without a user name',
    value: 'boolean',
    flags: [
      ['--usernameless-signup', 'SSO: sign up without a user name'],
      ['--no-usernameless-signup', 'SSO: ask for a user name at sign-up'],
    ],
  },
  clearCookies: {
    label: 'Signed-in end user',
    title: 'the signed-in end user',
    value: 'boolean',
    flags: [
      ['--clear-cookies', 'SSO: forget who is signed in in the browser'],
      ['--no-clear-cookies', 'SSO: let the person who is signed in go on'],
    ],
  },
  documentType: {
    label: 'Type of a pulled document',
    title: 'the type of the document',
    value: 'text',
    flags: [['--type <type>', 'the type of the document, such as PAN']],
    question: { message: 'Type of the document (such as PAN):' },
  },
  idNumber: {
    label: 'Number of a pulled document',
    title: 'the number of the document',
    value: 'text',
    flags: [['--id-number <number>', 'the number of the document; - reads it from standard input']],
    mayBePiped: true,
    question: { message: 'Number of the document:' },
  },
  fullName: {
    label: 'Name in a pulled document',
    title: 'the name in the document',
    value: 'text',
    flags: [['--full-name <name>', 'the name of the end user, as written in the document']],
    question: { message: 'Name of the end user in the document:' },
  },
  suite: {
    label: 'Suite',
    title: 'the suite',
    value: ['classic', 'sso'],
    flags: [['--suite <suite>', "which of Decentro's two suites (default: classic)"]],
    variable: 'DECENTRO_SUITE',
    variableMeaning: "Which of Decentro's two suites: classic or sso.",
    builtIn: 'classic',
    isStored: true,
    note: 'classic or sso',
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

/** The rows of the table, by their names. */
export const ROWS: readonly (readonly [name: string, row: Parameter])[] = Object.entries(PARAMETERS);

/** The parameters that a config file may hold, by their names. */
export const STORED: readonly (readonly [name: string, row: Parameter])[] = ROWS.filter(
  ([, { isStored }]) => isStored === true,
);
