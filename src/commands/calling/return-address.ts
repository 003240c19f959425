// Where a command catches the redirect of a session that it started.
import { randomBytes } from 'node:crypto';
import type { Host } from '../../host/host.js';
import { openListener, type RedirectWait } from '../../redirect/await-redirect.js';
import type { Listener } from '../../redirect/listener.js';
import { parseHttpUrl } from '../../safety/url.js';

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
