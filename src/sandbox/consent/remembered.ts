import { randomBytes } from 'node:crypto';
import type { Context } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import type { Session } from '../sessions.js';

const COOKIE = 'sandbox-signed-in';

/** Remembers in a browser that its end user has signed in, as MeriPehchaan does. Classic sessions do without. */
export interface Remembered {
  /** Whether the sign-in of a session can be left out, at the moment its link is opened. */
  isSignedIn(c: Context, session: Session): boolean;
  signIn(c: Context, session: Session): void;
}

export function createRemembered(): Remembered {
  // Ports share their cookies: another sandbox on this machine must not know this one's.
  const value = randomBytes(16).toString('base64url');
  return {
    isSignedIn(c, { cookie }) {
      if (cookie === 'forgets') deleteCookie(c, COOKIE, { path: '/' });
      return cookie === 'remembers' && getCookie(c, COOKIE) === value;
    },
    signIn(c, { cookie }) {
      if (cookie !== 'unused') setCookie(c, COOKIE, value, { path: '/', httpOnly: true, sameSite: 'Lax' });
    },
  };
}
