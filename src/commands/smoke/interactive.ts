// A session that an end user goes through, for what only its redirect can tell.
import type { InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import { awaitRedirect } from '../../redirect/await-redirect.js';
import { DEFAULT_WAIT_MS } from '../../redirect/wait-time.js';
import type { Caller } from '../calling/caller.js';
import { openReturnAddress } from '../calling/return-address.js';
import { showQr, showSession } from '../calling/shown-session.js';
import type { CallAnswer } from './judge.js';

export interface WayBackFlags {
  /** Milliseconds. */
  readonly wait?: number;
  /** The port on 127.0.0.1. */
  readonly listen?: number;
  readonly redirectUrl?: string | undefined;
}

/** Starts a session by `send`, shows its link, and waits for its redirect. */
export async function sendAndWait(
  { host, flags, choice, chatter }: Pick<Caller, 'host' | 'choice' | 'chatter'> & { flags: WayBackFlags },
  params: InitiateSessionParams,
  send: (params: InitiateSessionParams) => Promise<CallAnswer>,
): Promise<CallAnswer> {
  const address = await openReturnAddress(host, flags);
  const { listener, redirectUrl = flags.redirectUrl } = address;
  try {
    const answer = await send({ ...params, redirectUrl });
    const { session } = answer;
    if (session === undefined) return answer;
    await showSession(host, session);
    await showQr(host, chatter, session.authorizationUrl, redirectUrl);
    await chatter.note('Open the link and sign in. What the redirect brings is recorded.');
    const wait = {
      listener,
      expected: address.expectationOf(session.decentroTxnId),
      waitMs: flags.wait ?? DEFAULT_WAIT_MS,
      isQuiet: choice.isQuiet,
    };
    try {
      return { ...answer, wayBack: await awaitRedirect(host, wait) };
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      if (error.kind === 'interrupted') return { ...answer, failure: error };
      return { ...answer, wayBack: error.details.callback ?? error };
    }
  } finally {
    await listener.close();
  }
}
