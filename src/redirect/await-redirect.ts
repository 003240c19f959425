import { refuseDeclined, type Expectation } from './callback.js';
import type { Callback } from '../failure/facts.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import type { Listener, ListenerOptions } from './listener.js';
import { startCountdown } from '../output/countdown.js';

/** How long a redirect is waited for, unless somebody says how long. */
export const DEFAULT_WAIT_MS = 10 * 60_000;

/** Opens the listener. Fails with `usage` where the port that the user chose cannot be had. */
export async function openListener(
  host: Host,
  port: number | undefined,
  options: Pick<ListenerOptions, 'path' | 'hosts'>,
): Promise<Listener> {
  const { createListener } = await import('./listener.js');
  try {
    return await createListener({ port: port ?? 0, now: () => host.now(), ...options });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === undefined || code === undefined) throw error;
    throw new Failure('usage', `--listen names port ${port}, which cannot be had (${code}).`, {
      hint: 'Choose another one, or leave --listen out and let a free one be taken.',
    });
  }
}

/**
 * Waits for the redirect of a session. Fails with `declined` where it brings a refusal, with `timeout` after `waitMs`,
 * and with the host signal's reason; the details hold the callback.
 */
export async function awaitRedirect(
  host: Host,
  listener: Listener,
  expected: Expectation,
  waitMs: number,
  isQuiet: boolean,
): Promise<Callback> {
  const over = new AbortController();
  const endCountdown = isQuiet ? () => Promise.resolve() : startCountdown(host, host.now() + waitMs);
  const timeout = host.sleep(waitMs, over.signal).then(() => {
    throw new Failure('timeout', 'Nobody came back before the wait ran out.', {
      hint: 'The session lives on: when the browser has ended up at the redirect URL, give its address to `digilocker callback`.',
      sent: 'yes',
    });
  });
  try {
    const callback = await Promise.race([listener.wait(expected, host.signal), timeout]);
    refuseDeclined(callback);
    return callback;
  } finally {
    over.abort();
    await endCountdown();
  }
}
