// A repetition under the same reference ID says nothing while the first request may still be at work.
import { startCountdown } from '../../output/countdown.js';
import type { Run } from './run-flags.js';
import { endOf } from './row-states.js';
import { RecordFinder, type LoadedJournal } from './segments.js';

const SETTLING_MS = 60_000;

/** With `--retry unknown`, waits until 60 s after the newest request without an answer. */
export async function waitForUnknown(run: Run, folder: string, { states }: LoadedJournal): Promise<void> {
  const { host, flags, choice, chatter } = run;
  if (flags.retry?.includes('unknown') !== true) return;
  const finder = new RecordFinder(folder);
  let newest = 0;
  try {
    for (let row = 1; row <= states.highest; row += 1) {
      if (endOf(states.stateOf(row)) !== 'unknown') continue;
      const place = states.placesOf(row).at(-1);
      if (place !== undefined) newest = Math.max(newest, finder.find(place).at);
    }
  } finally {
    finder.close();
  }
  // A clock that was set back must not make it long.
  const waitMs = Math.min(newest, host.now()) + SETTLING_MS - host.now();
  if (newest === 0 || waitMs <= 0) return;
  if (!host.stderr.isTerminal || choice.isQuiet) {
    const seconds = Math.ceil(waitMs / 1000);
    await chatter.note(`Waiting ${seconds} s: a request of the last minute may still be at work.`);
    await host.sleep(waitMs);
    return;
  }
  const what = 'Waiting for a request that may still be at work';
  const countdown = startCountdown(host, what, host.elapsed() + waitMs);
  try {
    await host.sleep(waitMs);
  } finally {
    await countdown.end();
  }
}
