import { randomBytes } from 'node:crypto';

/** One session, as its client described it. */
export interface Session {
  readonly transactionId: string;
  readonly purpose: string;
  readonly redirectUrl: string;
  /** The end user starts with Aadhaar, not with the mobile number. */
  readonly startsWithSignUp: boolean;
}

/** How far the end user has come. The last three are final. */
export type Stage = 'unused' | 'sign-in' | 'consent' | 'allowed' | 'denied' | 'expired';

const FINAL_STAGES: readonly Stage[] = ['allowed', 'denied', 'expired'];

/** What leads to a session, once. */
export interface Link extends Session {
  readonly token: string;
  /** Names the pages behind the link, so that knowing the used link is not enough to decide. */
  readonly visitToken: string;
  stage: Stage;
}

export interface Links {
  /** Makes a link that has not been used. */
  create(session: Session): Link;
  find(token: string): Link | undefined;
  /** Uses a link up, and makes the pages behind it known. */
  open(link: Link): void;
  /** Whether there were links, and every one has come to its end. */
  areOver(): boolean;
  /** The opened link whose pages have this token. */
  findVisit(visitToken: string): Link | undefined;
}

/** Keeps the links of one sandbox, for as long as it lives. */
export function createLinks(): Links {
  const links = new Map<string, Link>();
  const visits = new Map<string, Link>();
  return {
    create(session) {
      const link: Link = { ...session, token: randomToken(), visitToken: randomToken(), stage: 'unused' };
      links.set(link.token, link);
      return link;
    },
    find: (token) => links.get(token),
    open(link) {
      link.stage = 'sign-in';
      visits.set(link.visitToken, link);
    },
    areOver: () => links.size > 0 && [...links.values()].every(({ stage }) => FINAL_STAGES.includes(stage)),
    findVisit: (visitToken) => visits.get(visitToken),
  };
}

function randomToken(): string {
  return randomBytes(16).toString('base64url');
}
