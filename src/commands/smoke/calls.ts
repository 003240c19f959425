// The calls that the cases look at, as data.
import { ACCESS_TOKEN, type AccessTokenParams } from '../../api/endpoints/access-token.js';
import { EAADHAAR, type EaadhaarParams } from '../../api/endpoints/eaadhaar.js';
import { FILE, FILE_DATA, type FileParams } from '../../api/endpoints/file.js';
import type { InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { ISSUED_FILES, type IssuedFilesParams } from '../../api/endpoints/issued-files.js';
import { REVOKE } from '../../api/endpoints/revoke.js';
import type { Suited } from '../../api/suite.js';

export type CallId =
  | 'session'
  | 'refused-consent'
  | 'text-consent'
  | 'empty-id'
  | 'unknown-token'
  | 'unknown-files'
  | 'unknown-file'
  | 'unknown-data'
  | 'unknown-eaadhaar'
  | 'unknown-revoked'
  | 'short-purpose'
  | 'long-purpose'
  | 'session-again'
  | 'refusal-again'
  | 'no-module-secret'
  | 'with-abstraction'
  | 'without-abstraction';

/** What the calls after a session take. */
export type AfterParams = AccessTokenParams & IssuedFilesParams & FileParams & EaadhaarParams;

/** One request: a valid one, but for what is said here. */
export interface SmokeCall {
  readonly id: CallId;
  /** Parameters under their wire names, whatever they should hold. */
  readonly extra?: Readonly<Record<string, unknown>>;
  /** Parameters of the suite's own. */
  readonly params?: Partial<InitiateSessionParams>;
  /** The call that is made, for a session that does not exist, in place of starting one. */
  readonly after?: Suited<AfterParams, unknown>;
  /** Sent with the reference ID of this earlier call, which then has to have been answered. */
  readonly repeats?: CallId;
  readonly withoutModuleSecret?: boolean;
  /** Whether an end user has to go through the session: made with `--interactive` alone. */
  readonly isInteractive?: boolean;
  /** Whether it can create a session without contradicting what is documented. */
  readonly mayCreateSession: boolean;
}

/** In the order in which they are made. */
export const CALLS: readonly SmokeCall[] = [
  { id: 'session', mayCreateSession: true },
  { id: 'refused-consent', extra: { consent: false }, mayCreateSession: false },
  { id: 'text-consent', extra: { consent: 'true' }, mayCreateSession: true },
  { id: 'short-purpose', params: { consentPurpose: 'Too short by one...' }, mayCreateSession: false },
  {
    id: 'long-purpose',
    params: { consentPurpose: 'Too long by one '.padEnd(51, '.') },
    mayCreateSession: false,
  },
  { id: 'empty-id', extra: { reference_id: '' }, mayCreateSession: false },
  { id: 'unknown-revoked', after: REVOKE, mayCreateSession: false },
  { id: 'session-again', repeats: 'session', mayCreateSession: false },
  { id: 'refusal-again', repeats: 'refused-consent', mayCreateSession: true },
  { id: 'no-module-secret', withoutModuleSecret: true, mayCreateSession: true },
  { id: 'unknown-token', after: ACCESS_TOKEN, mayCreateSession: false },
  { id: 'unknown-files', after: ISSUED_FILES, mayCreateSession: false },
  { id: 'unknown-file', after: FILE, mayCreateSession: false },
  { id: 'unknown-data', after: FILE_DATA, mayCreateSession: false },
  { id: 'unknown-eaadhaar', after: EAADHAAR, mayCreateSession: false },
  {
    id: 'with-abstraction',
    extra: { abstract_access_token: true },
    isInteractive: true,
    mayCreateSession: true,
  },
  {
    id: 'without-abstraction',
    extra: { abstract_access_token: false },
    isInteractive: true,
    mayCreateSession: true,
  },
];
