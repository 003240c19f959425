// `digilocker batch status`: what the journal of a job tells.
import type { Host } from '../../host/host.js';
import type { Block, Report } from '../../output/report.js';
import { thisOwner } from './owner.js';
import { documentOf, openJobs, type OpenJob } from './open-jobs.js';
import { findOwner } from './segments.js';
import { batchReport } from './summary.js';

/** The report of a job, or of each of its shards. Fails with `usage` where there is no job. */
export async function statusReports(host: Host, name: string): Promise<Report[]> {
  const jobs = await openJobs(host, [name], () => undefined);
  return jobs.map((job) => statusReport(host, job));
}

function statusReport(host: Host, open: OpenJob): Report {
  const { folder, job, journal } = open;
  const owner = findOwner(folder, journal, thisOwner(host), host);
  const running =
    owner === undefined
      ? null
      : { host: owner.host, pid: owner.pid, since: new Date(owner.at).toISOString() };
  const blocks: Block[] = [
    {
      type: 'fields',
      rows: [
        ['Shard', job.shard.count === 1 ? null : `${job.shard.index} of ${job.shard.count}`],
        ['Job', folder],
        ['At work', running === null ? null : `PID ${running.pid} on ${running.host} since ${running.since}`],
      ],
    },
  ];
  const report = batchReport(documentOf(open), blocks);
  return { ...report, document: { ...report.document, running } };
}
