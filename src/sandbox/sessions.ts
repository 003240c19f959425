import type { RedirectScenario } from './api/scenarios.js';
import { createTokens } from './tokens.js';

/** What its client asked a session for. */
export interface Terms {
  readonly clientId: string;
  readonly purpose: string;
  readonly redirectUrl: string;
  /** The end user starts with Aadhaar, not with the mobile number. */
  readonly startsWithSignUp: boolean;
  /** What the sign-in asks for besides a number and a one-time code. */
  readonly extraFields: readonly ExtraField[];
  /** Whether the browser's cookie stands in for the sign-in (SSO only), or is taken away. */
  readonly cookie: 'unused' | 'remembers' | 'forgets';
  /** Decentro fetches the access token itself, and the redirect holds a status in place of a code. */
  readonly isAbstract: boolean;
  /** Its files can be asked for once the code has been exchanged, not straight after the consent. */
  readonly needsToken: boolean;
  /** How the redirect is to go wrong. */
  readonly redirect: RedirectScenario | null;
  /** The types of the documents that the end user is asked for; `null` asks for all. */
  readonly documents: readonly string[] | null;
}

/** All that apps ask for alike. A redirect URL often names the order or the customer. */
type OtherTerms = Omit<Terms, 'redirectUrl'>;

/** How long a code is valid, and then what it opens (Decentro's reference page: 1 hour). */
export const CODE_LIFE_MS = 3_600_000;

/** How far the end user has come. */
export type Stage = 'unused' | 'sign-in' | 'consent' | FinalStage;
export type FinalStage = 'allowed' | 'denied' | 'failed' | 'expired';

export interface Session extends Terms {
  readonly transactionId: string;
  /** Names the pages behind the link, so that knowing the used link is not enough to decide. */
  readonly visitToken: string;
  stage: Stage;
  /** The DigiLocker code, once there is one. */
  code: Code | null;
  /** Since when its files can be asked for, in milliseconds since the epoch. */
  openSinceMs: number | null;
  /** The types of the documents that it gives access to. */
  files: readonly string[];
  isRevoked: boolean;
}

export interface Code {
  readonly text: string;
  readonly createdAtMs: number;
  isUsed: boolean;
}

export type ExtraField = 'username' | 'pin';

/** How a session ended for its end user. */
export interface SessionEnd {
  readonly transactionId: string;
  readonly outcome: FinalStage;
}

/** The sessions of one sandbox, by transaction ID, link and pages. */
export interface Sessions {
  /** A new transaction ID, for a request that may start a session. */
  createTransactionId(): string;
  /** Starts the session of a transaction ID, and returns the token of its link. */
  create(transactionId: string, terms: Terms): string;
  find(transactionId: string): Session | undefined;
  findLink(linkToken: string): Session | undefined;
  /** The session whose link was opened, and whose pages have this token. */
  findVisit(visitToken: string): Session | undefined;
  end(session: Session, stage: FinalStage): void;
  /** The end user is on the way to a page of the sandbox. */
  awaitReturn(): void;
  /** Somebody has come to that page. */
  seeReturn(): void;
  /** Whether there were sessions, and the end user has come to the end of every one. */
  areOver(): boolean;
}

/**
 * Keeps the sessions of one sandbox, for as long as it lives. A session that has not been looked at is its redirect URL
 * and a reference to its other terms, at the number that its transaction ID and its tokens encrypt.
 */
export function createSessions(onEnd: (end: SessionEnd) => void): Sessions {
  const ids = createTokens('hex');
  const links = createTokens('base64url');
  const visits = createTokens('base64url');
  const terms: (OtherTerms | null)[] = [];
  const redirectUrls: string[] = [];
  const seen = new Map<number, Session>();
  const shareTerms = createSharing((other: OtherTerms) => JSON.stringify(other));
  const shareUrl = createSharing((url: string) => url);
  let count = 0;
  let openCount = 0;
  let awaitedReturns = 0;

  function find(number: number | undefined): Session | undefined {
    const own = number === undefined ? undefined : terms[number];
    if (number === undefined || own == null) return undefined;
    const known = seen.get(number);
    if (known !== undefined) return known;
    const session: Session = {
      ...own,
      redirectUrl: redirectUrls[number] ?? '',
      transactionId: ids.tokenOf(number),
      visitToken: visits.tokenOf(number),
      stage: 'unused',
      code: null,
      openSinceMs: null,
      files: [],
      isRevoked: false,
    };
    seen.set(number, session);
    return session;
  }

  return {
    createTransactionId: () => ids.tokenOf(terms.push(null) - 1),
    create(transactionId, { redirectUrl, ...other }) {
      const number = ids.numberOf(transactionId) ?? 0;
      terms[number] = shareTerms(other);
      redirectUrls[number] = shareUrl(redirectUrl);
      count += 1;
      openCount += 1;
      return links.tokenOf(number);
    },
    find: (transactionId) => find(ids.numberOf(transactionId)),
    findLink: (linkToken) => find(links.numberOf(linkToken)),
    findVisit(visitToken) {
      const session = find(visits.numberOf(visitToken));
      return session?.stage === 'unused' ? undefined : session;
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
    areOver: () => count > 0 && openCount === 0 && awaitedReturns === 0,
  };
}

const MAX_SHARED = 1000;

/** Lets sessions with the same terms have one object of them: most apps ask for the same each time. */
function createSharing<Value>(keyOf: (value: Value) => string): (value: Value) => Value {
  const shared = new Map<string, Value>();
  return (value) => {
    const key = keyOf(value);
    const known = shared.get(key);
    if (known !== undefined) return known;
    if (shared.size === MAX_SHARED) shared.clear();
    shared.set(key, value);
    return value;
  };
}
