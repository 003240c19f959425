import { PERSONA } from '../person.js';
import { CODE_LIFE_MS } from '../sessions.js';
import { refusedByProvider, type Call, type Refusal, type Route } from './route.js';
import { checkSession } from './session-state.js';

/** The exchange of the DigiLocker code. No token is handed out: Decentro keeps it. */
export const accessToken: readonly Route[] = [
  tokenRoute('/v2/kyc/digilocker/access_token/code', 'digilocker_code'),
];

function tokenRoute(path: string, codeField: string): Route {
  return {
    method: 'POST',
    path,
    success: 'success_access_token',
    check: (call) => checkCode(call, call.body[codeField]),
    answer({ session, nowMs }) {
      if (session?.code) session.code.isUsed = true;
      if (session) session.openSinceMs = nowMs;
      const { name, dob, gender } = PERSONA;
      return { expiresIn: CODE_LIFE_MS / 1000, name, dob, gender, eaadhaar: 'Y' };
    },
  };
}

function checkCode(call: Call, code: unknown): Refusal | null {
  if (typeof code !== 'string' || code === '') return { key: 'error_empty_code' };
  const { session } = call;
  const refusal = checkSession(session);
  if (refusal !== null) return refusal;
  if (session?.isAbstract === true)
    return refusedByProvider('Decentro exchanged the code of this session itself.');
  if (session?.code?.text !== code) return refusedByProvider('The code is not the one of this session.');
  if (session.code.isUsed) return refusedByProvider('The code was used before.');
  return call.nowMs - session.code.createdAtMs < CODE_LIFE_MS
    ? null
    : refusedByProvider('The code has expired: it was valid for 1 hour.');
}
