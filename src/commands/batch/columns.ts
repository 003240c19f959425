// What a row asks for: its cells over the defaults of the run, as the parameters of a session.
import { INITIATE_SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import { nearest } from '../../failure/nearest.js';
import { visible } from '../../safety/visible.js';
import type { Row } from './rows.js';

/** The names under which a file may give parameters: those of the wire. */
export const COLUMN_NAMES = [
  'reference_id',
  'consent',
  'consent_purpose',
  'redirect_url',
  'redirect_to_signup',
  'abstract_access_token',
] as const;

export type ColumnName = (typeof COLUMN_NAMES)[number];

/** What the file calls each parameter. */
export type ColumnMapping = Readonly<Record<ColumnName, string>>;

/** Reads `--column name=column`. Fails with `usage`. */
export function parseColumnMapping(flags: readonly string[]): ColumnMapping {
  const mapping = Object.fromEntries(COLUMN_NAMES.map((name) => [name, name])) as Record<ColumnName, string>;
  for (const flag of flags) {
    const [, name = '', column = ''] = /^([^=]*)=(.+)$/s.exec(flag) ?? [];
    const known = COLUMN_NAMES.find((one) => one === name);
    if (known === undefined || column === '') {
      const near = nearest(name, COLUMN_NAMES);
      throw new Failure('usage', `--column ${visible(flag)} is not NAME=COLUMN with a known name.`, {
        hint: `${near === undefined ? '' : `Did you mean ${near}? `}Valid names: ${COLUMN_NAMES.join(', ')}.`,
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
  const named = COLUMN_NAMES.map((name) => mapping[name]).filter(
    (column, index) => column !== COLUMN_NAMES[index],
  );
  for (const column of [...named, ...(keyColumn === undefined ? [] : [keyColumn])]) {
    if (header.includes(column)) continue;
    const near = nearest(column, header);
    return new Failure('usage', `The file has no column ${visible(column)}.`, {
      hint: near === undefined ? `Its columns: ${header.map(visible).join(', ')}.` : `Did you mean ${near}?`,
    });
  }
  // Left alone by a slip of spelling, it would send rows that withhold their consent, or to the default redirect URL.
  for (const name of COLUMN_NAMES) {
    const slip = header.find((column) => column !== name && spelling(column) === name);
    if (slip === undefined || header.includes(mapping[name])) continue;
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

/** What rows are given where they have no cell of that name. */
export type RowDefaults = Pick<
  InitiateSessionParams,
  'consentPurpose' | 'redirectUrl' | 'redirectToSignup' | 'abstractAccessToken' | 'extra'
>;

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
export function createRowReader(mapping: ColumnMapping, defaults: RowDefaults, isText: boolean): RowReader {
  const yes = isText ? 'true' : true;
  const no = isText ? 'false' : false;
  const textCells = ['consent_purpose', 'redirect_url', 'reference_id'] as const;
  const switchCells = ['redirect_to_signup', 'abstract_access_token'] as const;
  return ({ cells }, hasConsent) => {
    if (hasConsent && cells.get(mapping.consent) !== yes) return { type: 'withheld' };
    const faults: string[] = [];
    const given: Partial<Record<ColumnName, string | boolean>> = {};
    for (const name of textCells) {
      const value = cells.get(mapping[name]);
      if (value === undefined || value === null || value === '') continue;
      if (typeof value === 'string') given[name] = value;
      else faults.push(`${name} is not text`);
    }
    for (const name of switchCells) {
      const value = cells.get(mapping[name]);
      if (value === undefined || value === null || value === '') continue;
      if (value === yes || value === no) given[name] = value === yes;
      else faults.push(`${name} is neither true nor false`);
    }
    const params: InitiateSessionParams = {
      consent: true,
      consentPurpose: (given.consent_purpose as string | undefined) ?? defaults.consentPurpose,
      redirectUrl: (given.redirect_url as string | undefined) ?? defaults.redirectUrl,
      redirectToSignup: (given.redirect_to_signup as boolean | undefined) ?? defaults.redirectToSignup,
      abstractAccessToken:
        (given.abstract_access_token as boolean | undefined) ?? defaults.abstractAccessToken,
      extra: defaults.extra,
    };
    const referenceId = given.reference_id as string | undefined;
    if (params.consentPurpose === undefined) faults.push('consent_purpose is missing');
    if (params.redirectUrl === undefined) faults.push('redirect_url is missing');
    for (const { parameter, what, responseKey } of INITIATE_SESSION.faultsOf(
      params,
      referenceId ?? 'derived',
    ))
      faults.push(`${WIRE_NAMES[parameter] ?? parameter} ${what}; Decentro would answer ${responseKey}`);
    return faults.length > 0 ? { type: 'invalid', faults } : { type: 'send', params, referenceId };
  };
}

const WIRE_NAMES: Readonly<Record<string, string>> = {
  referenceId: 'reference_id',
  consent: 'consent',
  consentPurpose: 'consent_purpose',
  redirectUrl: 'redirect_url',
};
