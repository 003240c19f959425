import { expect, test } from '@jest/globals';
import { parseRecord } from '../../../../src/commands/batch/journal.js';
import { endOf } from '../../../../src/commands/batch/row-states.js';
import { dealt } from '../../../support/generated.js';
import {
  answerOf,
  createRandom,
  createVirtualClock,
  fold,
  linkOf,
  runBatch,
  VirtualDisk,
  type ServerMemory,
} from './simulation.js';

const ROWS = 60;
const FAULTS = { throttled: 0.1, lostAnswers: 0.05 };
// Smaller than any real one, so that a single line is torn in the middle as well.
const PAGE_BYTES = 128;

/** A moment of a run: what the server knew, and what the disk had promised and what it might have besides. */
interface Moment {
  readonly sessions: ReadonlyMap<string, number>;
  readonly burnt: ReadonlySet<string>;
  readonly written: Buffer;
  readonly synced: number;
}

/** Runs a batch, and keeps the moment of every write, sync and request. */
async function record(seed: number): Promise<{ moments: Moment[]; most: number }> {
  const moments: Moment[] = [];
  const memory: ServerMemory = { burnt: new Set(), sessions: new Map() };
  const random = createRandom(seed);
  const clock = createVirtualClock();
  const disk = new VirtualDisk();
  const keep = () => {
    moments.push({
      sessions: new Map(memory.sessions),
      burnt: new Set(memory.burnt),
      written: disk.segments[0] ?? Buffer.alloc(0),
      synced: disk.synced,
    });
  };
  let inFlight = 0;
  let most = 0;
  await runBatch({
    rows: ROWS,
    segments: [],
    file: disk.begin(keep),
    clock,
    rules: { concurrency: 16 },
    send: async (row, referenceId) => {
      inFlight += 1;
      most = Math.max(most, inFlight);
      await new Promise<void>((resolve) => {
        clock.after(20 + 80 * random(), resolve);
      });
      const answer = answerOf(memory, row, referenceId, random(), FAULTS);
      keep();
      inFlight -= 1;
      return answer;
    },
  });
  return { moments, most };
}

/** What a loss of power may leave: all that was synced, and of the rest any part, page by page, zeros between. */
function* imagesOf({ written, synced }: Moment, random: () => number): Generator<Buffer> {
  const rest = written.subarray(synced);
  yield written;
  for (let length = 0; length < rest.length; length += Math.max(1, Math.floor(rest.length / 12)))
    yield written.subarray(0, synced + length);
  for (let tries = 0; tries < 4 && rest.length > 0; tries += 1) {
    const image = Buffer.from(written);
    const firstPage = Math.floor(synced / PAGE_BYTES);
    for (let page = firstPage; page * PAGE_BYTES < image.length; page += 1) {
      if (random() < 0.5)
        image.fill(0, Math.max(synced, page * PAGE_BYTES), Math.min(image.length, (page + 1) * PAGE_BYTES));
    }
    yield image;
  }
}

/** What is wrong with an image, in words. */
function faultsOf(image: Buffer, { sessions }: Moment, mostUnknown: number): string[] {
  const states = fold([image]);
  const faults: string[] = [];
  let unknown = 0;
  for (let row = 1; row <= ROWS; row += 1) {
    const end = endOf(states.stateOf(row));
    if (end === 'unknown') unknown += 1;
    if (end !== 'created') continue;
    const start = states.placesOf(row).at(-1)?.start ?? 0;
    const found = parseRecord(image.subarray(start, image.indexOf('\n', start)));
    const id = found?.t === 'o' ? (found.id ?? '') : '';
    if (sessions.get(id) !== row) faults.push(`row ${row} has a link without a session`);
    if (found?.t !== 'o' || found.link !== linkOf(id)) faults.push(`row ${row} has another's link`);
  }
  for (const row of sessions.values()) {
    const end = endOf(states.stateOf(row));
    if (end !== 'created' && end !== 'unknown') faults.push(`the session of row ${row} is forgotten: ${end}`);
  }
  if (unknown > mostUnknown) faults.push(`${unknown} rows are unknown`);
  return faults;
}

test('whatever a loss of power leaves of the journal, no session is forgotten and no link is wrong', async () => {
  const { moments, most } = await record(7);
  const random = createRandom(11);
  // Lost answers stay unknown by right.
  const mostUnknown = most + 2 + ROWS * 0.25;
  let images = 0;
  const faults: string[] = [];
  for (const moment of dealt(moments, 0, 2)) {
    for (const image of imagesOf(moment, random)) {
      images += 1;
      faults.push(...faultsOf(image, moment, mostUnknown));
    }
  }
  expect(faults).toEqual([]);
  expect(images).toBeGreaterThan(500);
});

test('a run that goes on from such an image gives no row a second session', async () => {
  const { moments } = await record(23);
  const random = createRandom(5);
  for (let index = 0; index < moments.length; index += 9) {
    const moment = moments[index];
    if (moment === undefined) continue;
    const images = [...imagesOf(moment, random)];
    const image = images[Math.floor(random() * images.length)] ?? moment.written;
    const memory = { sessions: new Map(moment.sessions), burnt: new Set(moment.burnt) };
    const clock = createVirtualClock();
    const disk = new VirtualDisk();
    const { stopped } = await runBatch({
      rows: ROWS,
      segments: [image],
      file: disk.begin(),
      clock,
      send: (row, referenceId) => Promise.resolve(answerOf(memory, row, referenceId, random(), FAULTS)),
    });
    expect(stopped).toBeUndefined();
    const sessions = new Map<number, number>();
    for (const row of memory.sessions.values()) sessions.set(row, (sessions.get(row) ?? 0) + 1);
    expect(Math.max(...sessions.values())).toBe(1);
    const states = fold([image, ...disk.segments]);
    for (let row = 1; row <= ROWS; row += 1) {
      const end = endOf(states.stateOf(row));
      expect(end).not.toBe('open');
      if (end === 'created') expect(sessions.get(row)).toBe(1);
      else expect(['unknown', 'refused']).toContain(end);
    }
  }
});
