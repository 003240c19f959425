// The lines of a journal: what each says, how it is written, and what a reader makes of a damaged one. Pure but for CRC.
import { crc32 } from 'node:zlib';
import type { FailureKind } from '../../failure/exit-codes.js';
import type { Sent } from '../../failure/facts.js';
import { jsonText } from '../../safety/visible.js';
import type { InputDigest } from './input-file.js';

/** The first line of a segment: the process that writes it, and the input that it read. */
export interface RunRecord {
  readonly t: 'run';
  readonly v: 1;
  readonly host: string;
  /** Names the boot of the machine; null where the system does not tell. */
  readonly boot: string | null;
  /** Of its processes: another container counts its own. */
  readonly namespace: string | null;
  readonly pid: number;
  /** When the process started, in the unit of the system; null where it does not tell. */
  readonly start: string | null;
  readonly at: number;
  readonly input: InputDigest & { readonly rows: number; readonly mine: number };
}

/** A request for a row is about to leave. */
export interface IntentRecord {
  readonly t: 'i';
  /** Number of the row. */
  readonly r: number;
  /** Number of the attempt. */
  readonly n: number;
  /** Key of the row. */
  readonly k: string;
  /** Reference ID. */
  readonly id: string;
  readonly at: number;
}

/** Ends that an outcome may record; `again` leaves the row open. */
export type RecordedEnd = 'created' | 'refused' | 'unknown' | 'lost' | 'withheld' | 'invalid' | 'again';

/** What came of a row. */
export interface OutcomeRecord {
  readonly t: 'o';
  readonly r: number;
  readonly n: number;
  readonly k: string;
  readonly id: string | null;
  readonly end: RecordedEnd;
  readonly txn: string | null;
  readonly link: string | null;
  /** Response key. */
  readonly key: string | null;
  readonly http: number | null;
  readonly kind: FailureKind | null;
  readonly sent: Sent;
  readonly at: number;
}

/** The process ended by itself. */
export interface EndRecord {
  readonly t: 'end';
  readonly signal: string | null;
}

/** The process is still there; written where nothing else was for ten seconds. */
export interface AliveRecord {
  readonly t: 'alive';
}

export type JournalRecord = RunRecord | IntentRecord | OutcomeRecord | EndRecord | AliveRecord;

/** A record as a line, which ends with the CRC-32 of what stands before it. */
export function renderRecord(record: JournalRecord): string {
  const json = jsonText(record, 0);
  return `${json} ~${checksum(json)}\n`;
}

/** The record of a line without its line break, or `undefined` where it is damaged. */
export function parseRecord(line: Buffer): JournalRecord | undefined {
  const json = wholeJson(line);
  return json && (JSON.parse(json.toString('utf8')) as JournalRecord);
}

/** What the states of rows depend on. */
export type BriefRecord =
  Exclude<JournalRecord, IntentRecord | OutcomeRecord> | Pick<IntentRecord, 't' | 'r' | 'n'> | BriefOutcome;

export type BriefOutcome = Pick<OutcomeRecord, 't' | 'r' | 'n' | 'end' | 'key' | 'kind' | 'sent'>;

/** The same for those who need no more of it, in a third of the time: a journal has two lines for each row. */
export function parseBriefly(line: Buffer): BriefRecord | undefined {
  const json = wholeJson(line);
  if (json === undefined) return undefined;
  const text = json.toString('latin1');
  const [, r, n] = INTENT.exec(text) ?? [];
  if (n !== undefined) return { t: 'i', r: Number(r), n: Number(n) };
  return parseOutcome(text) ?? (JSON.parse(json.toString('utf8')) as JournalRecord);
}

const INTENT = /^\{"t":"i","r":(\d+),"n":(\d+),/;

// A quote within a string is escaped, so that these names stand where members begin.
const OUTCOME =
  /^\{"t":"o","r":(\d+),"n":(\d+),.*?,"end":"(\w+)",.*?,"key":(?:null|"(\w+)"),"http":\w+,"kind":(?:null|"(\w+)"),"sent":"(\w+)"/;

function parseOutcome(text: string): BriefOutcome | undefined {
  const [, r, n, end, key = null, kind = null, sent] = OUTCOME.exec(text) ?? [];
  return sent === undefined
    ? undefined
    : ({ t: 'o', r: Number(r), n: Number(n), end, key, kind, sent } as BriefOutcome);
}

// Its checksum is computed over bytes: to make a text of them first would take as long again.
function wholeJson(line: Buffer): Buffer | undefined {
  const end = line.length - CHECKSUM_LENGTH;
  if (end <= 0) return undefined;
  const json = line.subarray(0, end);
  return line.toString('latin1', end) === ` ~${checksum(json)}` ? json : undefined;
}

const CHECKSUM_LENGTH = ' ~00000000'.length;

function checksum(json: string | Buffer): string {
  return crc32(json).toString(16).padStart(8, '0');
}

/** A record, and where its line begins in the segment, in bytes. */
export interface PlacedRecord<Parsed> {
  readonly record: Parsed;
  readonly start: number;
}

/**
 * Reads the lines of one segment, handed over in pieces. It counts up to its first damaged line: behind that, a lost
 * write may have left a gap. An intent that is whole still counts, since its request may have left; an outcome does
 * not, since it is not known whether it is of this file.
 */
export class SegmentReader<Parsed extends BriefRecord> {
  #rest: Buffer = Buffer.alloc(0);
  #offset = 0;
  #isDamaged = false;

  constructor(private readonly parse: (line: Buffer) => Parsed | undefined) {}

  /** Whether a damaged line was seen; a last line without its line break is one. */
  get isDamaged(): boolean {
    return this.#isDamaged || this.#rest.length > 0;
  }

  *read(chunk: Buffer): Generator<PlacedRecord<Parsed>> {
    const bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]);
    let start = 0;
    for (;;) {
      const newline = bytes.indexOf(0x0a, start);
      if (newline === -1) break;
      const record = this.parse(bytes.subarray(start, newline));
      if (record === undefined) this.#isDamaged = true;
      else if (!this.#isDamaged || record.t === 'i') yield { record, start: this.#offset + start };
      start = newline + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    this.#offset += start;
  }
}
