import { randomBytes } from 'node:crypto';
import { parseUrl } from '../../safety/url.js';
import { listedFiles } from '../person.js';
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
 * @param doctypes what the end user shares: all that the session asks for, unless they left some out
 * @returns the redirect URL with the answer added to its query, or `null` when the session has none
 */
export function decide(
  sessions: Sessions,
  session: Session,
  choice: Choice,
  doctypes: readonly string[] = listedFiles(session.documents).map(({ doctype }) => doctype),
): URL | null {
  const outcome =
    choice === 'deny' ? 'denied' : session.redirect === 'redirect-failure' ? 'failed' : 'allowed';
  sessions.end(session, outcome);
  if (outcome === 'allowed') {
    const nowMs = Date.now();
    session.files = doctypes;
    if (!session.isAbstract) session.code = { text: randomHex(20), createdAtMs: nowMs, isUsed: false };
    if (!session.needsToken) session.openSinceMs = nowMs;
  }
  const url = parseRedirectUrl(session.redirectUrl);
  if (url === null) return null;

  const answer = new URLSearchParams(
    session.isAbstract ? statusForm(session, outcome) : codeForm(session, outcome),
  );
  // Not with url.searchParams: that would spell the client's own parameters anew.
  url.search = url.search === '' ? answer.toString() : `${url.search}&${answer.toString()}`;
  return url;
}

type Outcome = 'allowed' | 'denied' | 'failed';

// One integrator saw SUCCESS; the words for the other outcomes are assumed.
const STATUSES: Record<Outcome, string> = { allowed: 'SUCCESS', denied: 'DENIED', failed: 'FAILURE' };

/** With `abstract_access_token`: a status, and no code. */
function statusForm(session: Session, outcome: Outcome): Record<string, string> {
  return { status: STATUSES[outcome], ...named('initiation_decentro_transaction_id', session) };
}

/** Without it: the code, or an error in the form of RFC 6749, 4.1.2.1, which is assumed. */
function codeForm(session: Session, outcome: Outcome): Record<string, string> {
  return {
    ...(session.code === null ? errorOf(outcome) : { code: session.code.text }),
    ...named('state', session),
  };
}

function errorOf(outcome: Outcome): Record<string, string> {
  return outcome === 'denied'
    ? { error: 'access_denied', error_description: 'The end user denied the consent.' }
    : { error: 'server_error', error_description: 'DigiLocker failed.' };
}

function named(parameter: string, { redirect, transactionId }: Session): Record<string, string> {
  if (redirect === 'redirect-without-id') return {};
  const isOther = redirect === 'redirect-other-session';
  return { [parameter]: isOther ? randomHex(16).toUpperCase() : transactionId };
}

function randomHex(byteCount: number): string {
  return randomBytes(byteCount).toString('hex');
}
