import { expect, test } from '@jest/globals';
import { once } from 'node:events';
import { cpSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import {
  folderWithRows,
  reckon,
  resultsIn,
  runArgs,
  runBatch,
  startBatch,
} from '../support/batch-process.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer } from '../support/decentro-server.js';
import { preload } from '../support/preload.js';

const ROWS = 200;
const NOTHING_WRONG = { rowsWithTwoSessions: 0, sessionsThatNobodyKnows: 0, wrongLinks: 0 };

test('of two runs that start at once, one does the work and the other one ends', async () => {
  for (let times = 0; times < 5; times += 1) {
    const cwd = folderWithRows(ROWS);
    const server = await startDecentroServer({ latencyMs: 10 });
    const both = await Promise.all([runBatch(cwd, runArgs(server)), runBatch(cwd, runArgs(server))]);
    // The later one may find a job that is done.
    expect([
      [0, 0],
      [0, 2],
    ]).toContainEqual(both.map(({ code }) => code).sort());
    expect(server.sessions).toHaveLength(ROWS);
    expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: ROWS });
  }
});

test('a run that was stopped, and lost its job meanwhile, sends nothing more when it wakes up', async () => {
  const cwd = folderWithRows(ROWS);
  const server = await startDecentroServer({ latencyMs: 20 });
  const sleeper = startBatch(cwd, runArgs(server, 8));
  const ended = once(sleeper, 'exit');
  await server.reached(60);
  sleeper.kill('SIGSTOP');
  const refused = await runBatch(cwd, runArgs(server, 8));
  expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('at work on this job')]);
  const taker = await runBatch(cwd, [...runArgs(server, 8), '--take-over']);
  expect([0, 10]).toContain(taker.code);
  const before = server.arrivals.length;
  sleeper.kill('SIGCONT');
  const [code] = (await ended) as [number | null];
  expect(code).toBe(2);
  // Requests whose intent was durable before it was stopped may still leave; the taker counts them as sent.
  expect(server.arrivals.length - before).toBeLessThanOrEqual(8 + 1);
  expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, open: 0 });
});

test('a run that was stopped for longer than its server keeps connections loses no row by them', async () => {
  const cwd = folderWithRows(ROWS);
  const server = await startDecentroServer({ latencyMs: 50, idleMs: 1_000 });
  const child = startBatch(cwd, runArgs(server));
  const ended = once(child, 'exit');
  await server.reached(100);
  child.kill('SIGSTOP');
  await delay(3_000);
  child.kill('SIGCONT');
  expect(await ended).toEqual([0, null]);
  expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: ROWS });
});

test('a folder that was copied to a second machine gives no row a second session', async () => {
  const cwd = folderWithRows(ROWS);
  const server = await startDecentroServer({ latencyMs: 5 });
  await runBatch(cwd, [...runArgs(server), '--limit', '50']);
  const copy = path.join(temporaryDirectory(), 'copy');
  cpSync(cwd, copy, { recursive: true, preserveTimestamps: true });
  const both = await Promise.all([runBatch(cwd, runArgs(server)), runBatch(copy, runArgs(server))]);
  for (const { code } of both) expect([0, 5, 10]).toContain(code);
  expect(both.some(({ code }) => code === 5)).toBe(true);
  await runBatch(cwd, runArgs(server));
  const sessions = new Set(server.sessions.map(({ row }) => row));
  expect(server.sessions).toHaveLength(sessions.size);
  const [here, there] = [await resultsIn(cwd), await resultsIn(copy)];
  // Between them, every link is known.
  const links = new Set([...here, ...there].map(({ authorizationUrl }) => authorizationUrl));
  for (const { link } of server.sessions) expect(links).toContain(link);
});

test('clocks that jump, and a process that was suspended, let no more requests leave than --rate has', async () => {
  const jumping = [
    'const { now } = Date;',
    'const startedAt = now();',
    'Date.now = () => {',
    '  const elapsed = now() - startedAt;',
    '  return now() + (elapsed > 1_500 ? -3_600_000 : elapsed > 800 ? 3_600_000 : 0);',
    '};',
  ];
  const cwd = folderWithRows(150);
  const server = await startDecentroServer({ latencyMs: 5 });
  const args = [...runArgs(server), '--rate', '40/s'];
  const child = startBatch(cwd, args, preload(...jumping));
  const ended = once(child, 'exit');
  await server.reached(40);
  child.kill('SIGSTOP');
  await delay(1_500);
  const woken = performance.now();
  child.kill('SIGCONT');
  const [code] = (await ended) as [number | null];
  expect(code).toBe(0);
  // What was owed for the time asleep would be 60; a full bucket is a twentieth of a second's worth.
  const after = server.arrivals.filter((at) => at > woken && at < woken + 500);
  expect(after.length).toBeLessThanOrEqual(40);
  expect(reckon(await resultsIn(cwd), server.sessions)).toMatchObject({ ...NOTHING_WRONG, created: 150 });
}, 60_000);
