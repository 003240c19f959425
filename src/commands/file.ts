import {
  FILE,
  FILE_DATA,
  type DownloadedFile,
  type FileData,
  type FileParams,
} from '../api/endpoints/file.js';
import { callCommand } from './calling/call-command.js';

const SCHEMA = 'digilocker.file/1';

export const file = callCommand<FileParams, DownloadedFile, FileData>(
  {
    endpoint: FILE,
    schema: SCHEMA,
    title: 'Document fetched',
    parameters: ['transactionId', 'fileUrn', 'consentPurpose'],
    dataShape: { file: 'value' },
    next: 'Decentro bills each document: keep it.',
    examples: `
  digilocker file 59F864A69B6E4DE0BCD4DD927A5D6160 in.gov.pan-PANCR-0 --consent
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
      next: 'Decentro bills each document: keep the data.',
      examples: '',
    },
  },
);
