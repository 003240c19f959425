import { ACCESS_TOKEN, type AccessToken, type AccessTokenParams } from '../api/endpoints/access-token.js';
import { durationText } from '../failure/duration.js';
import { callCommand } from './calling/call-command.js';

export const accessToken = callCommand<AccessTokenParams, AccessToken>({
  endpoint: ACCESS_TOKEN,
  schema: 'digilocker.access-token/1',
  title: 'Code exchanged',
  parameters: ['transactionId', 'code', 'consentPurpose'],
  dataShape: { expiresIn: 'value', name: 'value', dob: 'value', gender: 'value', eaadhaar: 'value' },
  rows: ({ expiresIn, name = null, dob = null, gender = null, eaadhaar = null }) => [
    ['Token valid for', durationText(expiresIn * 1000)],
    ['Name', name],
    ['Date of birth', dob],
    ['Gender', gender],
    ['eAadhaar', eaadhaar],
  ],
  // The code came with the return.
  needsNoReturn: true,
  next: 'Next: digilocker issued-files, or digilocker eaadhaar.',
  examples: `
  digilocker access-token 59F864A69B6E4DE0BCD4DD927A5D6160 --code 4f1c --consent
  DIGILOCKER_CODE=4f1c digilocker access-token --consent
  pbpaste | digilocker access-token "$DECENTRO_TXN_ID" --code - --consent`,
});
