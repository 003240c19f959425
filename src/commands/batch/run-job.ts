// One process's part in a job: its segment of the journal, its connections, its rows, and what is reported of them.
import { setMaxListeners } from 'node:events';
import { closeSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { SESSION } from '../../api/endpoints/initiate-session.js';
import { KeptConnections } from '../../api/http/kept-connections.js';
import { Failure } from '../../failure/failure.js';
import { writeNote } from '../../output/note.js';
import { createRedactors, type Credentials } from '../../safety/redact.js';
import { visible } from '../../safety/visible.js';
import type { Target } from '../calling/target.js';
import { layBallast } from './ballast.js';
import { describeRow, renderRow } from './batch-row.js';
import type { EndedRow } from './errand.js';
import { guardFolder } from './guard.js';
import type { Job } from './job.js';
import { createJournalWriter, type JournalWriter } from './journal-writer.js';
import type { RunRecord } from './journal.js';
import type { Owner } from './owner.js';
import { plannedRows, type BatchInput, type Plan, type PlannedRow } from './plan.js';
import { roughDurationText, rateText, startProgress, type Progress } from './progress.js';
import { createRowOutput, type RowOutput } from './row-output.js';
import { endOf, needsFreshId, nextAttempt, RowStates, type RowState } from './row-states.js';
import type { Run } from './run-flags.js';
import { runRows, type Clock } from './run-rows.js';
import { createScheduler, type Scheduler } from './scheduler.js';
import { beginSegment, RecordFinder, type LoadedJournal } from './segments.js';
import { createSender } from './send-row.js';
import { Tally } from './tally.js';
import { watchRun, type Watch } from './watch.js';
import { countText, type RowCounts } from './summary.js';

export interface JobParts {
  readonly target: Target;
  readonly credentials: Credentials;
  readonly batchInput: BatchInput;
  readonly plan: Plan;
  readonly job: Job;
  readonly folder: string;
  readonly here: Owner;
  readonly journal: LoadedJournal | undefined;
}

/** What a run came to. */
export interface JobRun {
  readonly counts: RowCounts;
  readonly responseKeys: ReadonlyMap<string, number>;
  readonly requests: number;
  readonly pauses: number;
  readonly durationMs: number;
  readonly stopped: Failure | undefined;
  readonly outputFailure: Failure | undefined;
  readonly isLimited: boolean;
}

const CLOCK: Clock = {
  now: () => performance.now(),
  wallNow: () => Date.now(),
  after: (ms, callback) => {
    const timer = setTimeout(callback, ms);
    return () => {
      clearTimeout(timer);
    };
  },
};

/** Sends the rows of a plan. Fails with `usage` where another process has the job, and `output` without room for it. */
export async function runJob(run: Run, parts: JobParts): Promise<JobRun> {
  const { host, flags } = run;
  const release = flags.takeOver === true ? undefined : await guardFolder(parts.folder, host.platform);
  const giveRoom = layBallast(parts.folder);
  try {
    const segment = beginSegment(parts.folder, parts.journal?.lastSegment ?? 0, headerOf(parts, host.now()));
    const journal = createJournalWriter(segment.file, {
      objection: segment.objection,
      makeRoom: giveRoom,
    });
    try {
      return await runSegment(run, parts, journal, segment.objection);
    } finally {
      const reason: unknown = host.signal.reason;
      const signal = reason instanceof Failure ? reason.message : null;
      await journal.append({ t: 'end', signal }).catch(() => undefined);
      closeSync(segment.descriptor);
    }
  } finally {
    giveRoom();
    release?.();
  }
}

function headerOf({ plan, here }: JobParts, at: number): RunRecord {
  const { digest, fileRows: rows, rows: mine } = plan;
  return { t: 'run', v: 1, ...here, at, input: { ...digest, rows, mine } };
}

async function runSegment(
  run: Run,
  parts: JobParts,
  journal: JournalWriter,
  objection: () => Failure | undefined,
): Promise<JobRun> {
  const { host, flags } = run;
  const { concurrency, maxRefused, patience: patienceMs } = flags;
  const states = parts.journal?.states ?? new RowStates();
  const startedAt = CLOCK.now();
  const share = flags.rate / parts.job.shard.count;
  const rate = Number.isFinite(share) ? share : undefined;
  const rules = { rate, concurrency, maxRefused, patienceMs };
  const scheduler = createScheduler(rules, startedAt, () => host.random());
  const tally = new Tally(parts.plan, states);
  const output = createRowOutput(host.stdout, rowForm(run));
  const left = () => Math.min(parts.plan.toSend, flags.limit ?? parts.plan.toSend) - tally.ended;
  const progress = startProgress(host, run.choice.isQuiet, () => tally.figures(scheduler, left()), CLOCK.now);
  const watch = watchRun(host.signal, journal, objection);
  const finder = new RecordFinder(parts.folder);
  await announce(run, parts, rate);
  try {
    const end = await sendRows(run, parts, {
      journal,
      scheduler,
      tally,
      output,
      progress,
      watch,
      finder,
      states,
    });
    return { ...tally.sum(scheduler, CLOCK.now() - startedAt), ...end, outputFailure: await output.end() };
  } finally {
    finder.close();
    watch.end();
    await progress.end();
    if (run.choice.isVerbose)
      await writeNote(
        host.stderr,
        `${countText(tally.requests, 'request')}, ${countText(scheduler.pauses(), 'pause')}`,
      );
  }
}

interface Sending {
  readonly journal: JournalWriter;
  readonly scheduler: Scheduler;
  readonly tally: Tally;
  readonly output: RowOutput;
  readonly progress: Progress;
  readonly watch: Watch;
  readonly finder: RecordFinder;
  readonly states: RowStates;
}

async function sendRows(run: Run, parts: JobParts, sending: Sending) {
  const { host, flags } = run;
  const { target, credentials, batchInput, plan, job } = parts;
  const { journal, scheduler, tally, output, progress, watch, finder, states } = sending;
  const connections = new KeptConnections(flags.concurrency, () => {
    progress.note('The server closes connections that are reused: each request has its own from now on.');
  });
  // A server, or what stands before it, that answers a request twice: the second answer is taken for the next one's.
  let isWarned = false;
  const warnOfRepetition = (decentroTxnId: string) => {
    connections.giveUp();
    if (!isWarned)
      progress.warn(
        `Two rows were answered with the same session, ${visible(decentroTxnId)}: check whose link it is. Each request has a connection of its own from now on.`,
      );
    isWarned = true;
  };
  const retries = new Set(flags.retry);
  const nextOf = (row: number) => nextAttempt(states.stateOf(row), states.attemptOf(row), retries);
  try {
    return await runRows({
      environment: job.environment,
      batch: job.batch,
      rows: openRows(
        plannedRows(
          batchInput,
          plan,
          (row) => nextOf(row) !== undefined,
          (row) => needsFreshId(states.stateOf(row)),
        ),
        states,
      ),
      standingOf: (row) => ({
        attempt: nextOf(row) ?? 1,
        isSecondTry: endOf(states.stateOf(row)) === 'unknown',
        records: states
          .placesOf(row)
          .map((place) => finder.find(place))
          .filter(({ n }) => n > 0),
      }),
      scheduler,
      journal,
      send: createSender(
        SESSION[job.suite],
        {
          baseUrl: target.baseUrl,
          credentials,
          redactors: createRedactors(credentials),
          connection: target.connection,
          connections,
          timeoutMs: flags.timeout,
          retries: flags.retries,
          host: {
            signal: neverAborted(),
            now: CLOCK.wallNow,
            elapsed: CLOCK.now,
            sleep: (ms) => delay(ms),
            random: () => host.random(),
          },
        },
        warnOfRepetition,
      ),
      onEnd: (row) => {
        tally.end(row);
        output.write(() => describeEnded(row));
      },
      onUnsaved: (row) => {
        tally.end(row);
        const line = renderRow(describeEnded(row), {
          form: 'ndjson',
          isForSpreadsheet: false,
          inputColumns: [],
        });
        progress.warn(`Not in the journal: ${line.trimEnd()}`);
      },
      onRequest: () => {
        tally.requests += 1;
      },
      onPause: progress.note,
      onStopping: (inFlight) => {
        if (inFlight === 0) return;
        const again = host.signal.aborted ? '; Ctrl-C again loses them' : '';
        progress.note(`Waiting for ${countText(inFlight, 'answer')}${again}.`);
      },
      isCongested: output.isCongested,
      limit: flags.limit ?? Number.POSITIVE_INFINITY,
      clock: CLOCK,
      signal: watch.signal,
    });
  } finally {
    connections.close();
  }
}

// What is in flight when a signal comes is waited for. Each request listens while it is under way.
function neverAborted(): AbortSignal {
  const { signal } = new AbortController();
  setMaxListeners(0, signal);
  return signal;
}

/** The rows that are to be sent or noted; a note that is in the journal already is not made again. */
async function* openRows(rows: AsyncIterable<PlannedRow>, states: RowStates): AsyncGenerator<PlannedRow> {
  for await (const planned of rows) {
    const state = states.stateOf(planned.row.number);
    const isNoted = planned.request.type === state;
    const isSentBefore = endOf(state) !== 'open' && state !== 'withheld' && state !== 'invalid';
    if (planned.request.type === 'send' || (!isNoted && !isSentBefore)) yield planned;
  }
}

function describeEnded({ row, records, outcome }: EndedRow) {
  const state: RowState = outcome.end === 'again' ? 'open' : outcome.end;
  return describeRow(row, state, records);
}

function rowForm({ flags: { output } }: Run): 'ndjson' | 'csv' | undefined {
  return output === 'ndjson' || output === 'csv' ? output : undefined;
}

async function announce(
  { chatter, flags }: Run,
  { plan, target, job }: JobParts,
  rate: number | undefined,
): Promise<void> {
  const count = Math.min(plan.toSend, flags.limit ?? plan.toSend);
  const pace =
    rate === undefined
      ? 'without a limit'
      : `at ${rateText(rate, (each) => String(Math.round(each * 100) / 100))} (--rate), about ${roughDurationText((count / rate) * 1000)}`;
  const where = target.sandbox === undefined ? target.baseUrl.host : 'the sandbox inside the command';
  await chatter.note(`Batch ${job.batch}: ${countText(count, 'row')} to ${where}, ${pace}.`);
}
