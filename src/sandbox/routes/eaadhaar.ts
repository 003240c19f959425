import type { RouteScenario } from '../api/scenarios.js';
import { PERSONA } from '../person.js';
import { refusedByProvider, type Call, type Refusal, type Route } from './route.js';
import { checkAccess, checkCode, useCode } from './session-state.js';

/** The eAadhaar: its data, photograph and, where asked for, its XML and PDF. */
export const eaadhaar: readonly Route[] = [
  eaadhaarRoute('/v2/kyc/digilocker/eaadhaar', (call) => checkAccess(call)),
  eaadhaarRoute(
    '/v2/kyc/digilocker/eaadhaar/onetime',
    (call) => checkCode(call, call.body['digilocker_code']),
    useCode,
  ),
  eaadhaarRoute('/v2/kyc/sso/digilocker/:id/eaadhaar', (call) => checkAccess(call)),
];

/** The two refusals whose words are documented, and whose keys are assumed. */
export const EAADHAAR_REFUSALS: Partial<Record<RouteScenario, string>> = {
  'data-not-found': 'eAadhaar could not be fetched: try again, data not found',
  'not-linked': 'eAadhaar could not be fetched: aadhaar is not linked to the account',
};

function eaadhaarRoute(
  path: string,
  checkRest: (call: Call) => Refusal | null,
  use?: (call: Call) => void,
): Route {
  return {
    method: 'POST',
    path,
    success: 'success_eaadhaar_download',
    plays: ['data-not-found', 'not-linked', 'bad-base64', 'wrong-type', 'huge-file'],
    check: (call) => checkForms(call) ?? checkRest(call) ?? checkLinked(call),
    async answer(call) {
      use?.(call);
      const { aadhaarPdf, aadhaarXml, photo } = await import('../documents/content.js');
      const { body, scenario } = call;
      return {
        aadhaarReferenceNumber: '',
        aadhaarUid: PERSONA.aadhaar.replaceAll(' ', ''),
        proofOfIdentity: {
          name: PERSONA.name,
          dob: PERSONA.dob,
          gender: PERSONA.gender,
          hashedEmail: '',
          hashedMobileNumber: '',
        },
        proofOfAddress: ADDRESS,
        image: photo(scenario),
        ...(body['generate_pdf'] === true && { pdf: aadhaarPdf(scenario) }),
        ...(body['generate_xml'] === true && { xml: aadhaarXml(scenario) }),
      };
    },
  };
}

function checkForms({ body }: Call): Refusal | null {
  const isRight = ['generate_pdf', 'generate_xml'].every((name) =>
    ['boolean', 'undefined'].includes(typeof body[name]),
  );
  return isRight ? null : { key: 'error_malformed_request' };
}

function checkLinked({ session }: Call): Refusal | null {
  if (session?.files.includes('ADHAR') === true) return null;
  return refusedByProvider(EAADHAAR_REFUSALS['not-linked']);
}

const ADDRESS = {
  careOf: 'C/O Nobody',
  house: '0',
  street: 'No Street',
  landmark: '',
  locality: '',
  vtc: 'Nowhere',
  subDistrict: '',
  district: 'Nowhere',
  state: 'Nowhere',
  country: 'India',
  pincode: '000000',
  postOffice: '',
} as const;
