import { randomBytes } from 'node:crypto';
import { parseUrl } from '../../safety/url.js';
import type { Session, Sessions } from '../sessions.js';

/** What the end user answers the client; a link can also end without an answer. */
export type Choice = 'allow' | 'deny';

/** Where the end user goes afterwards, or `null` when the session names no address of the web. */
export function parseRedirectUrl(redirectUrl: string): URL | null {
  const url = parseUrl(redirectUrl);
  return url !== undefined && /^https?:$/.test(url.protocol) ? url : null;
}

/**
 * Ends a session with the end user's answer.
 *
 * @returns the redirect URL with the answer added to its query, or `null` when the session has none
 */
export function decide(sessions: Sessions, session: Session, choice: Choice): URL | null {
  const isAllowed = choice === 'allow';
  sessions.end(session, isAllowed ? 'allowed' : 'denied');
  const nowMs = Date.now();
  if (isAllowed) {
    session.code = { text: randomBytes(20).toString('hex'), createdAtMs: nowMs, isUsed: false };
    if (session.isAbstract) session.openSinceMs = nowMs;
  }
  const url = parseRedirectUrl(session.redirectUrl);
  if (url === null) return null;

  const outcome = session.code === null ? DENIAL : { code: session.code.text };
  const answer = new URLSearchParams({ ...outcome, state: session.transactionId });
  // Not with url.searchParams: that would spell the client's own parameters anew.
  url.search = url.search === '' ? answer.toString() : `${url.search}&${answer.toString()}`;
  return url;
}

// RFC 6749, 4.1.2.1. Decentro documents the code; the form of a refusal is assumed.
const DENIAL = { error: 'access_denied', error_description: 'The end user denied the consent.' };
