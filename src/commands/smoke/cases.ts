// What is checked, as data: the calls, and what each case expects of the answer to one of them.
import type { Suite } from '../../api/suite.js';
import { isLocal, parseHttpUrl } from '../../safety/url.js';
import type { CallId } from './calls.js';
import {
  judgeRefusalShape,
  judgeSessionShape,
  judgeSpelling,
  describeAnswer,
  judgeUrn,
  judgeUnknownSession,
  judgeWayBack,
  judgeReturnedId,
  judgeRefusedWayBack,
  met,
  ofSession,
  record,
  refusedWith,
  type Judge,
} from './judge.js';

/** What stands behind an expectation: Decentro's documentation, the reports of integrators, or neither. */
export type Mark = 'documented' | 'observed' | 'assumed';

export interface SmokeCase {
  /** Stable: reports and `--only` name it. */
  readonly id: string;
  readonly title: string;
  readonly mark: Mark;
  /** Those in which it is checked: classic alone when absent. */
  readonly suites?: readonly Suite[];
  readonly call: CallId;
  readonly expected: string;
  /** What an observed or assumed expectation leaves open. */
  readonly question?: string;
  readonly judge: Judge;
}

const MODULE_SECRET_KEYS = [
  'error_empty_module_secret',
  'error_invalid_module_secret',
  'error_unauthorized_module',
];

/** The calls after a session, for one that does not exist: the keys of their refusals are undocumented. */
const UNKNOWN_SESSION: readonly (readonly [id: string, title: string, call: CallId])[] = [
  ['no-session-token', 'The access token of a session that does not exist', 'unknown-token'],
  ['no-session-files', 'The issued files of a session that does not exist', 'unknown-files'],
  ['no-session-file', 'A file of a session that does not exist', 'unknown-file'],
  ['no-session-data', "A file's data of a session that does not exist", 'unknown-data'],
  ['no-session-eaadhaar', 'The eAadhaar of a session that does not exist', 'unknown-eaadhaar'],
];

