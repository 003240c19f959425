import type { Failure } from '../../failure/failure.js';
import type { JournalWriter } from './journal-writer.js';

const TICK_MS = 1_000;
const ALIVE_MS = 10_000;

/** What ends a run besides its rows: a signal, another process that took the job over. */
export interface Watch {
  readonly signal: AbortSignal;
  readonly end: () => void;
}

/** Watches until its end. */
export function watchRun(
  signal: AbortSignal,
  journal: JournalWriter,
  objection: () => Failure | undefined,
): Watch {
  const controller = new AbortController();
  const onSignal = () => {
    controller.abort(signal.reason);
  };
  if (signal.aborted) onSignal();
  signal.addEventListener('abort', onSignal);
  let quietMs = 0;
  const timer = setInterval(() => {
    const failure = objection();
    if (failure !== undefined) controller.abort(failure);
    quietMs += TICK_MS;
    if (quietMs < ALIVE_MS) return;
    quietMs = 0;
    // Other machines tell by the time of the last write whether the process still runs.
    journal.append({ t: 'alive' }).catch(() => undefined);
  }, TICK_MS);
  return {
    signal: controller.signal,
    end: () => {
      clearInterval(timer);
      signal.removeEventListener('abort', onSignal);
    },
  };
}
