/** The end user of the sandbox: nobody, with numbers that cannot be anybody's. */
export const PERSONA = {
  name: 'Asha Example',
  dob: '01-01-1990',
  gender: 'F',
  mobile: '00000 00000',
  aadhaar: 'xxxx xxxx 0000',
  documents: [
    { name: 'Aadhaar', number: 'xxxx xxxx 0000' },
    { name: 'PAN', number: 'XXXXX0000X' },
    { name: 'Driving licence', number: 'XX-00-0000' },
  ],
} as const;
