import type { Session } from '../sessions.js';
import { refusedByProvider, type Refusal } from './route.js';

/** Refuses a session that nothing can be asked of. */
export function checkSession(session: Session | undefined): Refusal | null {
  if (session === undefined) return refusedByProvider('No session of this client has this transaction ID.');
  if (session.isRevoked) return refusedByProvider('The access to this session was revoked.');
  if (session.stage === 'denied') return refusedByProvider('The end user denied the consent.');
  if (session.stage === 'failed')
    return refusedByProvider('DigiLocker failed before the consent was complete.');
  return session.stage === 'allowed' ? null : refusedByProvider('The end user has not consented yet.');
}
