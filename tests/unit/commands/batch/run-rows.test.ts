import { describe, expect, test } from '@jest/globals';
import { parseRecord } from '../../../../src/commands/batch/journal.js';
import { endOf } from '../../../../src/commands/batch/row-states.js';
import { Failure } from '../../../../src/failure/failure.js';
import {
  answerOf,
  createRandom,
  createVirtualClock,
  fold,
  linkOf,
  runBatch,
  VirtualDisk,
  type ServerFaults,
  type ServerMemory,
} from './simulation.js';

function createServer(faults: ServerFaults = {}, seed = 1) {
  const memory: ServerMemory = { burnt: new Set(), sessions: new Map() };
  const random = createRandom(seed);
  const clock = createVirtualClock();
  return {
    memory,
    clock,
    send: async (row: number, referenceId: string) => {
      await new Promise<void>((resolve) => {
        clock.after(50 + 100 * random(), resolve);
      });
      return answerOf(memory, row, referenceId, random(), faults);
    },
  };
}

function sessionsByRow({ sessions }: ServerMemory): Map<number, number> {
  const counts = new Map<number, number>();
  for (const row of sessions.values()) counts.set(row, (counts.get(row) ?? 0) + 1);
  return counts;
}

test('each row gets one session, and each end is told once', async () => {
  const disk = new VirtualDisk();
  const server = createServer();
  const { ended, stopped } = await runBatch({ rows: 300, segments: [], file: disk.begin(), ...server });
  expect(stopped).toBeUndefined();
  expect(new Set(ended.map(({ row }) => row)).size).toBe(300);
  expect(ended).toHaveLength(300);
  expect(ended.every(({ outcome }) => outcome.link === linkOf(outcome.id ?? ''))).toBe(true);
  expect([...sessionsByRow(server.memory).values()]).toEqual(Array(300).fill(1));
});

test('no request leaves before its intent is durable, and no end is told before its outcome is', async () => {
  const disk = new VirtualDisk();
  const server = createServer({ throttled: 0.05 });
  const durable = () => disk.segments[0]?.subarray(0, disk.synced).toString() ?? '';
  let told = 0;
  await runBatch({
    rows: 60,
    segments: [],
    file: disk.begin(),
    clock: server.clock,
    send: (row, referenceId) => {
      expect(durable()).toContain(`"id":"${referenceId}"`);
      return server.send(row, referenceId);
    },
    onEnd: ({ outcome }) => {
      told += 1;
      const lines = durable()
        .split('\n')
        .map((line) => parseRecord(Buffer.from(line)));
      expect(lines).toContainEqual(outcome);
    },
  });
  expect(told).toBe(60);
});

test('where the rate is what rows wait for, few intents are ahead of their requests', async () => {
  const disk = new VirtualDisk();
  const server = createServer();
  let sent = 0;
  let ahead = 0;
  await runBatch({
    rows: 300,
    segments: [],
    file: disk.begin(),
    clock: server.clock,
    rules: { rate: 20, concurrency: 64 },
    send: (row, referenceId) => {
      sent += 1;
      const intents = disk.segments[0]?.toString().match(/"t":"i"/g)?.length ?? 0;
      ahead = Math.max(ahead, intents - sent);
      return server.send(row, referenceId);
    },
  });
  expect(sent).toBe(300);
  expect(ahead).toBeLessThan(4);
});

test('rows that meet 429 go on under fresh reference IDs, and list every attempt', async () => {
  const server = createServer({ throttled: 0.3 });
  const { ended, pauses } = await runBatch({
    rows: 60,
    segments: [],
    file: new VirtualDisk().begin(),
    ...server,
  });
  expect(ended).toHaveLength(60);
  expect([...sessionsByRow(server.memory).values()]).toEqual(Array(60).fill(1));
  const repeated = ended.filter(({ records }) => records.length > 1);
  expect(repeated.length).toBeGreaterThan(5);
  for (const { records } of repeated) {
    expect(new Set(records.map(({ id }) => id)).size).toBe(records.length);
    expect(records.map(({ n }) => n)).toEqual(records.map((_, index) => index + 1));
  }
  expect(pauses.length).toBeGreaterThan(0);
});

