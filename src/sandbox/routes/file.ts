import { ISSUED_FILES, PERSONA, listedFiles, type IssuedFile } from '../person.js';
import { refusedByProvider, type Call, type Refusal, type Route } from './route.js';
import { checkAccess } from './session-state.js';

/** One document: as it is, or its data as JSON. */
export const file: readonly Route[] = [
  downloadRoute('/v2/kyc/digilocker/file'),
  downloadRoute('/v2/kyc/sso/digilocker/:id/file/download'),
  dataRoute('/v2/kyc/digilocker/file/data'),
  dataRoute('/v2/kyc/sso/digilocker/:id/file'),
];

function downloadRoute(path: string): Route {
  return {
    method: 'POST',
    path,
    success: 'success_file_download',
    plays: ['bad-base64', 'wrong-type', 'huge-file'],
    check: checkFile,
    async answer(call) {
      const { fileContent } = await import('../documents/content.js');
      return { file: fileContent(fileOf(call) ?? ISSUED_FILES[0], call.scenario) };
    },
  };
}

function dataRoute(path: string): Route {
  return {
    method: 'POST',
    path,
    success: 'success_file_data',
    check: (call) =>
      checkFile(call) ?? (hasData(fileOf(call)) ? null : refusedByProvider('The file has no data as JSON.')),
    answer(call) {
      const { name, number, issuer, doctype, date } = fileOf(call) ?? ISSUED_FILES[1];
      return {
        documentIssuer: issuer,
        documentName: name,
        documentType: doctype,
        idNumber: number,
        userName: PERSONA.name,
        userDateOfBirth: PERSONA.dob,
        userGender: 'FEMALE',
        documentVerifiedOn: `${date} 00:00:00`,
        documentStatus: 'Active',
      };
    },
  };
}

function checkFile(call: Call): Refusal | null {
  const urn = call.body['file_urn'];
  if (typeof urn !== 'string' || urn === '')
    return {
      key: 'error_malformed_request',
      message: 'File URN cannot be null or empty. Hint: file_urn (string)',
    };
  return (
    checkAccess(call) ??
    (fileOf(call) === undefined ? refusedByProvider('The session has no such file.') : null)
  );
}

/** The file that the URN names, if it is one of the session's. */
function fileOf({ body, session }: Call): IssuedFile | undefined {
  return listedFiles(session?.files ?? null).find(({ uri }) => uri === body['file_urn']);
}

// Assumed: data is there for what the list calls JSON.
function hasData(found: IssuedFile | undefined): boolean {
  return found?.mime.includes('application/json') === true;
}
