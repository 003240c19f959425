import { describe, expect, test } from '@jest/globals';
import { setImmediate as turn } from 'node:timers/promises';
import { createJournalWriter, type SegmentFile } from '../../../../src/commands/batch/journal-writer.js';
import { endOf } from '../../../../src/commands/batch/row-states.js';
import { dealt } from '../../../support/generated.js';
import { intent, outcome } from './records.js';
import { answerOf, createVirtualClock, fold, runBatch, type ServerMemory } from './simulation.js';

interface FaultyFile extends SegmentFile {
  readonly content: () => Buffer;
  readonly syncs: () => number;
}

interface Faults {
  /** The write, counted from 1, that fails, or takes so many bytes before the next one fails. */
  readonly failingWrite?: number;
  readonly taken?: number;
  readonly code?: string;
  /** Whether removing the ballast helps. */
  readonly hasBallast?: boolean;
  /** Whether one write alone fails. */
  readonly isShortlyAway?: boolean;
  readonly failingSync?: number;
  /** Bytes that a write takes at most. */
  readonly shortWrites?: number;
}

function faultyFile(faults: Faults = {}): FaultyFile & { readonly makeRoom: () => void } {
  const { failingWrite, taken = 0, code = 'ENOSPC', hasBallast = true, failingSync, shortWrites } = faults;
  const { isShortlyAway = false } = faults;
  let content = Buffer.alloc(0);
  let writes = 0;
  let syncs = 0;
  let isFull = false;
  const fault = (one: string) => Object.assign(new Error('no'), { code: one });
  return {
    content: () => content,
    syncs: () => syncs,
    makeRoom: () => {
      isFull &&= !hasBallast;
    },
    write: async (bytes) => {
      await turn();
      writes += 1;
      if (isFull) {
        isFull = !isShortlyAway;
        throw fault(code);
      }
      if (writes === failingWrite) {
        isFull = true;
        if (taken === 0) throw fault(code);
        content = Buffer.concat([content, bytes.subarray(0, taken)]);
        return Math.min(taken, bytes.length);
      }
      const part = bytes.subarray(0, shortWrites ?? bytes.length);
      content = Buffer.concat([content, part]);
      return part.length;
    },
    datasync: async () => {
      await turn();
      syncs += 1;
      if (syncs === failingSync) throw fault('EIO');
    },
  };
}

function createWriter(file: FaultyFile & { readonly makeRoom: () => void }) {
  return createJournalWriter(file, { objection: () => undefined, makeRoom: file.makeRoom });
}

test('what comes while a sync is under way goes with the next', async () => {
  const file = faultyFile();
  const writer = createWriter(file);
  const first = writer.append(intent(1, 1));
  await turn();
  const others = Array.from({ length: 50 }, (_, index) => writer.append(intent(index + 2, 1)));
  await Promise.all([first, ...others]);
  expect(file.syncs()).toBe(2);
  expect(fold([file.content()]).highest).toBe(51);
});

test('short writes are completed', async () => {
  const file = faultyFile({ shortWrites: 7 });
  const writer = createWriter(file);
  await Promise.all([writer.append(intent(1, 1)), writer.append(outcome(1, 1))]);
  expect(fold([file.content()]).stateOf(1)).toBe('created');
});

describe('a full disk', () => {
  test.each(['ENOSPC', 'EDQUOT'])(
    '%s: intents fail, and outcomes find the room of the ballast',
    async (code) => {
      const file = faultyFile({ failingWrite: 2, taken: 33, code });
      const writer = createWriter(file);
      await writer.append(intent(1, 1));
      await expect(writer.append(intent(2, 1))).rejects.toMatchObject({ kind: 'output', exitCode: 74 });
      await expect(writer.append(intent(3, 1))).rejects.toMatchObject({ kind: 'output' });
      await writer.append(outcome(1, 1));
      await writer.append(outcome(2, 1, { end: 'again', sent: 'no' }));
      const states = fold([file.content()]);
      expect([1, 2, 3].map((row) => states.stateOf(row))).toEqual(['created', 'again', 'open']);
    },
  );

  test('without ballast the outcome fails too, and nothing that is torn counts', async () => {
    const file = faultyFile({ failingWrite: 2, taken: 33, hasBallast: false });
    const writer = createWriter(file);
    await writer.append(intent(1, 1));
    await expect(writer.append(intent(2, 1))).rejects.toMatchObject({ kind: 'output' });
    await expect(writer.append(outcome(1, 1))).rejects.toMatchObject({ kind: 'output' });
    expect(fold([file.content()]).stateOf(1)).toBe('sent');
  });
});

test('what follows half a line that EIO left counts, or is not told as written', async () => {
  const file = faultyFile({ failingWrite: 2, taken: 33, code: 'EIO', isShortlyAway: true });
  const writer = createWriter(file);
  await writer.append(intent(1, 1));
  await expect(writer.append(intent(2, 1))).rejects.toMatchObject({ kind: 'output' });
  await writer.append(outcome(1, 1));
  expect(fold([file.content()]).stateOf(1)).toBe('created');
});

test('after a failed sync there is no second one', async () => {
  const file = faultyFile({ failingSync: 2 });
  const writer = createWriter(file);
  await writer.append(intent(1, 1));
  await expect(writer.append(outcome(1, 1))).rejects.toMatchObject({
    kind: 'output',
    message: 'The journal of the job could not be written (EIO).',
  });
  await expect(writer.append(outcome(1, 1))).rejects.toMatchObject({ kind: 'output' });
  expect(file.syncs()).toBe(2);
});

describe('a run whose disk fails', () => {
  const faults: readonly (readonly [string, (at: number) => Faults])[] = [
    ['ENOSPC', (at) => ({ failingWrite: at })],
    ['ENOSPC in the middle of a line', (at) => ({ failingWrite: at, taken: 11 * at })],
    ['ENOSPC without ballast', (at) => ({ failingWrite: at, taken: 7 * at, hasBallast: false })],
    ['EIO of a write', (at) => ({ failingWrite: at, code: 'EIO' })],
    ['EIO of a sync', (at) => ({ failingSync: at })],
  ];

  const places = Array.from({ length: 40 }, (_, index) => index + 1);
  const rows = faults.map(([what, faultsAt], index) => [what, faultsAt, dealt(places, index, 4)] as const);

  test.each(rows)('%s, wherever it comes: no session is lost sight of', async (_what, faultsAt, chosen) => {
    for (const at of chosen) {
      const file = faultyFile(faultsAt(at));
      const memory: ServerMemory = { burnt: new Set(), sessions: new Map() };
      const clock = createVirtualClock();
      const { stopped, ended, unsaved } = await runBatch({
        rows: 100,
        segments: [],
        file,
        clock,
        rules: { concurrency: 4 },
        send: async (row, referenceId) => {
          await new Promise<void>((resolve) => {
            clock.after(20, resolve);
          });
          return answerOf(memory, row, referenceId, 1, {});
        },
      });
      const states = fold([file.content()]);
      const told = new Set([...ended, ...unsaved].map(({ row }) => row));
      for (const [, row] of memory.sessions) {
        expect(['created', 'unknown']).toContain(endOf(states.stateOf(row)));
        expect(told).toContain(row);
      }
      if (memory.sessions.size < 100) expect(stopped?.exitCode).toBe(74);
    }
  });
});