test('after ten answers of 429 a row is refused, and its own reference ID is never replaced', async () => {
  const always = createServer({ throttled: 1 });
  const rules = { patienceMs: 24 * 3_600_000 };
  const { ended } = await runBatch({
    rows: 1,
    segments: [],
    file: new VirtualDisk().begin(),
    rules,
    ...always,
  });
  expect(ended.map(({ outcome }) => [outcome.end, outcome.kind, outcome.n])).toEqual([
    ['refused', 'upstream', 10],
  ]);
  expect(always.memory.burnt.size).toBe(10);

  const own = createServer({ throttled: 1 });
  const given = {
    rows: 1,
    segments: [],
    file: new VirtualDisk().begin(),
    rules,
    ownReferenceIds: true,
    ...own,
  };
  expect((await runBatch(given)).ended[0]?.outcome).toMatchObject({ end: 'refused', id: 'own-1' });
  expect([...own.memory.burnt]).toEqual(['own-1']);
});

test('a signal lets what is in flight arrive, and leaves the rest open', async () => {
  const disk = new VirtualDisk();
  const server = createServer();
  const controller = new AbortController();
  const { ended, stopped, requests } = await runBatch({
    rows: 500,
    segments: [],
    file: disk.begin(),
    ...server,
    signal: controller.signal,
    onEnd: ({ row }) => {
      if (row === 40)
        controller.abort(new Failure('interrupted', 'Interrupted by SIGTERM.', { signal: 'SIGTERM' }));
    },
  });
  expect(stopped?.exitCode).toBe(143);
  expect(ended).toHaveLength(requests);
  expect(requests).toBeLessThan(80);
  const states = fold(disk.segments);
  const ends = Array.from({ length: 500 }, (_, index) => endOf(states.stateOf(index + 1)));
  expect(ends.filter((end) => end === 'unknown')).toEqual([]);
  expect(ends.filter((end) => end === 'created')).toHaveLength(requests);

  const again = await runBatch({
    rows: 500,
    segments: disk.segments,
    file: new VirtualDisk().begin(),
    ...server,
  });
  expect(again.ended).toHaveLength(500 - requests);
  expect([...sessionsByRow(server.memory).values()]).toEqual(Array(500).fill(1));
});

test('--limit sends so many rows and no more', async () => {
  const server = createServer();
  const { isLimited, requests } = await runBatch({
    rows: 100,
    segments: [],
    file: new VirtualDisk().begin(),
    limit: 7,
    ...server,
  });
  expect([isLimited, requests]).toEqual([true, 7]);
});

test('the network comes and goes: nothing is burnt, and each row keeps its reference ID', async () => {
  const server = createServer();
  let tries = 0;
  const ids = new Map<number, Set<string>>();
  const { ended } = await runBatch({
    rows: 50,
    segments: [],
    file: new VirtualDisk().begin(),
    clock: server.clock,
    send: async (row, referenceId) => {
      ids.set(row, (ids.get(row) ?? new Set()).add(referenceId));
      tries += 1;
      if (tries % 3 !== 0) return server.send(row, referenceId);
      const outcome = {
        end: 'refused',
        txn: null,
        link: null,
        key: null,
        http: null,
        kind: 'network',
        sent: 'no',
      } as const;
      return { answer: { type: 'network', message: 'no route', hint: null }, outcome };
    },
  });
  expect(ended.map(({ outcome }) => outcome.end)).toEqual(Array(50).fill('created'));
  expect([...ids.values()].every(({ size }) => size === 1)).toBe(true);
});

