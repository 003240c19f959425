import type { SessionEnd } from './sessions.js';

const ENDS: Record<SessionEnd['outcome'], string> = {
  allowed: 'The end user allowed',
  denied: 'The end user denied',
  failed: 'The end user allowed, and the sandbox played a failure of DigiLocker',
  expired: 'The end user let the link expire',
};

/** What a terminal says, in one line, when a session has come to its end. */
export function endText({ outcome, transactionId }: SessionEnd): string {
  return `${ENDS[outcome]} (session ${transactionId}).`;
}
