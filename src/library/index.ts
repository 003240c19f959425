// What a program imports from `digilocker-cli`. The sandbox is apart, as `digilocker-cli/sandbox`.
export { createReferenceId } from '../api/reference-id.js';
export type { Attempt, CallFacts } from '../failure/facts.js';
export type { Callback } from '../failure/facts.js';
export { Failure, type FailureDetails, type FailureOptions } from '../failure/failure.js';
export type { FailureKind, Signal } from '../failure/exit-codes.js';
export type { Sent } from '../failure/facts.js';
export { findResponseKey, RESPONSE_KEYS, type Move, type ResponseKey } from '../api/response-keys.js';
export { initiateSession, type Session } from './initiate-session.js';
export type { CallOptions, Credentials, Environment, Target } from './options.js';
export type { SessionParams } from './params.js';
export { parseCallback } from './parse-callback.js';
