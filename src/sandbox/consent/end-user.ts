import { get as getHttp, type IncomingMessage } from 'node:http';
import { get as getHttps } from 'node:https';
import { isIPv4 } from 'node:net';
import { finished } from 'node:stream/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { decide, parseRedirectUrl, type Choice } from './decision.js';
import type { Sessions } from '../sessions.js';
import type { RequestLog } from '../request-log.js';

// The client learns the transaction ID from the answer and wants to compare it with the state.
const DELAY_MS = 200;
const TIMEOUT_MS = 3_000;

/** Plays the end user, so that no click is needed. */
export interface EndUser {
  /** Uses the link of a session up and calls its redirect URL, if that is on this machine. Never rejects. */
  play(transactionId: string): Promise<void>;
  /** Ends what is under way. */
  leave(): void;
}

/** Makes an end user who always answers the same. */
export function createEndUser(choice: Choice, sessions: Sessions, log: RequestLog): EndUser {
  const leaving = new AbortController();

  async function play(transactionId: string): Promise<void> {
    const session = sessions.find(transactionId);
    if (session === undefined) return;
    const target = parseRedirectUrl(session.redirectUrl);
    const host = target?.host ?? '(nowhere)';
    if (target === null || !isThisMachine(target)) {
      log.write('END-USER', host, 'not called: it is not on this machine');
      return;
    }
    const timeout = AbortSignal.timeout(DELAY_MS + TIMEOUT_MS);
    const signal = AbortSignal.any([leaving.signal, timeout]);
    try {
      await delay(DELAY_MS, undefined, { signal });
      const wayBack = session.stage === 'unused' ? decide(sessions, session, choice) : null;
      if (wayBack !== null) log.write('END-USER', host, `${choice} ${await call(wayBack, signal)}`);
    } catch (error) {
      if (leaving.signal.aborted) return;
      const { code = 'error' } = error as NodeJS.ErrnoException;
      log.write('END-USER', host, `${choice} failed: ${timeout.aborted ? 'timeout' : code}`);
    }
  }

  return {
    play,
    leave: () => {
      leaving.abort();
    },
  };
}

/**
 * Uses a link up, as an end user who answers `choice`.
 *
 * @returns the redirect URL with the answer in its query; it is not called
 * @throws an Error when the link is unknown or was used before, or its session has no redirect URL
 */
export function visitLink(
  sessions: Sessions,
  sandboxUrl: string,
  authorizationUrl: string,
  choice: Choice,
): string {
  const base = `${sandboxUrl}/digilocker/`;
  const session = authorizationUrl.startsWith(base)
    ? sessions.findLink(authorizationUrl.slice(base.length))
    : undefined;
  if (session === undefined) throw new Error('No session of this sandbox has this link.');
  if (session.stage !== 'unused') throw new Error('This link was used before.');
  const wayBack = decide(sessions, session, choice);
  if (wayBack === null) throw new Error('The session has no redirect URL.');
  return wayBack.href;
}

// The sandbox says that it talks to no other host, so no client may send it anywhere.
function isThisMachine({ hostname }: URL): boolean {
  return (
    hostname === 'localhost' || hostname === '[::1]' || (isIPv4(hostname) && hostname.startsWith('127.'))
  );
}

async function call(url: URL, signal: AbortSignal): Promise<number> {
  const response = await new Promise<IncomingMessage>((resolve, reject) => {
    const get = url.protocol === 'https:' ? getHttps : getHttp;
    // An agent of its own: a proxy that the environment names is for the shared one.
    get(url, { agent: false, signal }, resolve).on('error', reject);
  });
  response.resume();
  await finished(response);
  return Number(response.statusCode);
}
