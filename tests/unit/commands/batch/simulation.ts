// A batch without a machine: a virtual clock, a server in memory, and a disk that remembers what was synced.
import { setImmediate as turn } from 'node:timers/promises';
import type { EndedRow, SendResult } from '../../../../src/commands/batch/errand.js';
import { createJournalWriter, type SegmentFile } from '../../../../src/commands/batch/journal-writer.js';
import { parseBriefly, SegmentReader } from '../../../../src/commands/batch/journal.js';
import type { PlannedRow } from '../../../../src/commands/batch/plan.js';
import { endOf, nextAttempt, RowStates, type Retry } from '../../../../src/commands/batch/row-states.js';
import { runRows, type Clock, type RunEnd } from '../../../../src/commands/batch/run-rows.js';
import { createScheduler, type SchedulerRules } from '../../../../src/commands/batch/scheduler.js';
import { Failure } from '../../../../src/failure/failure.js';

export interface VirtualClock extends Clock {
  /** Runs until nothing is left to do. */
  readonly runOut: (work: Promise<unknown>) => Promise<void>;
}

export function createVirtualClock(): VirtualClock {
  let now = 0;
  const timers = new Set<{ readonly at: number; readonly callback: () => void }>();
  return {
    now: () => now,
    wallNow: () => 1_800_000_000_000 + now,
    after: (ms, callback) => {
      const timer = { at: now + ms, callback };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    runOut: async (work) => {
      const progress = { isDone: false };
      const done = () => {
        progress.isDone = true;
      };
      work.then(done, done);
      for (;;) {
        // What a sync sets free takes turns; without a timer nothing else can be waited for.
        for (let turns = 0; turns < (timers.size > 0 ? 6 : 10_000) && !progress.isDone; turns += 1)
          await turn();
        if (progress.isDone) return;
        const [next] = [...timers].sort((one, other) => one.at - other.at);
        if (next === undefined) throw new Error('Nothing is left that could happen');
        timers.delete(next);
        now = Math.max(now, next.at);
        next.callback();
      }
    },
  };
}

/** Numbers that look like chance and are the same in each run (mulberry32). */
export function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

/** What a server remembers: every reference ID it saw, and the sessions it created. */
export interface ServerMemory {
  readonly burnt: Set<string>;
  /** Reference ID of each session, with its row. */
  readonly sessions: Map<string, number>;
}

export interface ServerFaults {
  readonly throttled?: number;
  readonly lostAnswers?: number;
}

/** Answers as Decentro does: a reference ID that it saw is refused. */
export function answerOf(
  { burnt, sessions }: ServerMemory,
  row: number,
  referenceId: string,
  chance: number,
  { throttled = 0, lostAnswers = 0 }: ServerFaults,
): SendResult {
  const refused = (key: string | null, http: number, kind: 'rejected' | 'upstream') =>
    ({ end: 'refused', txn: null, link: null, key, http, kind, sent: 'yes' }) as const;
  if (burnt.has(referenceId)) {
    const outcome = { ...refused('error_duplicate_reference_id', 400, 'rejected'), end: 'unknown' } as const;
    return { answer: { type: 'duplicate', isFirst: true }, outcome };
  }
  burnt.add(referenceId);
  if (chance < throttled) {
    const answer = { type: 'throttled', retryAfterMs: undefined, message: '429' } as const;
    return { answer, outcome: refused(null, 429, 'upstream') };
  }
  sessions.set(referenceId, row);
  if (chance < throttled + lostAnswers) {
    return {
      answer: { type: 'upstream', message: 'reset' },
      outcome: {
        end: 'unknown',
        txn: null,
        link: null,
        key: null,
        http: null,
        kind: 'unknown',
        sent: 'unknown',
      },
    };
  }
  return {
    answer: { type: 'created' },
    outcome: {
      end: 'created',
      txn: `TXN-${referenceId}`,
      link: linkOf(referenceId),
      key: 'success_initiate_session',
      http: 200,
      kind: null,
      sent: 'yes',
    },
  };
}

export function linkOf(referenceId: string): string {
  return `https://digilocker.test/${referenceId}`;
}

/** Segments in memory, and how far each was synced. */
export class VirtualDisk {
  readonly segments: Buffer[] = [];
  synced = 0;

  /** A new segment; `afterWrite` is told of each write before its sync. */
  begin(afterWrite: () => void = () => undefined): SegmentFile {
    const place = this.segments.push(Buffer.alloc(0)) - 1;
    this.synced = 0;
    return {
      write: (bytes) => {
        this.segments[place] = Buffer.concat([this.segments[place] ?? Buffer.alloc(0), bytes]);
        afterWrite();
        return Promise.resolve(bytes.length);
      },
      datasync: async () => {
        const { length } = this.segments[place] ?? Buffer.alloc(0);
        await turn();
        this.synced = length;
      },
    };
  }
}

export interface BatchOptions {
  readonly rows: number;
  readonly segments: readonly Buffer[];
  readonly file: SegmentFile;
  readonly send: (row: number, referenceId: string) => Promise<SendResult>;
  readonly clock?: VirtualClock;
  readonly rules?: Partial<SchedulerRules>;
  readonly retries?: readonly Retry[];
  readonly ownReferenceIds?: boolean;
  readonly limit?: number;
  readonly signal?: AbortSignal;
  readonly objection?: () => Failure | undefined;
  readonly onEnd?: (row: EndedRow) => void;
  readonly isCongested?: () => boolean;
  /** What reading the rows fails with, after the last of them. */
  readonly rowsFault?: Error;
}

export interface BatchOutcome extends RunEnd {
  readonly ended: readonly EndedRow[];
  readonly unsaved: readonly EndedRow[];
  readonly requests: number;
  readonly pauses: readonly string[];
  readonly madeRoom: number;
}

/** Folds segments as a later run reads them. */
export function fold(segments: readonly Buffer[]): RowStates {
  const states = new RowStates();
  segments.forEach((bytes, segment) => {
    for (const { record, start } of new SegmentReader(parseBriefly).read(bytes))
      states.apply(record, { segment, start });
  });
  return states;
}

/** Runs rows 1 to n, of which segments tell what is done, and writes a segment of its own. */
export async function runBatch(options: BatchOptions): Promise<BatchOutcome> {
  const { clock = createVirtualClock(), rules, retries = [] } = options;
  const states = fold(options.segments);
  const ended: EndedRow[] = [];
  const unsaved: EndedRow[] = [];
  const pauses: string[] = [];
  const tally = { requests: 0, madeRoom: 0 };
  const journal = createJournalWriter(options.file, {
    objection: options.objection ?? (() => undefined),
    makeRoom: () => {
      tally.madeRoom += 1;
    },
  });
  const nextOf = (row: number) => nextAttempt(states.stateOf(row), states.attemptOf(row), new Set(retries));
  async function* rows(): AsyncGenerator<PlannedRow> {
    for (let number = 1; number <= options.rows; number += 1) {
      if (nextOf(number) === undefined) continue;
      await Promise.resolve();
      const referenceId = options.ownReferenceIds === true ? `own-${number}` : undefined;
      const params = { extra: { row: number } };
      yield {
        row: { number, line: number + 1, cells: new Map() },
        key: `C${number}`,
        request: { type: 'send', params, referenceId },
      };
    }
    if (options.rowsFault !== undefined) throw options.rowsFault;
  }
  const work = runRows({
    environment: 'staging',
    batch: 'simulated',
    rows: rows(),
    standingOf: (row) => ({
      attempt: nextOf(row) ?? 1,
      isSecondTry: endOf(states.stateOf(row)) === 'unknown',
      records: [],
    }),
    scheduler: createScheduler(
      { rate: undefined, concurrency: 16, maxRefused: 20, patienceMs: 600_000, ...rules },
      clock.now(),
      () => 0.5,
    ),
    journal,
    send: ({ extra }, referenceId) => options.send(Number(extra?.['row']), referenceId),
    onEnd: (row) => {
      ended.push(row);
      options.onEnd?.(row);
    },
    onUnsaved: (row) => unsaved.push(row),
    onRequest: () => {
      tally.requests += 1;
    },
    onPause: (text) => pauses.push(text),
    onStopping: () => undefined,
    isCongested: options.isCongested ?? (() => false),
    limit: options.limit ?? Number.POSITIVE_INFINITY,
    clock,
    signal: options.signal ?? new AbortController().signal,
  });
  await clock.runOut(work);
  return { ...(await work), ended, unsaved, pauses, ...tally };
}
