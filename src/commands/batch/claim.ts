// One process has a job at a time: finds the one that has it, waits for one that may be dead, and takes over.
import { closeSync, rmSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { visible } from '../../safety/visible.js';
import { createJournalWriter } from './journal-writer.js';
import type { RunRecord } from './journal.js';
import { isAlive, type Owner } from './owner.js';
import { beginSegment, loadJournal, segmentPath, type LoadedJournal } from './segments.js';

/** A machine of which nothing is known touches its segment every ten seconds. */
const SILENCE_MS = 60_000;

const POLL_MS = 1_000;

/** A run looks once a second whether the job was taken over, and before each line that it writes. */
const HANDOVER_MS = 2_000;

/** The process that has a job. */
export interface Holder {
  readonly run: RunRecord;
  /** Whether it works for certain; else it ran on another machine, and was not silent for a minute yet. */
  readonly isCertain: boolean;
}

/** The process that still writes the newest segment, as far as it can be told; `undefined` where none does. */
export function findHolder(
  folder: string,
  { lastRun, isEnded, lastSegment }: LoadedJournal,
  here: Owner,
  host: Pick<Host, 'isRunning'>,
): Holder | undefined {
  if (lastSegment === 0 || isEnded || lastRun === undefined) return undefined;
  const alive = isAlive(lastRun, here, host);
  if (alive === true) return { run: lastRun, isCertain: true };
  const isSilent = () => fileTime(folder) - statSync(segmentPath(folder, lastSegment)).mtimeMs > SILENCE_MS;
  return alive === 'unknown' && !isSilent() ? { run: lastRun, isCertain: false } : undefined;
}

// The clock of the file system, which may be another machine's.
function fileTime(folder: string): number {
  const probe = path.join(folder, `.probe-${Math.random().toString(36).slice(2)}`);
  try {
    writeFileSync(probe, '', { flag: 'wx', mode: 0o600 });
    return statSync(probe).mtimeMs;
  } catch {
    // One that can only be read.
    return Date.now();
  } finally {
    rmSync(probe, { force: true });
  }
}

export interface ClaimRules {
  /** Whether a process that has the job is to lose it. */
  readonly takesOver: boolean;
  readonly note: (text: string) => Promise<void>;
}

/**
 * Reads the journal of a job that no other process writes any more. Fails with `usage` where one does, unless its job is
 * taken over.
 */
export async function claimJournal(
  host: Host,
  folder: string,
  here: Owner,
  { takesOver, note }: ClaimRules,
): Promise<LoadedJournal> {
  const journal = loadJournal(host, folder);
  let holder = findHolder(folder, journal, here, host);
  if (holder === undefined) return journal;
  if (takesOver) {
    await displace(folder, journal, { ...holder.run, ...here, at: host.now() });
    await host.sleep(HANDOVER_MS);
  } else {
    if (holder.isCertain) throw await isAtWork(holder.run, host.now());
    const { pid, host: machine } = holder.run;
    await note(
      `PID ${pid} on ${visible(machine)} may be at work on this job: waiting a minute for a sign of it.`,
    );
    const segment = segmentPath(folder, journal.lastSegment);
    const { mtimeMs } = statSync(segment);
    // A minute by this machine's clock ends it too: that of the file system may have been set back.
    for (let waitedMs = 0; holder !== undefined && waitedMs < SILENCE_MS; waitedMs += POLL_MS) {
      await host.sleep(POLL_MS);
      if (statSync(segment).mtimeMs !== mtimeMs) throw await isAtWork(holder.run, host.now());
      holder = findHolder(folder, journal, here, host);
    }
  }
  // What was added to it meanwhile.
  return loadJournal(host, folder);
}

// A segment of its own, with nothing in it, stops the run that has the job before the journal is read.
async function displace(folder: string, { lastSegment }: LoadedJournal, header: RunRecord): Promise<void> {
  const { descriptor, file } = beginSegment(folder, lastSegment, header);
  try {
    const rules = { objection: () => undefined, makeRoom: () => undefined };
    await createJournalWriter(file, rules).append({ t: 'end', signal: null });
  } finally {
    closeSync(descriptor);
  }
}

async function isAtWork({ pid, host, at }: RunRecord, nowMs: number): Promise<Failure> {
  const { localTime } = await import('../../output/local-time.js');
  const since = localTime({ atMs: at, nowMs });
  return new Failure(
    'usage',
    `Another process is at work on this job: PID ${pid} on ${visible(host)}, since ${since}.`,
    { hint: 'If it hangs, end it, or add --take-over.' },
  );
}
