// Where a run keeps its journal, and what earlier runs left there.
import { existsSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';
import { claimJournal } from './claim.js';
import { checkJobFolder, checkShardsFolder, partsOf, shardFolder } from './job-folder.js';
import { loadJob, type Job } from './job.js';
import type { Owner } from './owner.js';
import type { Run } from './run-flags.js';
import { hasSegments, loadJournal, type LoadedJournal } from './segments.js';

/** The folder of a job, and what is in it. */
export interface Place {
  readonly root: string;
  readonly folder: string;
  readonly job: Job | undefined;
  readonly journal: LoadedJournal | undefined;
}

/** Finds the job of a run, and claims its journal unless nothing will be sent. Fails with `usage` on one that is damaged. */
export async function findPlace(run: Run, input: string, here: Owner): Promise<Place> {
  const { host, flags, chatter } = run;
  const root = flags.job === undefined ? `${input}.batch` : path.resolve(host.cwd, flags.job);
  const folder = shardFolder(root, flags.shard);
  if (existsSync(root)) checkShardsFolder(host, root);
  const parts = partsOf(root).find((count) => count !== flags.shard.count);
  if (parts !== undefined) throw otherParts(parts);
  if (!existsSync(folder)) return { root, folder, job: undefined, journal: undefined };
  await checkJobFolder(host, folder);
  const job = loadJob(host, folder);
  if (job === undefined) {
    if (hasSegments(folder)) throw lostDescription(folder);
    return { root, folder, job, journal: undefined };
  }
  const rules = { takesOver: flags.takeOver === true, note: chatter.note };
  const journal =
    flags.dryRun === true ? loadJournal(host, folder) : await claimJournal(host, folder, here, rules);
  for (const segment of journal.damaged)
    await chatter.note(`${segment} has a damaged last line: its process ended without warning.`);
  return { root, folder, job, journal };
}

// Rows of the parts that there are would be sent once more, and no table could be made of both divisions.
function otherParts(count: number): Failure {
  return new Failure('usage', 'This job began with another --shard.', {
    hint: `It is ${count === 1 ? 'one whole' : `divided into ${count} parts`}. Leave it so, or start a new job with --job.`,
  });
}

function lostDescription(folder: string): Failure {
  return new Failure(
    'usage',
    `${visible(folder)} has a journal, but no job.json that says what it is about.`,
    {
      hint: 'Restore it from a backup: a new job would send rows again that have a session.',
    },
  );
}
