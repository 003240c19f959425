import { ISSUED_FILES, type IssuedFile, type IssuedFilesParams } from '../api/endpoints/issued-files.js';
import type { Block } from '../output/report.js';
import { callCommand } from './calling/call-command.js';

export const issuedFiles = callCommand<IssuedFilesParams, readonly IssuedFile[]>({
  endpoint: ISSUED_FILES,
  schema: 'digilocker.issued-files/1',
  title: 'Documents listed',
  parameters: ['transactionId', 'consentPurpose'],
  dataShape: [
    {
      name: 'value',
      description: 'value',
      type: 'value',
      size: 'value',
      date: 'value',
      parent: 'value',
      mime: ['value'],
      uri: 'value',
      doctype: 'value',
      issuerid: 'value',
      issuer: 'value',
    },
  ],
  blocks: tableOf,
  next: (files) =>
    files.length > 0
      ? 'Next: digilocker file SESSION URI, or digilocker eaadhaar SESSION.'
      : 'Documents that the end user fetches in DigiLocker are in the next list. In the SSO suite, digilocker pull-file asks an issuer for one.',
  examples: `
  digilocker issued-files 59F864A69B6E4DE0BCD4DD927A5D6160 --consent
  digilocker issued-files "$DECENTRO_TXN_ID" --consent --field data.0.uri
  digilocker issued-files "$DECENTRO_TXN_ID" --consent --field data`,
});

function tableOf(files: readonly IssuedFile[]): Block[] {
  if (files.length === 0) return [{ type: 'text', text: 'The end user shared no documents.' }];
  const rows = files.map(({ name, doctype, issuer, date, uri }) =>
    [name, doctype, issuer, date, uri].map((value) => (typeof value === 'string' ? value : '')),
  );
  return [
    {
      type: 'table',
      rows: [['Name', 'Type', 'Issuer', 'Date', 'URI'], ...rows].map((cells, index) => ({
        tone: index === 0 ? 'plain' : 'good',
        cells,
      })),
    },
  ];
}
