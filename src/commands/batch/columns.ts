// What a row asks for: its cells over the defaults of the run, as the parameters of a session.
import { faultSentence } from '../../api/checks.js';
import { SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import { nearest } from '../../failure/nearest.js';
import { parseStrictJson } from '../../safety/strict-json.js';
import { visible } from '../../safety/visible.js';
import type { Row } from './rows.js';

/** The cells that become parameters, and what each holds. */
const CELLS = {
  consent_purpose: ['consentPurpose', 'text'],
  redirect_url: ['redirectUrl', 'text'],
  redirect_to_signup: ['redirectToSignup', 'boolean'],
  abstract_access_token: ['abstractAccessToken', 'boolean'],
  pinless_signin: ['pinlessSignin', 'boolean'],
  pinless_signup: ['pinlessSignup', 'boolean'],
  usernameless_signup: ['usernamelessSignup', 'boolean'],
  clear_cookies: ['clearCookies', 'boolean'],
  documents_for_consent: ['documentsForConsent', 'texts'],
} as const satisfies Readonly<
  Record<string, readonly [keyof InitiateSessionParams, 'text' | 'boolean' | 'texts']>
>;

type CellName = keyof typeof CELLS;

export type ColumnName = 'reference_id' | 'consent' | CellName;

const SHARED = ['reference_id', 'consent', 'consent_purpose', 'redirect_url', 'redirect_to_signup'] as const;

/** The names under which a file may give parameters of a suite: those of the wire. */
export const COLUMN_NAMES: Readonly<Record<Suite, readonly ColumnName[]>> = {
  classic: [...SHARED, 'abstract_access_token'],
  sso: [
    ...SHARED,
    'pinless_signin',
    'pinless_signup',
    'usernameless_signup',
    'clear_cookies',
    'documents_for_consent',
  ],
};

/** What the file calls each parameter of the suite. */
export type ColumnMapping = Readonly<Record<'reference_id' | 'consent', string>> &
  Readonly<Partial<Record<CellName, string>>>;

/** Reads `--column name=column`. Fails with `usage`. */
export function parseColumnMapping(flags: readonly string[], suite: Suite): ColumnMapping {
  const names = COLUMN_NAMES[suite];
  const mapping = Object.fromEntries(names.map((name) => [name, name])) as Record<ColumnName, string>;
  for (const flag of flags) {
    const [, name = '', column = ''] = /^([^=]*)=(.+)$/s.exec(flag) ?? [];
    const known = names.find((one) => one === name);
    if (known === undefined || column === '') {
      const near = nearest(name, names);
      throw new Failure('usage', `--column ${visible(flag)} is not NAME=COLUMN with a known name.`, {
        hint: `${near === undefined ? '' : `Did you mean ${near}? `}Valid names: ${names.join(', ')}.`,
      });
    }
    if (mapping[known] !== known) throw new Failure('usage', `--column names ${known} twice.`);
    mapping[known] = column;
  }
  const columns = Object.values(mapping);
  const shared = columns.find((column, index) => columns.indexOf(column) !== index);
  if (shared !== undefined)
    throw new Failure('usage', `--column uses the column ${visible(shared)} for two parameters.`);
  return mapping;
}

/** The columns that a file lacks although a flag names them, and those that are written almost like a parameter. */
export function headerFault(
  header: readonly string[],
  mapping: ColumnMapping,
  keyColumn: string | undefined,
): Failure | undefined {
  const columns = Object.entries(mapping);
  const named = columns.filter(([name, column]) => column !== name).map(([, column]) => column);
  for (const column of [...named, ...(keyColumn === undefined ? [] : [keyColumn])]) {
    if (header.includes(column)) continue;
    const near = nearest(column, header);
    return new Failure('usage', `The file has no column ${visible(column)}.`, {
      hint: near === undefined ? `Its columns: ${header.map(visible).join(', ')}.` : `Did you mean ${near}?`,
    });
  }
  // Left alone by a slip of spelling, it would send rows that withhold their consent, or to the default redirect URL.
  for (const [name, mapped] of columns) {
    const slip = header.find((column) => column !== name && spelling(column) === name);
    if (slip === undefined || header.includes(mapped)) continue;
    return new Failure('usage', `The column "${visible(slip)}" is spelled almost like ${name}.`, {
      hint: `Rename it, or add --column '${name}=${visible(slip)}'.`,
    });
  }
  return undefined;
}

function spelling(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replaceAll(/[\s-]+/g, '_');
}

/** The columns that only the other suite would read. */
export function foreignColumns(header: readonly string[], mapping: ColumnMapping): string[] {
  const read: readonly string[] = Object.values(mapping);
  return header.filter(
    (column) => Object.hasOwn(CELLS, column) && !Object.hasOwn(mapping, column) && !read.includes(column),
  );
}

/** What rows are given where they have no cell of that name. */
export type RowDefaults = Omit<InitiateSessionParams, 'consent'>;

export type RowRequest =
  | {
      readonly type: 'send';
      readonly params: InitiateSessionParams;
      /** The row's own. */
      readonly referenceId: string | undefined;
    }
  | { readonly type: 'withheld' }
  /** `faults` are parts of sentences, each with the response key that Decentro would answer. */
  | { readonly type: 'invalid'; readonly faults: readonly string[] };

/** Reads a row as a request. `hasConsent`: whether the file has a column that may withhold consent. */
export type RowReader = (row: Row, hasConsent: boolean) => RowRequest;

/** Creates the reader of a file's rows. @param isText whether all cells are text, as in CSV */
export function createRowReader(
  suite: Suite,
  mapping: ColumnMapping,
  defaults: RowDefaults,
  isText: boolean,
): RowReader {
  const endpoint = SESSION[suite];
  const kinds = createKinds(isText);
  const cellNames = COLUMN_NAMES[suite].filter((name) => name !== 'reference_id' && name !== 'consent');
  return ({ cells }, hasConsent) => {
    if (hasConsent && cells.get(mapping.consent) !== (isText ? 'true' : true)) return { type: 'withheld' };
    const faults: string[] = [];
    const read = (name: ColumnName, { parse, lack }: Kind): unknown => {
      const cell = cells.get(mapping[name] ?? name);
      if (cell === undefined || cell === null || cell === '') return undefined;
      const value = parse(cell);
      if (value === undefined) faults.push(`${name} ${lack}`);
      return value;
    };
    const params: Record<string, unknown> = { ...defaults, consent: true };
    for (const name of cellNames) {
      const [parameter, kind] = CELLS[name];
      const value = read(name, kinds[kind]);
      if (value !== undefined) params[parameter] = value;
    }
    const referenceId = read('reference_id', kinds.text) as string | undefined;
    const session = params as InitiateSessionParams;
    if (session.consentPurpose === undefined) faults.push('consent_purpose is missing');
    if (session.redirectUrl === undefined) faults.push('redirect_url is missing');
    for (const fault of endpoint.faultsOf(session, referenceId ?? 'derived'))
      faults.push(`${WIRE_NAMES[fault.parameter] ?? fault.parameter} ${faultSentence(fault)}`);
    return faults.length > 0 ? { type: 'invalid', faults } : { type: 'send', params: session, referenceId };
  };
}

/** What a cell may hold: `undefined` is what it may not, and `lack` says so. */
interface Kind {
  readonly parse: (cell: unknown) => unknown;
  readonly lack: string;
}

function createKinds(isText: boolean): Readonly<Record<(typeof CELLS)[CellName][1], Kind>> {
  const yes = isText ? 'true' : true;
  const no = isText ? 'false' : false;
  return {
    text: { parse: (cell) => (typeof cell === 'string' ? cell : undefined), lack: 'is not text' },
    boolean: {
      parse: (cell) => (cell === yes || cell === no ? cell === yes : undefined),
      lack: 'is neither true nor false',
    },
    texts: {
      parse: (cell) => textsOf(typeof cell === 'string' && isText ? parseStrictJson(cell)?.value : cell),
      lack: 'is not a JSON array of texts such as ["ADHAR"]',
    },
  };
}

function textsOf(value: unknown): readonly unknown[] | undefined {
  return Array.isArray(value) && value.every((item) => typeof item === 'string') ? value : undefined;
}

const WIRE_NAMES: Readonly<Record<string, string>> = {
  referenceId: 'reference_id',
  consent: 'consent',
  consentPurpose: 'consent_purpose',
  redirectUrl: 'redirect_url',
  documentsForConsent: 'documents_for_consent',
};
