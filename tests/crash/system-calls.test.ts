import { describe, expect, test } from '@jest/globals';
import { execFileSync, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  folderWithRows,
  reckon,
  resultsIn,
  runArgs,
  runBatch,
  startBatch,
} from '../support/batch-process.js';
import { startDecentroServer, type DecentroServer } from '../support/decentro-server.js';

/** All of it by itself; the gate sets a part. */
const IS_WHOLE = Number(process.env['DIGILOCKER_TEST_SCALE'] ?? 1) >= 1;
const ROWS = 60;
/** In flight, and ahead of a slot. */
const MOST_UNKNOWN = 8 + 1;
const NOTHING_WRONG = { open: 0, rowsWithTwoSessions: 0, sessionsThatNobodyKnows: 0, wrongLinks: 0 };

/** Calls, counted from 1, of which a fault is tried at each. */
const places = (few: readonly number[]) => (IS_WHOLE ? Array.from({ length: 20 }, (_, at) => at + 1) : few);

// Where strace is there and refused, as in some containers, the system forbids to trace.
const trial = spawnSync('strace', ['-o', '/dev/null', 'true']);
const isTraceable = process.platform === 'linux' && (trial.error !== undefined || trial.status === 0);

/** Faults as strace injects them, such as `fsync:error=EIO:when=1`. */
interface Tracing {
  readonly faults: readonly string[];
  /** The files of the job whose calls alone are traced; all calls without. */
  readonly files?: readonly string[];
}

const LOG = 'trace.log';

async function runTraced(cwd: string, server: DecentroServer, { faults, files = [] }: Tracing) {
  const names = new Set(faults.flatMap((fault) => fault.split(':', 1)[0]?.split(',') ?? []));
  const through = [
    'strace',
    // As a grandchild, so that the program stays the child that the test waits for.
    ...['-D', '-f', '--seccomp-bpf', '-o', LOG],
    ...files.flatMap((file) => ['-P', path.join(cwd, 'rows.csv.batch', file)]),
    ...['-e', `trace=${[...names].join(',')}`],
    ...faults.flatMap((fault) => ['-e', `inject=${fault}`]),
  ];
  // strace counts the calls of each thread by themselves.
  const run = await runBatch(cwd, runArgs(server, 8), { UV_THREADPOOL_SIZE: '1' }, through);
  const calls = readFileSync(path.join(cwd, LOG), 'utf8').split('\n');
  return { run, calls, injected: calls.filter((line) => line.includes('(INJECTED)')).length };
}

async function expectNothingLost(cwd: string, server: DecentroServer): Promise<void> {
  const again = await runBatch(cwd, runArgs(server, 8));
  expect([again.code, again.stderr]).toEqual([
    expect.any(Number),
    expect.not.stringContaining('Internal error'),
  ]);
  const reckoning = reckon(await resultsIn(cwd), server.sessions);
  expect(reckoning).toMatchObject(NOTHING_WRONG);
  expect(reckoning.created + reckoning.unknown).toBe(ROWS);
  expect(reckoning.unknown).toBeLessThanOrEqual(MOST_UNKNOWN);
  expect(again.code).toBe(reckoning.unknown === 0 ? 0 : 10);
}

const SEGMENT = 'run-000001.ndjson';
// The name under which the segment is made is another each time. Without a link it has its own from the start.
const WITHOUT_LINK = '?link,linkat:error=EPERM';
const onSegment = (...faults: string[]): Tracing => ({ faults: [WITHOUT_LINK, ...faults], files: [SEGMENT] });

(isTraceable ? describe : describe.skip)('a system call that fails, where calls may be traced', () => {
  const failing = (code: string, few: readonly number[], onwards = '') =>
    places(few).map((at): [string, Tracing] => [
      `write ${at}${onwards} of the journal with ${code}`,
      onSegment(`write:error=${code}:when=${at}${onwards}`),
    ]);
  const writes = [
    ...failing('ENOSPC', [1, 9]),
    ...failing('EDQUOT', [9]),
    ...failing('EIO', [2]),
    ...failing('ENOSPC', [2], '+'),
    ...failing('EIO', [9], '+'),
  ];
  const readOnly: [string, Tracing] = [
    'all that changes the disk from write 9 on, because it became read-only',
    {
      faults: [WITHOUT_LINK, 'write:error=EROFS:when=9+', '?unlink,unlinkat:error=EROFS'],
      files: [SEGMENT, 'ballast'],
    },
  ];
  const names = ['ENOSPC', 'EIO'].flatMap((code) =>
    (IS_WHOLE ? [1, 2, 3, 4] : code === 'EIO' ? [2] : [4]).map((at): [string, Tracing] => [
      `name ${at} that a file is given with ${code}`,
      { faults: [`?link,linkat:error=${code}:when=${at}`] },
    ]),
  );

  test.each([...writes, readOnly, ...names])(
    '%s: exit 74, and the next run goes on',
    async (_what, tracing) => {
      const cwd = folderWithRows(ROWS);
      const server = await startDecentroServer({ latencyMs: 2 });
      const { run, injected } = await runTraced(cwd, server, tracing);
      expect(injected).toBeGreaterThan(tracing.files === undefined ? 0 : 1);
      expect([run.code, run.stderr]).toEqual([
        74,
        expect.stringMatching(/The journal of the job (could not|cannot) be\s+written/),
      ]);
      expect(server.arrivals.length).toBeLessThan(ROWS);
      await expectNothingLost(cwd, server);
    },
  );

  test.each(places([1, 9]))('after datasync %i failed there is no other one', async (at) => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 2 });
    const { run, calls } = await runTraced(cwd, server, { faults: [`fdatasync:error=EIO:when=${at}`] });
    expect([run.code, run.stderr]).toEqual([74, expect.stringContaining('could not be written (EIO)')]);
    const syncs = calls.filter((line) => line.includes('fdatasync') && !line.includes('unfinished'));
    expect([syncs.length, syncs.at(-1)]).toEqual([at, expect.stringContaining('(INJECTED)')]);
    await expectNothingLost(cwd, server);
  });

  // Of each file that is made before anything is sent, and of its folder, which some file systems cannot sync.
  test.each(IS_WHOLE ? [1, 2, 3, 4, 5, 6, 7, 8] : [3, 7])(
    'sync %i before the first request with EIO: the next run goes on',
    async (at) => {
      const cwd = folderWithRows(ROWS);
      const server = await startDecentroServer({ latencyMs: 2 });
      const { run, injected } = await runTraced(cwd, server, { faults: [`fsync:error=EIO:when=${at}`] });
      const isOfFile = at % 2 === 1;
      expect([injected, run.code, server.sessions.length]).toEqual(isOfFile ? [1, 74, 0] : [1, 0, ROWS]);
      await expectNothingLost(cwd, server);
    },
  );
});

// Above its limit the kernel takes a part of a write, and nothing more (setrlimit(2), RLIMIT_FSIZE).
(process.platform === 'linux' ? test : test.skip)(
  'a write of which the system takes a part, and then nothing: exit 74, and the next run goes on',
  async () => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 10 });
    const child = startBatch(cwd, runArgs(server, 8));
    const ended = once(child, 'exit');
    await server.reached(10);
    const segment = path.join(cwd, 'rows.csv.batch', SEGMENT);
    // More than what was answered so far can bring; the server waits meanwhile.
    const limit = statSync(segment).size + 6_000;
    execFileSync('prlimit', [`--fsize=${limit}:`, `--pid=${child.pid}`]);
    expect(await ended).toEqual([74, null]);
    expect(statSync(segment).size).toBe(limit);
    await expectNothingLost(cwd, server);
  },
);
