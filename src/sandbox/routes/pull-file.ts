import { ISSUED_FILES } from '../person.js';
import { refusedByProvider, type Call, type JsonObject, type Refusal, type Route } from './route.js';
import { checkAccess } from './session-state.js';

/** Asks an issuer for a document, which the session's files have afterwards. SSO alone has it. */
export const pullFile: readonly Route[] = [
  {
    method: 'POST',
    path: '/v2/kyc/sso/digilocker/:id/file/pull',
    success: 'success_file_pull',
    check: checkPull,
    answer(call) {
      const doctype = doctypeOf(call.body);
      const { session } = call;
      if (session !== undefined && doctype !== undefined)
        session.files = [...new Set([...session.files, doctype])];
      return undefined;
    },
  },
];

function checkPull(call: Call): Refusal | null {
  const { document_type: type, document_type_related_parameters: related } = call.body;
  if (typeof type !== 'string' || type === '')
    return { key: 'error_malformed_request', message: 'Document type cannot be null OR empty.' };
  const isEmpty = typeof related !== 'object' || related === null || Object.keys(related).length === 0;
  if (isEmpty) return { key: 'error_empty_document_type_related_parameters' };
  const refusal = checkAccess(call);
  if (refusal !== null) return refusal;
  return doctypeOf(call.body) === undefined
    ? refusedByProvider('No issuer has a document of this type.')
    : null;
}

function doctypeOf(body: JsonObject): string | undefined {
  return ISSUED_FILES.find(({ doctype, pulledAs = doctype }) => pulledAs === body['document_type'])?.doctype;
}
