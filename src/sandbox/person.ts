/** The end user of the sandbox: a made-up person, with numbers that are never issued. */
export const PERSONA = {
  name: 'Asha Example',
  dob: '01-01-1990',
  gender: 'F',
  mobile: '00000 00000',
  aadhaar: 'xxxx xxxx 0000',
} as const;

export type FileType = 'pdf' | 'jpeg';

/** A document of theirs, as the list of issued files has it. */
export interface IssuedFile {
  readonly doctype: string;
  /** What `pull` calls it, where that differs. */
  readonly pulledAs?: string;
  /** As the consent page calls it, with its number. */
  readonly label: string;
  readonly number: string;
  readonly name: string;
  /** `DD-MM-YYYY` */
  readonly date: string;
  readonly uri: string;
  readonly issuerId: string;
  readonly issuer: string;
  readonly mime: readonly string[];
  /** What its download is. */
  readonly type: FileType;
}

const AADHAAR: IssuedFile = {
  doctype: 'ADHAR',
  label: 'Aadhaar',
  number: PERSONA.aadhaar,
  name: 'Aadhaar Card',
  date: '02-01-2020',
  uri: 'in.gov.uidai-ADHAR-00000000000000000000000000000000',
  issuerId: 'in.gov.uidai',
  issuer: 'Aadhaar, Unique Identification Authority of India',
  mime: ['application/pdf'],
  type: 'pdf',
};

const PAN: IssuedFile = {
  doctype: 'PANCR',
  pulledAs: 'PAN',
  label: 'PAN',
  number: 'XXXXX0000X',
  name: 'PAN Verification Record',
  date: '03-01-2020',
  uri: 'in.gov.pan-PANCR-XXXXX0000X',
  issuerId: 'in.gov.pan',
  issuer: 'Income Tax Department',
  mime: ['application/json', 'application/xml', 'application/pdf'],
  type: 'pdf',
};

const DRIVING_LICENCE: IssuedFile = {
  doctype: 'DRVLC',
  label: 'Driving licence',
  number: 'XX-00-0000',
  name: 'Driving License',
  date: '04-01-2020',
  uri: 'in.gov.transport-DRVLC-XX000000000000',
  issuerId: 'in.gov.transport',
  issuer: 'Ministry of Road Transport and Highways',
  mime: ['image/jpeg'],
  type: 'jpeg',
};

export const ISSUED_FILES = [AADHAAR, PAN, DRIVING_LICENCE] as const;

/** The documents that a session is about; `null` is about all of them. */
export function listedFiles(doctypes: readonly string[] | null): readonly IssuedFile[] {
  return ISSUED_FILES.filter(({ doctype }) => doctypes?.includes(doctype) ?? true);
}
