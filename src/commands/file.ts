import {
  FILE,
  FILE_DATA,
  type DownloadedFile,
  type FileData,
  type FileParams,
} from '../api/endpoints/file.js';
import { createHash } from 'node:crypto';
import { callCommand } from './calling/call-command.js';

const SCHEMA = 'digilocker.file/1';

export const file = callCommand<FileParams, DownloadedFile, FileData>(
  {
    endpoint: FILE,
    schema: SCHEMA,
    title: 'Document fetched',
    parameters: ['transactionId', 'fileUrn', 'consentPurpose'],
    dataShape: { file: 'value' },
    documents: [
      {
        kind: 'file',
        title: 'document',
        declaration: '--to <place>',
        help: 'a file, a folder, or - for standard output (default: the working directory)',
        member: 'file',
        nameOf: nameOfDocument,
      },
    ],
    next: 'Decentro bills each document: keep it.',
    examples: `
  digilocker file 59F864A69B6E4DE0BCD4DD927A5D6160 in.gov.pan-PANCR-0 --consent
  digilocker file "$DECENTRO_TXN_ID" in.gov.pan-PANCR-0 --consent --to pan.pdf
  digilocker file "$DECENTRO_TXN_ID" in.gov.pan-PANCR-0 --consent --data`,
  },
  {
    help: "print the document's data as JSON instead of downloading it",
    spec: {
      endpoint: FILE_DATA,
      schema: SCHEMA,
      title: 'Data fetched',
      parameters: ['transactionId', 'fileUrn', 'consentPurpose'],
      // Each kind of document has keys of its own.
      dataShape: 'any',
      printsData: true,
      documents: [],
      next: 'Decentro bills each document: keep the data.',
      examples: '',
    },
  },
);

// The URN holds the number of the document, which is in no name of a file.
function nameOfDocument({ fileUrn }: FileParams): string | undefined {
  if (fileUrn === undefined) return undefined;
  const [, doctype = 'DOCUMENT'] = /^[^-]*-([A-Za-z]{2,16})-/.exec(fileUrn) ?? [];
  return `${doctype}-${createHash('sha256').update(fileUrn).digest('hex').slice(0, 8)}`;
}