describe('--retry', () => {
  test('unknown repeats under the same reference ID: a link, or the proof that the first one arrived', async () => {
    const disk = new VirtualDisk();
    const server = createServer({ lostAnswers: 0.2 });
    const rules = { patienceMs: 24 * 3_600_000 };
    const first = await runBatch({ rows: 200, segments: [], file: disk.begin(), rules, ...server });
    const unknown = first.ended.filter(({ outcome }) => outcome.end === 'unknown').map(({ row }) => row);
    expect(unknown.length).toBeGreaterThan(20);
    // One whose request never arrived after all.
    const [never = 0] = unknown;
    const id = first.ended.find(({ row }) => row === never)?.outcome.id ?? '';
    server.memory.sessions.delete(id);
    server.memory.burnt.delete(id);

    const standing = await runBatch({ rows: 200, segments: disk.segments, file: disk.begin(), ...server });
    expect(standing.requests).toBe(0);
    const again = await runBatch({
      rows: 200,
      segments: disk.segments.slice(0, 2),
      file: disk.begin(),
      retries: ['unknown'],
      rules,
      clock: server.clock,
      send: (row, referenceId) => Promise.resolve(answerOf(server.memory, row, referenceId, 1, {})),
    });
    const ends = new Map(again.ended.map(({ row, outcome }) => [row, outcome.end]));
    expect(again.requests).toBe(unknown.length);
    expect(ends.get(never)).toBe('created');
    expect(unknown.slice(1).map((row) => ends.get(row))).toEqual(unknown.slice(1).map(() => 'lost'));
    expect(Math.max(...sessionsByRow(server.memory).values())).toBe(1);
    expect(again.stopped).toBeUndefined();
  });

  test('lost takes a fresh reference ID', async () => {
    const disk = new VirtualDisk();
    const server = createServer();
    const burnt = await runBatch({ rows: 1, segments: [], file: new VirtualDisk().begin(), ...server });
    const copy = await runBatch({ rows: 1, segments: [], file: disk.begin(), ...server });
    expect(copy.ended[0]?.outcome).toMatchObject({ end: 'lost', id: burnt.ended[0]?.outcome.id });
    const again = await runBatch({
      rows: 1,
      segments: disk.segments,
      file: disk.begin(),
      retries: ['lost'],
      ...server,
    });
    expect(again.ended[0]?.outcome).toMatchObject({ end: 'created', n: 2 });
  });
});

test('two copies of one job create no second session: the later one stops at its third duplicate', async () => {
  const server = createServer();
  const one = await runBatch({ rows: 100, segments: [], file: new VirtualDisk().begin(), ...server });
  const other = await runBatch({ rows: 100, segments: [], file: new VirtualDisk().begin(), ...server });
  expect(one.ended).toHaveLength(100);
  expect(other.stopped).toMatchObject({ kind: 'rejected', exitCode: 5 });
  expect(other.requests).toBe(3);
  expect([...sessionsByRow(server.memory).values()]).toEqual(Array(100).fill(1));
});

test('a job that another process took over sends nothing more', async () => {
  const server = createServer();
  let isTaken = false;
  const { stopped, requests, ended } = await runBatch({
    rows: 400,
    segments: [],
    file: new VirtualDisk().begin(),
    ...server,
    objection: () => (isTaken ? new Failure('usage', 'Another process took the job over.') : undefined),
    onEnd: ({ row }) => {
      isTaken ||= row === 20;
    },
  });
  expect(stopped).toMatchObject({ exitCode: 2 });
  expect(requests).toBeLessThan(60);
  expect(ended.length).toBeLessThan(requests);
});

test('while the reader of the rows is behind, nothing departs', async () => {
  const server = createServer();
  const departures: number[] = [];
  const { ended } = await runBatch({
    rows: 5,
    segments: [],
    file: new VirtualDisk().begin(),
    clock: server.clock,
    isCongested: () => server.clock.now() < 1_000,
    send: (row, referenceId) => {
      departures.push(server.clock.now());
      return server.send(row, referenceId);
    },
  });
  expect(ended).toHaveLength(5);
  expect(Math.min(...departures)).toBe(1_000);
});

test.each([
  ['of the input', new Failure('usage', 'The file changed.'), 'usage'],
  ['that nobody foresaw', new Error('made up'), 'internal'],
])(
  'a fault %s in the middle stops the run, and what is in flight gets its end',
  async (_what, rowsFault, kind) => {
    const server = createServer();
    const file = new VirtualDisk().begin();
    const { stopped, requests, ended } = await runBatch({
      rows: 8,
      segments: [],
      file,
      rowsFault,
      ...server,
    });
    expect(stopped).toMatchObject({ kind });
    expect(ended).toHaveLength(requests);
    expect(sessionsByRow(server.memory).size).toBe(requests);
  },
);

test.each([
  ['a signal', new Failure('interrupted', 'Interrupted by SIGTERM.', { signal: 'SIGTERM' }), 'interrupted'],
  ['an error that nobody caught', new Error('made up'), 'internal'],
] as const)('%s before the first row sends nothing', async (_what, reason, kind) => {
  const server = createServer();
  const signal = AbortSignal.abort(reason);
  const file = new VirtualDisk().begin();
  const { stopped, requests } = await runBatch({ rows: 5, segments: [], file, signal, ...server });
  expect(stopped).toMatchObject({ kind });
  expect(requests).toBe(0);
});
