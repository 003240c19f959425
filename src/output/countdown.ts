import type { Host } from '../host/host.js';

/**
 * Shows on a terminal how long a wait goes on, in one line that is written over. Returns what ends it and takes the
 * line away.
 */
export function startCountdown(
  { stderr, now }: Pick<Host, 'stderr' | 'now'>,
  untilMs: number,
): () => Promise<void> {
  if (!stderr.isTerminal) return () => Promise.resolve();
  const show = () => {
    const seconds = Math.max(0, Math.ceil((untilMs - now()) / 1000));
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
    const line = `Waiting for the end user, ${left} left (Ctrl-C ends it)`;
    // What wraps could not be written over.
    void stderr.write(`\r\u001b[K${line.slice(0, stderr.columns - 1)}`);
  };
  show();
  const timer = setInterval(show, 1000);
  return async () => {
    clearInterval(timer);
    await stderr.write('\r\u001b[K');
  };
}
