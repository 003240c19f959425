// Where a command catches the redirect of a session that it started, and what it shows until that comes.
import { randomBytes } from 'node:crypto';
import type { Session } from '../../api/endpoints/initiate-session.js';
import type { Host } from '../../host/host.js';
import { renderForPeople } from '../../output/for-people.js';
import { renderNote } from '../../output/note.js';
import { isDrawable, renderQr } from '../../output/qr.js';
import type { Block } from '../../output/report.js';
import { openListener, type RedirectWait } from '../../redirect/await-redirect.js';
import type { Listener } from '../../redirect/listener.js';
import { isLocal, parseHttpUrl } from '../../safety/url.js';
import type { Chatter } from './chatter.js';

export interface ReturnAddress {
  readonly listener: Listener;
  /** Absent where the user's own URL forwards to the listener. */
  readonly redirectUrl: string | undefined;
  /** What the redirect of a session has to bring. */
  readonly expectationOf: (decentroTxnId: string) => RedirectWait['expected'];
}

/**
 * Opens a listener, before the request: its address is the redirect URL, unless the user's own one forwards to it. Fails
 * with `usage` where the port cannot be had.
 */
export async function openReturnAddress(
  host: Host,
  {
    redirectUrl,
    listen,
  }: { readonly redirectUrl?: string | undefined; readonly listen?: number | undefined },
): Promise<ReturnAddress> {
  if (redirectUrl !== undefined) {
    const url = parseHttpUrl(redirectUrl);
    const forwarded = { path: url?.pathname, hosts: url === undefined ? [] : [url.host] };
    return {
      listener: await openListener(host, listen, forwarded),
      redirectUrl: undefined,
      expectationOf: (decentroTxnId) => ({ decentroTxnId, redirectUrl: url, isSecretPath: false }),
    };
  }
  // Nobody else on this machine, no page in the browser included, can guess where the redirect goes.
  const path = `/callback/${randomBytes(16).toString('base64url')}`;
  const listener = await openListener(host, listen, { path });
  return {
    listener,
    redirectUrl: `${listener.origin}${path}`,
    expectationOf: (decentroTxnId) => ({ decentroTxnId, isSecretPath: true }),
  };
}

/** The link of a session, for people. */
export function linkBlock(authorizationUrl: string): Block {
  return { type: 'link', label: 'Link (works once: only the end user may open it)', url: authorizationUrl };
}

/** Shows transaction ID and link of a session whose redirect is waited for. */
export async function showSession({ stderr }: Host, session: Session): Promise<void> {
  const { decentroTxnId, authorizationUrl } = session;
  await stderr.write(renderNote(`Transaction ID: ${decentroTxnId}`));
  const link = { blocks: [linkBlock(authorizationUrl)], document: { ...session } };
  await stderr.write(await renderForPeople(link, stderr));
}

/** Draws the link as a QR code where a phone could follow it and come back, and says why not elsewhere. */
export async function showQr(
  { stderr }: Host,
  chatter: Chatter,
  link: string,
  redirectUrl = '',
): Promise<void> {
  const isOutOfReach = [link, redirectUrl].some((url) => isLocal(parseHttpUrl(url)));
  const code = isOutOfReach ? undefined : await renderQr(link, stderr);
  const narrow = isDrawable(link)
    ? 'the terminal is too narrow for it'
    : 'the link is too long, or has a character that no code can hold';
  const hint = isOutOfReach
    ? 'No QR code: link or redirect URL leads to this machine, which a phone cannot reach.'
    : `No QR code: ${narrow}.`;
  if (code === undefined) await chatter.note(hint);
  else await stderr.write(code);
}
