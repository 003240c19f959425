import type { Route } from './route.js';
import { checkSession } from './session-state.js';

/** Ends the access to a session: every later call for it is refused. SSO alone has it. */
export const revoke: readonly Route[] = [
  {
    method: 'DELETE',
    path: '/v2/kyc/sso/digilocker/session/:id',
    success: 'success_revoke_token',
    check: checkSession,
    answer({ session }) {
      if (session !== undefined) session.isRevoked = true;
      return { revoked: true };
    },
  },
];
