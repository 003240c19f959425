// What a program imports from `digilocker-cli`. The sandbox is apart, as `digilocker-cli/sandbox`.
import { ACCESS_TOKEN } from '../api/endpoints/access-token.js';
import { createFunction } from './call.js';

export { deriveReferenceId, type ReferenceIdSource } from './derive-reference-id.js';
export { createReferenceId } from '../api/reference-id.js';
export type { Attempt, CallFacts } from '../failure/facts.js';
export type { Callback } from '../failure/facts.js';
export { Failure, type FailureDetails, type FailureOptions } from '../failure/failure.js';
export type { FailureKind, Signal } from '../failure/exit-codes.js';
export type { Sent } from '../failure/facts.js';
export { findResponseKey, RESPONSE_KEYS, type Move, type ResponseKey } from '../api/response-keys.js';
export { createClient, type Client, type ClientOptions } from './client.js';
export { initiateSession, type Session } from './initiate-session.js';
export type { CallOptions, Credentials, Environment, Target } from './options.js';
export type { SessionParams } from './params.js';
export { parseCallback } from './parse-callback.js';
export type { AccessToken } from '../api/endpoints/access-token.js';
export type { CallParams, CallResult } from './call.js';

/** Exchanges the DigiLocker code of a session without abstraction. Decentro keeps the token. */
export const fetchAccessToken = createFunction(ACCESS_TOKEN, ['transactionId', 'code', 'consentPurpose']);
