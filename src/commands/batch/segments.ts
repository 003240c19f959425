// The segments of a job's journal: read all of them, and begin one of its own. No process appends to another's.
import { closeSync, constants, existsSync, openSync, readdirSync, readSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../failure/failure.js';
import { visible } from '../../safety/visible.js';
import { checkJobFile, createJobFile } from './job-folder.js';
import { segmentFile, type SegmentFile } from './journal-writer.js';
import {
  parseBriefly,
  parseRecord,
  renderRecord,
  SegmentReader,
  type JournalRecord,
  type RunRecord,
} from './journal.js';
import { RowStates, type AttemptRecord, type Place } from './row-states.js';

/** A journal as its segments tell it. */
export interface LoadedJournal {
  readonly states: RowStates;
  /** The header of the newest segment; `undefined` where there is none, or it was lost. */
  readonly lastRun: RunRecord | undefined;
  /** Whether the newest segment's process wrote that it ended. */
  readonly isEnded: boolean;
  /** The number of the newest segment; 0 where there is none. */
  readonly lastSegment: number;
  /** Intents written so far. */
  readonly requests: number;
  /** How often each response key was answered. */
  readonly responseKeys: ReadonlyMap<string, number>;
  /** The files of segments that have a damaged line. */
  readonly damaged: readonly string[];
}

const READ_BYTES = 1024 * 1024;

/** Reads the journal of a job. */
export function loadJournal(host: Parameters<typeof checkJobFile>[0], folder: string): LoadedJournal {
  const states = new RowStates();
  const segments = segmentsOf(folder);
  let lastRun: RunRecord | undefined;
  let isEnded = false;
  let requests = 0;
  const responseKeys = new Map<string, number>();
  const damaged: string[] = [];
  for (const segment of segments) {
    const file = segmentPath(folder, segment);
    checkJobFile(host, file);
    const reader = new SegmentReader(parseBriefly);
    isEnded = false;
    for (const chunk of chunksOf(file)) {
      for (const { record, start } of reader.read(chunk)) {
        if (record.t === 'run') lastRun = record;
        isEnded = record.t === 'end';
        if (record.t === 'i') requests += 1;
        if (record.t === 'o' && record.key !== null)
          responseKeys.set(record.key, (responseKeys.get(record.key) ?? 0) + 1);
        states.apply(record, { segment, start });
      }
    }
    if (reader.isDamaged) damaged.push(file);
  }
  const lastSegment = segments.at(-1) ?? 0;
  return { states, lastRun, isEnded, lastSegment, requests, responseKeys, damaged };
}

function segmentsOf(folder: string): number[] {
  return readdirSync(folder)
    .flatMap((name) => /^run-(\d{6})\.ndjson$/.exec(name)?.[1] ?? [])
    .map(Number)
    .sort((one, other) => one - other);
}

/** Whether the folder has a journal. */
export function hasSegments(folder: string): boolean {
  return segmentsOf(folder).length > 0;
}

/** Where a segment is kept. */
export function segmentPath(folder: string, segment: number): string {
  return path.join(folder, `run-${String(segment).padStart(6, '0')}.ndjson`);
}

function* chunksOf(file: string): Generator<Buffer> {
  const descriptor = openToRead(file);
  // One for all: what a reader keeps of it, it copies.
  const buffer = Buffer.allocUnsafe(READ_BYTES);
  try {
    for (;;) {
      const bytesRead = readSync(descriptor, buffer);
      if (bytesRead === 0) return;
      yield buffer.subarray(0, bytesRead);
    }
  } finally {
    closeSync(descriptor);
  }
}

function openToRead(file: string): number {
  const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
  return openSync(file, constants.O_RDONLY | noFollow);
}

/** The records of one segment that count. */
export function* recordsOf(file: string): Generator<JournalRecord> {
  const reader = new SegmentReader(parseRecord);
  for (const chunk of chunksOf(file)) for (const { record } of reader.read(chunk)) yield record;
}

/** Reads single records of a journal. */
export class RecordFinder {
  readonly #descriptors = new Map<number, number>();
  #buffer = Buffer.allocUnsafe(4096);

  constructor(private readonly folder: string) {}

  /** The record at a place that {@link RowStates} gave. Fails with `usage` where the file has changed since. */
  find({ segment, start }: Place): AttemptRecord {
    const descriptor = this.#descriptors.get(segment) ?? openToRead(segmentPath(this.folder, segment));
    this.#descriptors.set(segment, descriptor);
    for (;;) {
      const bytesRead = readSync(descriptor, this.#buffer, 0, this.#buffer.length, start);
      const end = this.#buffer.subarray(0, bytesRead).indexOf(0x0a);
      const record = end === -1 ? undefined : parseRecord(this.#buffer.subarray(0, end));
      if (record?.t === 'i' || record?.t === 'o') return record;
      if (end !== -1 || bytesRead < this.#buffer.length) throw changed(this.folder);
      this.#buffer = Buffer.allocUnsafe(2 * this.#buffer.length);
    }
  }

  close(): void {
    for (const descriptor of this.#descriptors.values()) closeSync(descriptor);
  }
}

function changed(folder: string): Failure {
  return new Failure('usage', `The journal in ${visible(folder)} changed while it was read.`, {
    hint: 'Another process may be at work on it. Run the command again.',
  });
}

export interface OpenSegment {
  readonly segment: number;
  readonly descriptor: number;
  /** What it is written through. */
  readonly file: SegmentFile;
  /** The failure of a run whose job another process took over, or whose segment was removed or shortened. */
  readonly objection: () => Failure | undefined;
}

/** Begins the next segment. Its number is the turnstile: one process gets it, every other one fails with `usage`; `output` without room for it. */
export function beginSegment(folder: string, lastSegment: number, header: RunRecord): OpenSegment {
  const segment = lastSegment + 1;
  const own = segmentPath(folder, segment);
  const start = renderRecord(header);
  const descriptor = createJobFile(own, start);
  if (descriptor === undefined) {
    throw new Failure('usage', 'Another process started this job at the same moment.', {
      hint: '`digilocker batch status` tells how far it is.',
    });
  }
  const next = segmentPath(folder, segment + 1);
  const { write, datasync } = segmentFile(descriptor);
  let writtenBytes = Buffer.byteLength(start);
  let loss: Failure | undefined;
  return {
    segment,
    descriptor,
    file: {
      datasync,
      write: async (bytes) => {
        const count = await write(bytes);
        writtenBytes += count;
        return count;
      },
    },
    objection: () => {
      if (existsSync(next)) {
        return new Failure('usage', `Another process took over the job in ${visible(folder)}.`, {
          hint: 'Nothing more was sent by this one.',
        });
      }
      // Once lost, it stays so: what is written from then on counts for nothing.
      loss ??= lossOf(own, writtenBytes, folder);
      return loss;
    },
  };
}

function lossOf(file: string, writtenBytes: number, folder: string): Failure | undefined {
  const size = sizeOf(file);
  if (size !== undefined && size >= writtenBytes) return undefined;
  const what = size === undefined ? 'was removed from' : 'was shortened in';
  return new Failure('output', `The journal of the job ${what} ${visible(folder)}.`, {
    hint: 'Nothing more was sent. Put it back before you run again: it alone tells which rows have a session.',
  });
}

function sizeOf(file: string): number | undefined {
  try {
    return statSync(file).size;
  } catch {
    return undefined;
  }
}
