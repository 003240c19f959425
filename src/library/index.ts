// What a program imports from `digilocker-cli`. The sandbox is apart, as `digilocker-cli/sandbox`.
import { ACCESS_TOKEN } from '../api/endpoints/access-token.js';
import { EAADHAAR } from '../api/endpoints/eaadhaar.js';
import { FILE, FILE_DATA } from '../api/endpoints/file.js';
import { PULL_FILE } from '../api/endpoints/pull-file.js';
import { REVOKE, type Revoked } from '../api/endpoints/revoke.js';
import { ISSUED_FILES } from '../api/endpoints/issued-files.js';
import { checkKeys } from './check-keys.js';
import { createFunction, makeCall, type CallResult } from './call.js';
import type { CallOptions } from './options.js';
import { textOf } from './params.js';

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
export type { Eaadhaar } from '../api/endpoints/eaadhaar.js';
export type { DownloadedFile, FileData } from '../api/endpoints/file.js';
export type { IssuedFile } from '../api/endpoints/issued-files.js';
export type { Suite } from '../api/suite.js';
export type { Revoked } from '../api/endpoints/revoke.js';
export type { CallParams, CallResult } from './call.js';

/** Exchanges the DigiLocker code of a session without abstraction. Decentro keeps the token. */
export const fetchAccessToken = createFunction(ACCESS_TOKEN, ['transactionId', 'code', 'consentPurpose']);

/** Lists the documents that the end user shared. */
export const listIssuedFiles = createFunction(ISSUED_FILES, ['transactionId', 'consentPurpose']);

/** Fetches one document, in base64. Decentro bills each one: keep it. */
export const downloadFile = createFunction(FILE, ['transactionId', 'fileUrn', 'consentPurpose']);

/** Fetches what one document says, as JSON. Decentro bills each one: keep it. */
export const fetchFileData = createFunction(FILE_DATA, ['transactionId', 'fileUrn', 'consentPurpose']);

/** Fetches the eAadhaar and, where asked for, its XML and PDF. Decentro bills each one: keep it. */
export const fetchEaadhaar = createFunction(
  EAADHAAR,
  ['transactionId', 'consentPurpose'],
  ['generateXml', 'generatePdf'],
);

/** Asks an issuer for a document, which the issued files have afterwards: `suite: 'sso'` alone has it. */
export const pullFile = createFunction(
  PULL_FILE,
  ['transactionId', 'documentType', 'consentPurpose'],
  ['idNumber', 'fullName', 'related'],
);

/** Ends the access to a session, whose later calls are refused: `suite: 'sso'` alone has it. */
export async function revokeSession(
  params: { readonly transactionId: string },
  options: CallOptions,
): Promise<CallResult<Revoked>> {
  checkKeys('params', params, ['transactionId']);
  const transactionId = textOf((params as Partial<typeof params>).transactionId);
  const { facts, result } = await makeCall(REVOKE, { transactionId }, undefined, options);
  return { ...facts, data: result };
}
