// Appends records to a segment and tells when they are durable. One buffer, one write, one sync at a time: whatever
// comes while a sync is under way goes with the next (group commit).
import { fdatasync, writeSync } from 'node:fs';
import { promisify } from 'node:util';
import { Failure } from '../../failure/failure.js';
import { renderRecord, type JournalRecord } from './journal.js';

/** The file that a segment is written to. Tests pass one that fails. */
export interface SegmentFile {
  /** Returns how many bytes were taken, which may be fewer. Rejects with an Error that has a `code`. */
  readonly write: (bytes: Buffer) => Promise<number>;
  readonly datasync: () => Promise<void>;
}

export interface JournalWriter {
  /** Resolves once the record is durable. Rejects with a Failure `output` where it is not. */
  readonly append: (record: JournalRecord) => Promise<void>;
}

interface Entry {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (failure: Failure) => void;
}

export interface JournalRules {
  /** Asked before each write; returns what ends the run, such as another process that took the job over. */
  readonly objection: () => Failure | undefined;
  /** Makes room on the disk after a write failed for lack of it. */
  readonly makeRoom: () => void;
}

const NO_ROOM = ['ENOSPC', 'EDQUOT'];

/** Creates the writer of a segment. */
export function createJournalWriter(file: SegmentFile, { objection, makeRoom }: JournalRules): JournalWriter {
  let pending: Entry[] = [];
  let running: Promise<void> | undefined;
  let failure: Failure | undefined;
  // What a failed write left behind: the rest of a line, without which all that follows would not count.
  let rest: Buffer = Buffer.alloc(0);
  let mayWrite = true;

  const writeAll = async (bytes: Buffer): Promise<void> => {
    rest = bytes;
    while (rest.length > 0) rest = rest.subarray(await file.write(rest));
  };

  const flush = async (entries: readonly Entry[]): Promise<void> => {
    const objected = objection();
    if (objected !== undefined) {
      mayWrite = false;
      throw objected;
    }
    await writeAll(Buffer.from(entries.map(({ line }) => line).join('')));
    await file.datasync().catch((error: unknown) => {
      // A later sync may succeed without the data of this one, so that there is none.
      mayWrite = false;
      throw error;
    });
  };

  const run = async (): Promise<void> => {
    while (pending.length > 0) {
      const entries = pending;
      pending = [];
      try {
        await flush(entries);
        for (const { resolve } of entries) resolve();
      } catch (error) {
        failure = error instanceof Failure ? error : unwritable(error);
        for (const { reject } of [...entries, ...pending]) reject(failure);
        pending = [];
        if (NO_ROOM.includes((error as NodeJS.ErrnoException).code ?? '')) makeRoom();
        if (mayWrite && rest.length > 0) await completeLine();
      }
    }
    running = undefined;
  };

  const completeLine = async (): Promise<void> => {
    try {
      await writeAll(rest);
    } catch {
      mayWrite = false;
    }
  };

  // After a failure outcomes alone are written, each by itself, so that at least some of them last.
  const writeLate = async (line: string): Promise<void> => {
    if (!mayWrite) throw failure ?? unwritable(undefined);
    try {
      await writeAll(Buffer.from(line));
      await file.datasync();
    } catch (error) {
      mayWrite = false;
      throw unwritable(error);
    }
  };

  let late: Promise<void> = Promise.resolve();
  return {
    append: (record) => {
      const line = renderRecord(record);
      if (failure !== undefined) {
        if (record.t === 'i') return Promise.reject(failure);
        const written = Promise.all([running, late]).then(() => writeLate(line));
        late = written.catch(() => undefined);
        return written;
      }
      return new Promise((resolve, reject) => {
        pending.push({ line, resolve, reject });
        // On the next turn: what a single turn brings is written at once.
        running ??= Promise.resolve().then(run);
      });
    },
  };
}

/** The file behind a descriptor. */
export function segmentFile(descriptor: number): SegmentFile {
  const datasync = promisify(fdatasync);
  return {
    // The system takes it at once. On another thread it would take a turn of the event loop more, for which every row
    // of a busy run would wait.
    write: (bytes) =>
      new Promise((resolve) => {
        resolve(writeSync(descriptor, bytes));
      }),
    datasync: () => datasync(descriptor),
  };
}

function unwritable(error: unknown): Failure {
  const { code = 'no error code' } = (error ?? {}) as NodeJS.ErrnoException;
  return new Failure('output', `The journal of the job could not be written (${code}).`, {
    hint: 'Nothing more was sent. Make room or repair the disk, then run the same command again.',
  });
}
