import { listedFiles, type IssuedFile } from '../person.js';
import type { Route } from './route.js';
import { checkAccess } from './session-state.js';

/** The list of the documents that the end user shared. */
export const issuedFiles: readonly Route[] = [
  listRoute('/v2/kyc/digilocker/issued_files'),
  listRoute('/v2/kyc/sso/digilocker/:id/files/issued'),
];

function listRoute(path: string): Route {
  return {
    method: 'POST',
    path,
    success: 'success_issued_files',
    check: checkAccess,
    answer: ({ session }) => listedFiles(session?.files ?? null).map(rowOf),
  };
}

function rowOf({ name, date, mime, uri, doctype, issuerId, issuer }: IssuedFile): object {
  return {
    name,
    description: name,
    type: 'file',
    size: '',
    date,
    parent: '',
    mime,
    uri,
    doctype,
    issuerid: issuerId,
    issuer,
  };
}
