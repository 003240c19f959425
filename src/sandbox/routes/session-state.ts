import { CODE_LIFE_MS, type Session } from '../sessions.js';
import { refusedByProvider, type Call, type Refusal } from './route.js';

// Nobody documents the keys of these refusals, nor that access ends: they are assumed. Nor does anybody say whether a
// session of one suite is refused in the other: here it is not.

const WITHOUT_CONSENT: Readonly<Record<Exclude<Session['stage'], 'allowed'>, string>> = {
  unused: 'The end user has not consented yet.',
  'sign-in': 'The end user has not consented yet.',
  consent: 'The end user has not consented yet.',
  denied: 'The end user denied the consent.',
  failed: 'DigiLocker failed before the consent was complete.',
  expired: 'The link expired before the end user consented.',
};

/** Refuses a session that the end user has not consented to, or whose access was revoked. */
export function checkSession({ session }: Call): Refusal | null {
  if (session === undefined) return refusedByProvider('No session of this client has this transaction ID.');
  if (session.isRevoked) return refusedByProvider('The access to this session was revoked.');
  return session.stage === 'allowed' ? null : refusedByProvider(WITHOUT_CONSENT[session.stage]);
}

/** Refuses a session whose files cannot be asked for. */
export function checkAccess(call: Call): Refusal | null {
  const refusal = checkSession(call);
  if (refusal !== null) return refusal;
  const sinceMs = call.session?.openSinceMs ?? null;
  if (sinceMs === null) return refusedByProvider('The session has no access token: exchange its code first.');
  return call.nowMs - sinceMs < CODE_LIFE_MS
    ? null
    : refusedByProvider('The access to this session has expired: it lasted 1 hour.');
}

/** Refuses a code that does not open the session. */
export function checkCode(call: Call, code: unknown): Refusal | null {
  if (typeof code !== 'string' || code === '') return { key: 'error_empty_code' };
  const refusal = checkSession(call);
  if (refusal !== null) return refusal;
  const own = call.session?.code ?? null;
  if (own === null) return refusedByProvider('Decentro exchanged the code of this session itself.');
  if (own.text !== code) return refusedByProvider('The code is not the one of this session.');
  if (own.isUsed) return refusedByProvider('The code was used before.');
  return call.nowMs - own.createdAtMs < CODE_LIFE_MS
    ? null
    : refusedByProvider('The code has expired: it was valid for 1 hour.');
}

/** Uses the code up, and opens the files of the session. */
export function useCode({ session, nowMs }: Call): void {
  if (session === undefined) return;
  if (session.code !== null) session.code.isUsed = true;
  session.openSinceMs = nowMs;
}
