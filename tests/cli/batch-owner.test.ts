import { expect, test } from '@jest/globals';
import {
  appendFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import {
  parseRecord,
  renderRecord,
  type JournalRecord,
  type RunRecord,
} from '../../src/commands/batch/journal.js';
import { thisOwner } from '../../src/commands/batch/owner.js';
import { setUpBatch, told } from '../support/batch.js';

const INTENT = { t: 'i', r: 6, n: 1, k: 'C6', id: 'made-up-id', at: 1_800_000_000_000 } as const;
const OUTCOME: JournalRecord = {
  ...INTENT,
  t: 'o',
  end: 'created',
  txn: 'A'.repeat(32),
  link: 'https://digilocker.test/of-the-other',
  key: 'success_initiate_session',
  http: 200,
  kind: null,
  sent: 'yes',
};

/** A job of which five rows are done, and a segment that another process began. */
async function setUpHeld(owner: Partial<RunRecord>) {
  const set = await setUpBatch();
  await set.run(['--limit', '5']);
  const segment = beginElsewhere(path.join(set.cwd, 'rows.csv.batch'), owner);
  return { ...set, segment };
}

/** Begins the second segment of a job, as another process would. */
function beginElsewhere(folder: string, owner: Partial<RunRecord>): string {
  const segment = path.join(folder, 'run-000002.ndjson');
  const first = readFileSync(segment.replace('000002', '000001'), 'utf8').split('\n', 1);
  const { input } = parseRecord(Buffer.from(first.join())) as RunRecord;
  const here = { ...thisOwner({ processId: process.pid }), start: null };
  const header: RunRecord = { t: 'run', v: 1, ...here, at: 1_800_000_000_000, input, ...owner };
  writeFileSync(segment, renderRecord(header), { mode: 0o600 });
  return segment;
}

const ELSEWHERE = { host: 'elsewhere', pid: 4711 };

test('a process of this machine that lives keeps the job, and status names it', async () => {
  const { server, run, batch } = await setUpHeld({});
  const refused = await run();
  expect(refused.code).toBe(2);
  expect(told(refused)).toContain(`at work on this job: PID ${process.pid} on ${os.hostname()}`);
  expect(server.arrivals).toHaveLength(5);
  const { document } = await batch(['status', 'rows.csv.batch', '--json']);
  expect(document).toMatchObject({ running: { pid: process.pid, host: os.hostname() } });
  expect(await batch(['forget', 'rows.csv.batch', '--yes'])).toMatchObject({ code: 2 });
});

test('a shard at which a process is at work keeps the links of all', async () => {
  const { cwd, run, batch } = await setUpBatch();
  for (const shard of ['1/2', '2/2']) await run(['--job', 'rekyc', '--batch', 'rekyc', '--shard', shard]);
  beginElsewhere(path.join(cwd, 'rekyc', 'shard-2-of-2'), {});
  const refused = await batch(['forget', 'rekyc', '--yes']);
  expect(refused.code).toBe(2);
  expect(told(refused)).toContain(`PID ${process.pid} on ${os.hostname()} is at work on this job.`);
  const kept = readFileSync(path.join(cwd, 'rekyc', 'shard-1-of-2', 'run-000001.ndjson'), 'utf8');
  expect(kept).toContain('"link":"https://');
});

test('a process of this machine that is gone does not', async () => {
  const { server, run } = await setUpHeld({ pid: process.pid + 1 });
  expect((await run()).code).toBe(0);
  expect(server.sessions).toHaveLength(40);
});

test('a process of another machine is given a minute to show a sign', async () => {
  const { server, run, segment } = await setUpHeld(ELSEWHERE);
  const wakeAt = Date.now() / 1000 - 59.9;
  utimesSync(segment, wakeAt, wakeAt);
  const sleeps: number[] = [];
  const patient = await run([], { onSleep: (ms) => void sleeps.push(ms) });
  expect(patient.code).toBe(0);
  expect(told(patient)).toContain('PID 4711 on elsewhere may be at work on this job: waiting a minute');
  expect(sleeps).not.toEqual([]);
  expect(server.sessions).toHaveLength(40);
});

test('a process of another machine is given no more than a minute where the clock was set back', async () => {
  const { server, run, segment } = await setUpHeld(ELSEWHERE);
  const ahead = Date.now() / 1000 + 86_400;
  utimesSync(segment, ahead, ahead);
  let sleptMs = 0;
  const onSleep = (ms: number) => {
    sleptMs += ms;
    if (sleptMs > 120_000) throw new Error('Still waiting.');
  };
  expect((await run([], { onSleep })).code).toBe(0);
  expect(sleptMs).toBe(60_000);
  expect(server.sessions).toHaveLength(40);
});

test('a process of another machine that shows a sign keeps the job', async () => {
  const { server, run, segment } = await setUpHeld(ELSEWHERE);
  const onSleep = () => {
    const soon = Date.now() / 1000 + 10;
    utimesSync(segment, soon, soon);
  };
  const refused = await run([], { onSleep });
  expect(refused.code).toBe(2);
  expect(told(refused)).toContain('Another process is at work on this job: PID 4711 on elsewhere');
  expect(server.arrivals).toHaveLength(5);
});

test('--take-over stops the other process before it reads what that one wrote', async () => {
  const { cwd, server, run, batch, segment } = await setUpHeld({});
  const onSleep = () => {
    // The other one has not looked yet, and ends the row that it is at.
    appendFileSync(segment, renderRecord(INTENT) + renderRecord(OUTCOME));
  };
  expect((await run(['--take-over'], { onSleep })).code).toBe(0);
  expect(server.sessions.map(({ row }) => row)).not.toContain('?6');
  expect(server.sessions).toHaveLength(39);
  expect((await batch(['results', 'rows.csv.batch'])).stdout).toContain(
    'https://digilocker.test/of-the-other',
  );
  const segments = readdirSync(path.join(cwd, 'rows.csv.batch')).filter((name) => name.startsWith('run-'));
  expect(segments).toHaveLength(4);
});

/** A batch, and what happens to the folder of its job when its fifth request arrives. */
async function setUpDisturbed(disturb: (folder: string) => void) {
  const job = { folder: '' };
  const answer = (count: number) => {
    if (count === 5) disturb(job.folder);
    return false;
  };
  const set = await setUpBatch({ answer, latencyMs: 5 });
  job.folder = path.join(set.cwd, 'rows.csv.batch');
  return set;
}

test.each<[what: string, disturb: (folder: string) => void]>([
  [
    'removed from',
    (folder) => {
      rmSync(folder, { recursive: true });
    },
  ],
  [
    'shortened in',
    (folder) => {
      truncateSync(path.join(folder, 'run-000001.ndjson'), 10);
    },
  ],
])('a run whose journal is %s its folder stops', async (what, disturb) => {
  const { server, run } = await setUpDisturbed(disturb);
  const stopped = await run(['--concurrency', '4']);
  expect(stopped.code).toBe(74);
  expect(told(stopped)).toContain(`The journal of the job was ${what}`);
  // What was answered meanwhile is not lost.
  expect(told(stopped)).toContain('Not in the journal:');
  expect(server.arrivals.length).toBeLessThan(20);
});

test('a run whose ballast cannot be removed has done its work all the same', async () => {
  const { run } = await setUpDisturbed((folder) => {
    rmSync(path.join(folder, 'ballast'));
    mkdirSync(path.join(folder, 'ballast'));
  });
  expect((await run()).code).toBe(0);
});
