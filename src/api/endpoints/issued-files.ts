import { textFaults, faultsOfCall, type CommonParams } from '../checks.js';
import { isObject } from '../envelope.js';
import { inBothSuites, providerRemedy } from '../suite.js';

export interface IssuedFilesParams extends CommonParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
}

/** One document that the end user shared. What Decentro leaves out is absent. */
export interface IssuedFile {
  readonly name?: string;
  readonly description?: string;
  /** `file`. */
  readonly type?: string;
  /** Often empty. */
  readonly size?: string;
  /** `DD-MM-YYYY`. */
  readonly date?: string;
  readonly parent?: string;
  /** The content types that it can be had in. */
  readonly mime?: readonly string[];
  /** The URN that names it in later calls, such as `in.gov.pan-PANCR-…`. */
  readonly uri?: string;
  /** Such as `PANCR`. */
  readonly doctype?: string;
  readonly issuerid?: string;
  readonly issuer?: string;
}

/** In classic `issued_files`, in SSO `{id}/files/issued`. Source: contract, what follows a session. */
export const ISSUED_FILES = inBothSuites<IssuedFilesParams, readonly IssuedFile[]>(
  {
    faultsOf: (params, referenceId) =>
      faultsOfCall(
        params,
        referenceId,
        textFaults('transactionId', params.transactionId, 'error_malformed_request'),
      ),
    parse: ({ data }) => {
      // A bare list; one integrator is ready for `{items: []}`.
      const list = isObject(data) ? data['items'] : data;
      return Array.isArray(list) && list.every(isObject)
        ? { result: list }
        : { lack: 'list of issued files (data)' };
    },
    doubt: 'The list may have been made, and is lost: ask for it again, with a fresh reference ID.',
    providerRemedy: providerRemedy('and whether the access has ended'),
    personal: ['data'],
  },
  { classic: 'issued_files', sso: 'files/issued' },
  { classic: () => ({}), sso: () => ({}) },
);
