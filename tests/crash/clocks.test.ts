import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { deriveReferenceId } from '../../src/api/derive-reference-id.js';
import {
  folderWithRows,
  reckon,
  resultsIn,
  runArgs,
  runBatch,
  startBatch,
} from '../support/batch-process.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer, type DecentroServer } from '../support/decentro-server.js';

const ROWS = 80;
const BATCH = 'clocks';
const ALL_CREATED = {
  created: ROWS,
  open: 0,
  unknown: 0,
  rowsWithTwoSessions: 0,
  sessionsThatNobodyKnows: 0,
  wrongLinks: 0,
};

/** What the dynamic linker is to load first: it names the library in its own way, for every machine. */
function findLibrary(): string {
  const print = ['-m', '-f', '+0', 'sh', '-c', 'printf %s "$LD_PRELOAD"'];
  return execFileSync('faketime', print, { encoding: 'utf8' });
}

/** A wall clock that a test sets, such as `@1970-01-02 00:00:00` or `-1h`; the monotonic one goes on as it is. */
function wallClock(setting: string) {
  const file = path.join(temporaryDirectory(), 'clock');
  const set = (to: string) => {
    writeFileSync(file, `${to}\n`);
  };
  set(setting);
  const env = {
    LD_PRELOAD: findLibrary(),
    FAKETIME_TIMESTAMP_FILE: file,
    FAKETIME_NO_CACHE: '1',
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
  };
  return { set, env };
}

const argsFor = (server: DecentroServer, ...more: string[]) => [
  ...runArgs(server, 8),
  '--batch',
  BATCH,
  ...more,
];

async function expectAllCreated(cwd: string, server: DecentroServer): Promise<void> {
  const rows = await resultsIn(cwd);
  expect(reckon(rows, server.sessions)).toEqual(ALL_CREATED);
  expect(server.arrivals).toHaveLength(ROWS);
  for (const { row, attempts } of rows) {
    const referenceId = deriveReferenceId({
      environment: 'sandbox',
      batch: BATCH,
      key: `C${row}`,
      attempt: 1,
    });
    expect(attempts).toMatchObject([{ referenceId }]);
  }
}

(process.platform === 'linux' ? describe : describe.skip)('a wall clock that goes wrong', () => {
  test('is the one that a program reads', () => {
    const { env } = wallClock('@1970-01-02 00:00:00');
    const read = execFileSync(process.execPath, ['-p', 'new Date().toISOString()'], {
      env,
      encoding: 'utf8',
    });
    expect(read).toMatch(/^1970-01-0/);
  });

  test.each([
    ['@2039-06-01 00:00:00', '@1970-01-02 00:00:00'],
    ['@1970-01-02 00:00:00', '@2107-01-01 00:00:00'],
    ['+0', '-1h'],
  ])('stands at %s, and for the next run at %s: every row is sent once', async (first, second) => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 2 });
    const limited = argsFor(server, '--limit', '30');
    expect(await runBatch(cwd, limited, wallClock(first).env)).toMatchObject({ code: 10 });
    expect(server.sessions).toHaveLength(30);
    expect(await runBatch(cwd, argsFor(server), wallClock(second).env)).toMatchObject({ code: 0 });
    await expectAllCreated(cwd, server);
  });

  test('jumps during a run, back and forward: every row is sent once, no faster than --rate', async () => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 5 });
    const clock = wallClock('+0');
    const run = runBatch(cwd, argsFor(server, '--rate', '100/s'), clock.env);
    for (const [requests, setting] of [
      [15, '-1h'],
      [30, '+1d'],
      [45, '-30y'],
      [60, '+80y'],
    ] as const) {
      await server.reached(requests);
      clock.set(setting);
    }
    expect(await run).toMatchObject({ code: 0 });
    const [first = 0, last = 0] = [server.arrivals[0], server.arrivals.at(-1)];
    // A twentieth of a second's worth may leave at once, and one arrive late.
    expect(last - first).toBeGreaterThan((ROWS - 5 - 10) * 10);
    await expectAllCreated(cwd, server);
  });

  test('is set back while the process sleeps: no row is lost by connections that are gone', async () => {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 50, idleMs: 1_000 });
    const clock = wallClock('+0');
    const child = startBatch(cwd, argsFor(server), clock.env);
    const ended = once(child, 'exit');
    await server.reached(40);
    child.kill('SIGSTOP');
    await delay(2_500);
    clock.set('-1h');
    child.kill('SIGCONT');
    expect(await ended).toEqual([0, null]);
    await expectAllCreated(cwd, server);
  });

  test.each([
    ['+1d', '-1d'],
    ['-1d', '+1d'],
  ])(
    'stands at %s for a run, and at %s for another one, which goes on once it is gone',
    async (one, other) => {
      const cwd = folderWithRows(ROWS);
      const server = await startDecentroServer({ latencyMs: 20 });
      const child = startBatch(cwd, argsFor(server), wallClock(one).env);
      const ended = once(child, 'exit');
      await server.reached(10);
      child.kill('SIGSTOP');
      const { env } = wallClock(other);
      const refused = await runBatch(cwd, argsFor(server), env);
      expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('at work on this job')]);
      child.kill('SIGKILL');
      await ended;
      // What faketime has in memory for a process; a later one with the same number would not start.
      for (const name of ['faketime_shm_', 'sem.faketime_sem_'])
        rmSync(`/dev/shm/${name}${child.pid}`, { force: true });
      expect([0, 10]).toContain((await runBatch(cwd, argsFor(server), env)).code);
      const reckoning = reckon(await resultsIn(cwd), server.sessions);
      expect(reckoning).toMatchObject({
        ...ALL_CREATED,
        created: expect.any(Number),
        unknown: expect.any(Number),
      });
      expect(reckoning.created + reckoning.unknown).toBe(ROWS);
      expect(reckoning.unknown).toBeLessThanOrEqual(8 + 1);
    },
  );
});
