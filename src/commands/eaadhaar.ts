import { EAADHAAR, type Eaadhaar, type EaadhaarParams } from '../api/endpoints/eaadhaar.js';
import { callCommand } from './calling/call-command.js';

export const eaadhaar = callCommand<EaadhaarParams, Eaadhaar>({
  endpoint: EAADHAAR,
  schema: 'digilocker.eaadhaar/1',
  title: 'eAadhaar fetched',
  parameters: ['transactionId', 'consentPurpose'],
  dataShape: {
    aadhaarReferenceNumber: 'value',
    aadhaarUid: 'value',
    proofOfIdentity: {
      name: 'value',
      dob: 'value',
      gender: 'value',
      hashedEmail: 'value',
      hashedMobileNumber: 'value',
    },
    proofOfAddress: {
      careOf: 'value',
      house: 'value',
      street: 'value',
      landmark: 'value',
      locality: 'value',
      vtc: 'value',
      subDistrict: 'value',
      district: 'value',
      state: 'value',
      country: 'value',
      pincode: 'value',
      postOffice: 'value',
    },
    image: 'value',
    pdf: 'value',
    xml: 'value',
  },
  rows: ({ aadhaarUid, aadhaarReferenceNumber, proofOfIdentity, proofOfAddress }) => [
    ['Aadhaar', textOf(aadhaarUid)],
    ['Reference number', textOf(aadhaarReferenceNumber)],
    ['Name', textOf(proofOfIdentity?.name)],
    ['Date of birth', textOf(proofOfIdentity?.dob)],
    ['Gender', textOf(proofOfIdentity?.gender)],
    ['Address', addressOf(proofOfAddress)],
  ],
  documents: [
    {
      kind: 'pdf',
      title: 'PDF',
      declaration: '--pdf <file>',
      help: 'write the eAadhaar as PDF to a file, or to standard output with -',
      member: 'pdf',
      type: 'pdf',
      asks: { generatePdf: true },
    },
    {
      kind: 'xml',
      title: 'XML',
      declaration: '--xml <file>',
      help: 'the same as XML',
      member: 'xml',
      type: 'xml',
      asks: { generateXml: true },
    },
    {
      kind: 'photo',
      title: 'photo',
      declaration: '--photo <file>',
      help: 'the photo, a JPEG',
      member: 'image',
      type: 'jpeg',
    },
  ],
  next: 'Decentro bills each eAadhaar: keep it.',
  examples: `
  digilocker eaadhaar 59F864A69B6E4DE0BCD4DD927A5D6160 --consent
  digilocker eaadhaar "$DECENTRO_TXN_ID" --consent --pdf a.pdf --photo a.jpg
  digilocker eaadhaar --consent --field data.proofOfIdentity   # DECENTRO_TXN_ID`,
});

function addressOf(address: Eaadhaar['proofOfAddress']): string | null {
  const { careOf, house, street, landmark, locality, vtc, subDistrict, district, state, country, pincode } =
    address ?? {};
  const lines = [
    careOf,
    house,
    street,
    landmark,
    locality,
    vtc,
    subDistrict,
    district,
    state,
    pincode,
    country,
  ]
    .map(textOf)
    .filter((line) => line !== null);
  return lines.length === 0 ? null : lines.join(', ');
}

// An answer may hold anything where a text is documented.
function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}
