// How a session is shown whose link is still to be opened.
import type { Session } from '../../api/endpoints/initiate-session.js';
import type { Host } from '../../host/host.js';
import { renderForPeople } from '../../output/for-people.js';
import { writeNote } from '../../output/note.js';
import { isDrawable, renderQr } from '../../output/qr.js';
import type { Block } from '../../output/report.js';
import { isLocal, parseHttpUrl } from '../../safety/url.js';
import type { Chatter } from './chatter.js';

/** The link of a session, for people. */
export function linkBlock(authorizationUrl: string): Block {
  return { type: 'link', label: 'Link (works once: only the end user may open it)', url: authorizationUrl };
}

/** Shows transaction ID and link of a session whose redirect is waited for. */
export async function showSession({ stderr }: Host, session: Session): Promise<void> {
  const { decentroTxnId, authorizationUrl } = session;
  await writeNote(stderr, `Transaction ID: ${decentroTxnId}`);
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
