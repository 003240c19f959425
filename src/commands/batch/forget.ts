// `digilocker batch forget`: what tells of a person goes, what tells of the work stays.
import { createHash } from 'node:crypto';
import { closeSync, readdirSync, rmSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { createLargeFile } from '../../host/create-file.js';
import type { Host } from '../../host/host.js';
import { visible } from '../../safety/visible.js';
import { findHolder } from './claim.js';
import { guardFolder } from './guard.js';
import { renderRecord, type JournalRecord, type RunRecord } from './journal.js';
import { unwritable } from './job-folder.js';
import { openJobs, type OpenJob } from './open-jobs.js';
import { thisOwner, type Owner } from './owner.js';
import { beginSegment, recordsOf, segmentPath } from './segments.js';

/** Removes links, keys and IDs from a job. Fails with `usage` where a process is at work on it, or on a shard of it. */
export async function forgetJob(host: Host, name: string): Promise<void> {
  const jobs = await openJobs(host, [name]);
  const here = thisOwner(host);
  for (const job of jobs) checkUnheld(host, job, here);
  for (const job of jobs) await forget(host, job, here);
}

function checkUnheld(host: Host, { folder, journal }: OpenJob, here: Owner): void {
  const holder = findHolder(folder, journal, here, host);
  if (holder === undefined) return;
  const { pid, host: machine } = holder.run;
  throw new Failure('usage', `PID ${pid} on ${visible(machine)} is at work on this job.`, {
    hint: 'Nothing was removed. Try again when it has ended.',
  });
}

async function forget(
  host: Host,
  { folder, journal: { lastRun, lastSegment } }: OpenJob,
  here: Owner,
): Promise<void> {
  if (lastSegment === 0) return;
  const release = await guardFolder(folder, host.platform);
  try {
    // A segment of its own keeps runs away meanwhile.
    const header: RunRecord = { ...(lastRun ?? LOST), ...here, at: host.now() };
    const own = beginSegment(folder, lastSegment, header);
    closeSync(own.descriptor);
    for (let segment = 1; segment <= lastSegment; segment += 1) {
      const file = segmentPath(folder, segment);
      await createLargeFile(file, strippedLines(file), true);
    }
    await createLargeFile(
      segmentPath(folder, own.segment),
      [renderRecord(header), renderRecord({ t: 'end', signal: null })],
      true,
    );
    for (const stray of readdirSync(folder).filter((file) => file.endsWith('.tmp')))
      rmSync(path.join(folder, stray), { force: true });
  } catch (error) {
    throw unwritable(error);
  } finally {
    release();
  }
}

// Of a job whose only header was damaged: no part of its input counts as read.
const LOST: Pick<RunRecord, 't' | 'v' | 'input'> = {
  t: 'run',
  v: 1,
  input: { bytes: 0, sha256: createHash('sha256').digest('hex'), rows: 0, mine: 0 },
};

function* strippedLines(file: string): Generator<string> {
  for (const record of recordsOf(file)) yield renderRecord(stripped(record));
}

function stripped(record: JournalRecord): JournalRecord {
  if (record.t === 'i') return { ...record, k: '', id: '' };
  if (record.t === 'o') return { ...record, k: '', id: null, txn: null, link: null };
  return record;
}