/** In the order in which they are reported. */
export const CASES: readonly SmokeCase[] = [
  {
    id: 'session-starts',
    title: 'A session starts',
    mark: 'documented',
    suites: ['classic', 'sso'],
    call: 'session',
    expected: 'SUCCESS with a transaction ID and an https link',
    judge: (answer) => met(answer.failure === undefined, describeAnswer(answer)),
  },
  {
    id: 'answer-shape',
    title: 'The answer of a session has the documented keys and types',
    mark: 'documented',
    call: 'session',
    expected:
      'decentroTxnId, status, responseCode, message, data.authorizationUrl and responseKey, all texts',
    judge: ofSession(judgeSessionShape),
  },
  {
    id: 'answer-spelling',
    title: 'The keys of the answer are spelt in camel or in snake case',
    mark: 'observed',
    call: 'session',
    expected: 'camel case here, snake case in newer APIs of Decentro',
    question: 'which spelling the keys have',
    judge: ofSession(judgeSpelling),
  },
  {
    id: 'urn-is-transaction-id',
    title: 'The header X-DECENTRO-URN holds the transaction ID',
    mark: 'assumed',
    call: 'session',
    expected: 'the transaction ID of the answer',
    question: 'whether X-DECENTRO-URN equals the transaction ID',
    judge: ofSession(judgeUrn),
  },
  {
    id: 'redirect-to-localhost',
    title: 'A redirect URL on localhost is accepted',
    mark: 'observed',
    call: 'session',
    expected: 'a session, on staging',
    question: 'whether a redirect URL on localhost is accepted',
    judge: ofSession(({ redirectUrl }) =>
      isLocal(parseHttpUrl(redirectUrl))
        ? met(true, 'accepted')
        : { isMet: true, observed: 'the redirect URL is not on localhost', isSettled: false },
    ),
  },
  {
    id: 'consent-refused',
    title: 'A session without consent is refused',
    mark: 'documented',
    suites: ['classic', 'sso'],
    call: 'refused-consent',
    expected: 'error_consent_false',
    judge: refusedWith('error_consent_false'),
  },
  {
    id: 'refusal-shape',
    title: 'A refusal has the documented status, keys and types',
    mark: 'documented',
    call: 'refused-consent',
    expected: 'HTTP 400 with decentroTxnId, status, responseCode, message and responseKey, all texts',
    judge: judgeRefusalShape,
  },
  {
    id: 'consent-of-wrong-type',
    title: 'A consent that is the text "true" is refused',
    mark: 'assumed',
    call: 'text-consent',
    expected: 'error_invalid_consent_type',
    question: 'whether the text "true" is a consent of a wrong type',
    judge: (answer) =>
      record(answer, 'accepted as consent', ['error_invalid_consent_type', 'error_consent_false']),
  },
  {
    id: 'purpose-too-short',
    title: 'A purpose of 19 characters is refused',
    mark: 'documented',
    suites: ['classic', 'sso'],
    call: 'short-purpose',
    expected: 'error_short_purpose_length',
    judge: refusedWith('error_short_purpose_length'),
  },
  {
    id: 'purpose-too-long',
    title: 'A purpose of 51 characters is refused',
    mark: 'documented',
    suites: ['classic', 'sso'],
    call: 'long-purpose',
    expected: 'error_long_purpose_length',
    judge: refusedWith('error_long_purpose_length'),
  },
  {
    id: 'reference-id-empty',
    title: 'An empty reference ID is refused',
    mark: 'documented',
    suites: ['sso'],
    call: 'empty-id',
    expected: 'error_empty_reference_id',
    judge: refusedWith('error_empty_reference_id'),
  },
  {
    id: 'unknown-session-revoked',
    title: 'Revoking the access to a session that does not exist',
    mark: 'assumed',
    suites: ['sso'],
    call: 'unknown-revoked',
    expected: 'a refusal with a response key',
    question: 'how a call for an unknown session is refused',
    judge: judgeUnknownSession,
  },
  {
    id: 'reference-id-reused',
    title: 'The reference ID of a session cannot be used again',
    mark: 'documented',
    call: 'session-again',
    expected: 'error_duplicate_reference_id',
    judge: refusedWith('error_duplicate_reference_id'),
  },
  {
    id: 'refusal-burns-id',
    title: 'A refused request uses its reference ID up as well',
    mark: 'observed',
    call: 'refusal-again',
    expected: 'error_duplicate_reference_id',
    question: 'whether a refused request uses its reference ID up',
    judge: (answer) =>
      record(answer, 'not used up: the same ID started a session', ['error_duplicate_reference_id']),
  },
  {
    id: 'module-secret-missing',
    title: 'A request without the module secret that is configured',
    mark: 'observed',
    call: 'no-module-secret',
    expected: 'error_empty_module_secret where the account needs one, else a session',
    question: 'whether this account needs its module secret',
    judge: (answer) => record(answer, 'a session: the account does not need it', MODULE_SECRET_KEYS),
  },
  ...UNKNOWN_SESSION.map(([id, title, call]): SmokeCase => ({
    id,
    title,
    mark: 'assumed',
    call,
    expected: 'a refusal with a response key',
    question: 'how a call for an unknown session is refused',
    judge: judgeUnknownSession,
  })),
  {
    id: 'redirect-with-abstraction',
    title: 'The redirect of a session with abstraction',
    mark: 'observed',
    call: 'with-abstraction',
    expected: 'status=SUCCESS and the transaction ID',
    question: 'which form the redirect has with abstract_access_token',
    judge: judgeWayBack,
  },
  {
    id: 'redirect-names-session',
    title: 'The transaction ID of the redirect',
    mark: 'observed',
    call: 'with-abstraction',
    expected: 'the one of the session, in whatever case',
    question: 'whether the redirect has the transaction ID of the session',
    judge: judgeReturnedId,
  },
  {
    id: 'refusal-with-abstraction',
    title: 'The redirect of an end user who refuses, with abstraction',
    mark: 'assumed',
    call: 'with-abstraction',
    expected: 'a status other than SUCCESS, where the end user refuses',
    question: 'how a refusal comes back with abstract_access_token',
    judge: judgeRefusedWayBack,
  },
  {
    id: 'redirect-without-abstraction',
    title: 'The redirect of a session without abstraction',
    mark: 'observed',
    call: 'without-abstraction',
    expected: 'a code, and the transaction ID as state',
    question: 'which form the redirect has without abstract_access_token',
    judge: judgeWayBack,
  },
  {
    id: 'refusal-without-abstraction',
    title: 'The redirect of an end user who refuses, without abstraction',
    mark: 'assumed',
    call: 'without-abstraction',
    expected: 'error=access_denied, where the end user refuses',
    question: 'how a refusal comes back without abstract_access_token',
    judge: judgeRefusedWayBack,
  },
];

/** A mark of the API's description that no session call can settle. */
export const BEYOND_A_CALL: readonly {
  readonly mark: Mark;
  readonly question: string;
  readonly reason: string;
}[] = [
  {
    mark: 'observed',
    question: 'what abstract_access_token is called, and the paths of the calls that follow',
    reason: 'a later call has to be made',
  },
  {
    mark: 'observed',
    question: 'how wrong credentials and a blocked IP address are answered',
    reason: 'right ones are in use',
  },
  {
    mark: 'assumed',
    question: 'how HTTP 429 and 5xx are answered',
    reason: 'nothing that may be sent provokes them',
  },
  {
    mark: 'assumed',
    question: 'in which order Decentro checks a request',
    reason: 'each case has one fault only',
  },
];
