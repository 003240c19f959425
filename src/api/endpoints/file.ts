import { textFaults, faultsOfCall, type CommonParams } from '../checks.js';
import { isObject } from '../envelope.js';
import { inBothSuites, providerRemedy } from '../suite.js';
import { MAX_DOCUMENT_ANSWER_BYTES } from '../document.js';

export interface FileParams extends CommonParams {
  /** The transaction ID of the session. */
  readonly transactionId?: string | undefined;
  /** The URN of the document: the `uri` of an issued file. */
  readonly fileUrn?: string | undefined;
}

/** One document as it is. */
export interface DownloadedFile {
  /** Base64. */
  readonly file: string;
}

/** What a document says, as JSON. Its kind decides what there is. */
export interface FileData {
  readonly documentIssuer?: string;
  readonly documentName?: string;
  /** Such as `PANCR`. */
  readonly documentType?: string;
  readonly idNumber?: string;
  readonly userName?: string;
  /** `DD-MM-YYYY`. */
  readonly userDateOfBirth?: string;
  /** `MALE`, not `M`. */
  readonly userGender?: string;
  /** `DD-MM-YYYY HH:MM:SS`. */
  readonly documentVerifiedOn?: string;
  /** Such as `Active`. */
  readonly documentStatus?: string;
}

const COMMON = {
  faultsOf: (params: FileParams, referenceId: string) =>
    faultsOfCall(params, referenceId, [
      ...textFaults('transactionId', params.transactionId, 'error_malformed_request'),
      ...textFaults('fileUrn', params.fileUrn, 'error_malformed_request'),
    ]),
  doubt:
    'The document may have been fetched and billed, and is lost: to fetch it again, use a fresh reference ID.',
  providerRemedy: providerRemedy('whether the access has ended, and the URN, as the issued files have it'),
  personal: ['data', 'file_urn'],
  maxAnswerBytes: MAX_DOCUMENT_ANSWER_BYTES,
};

const urn = ({ fileUrn }: FileParams) => ({ file_urn: fileUrn });

/** In classic `file`, in SSO `{id}/file/download`. Source: contract, what follows a session. */
export const FILE = inBothSuites<FileParams, DownloadedFile>(
  {
    ...COMMON,
    parse: ({ data }) =>
      isObject(data) && typeof data['file'] === 'string' && data['file'] !== ''
        ? { result: data as unknown as DownloadedFile }
        : { lack: 'document (data.file)' },
  },
  { classic: 'file', sso: 'file/download' },
  { classic: urn, sso: urn },
);

/** In classic `file/data`, in SSO `{id}/file`. Source: contract, what follows a session. */
export const FILE_DATA = inBothSuites<FileParams, FileData>(
  {
    ...COMMON,
    parse: ({ data }) => (isObject(data) ? { result: data } : { lack: "document's data (data)" }),
  },
  { classic: 'file/data', sso: 'file' },
  { classic: urn, sso: urn },
);
