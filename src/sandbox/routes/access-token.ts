import { PERSONA } from '../person.js';
import { CODE_LIFE_MS } from '../sessions.js';
import type { Route } from './route.js';
import { checkCode, useCode } from './session-state.js';

/** The exchange of the DigiLocker code. No token is handed out: Decentro keeps it. */
export const accessToken: readonly Route[] = [
  tokenRoute('/v2/kyc/digilocker/access_token/code', 'digilocker_code'),
  tokenRoute('/v2/kyc/sso/digilocker/:id/token', 'code'),
];

function tokenRoute(path: string, codeField: string): Route {
  return {
    method: 'POST',
    path,
    success: 'success_access_token',
    check: (call) => checkCode(call, call.body[codeField]),
    answer(call) {
      useCode(call);
      const { name, dob, gender } = PERSONA;
      return { expiresIn: CODE_LIFE_MS / 1000, name, dob, gender, eaadhaar: 'Y' };
    },
  };
}
