// A repetition under the same reference ID says nothing while the first request may still be at work.
import type { Run } from './run-flags.js';
import { endOf } from './row-states.js';
import { RecordFinder, type LoadedJournal } from './segments.js';

const SETTLING_MS = 60_000;

/** With `--retry unknown`, waits until 60 s after the newest request without an answer. */
export async function waitForUnknown(run: Run, folder: string, { states }: LoadedJournal): Promise<void> {
  const { host, flags, chatter } = run;
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
  const untilMs = Math.min(newest, host.now()) + SETTLING_MS;
  const left = () => Math.ceil((untilMs - host.now()) / 1000);
  if (newest === 0 || left() <= 0) return;
  const text = (seconds: number) =>
    `Waiting ${seconds} s: a request of the last minute may still be at work.`;
  if (!host.stderr.isTerminal) {
    await chatter.note(text(left()));
    await host.sleep(untilMs - host.now());
    return;
  }
  while (left() > 0) {
    await host.stderr.write(`\r\u001b[K${text(left())}`);
    await host.sleep(Math.min(1000, Math.max(1, untilMs - host.now())));
  }
  await host.stderr.write('\r\u001b[K');
}
