// Finds and reads the jobs that `status`, `results` and `forget` are asked about.
import { existsSync, readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { visible } from '../../safety/visible.js';
import { checkJobFolder, checkShardsFolder } from './job-folder.js';
import { loadJob, type Job } from './job.js';
import { loadJournal, type LoadedJournal } from './segments.js';
import { endOf } from './row-states.js';
import { emptyCounts, type BatchDocument, type RowCounts } from './summary.js';

export interface OpenJob {
  readonly folder: string;
  readonly job: Job;
  readonly journal: LoadedJournal;
}

type Surroundings = Parameters<typeof checkJobFolder>[0] & Pick<Host, 'cwd'>;

/**
 * Reads jobs. A folder that holds shards stands for all of them. Fails with `usage` where there is no job, or it is not
 * a private one.
 */
export async function openJobs(host: Surroundings, names: readonly string[]): Promise<OpenJob[]> {
  const folders = names.flatMap((name) => shardsOf(host, path.resolve(host.cwd, name)));
  const jobs: OpenJob[] = [];
  for (const folder of folders) {
    await checkJobFolder(host, folder);
    const job = loadJob(host, folder);
    if (job === undefined) throw noJob(folder);
    jobs.push({ folder, job, journal: loadJournal(host, folder) });
  }
  return jobs;
}

function shardsOf(host: Surroundings, folder: string): string[] {
  if (!existsSync(folder)) throw noJob(folder);
  if (existsSync(path.join(folder, 'job.json'))) return [folder];
  const shards = namesIn(folder).filter((name) => /^shard-\d+-of-\d+$/.test(name));
  if (shards.length === 0) throw noJob(folder);
  checkShardsFolder(host, folder);
  return shards.map((name) => path.join(folder, name));
}

function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOTDIR') throw noJob(folder);
    throw new Failure('usage', `${visible(folder)} cannot be read (${code ?? 'no error code'}).`);
  }
}

function noJob(folder: string): Failure {
  return new Failure('usage', `There is no job in ${visible(folder)}.`, {
    hint: 'A job is the folder that `digilocker batch run FILE` makes: FILE.batch, or the one of --job.',
  });
}

/** How many rows came to which end, as far as the journal tells: what it does not name is open. */
export function countRows({ states, lastRun }: LoadedJournal): RowCounts & { readonly total: number } {
  const counts = emptyCounts();
  let named = 0;
  for (let row = 1; row <= states.highest; row += 1) {
    if (states.placesOf(row).length === 0) continue;
    named += 1;
    counts[endOf(states.stateOf(row))] += 1;
  }
  const total = Math.max(named, lastRun?.input.mine ?? 0);
  counts.open += total - named;
  return { total, ...counts };
}

/** What the journal tells of a job. */
export function documentOf({ folder, job, journal }: OpenJob): BatchDocument {
  const { lastRun } = journal;
  const input = lastRun && { file: job.file, rows: lastRun.input.rows, sha256: lastRun.input.sha256 };
  return {
    environment: job.environment,
    batch: job.batch,
    job: folder,
    shard: `${job.shard.index}/${job.shard.count}`,
    input: input ?? null,
    rows: countRows(journal),
    responseKeys: Object.fromEntries(journal.responseKeys),
    requests: journal.requests,
    pauses: 0,
    durationMs: 0,
    stopped: null,
  };
}
