/** The transaction ID of the session whose redirect is read. */
export const SESSION_ID = '59F864A69B6E4DE0BCD4DD927A5D6160';
/** That of another session. */
export const OTHER_ID = '0123456789ABCDEF0123456789ABCDEF';

/** What a query means for the session, by where it is read. */
export interface RedirectCase {
  readonly form: 'status' | 'code';
  readonly what: string;
  readonly query: string;
  /** On a path that only Decentro was told. */
  readonly onSecretPath: 'success' | 'declined' | 'ignored';
  /** On a path of the user's own, and where it is given to be read: there, it is ignored, or refused as this kind. */
  readonly elsewhere: 'success' | 'declined' | 'mismatch' | 'usage';
  /** What is said of it where it does not count. */
  readonly fault?: string;
}

const id = 'initiation_decentro_transaction_id';
const lower = SESSION_ID.toLowerCase();

export const REDIRECTS: readonly RedirectCase[] = [
  {
    form: 'status',
    what: 'success',
    query: `status=SUCCESS&${id}=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'status',
    what: 'a second question mark',
    query: `tenant=7?status=SUCCESS&${id}=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'status',
    what: 'a second question mark before the ID',
    query: `status=SUCCESS?${id}=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'status',
    what: 'failure',
    query: `status=FAILURE&${id}=${SESSION_ID}`,
    onSecretPath: 'declined',
    elsewhere: 'declined',
  },
  {
    form: 'status',
    what: 'another session',
    query: `status=SUCCESS&${id}=${OTHER_ID}`,
    onSecretPath: 'success',
    elsewhere: 'mismatch',
    fault: `for transaction ${OTHER_ID}`,
  },
  {
    form: 'status',
    what: 'the failure of another session',
    query: `status=DENIED&${id}=${OTHER_ID}`,
    onSecretPath: 'declined',
    elsewhere: 'mismatch',
    fault: `for transaction ${OTHER_ID}`,
  },
  {
    form: 'status',
    what: 'a missing ID',
    query: 'status=SUCCESS',
    onSecretPath: 'success',
    elsewhere: 'mismatch',
    fault: `without ${id}`,
  },
  {
    form: 'status',
    what: 'lower case',
    query: `status=success&${id}=${lower}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'status',
    what: 'a state of the app',
    query: `state=app&status=SUCCESS&${id}=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'status',
    what: 'two statuses',
    query: `status=SUCCESS&status=SUCCESS&${id}=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'repeats status',
  },
  {
    form: 'status',
    what: 'two IDs',
    query: `status=SUCCESS&${id}=${OTHER_ID}&${id}=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: `repeats ${id}`,
  },
  {
    form: 'status',
    what: 'an ID without a status',
    query: `${id}=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'has no code, status or error',
  },
  {
    form: 'status',
    what: 'a success with an error',
    query: `status=SUCCESS&${id}=${SESSION_ID}&error=access_denied`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'has both status=SUCCESS and an error',
  },
  {
    form: 'status',
    what: 'a success with a code that has no state',
    query: `status=SUCCESS&${id}=${SESSION_ID}&code=4f1c`,
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: 'without state',
  },
  {
    form: 'status',
    what: 'a failure beside a code',
    query: `code=4f1c&state=${SESSION_ID}&status=FAILED`,
    onSecretPath: 'declined',
    elsewhere: 'declined',
  },
  {
    form: 'code',
    what: 'success',
    query: `code=4f1c&state=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'code',
    what: 'failure',
    query: `error=access_denied&error_description=No&state=${SESSION_ID}`,
    onSecretPath: 'declined',
    elsewhere: 'declined',
  },
  {
    form: 'code',
    what: 'another session',
    query: `code=4f1c&state=${OTHER_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: `with state ${OTHER_ID}`,
  },
  {
    form: 'code',
    what: 'the failure of another session',
    query: `error=access_denied&state=${OTHER_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: `with state ${OTHER_ID}`,
  },
  {
    form: 'code',
    what: 'a missing state',
    query: 'code=4f1c',
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: 'without state',
  },
  {
    form: 'code',
    what: 'a failure without a state',
    query: 'error=access_denied',
    onSecretPath: 'declined',
    elsewhere: 'mismatch',
    fault: 'without state',
  },
  {
    form: 'code',
    what: 'a wrong state',
    query: `code=4f1c&state=${SESSION_ID}0`,
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: `with state ${SESSION_ID}0`,
  },
  {
    form: 'code',
    what: 'two states, the session’s among them',
    query: `state=app&code=4f1c&state=${SESSION_ID}`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'code',
    what: 'two states, the session’s first',
    query: `state=${SESSION_ID}&code=4f1c&state=app`,
    onSecretPath: 'success',
    elsewhere: 'success',
  },
  {
    form: 'code',
    what: 'lower case',
    query: `code=4f1c&state=${lower}`,
    onSecretPath: 'ignored',
    elsewhere: 'mismatch',
    fault: `with state ${lower}`,
  },
  {
    form: 'code',
    what: 'two codes',
    query: `code=1&code=4f1c&state=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'repeats code',
  },
  {
    form: 'code',
    what: 'a code and an error',
    query: `code=4f1c&error=access_denied&state=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'has both a code and an error',
  },
  {
    form: 'code',
    what: 'a state alone',
    query: `state=${SESSION_ID}`,
    onSecretPath: 'ignored',
    elsewhere: 'usage',
    fault: 'has no code, status or error',
  },
];
