import { randomBytes } from 'node:crypto';
import type { RouteScenario } from './api/scenarios.js';

/** What its client asked a session for. */
export interface Terms {
  readonly clientId: string;
  readonly purpose: string;
  readonly redirectUrl: string;
  /** The end user starts with Aadhaar, not with the mobile number. */
  readonly startsWithSignUp: boolean;
  /** Decentro fetches the access token itself, and the redirect holds a status in place of a code. */
  readonly isAbstract: boolean;
  /** Its files can be asked for once the code has been exchanged, not straight after the consent. */
  readonly needsToken: boolean;
  /** How the redirect is to go wrong. */
  readonly redirect: RouteScenario | null;
}

/** How long a code is valid, and then what it opens (Decentro's reference page: 1 hour). */
export const CODE_LIFE_MS = 3_600_000;

/** How far the end user has come. */
export type Stage = 'unused' | 'sign-in' | 'consent' | FinalStage;
export type FinalStage = 'allowed' | 'denied' | 'failed' | 'expired';

export interface Session extends Terms {
  readonly transactionId: string;
  /** The last part of the link that starts it. */
  readonly linkToken: string;
  /** Names the pages behind the link, so that knowing the used link is not enough to decide. */
  readonly visitToken: string;
  stage: Stage;
  /** The DigiLocker code, once there is one. */
  code: Code | null;
  /** Since when its files can be asked for, in milliseconds since the epoch. */
  openSinceMs: number | null;
  isRevoked: boolean;
}

export interface Code {
  readonly text: string;
  readonly createdAtMs: number;
  isUsed: boolean;
}

/** The sessions of one sandbox, by transaction ID, link and pages. */
export interface Sessions {
  create(transactionId: string, terms: Terms): Session;
  find(transactionId: string): Session | undefined;
  findLink(linkToken: string): Session | undefined;
  /** The session whose link was opened, and whose pages have this token. */
  findVisit(visitToken: string): Session | undefined;
  /** Uses a link up, and makes the pages behind it known. */
  open(session: Session): void;
  end(session: Session, stage: FinalStage): void;
  /** The end user is on the way to a page of the sandbox. */
  awaitReturn(): void;
  /** Somebody has come to that page. */
  seeReturn(): void;
  /** Whether there were sessions, and the end user has come to the end of every one. */
  areOver(): boolean;
}

/** How a session ended for its end user. */
export interface SessionEnd {
  readonly transactionId: string;
  readonly outcome: FinalStage;
}

/** Keeps the sessions of one sandbox, for as long as it lives. */
export function createSessions(onEnd: (end: SessionEnd) => void): Sessions {
  const byId = new Map<string, Session>();
  const byLink = new Map<string, Session>();
  const byVisit = new Map<string, Session>();
  let openCount = 0;
  let awaitedReturns = 0;
  return {
    create(transactionId, terms) {
      const session: Session = {
        ...terms,
        transactionId,
        linkToken: randomToken(),
        visitToken: randomToken(),
        stage: 'unused',
        code: null,
        openSinceMs: null,
        isRevoked: false,
      };
      byId.set(transactionId, session);
      byLink.set(session.linkToken, session);
      openCount += 1;
      return session;
    },
    find: (transactionId) => byId.get(transactionId),
    findLink: (linkToken) => byLink.get(linkToken),
    findVisit: (visitToken) => byVisit.get(visitToken),
    open(session) {
      session.stage = 'sign-in';
      byVisit.set(session.visitToken, session);
    },
    end(session, stage) {
      session.stage = stage;
      openCount -= 1;
      onEnd({ transactionId: session.transactionId, outcome: stage });
    },
    awaitReturn() {
      awaitedReturns += 1;
    },
    seeReturn() {
      awaitedReturns = Math.max(0, awaitedReturns - 1);
    },
    areOver: () => byId.size > 0 && openCount === 0 && awaitedReturns === 0,
  };
}

function randomToken(): string {
  return randomBytes(16).toString('base64url');
}
