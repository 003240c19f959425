// The run itself: rows in, each sent once its intent is durable, each told once its outcome is.
import type { InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { bugFailure } from '../../failure/bug.js';
import { Failure } from '../../failure/failure.js';
import type { Answer } from './breakers.js';
import {
  answerFor,
  createErrand,
  emptyOutcome,
  endAfter,
  mayGoAfresh,
  referenceIdOf,
  type EndedRow,
  type Errand,
  type RecordedRow,
  type SendResult,
  type Standing,
} from './errand.js';
import type { OutcomeRecord } from './journal.js';
import type { JournalWriter } from './journal-writer.js';
import type { PlannedRow } from './plan.js';
import type { Scheduler } from './scheduler.js';

/** What a run is made of. Tests hand in their own. */
export interface RunParts {
  readonly environment: string;
  readonly batch: string;
  readonly rows: AsyncIterable<PlannedRow>;
  /** What the journal knows of a row. */
  readonly standingOf: (row: number) => Standing;
  readonly scheduler: Scheduler;
  readonly journal: JournalWriter;
  /** Sends one request. Never rejects. */
  readonly send: (params: InitiateSessionParams, referenceId: string) => Promise<SendResult>;
  /** Told each row once its end is durable. */
  readonly onEnd: (row: EndedRow) => void;
  /** Told the rows whose end could not be made durable. */
  readonly onUnsaved: (row: EndedRow) => void;
  /** Told of every departure and every pause. */
  readonly onRequest: () => void;
  readonly onPause: (text: string) => void;
  /** Told how many answers are still waited for, when nothing departs any more. */
  readonly onStopping: (inFlight: number) => void;
  /** Whether the reader of the rows is too far behind. */
  readonly isCongested: () => boolean;
  /** Rows to send at most. */
  readonly limit: number;
  readonly clock: Clock;
  /** Ends the run; its reason is a Failure, or the error of a bug. */
  readonly signal: AbortSignal;
}

export interface Clock {
  /** Monotonic milliseconds. */
  readonly now: () => number;
  /** Milliseconds since the epoch. */
  readonly wallNow: () => number;
  /** Calls back after a while; returns what cancels it. */
  readonly after: (ms: number, callback: () => void) => () => void;
}

/** Outcomes that wait for the disk, beyond which no further row is taken up. */
const MAX_UNWRITTEN = 1024;

const CONGESTION_POLL_MS = 50;

export interface RunEnd {
  /** What ended the run before all rows had their end. */
  readonly stopped: Failure | undefined;
  /** Whether `limit` was reached. */
  readonly isLimited: boolean;
}

/** Runs until every row has its end, or the scheduler stops; then waits for what is in flight. */
export async function runRows(parts: RunParts): Promise<RunEnd> {
  const { scheduler, journal, clock } = parts;
  const ready: Errand[] = [];
  const again: Errand[] = [];
  const source = parts.rows[Symbol.asyncIterator]();
  let preparing = 0;
  let unwritten = 0;
  let taken = 0;
  const input = { isReading: false, isExhausted: false, isLimited: false };
  let wake: () => void = () => undefined;

  const record = async (
    errand: RecordedRow,
    fields: Partial<OutcomeRecord>,
    isEnd: boolean,
  ): Promise<void> => {
    const outcome: OutcomeRecord = { ...emptyOutcome(errand), at: clock.wallNow(), ...fields };
    errand.records.push(outcome);
    const ended = { row: errand.row, records: [...errand.records], outcome };
    unwritten += 1;
    try {
      // Once more after a failure: the journal may have made room for it.
      await journal.append(outcome).catch(() => journal.append(outcome));
      if (isEnd) parts.onEnd(ended);
    } catch (error) {
      scheduler.stop(asFailure(error));
      if (isEnd) parts.onUnsaved(ended);
    } finally {
      unwritten -= 1;
      wake();
    }
  };

  const release = (errand: Errand): Promise<void> =>
    record(
      errand,
      errand.isSecondTry ? { end: 'unknown', kind: 'unknown' } : { end: 'again', sent: 'no' },
      false,
    );

  const prepare = async (errand: Errand): Promise<void> => {
    preparing += 1;
    const { row, key, attempt } = errand;
    const id = referenceIdOf(errand, parts);
    errand.referenceId = id;
    try {
      await journal.append({ t: 'i', r: row, n: attempt, k: key, id, at: clock.wallNow() });
      ready.push(errand);
    } catch (error) {
      // It may be on the disk all the same.
      scheduler.stop(asFailure(error));
      await release(errand);
    } finally {
      preparing -= 1;
      wake();
    }
  };

  const depart = async (errand: Errand): Promise<void> => {
    const departedAt = clock.now();
    scheduler.departed(departedAt);
    parts.onRequest();
    const result = await parts.send(errand.params, errand.referenceId ?? referenceIdOf(errand, parts));
    const answer = answerFor(errand, result);
    const pause = scheduler.answered(answer, departedAt, clock.now());
    if (pause !== undefined) parts.onPause(pause);
    wake();
    await conclude(errand, result.outcome, answer);
  };

  const conclude = async (errand: Errand, outcome: SendResult['outcome'], answer: Answer): Promise<void> => {
    if (answer.type === 'network') {
      const open = record(errand, { ...outcome, end: errand.isSecondTry ? 'unknown' : 'again' }, false);
      again.push(errand);
      return open;
    }
    if (answer.type === 'throttled') errand.throttles += 1;
    if (answer.type === 'throttled' && mayGoAfresh(errand)) {
      const open = record(errand, { ...outcome, end: 'again' }, false);
      errand.attempt += 1;
      again.push(errand);
      return open;
    }
    return record(errand, { ...outcome, end: endAfter(errand, outcome.end, answer) }, true);
  };

  const takeRow = async (): Promise<void> => {
    input.isReading = true;
    try {
      const step: IteratorResult<PlannedRow, unknown> = await source.next();
      if (step.done === true) input.isExhausted = true;
      else if (step.value.request.type === 'send') {
        taken += 1;
        void prepare(createErrand(step.value, parts.standingOf(step.value.row.number)));
      } else await note(step.value);
    } catch (error) {
      input.isExhausted = true;
      scheduler.stop(asFailure(error));
    } finally {
      input.isReading = false;
      wake();
    }
  };

  const note = async ({ row, key, request }: PlannedRow): Promise<void> => {
    const end = request.type === 'withheld' ? 'withheld' : 'invalid';
    const noted = record(
      { row: row.number, key, attempt: 0, referenceId: null, records: [] },
      { end, sent: 'no' },
      true,
    );
    if (unwritten >= MAX_UNWRITTEN) await noted;
  };

  const takeUp = (): void => {
    const atOnce = scheduler.window() + Math.floor(Math.min(8, scheduler.window() / 8));
    const ahead = rowsAhead(scheduler.rate());
    while (preparing + ready.length < Math.min(ahead, atOnce - scheduler.inFlight())) {
      if (scheduler.stopped() !== undefined || unwritten >= MAX_UNWRITTEN) return;
      if (parts.isCongested()) {
        clock.after(CONGESTION_POLL_MS, () => {
          wake();
        });
        return;
      }
      const errand = again.shift();
      if (errand !== undefined) void prepare(errand);
      else {
        if (taken >= parts.limit && !input.isExhausted) {
          input.isExhausted = true;
          input.isLimited = true;
        }
        if (!input.isExhausted && !input.isReading) void takeRow();
        return;
      }
    }
  };

  const onAbort = () => {
    scheduler.stop(asFailure(parts.signal.reason));
    wake();
  };
  if (parts.signal.aborted) onAbort();
  parts.signal.addEventListener('abort', onAbort);

  for (;;) {
    takeUp();
    const action = scheduler.next(clock.now());
    if (action.type === 'stop') break;
    const errand = action.type === 'depart' ? ready.shift() : undefined;
    if (errand !== undefined) {
      void depart(errand);
      continue;
    }
    const isIdle = preparing + ready.length + again.length + unwritten + scheduler.inFlight() === 0;
    if (isIdle && input.isExhausted && !input.isReading) break;
    await new Promise<void>((resolve) => {
      const untilMs = action.type === 'wait' && ready.length > 0 ? action.untilMs : undefined;
      const cancel =
        untilMs === undefined ? () => undefined : clock.after(Math.max(0, untilMs - clock.now()), resolve);
      wake = () => {
        cancel();
        resolve();
      };
    });
  }

  parts.onStopping(scheduler.inFlight());
  await source.return?.();
  const released = Promise.all(ready.splice(0).map(release));
  while (scheduler.inFlight() + preparing + unwritten > 0)
    await new Promise<void>((resolve) => {
      wake = resolve;
    });
  await released;
  // A row that became ready while the run was stopping.
  await Promise.all(ready.splice(0).map(release));
  parts.signal.removeEventListener('abort', onAbort);
  return { stopped: scheduler.stopped(), isLimited: input.isLimited };
}

// What waits for its turn is unknown after a crash: no more than a tenth of a second brings, in which its intent lasts.
function rowsAhead(rate: number | undefined): number {
  return rate === undefined ? Number.POSITIVE_INFINITY : 1 + Math.ceil(rate / 10);
}

function asFailure(error: unknown): Failure {
  return error instanceof Failure ? error : bugFailure(error);
}
