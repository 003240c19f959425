// `digilocker batch status`: what the journal of a job tells.
import path from 'node:path';
import type { Host } from '../../host/host.js';
import type { Block, FieldRows, Report } from '../../output/report.js';
import { findHolder } from './claim.js';
import { documentOf, openJobs, type OpenJob } from './open-jobs.js';
import { thisOwner } from './owner.js';
import { ROW_ENDS } from './row-states.js';
import { batchReport, emptyCounts, grouped, have, type BatchDocument } from './summary.js';

interface RunningProcess {
  readonly host: string;
  readonly pid: number;
  readonly since: string;
}

/** A job, or one of its shards. */
interface Part extends BatchDocument {
  readonly running: RunningProcess | null;
}

/** The report of a job, or of all its shards together. Fails with `usage` where there is no job. */
export async function statusReport(host: Host, name: string): Promise<Report> {
  const parts = (await openJobs(host, [name])).map((open) => partOf(host, open));
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return reportOf(only, [fieldsOf(only, host.now())]);
  const whole = wholeOf(parts, path.resolve(host.cwd, name));
  const rows = parts.map(({ shard, rows: counts, running }) => ({
    tone: counts !== null && counts.created === counts.total ? ('good' as const) : ('plain' as const),
    cells: [
      shard ?? '',
      `${grouped(counts?.created ?? 0)} of ${grouped(counts?.total ?? 0)} ${have(counts?.created ?? 0)} a link`,
      runningText(running) ?? '',
      running === null ? '' : { atMs: Date.parse(running.since), nowMs: host.now() },
    ],
  }));
  return reportOf({ ...whole, shards: parts }, [fieldsOf(whole, host.now()), { type: 'table', rows }]);
}

function partOf(host: Host, open: OpenJob): Part {
  const run = findHolder(open.folder, open.journal, thisOwner(host), host)?.run;
  const running =
    run === undefined ? null : { host: run.host, pid: run.pid, since: new Date(run.at).toISOString() };
  return { ...documentOf(open), running };
}

/** The counts of all parts that are there. */
function wholeOf(parts: readonly Part[], job: string): Part {
  const rows = { total: 0, ...emptyCounts() };
  const responseKeys: Record<string, number> = {};
  for (const part of parts) {
    for (const name of ['total', ...ROW_ENDS] as const) rows[name] += part.rows?.[name] ?? 0;
    for (const [key, count] of Object.entries(part.responseKeys))
      responseKeys[key] = (responseKeys[key] ?? 0) + count;
  }
  const [first] = parts;
  return {
    environment: first?.environment ?? null,
    batch: first?.batch ?? null,
    job,
    shard: null,
    input: first?.input ?? null,
    rows,
    responseKeys,
    requests: parts.reduce((sum, { requests }) => sum + requests, 0),
    pauses: 0,
    durationMs: 0,
    stopped: null,
    running: null,
  };
}

function reportOf(document: Part & { readonly shards?: readonly Part[] }, more: readonly Block[]): Report {
  return batchReport(document, more);
}

function fieldsOf({ shard, job, running }: Part, nowMs: number): Block {
  const rows: FieldRows = [
    ['Shard', shard === '1/1' ? null : (shard?.replace('/', ' of ') ?? null)],
    ['Job', job],
    ['At work', runningText(running)],
    ['Since', running && { atMs: Date.parse(running.since), nowMs }],
  ];
  return { type: 'fields', rows };
}

function runningText(running: RunningProcess | null): string | null {
  return running && `PID ${running.pid} on ${running.host}`;
}
