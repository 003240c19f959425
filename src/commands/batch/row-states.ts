// What a journal says of each row, in a few bytes: a million rows have to fit beside everything else.
import type { BriefOutcome, BriefRecord, IntentRecord, OutcomeRecord, RecordedEnd } from './journal.js';

/** Where a row stands. `sent`: its request may have left, and no answer was written down. */
export type RowState =
  | 'open'
  | 'sent'
  | 'created'
  | 'refused'
  /** Refused by a failure on Decentro's side. */
  | 'upstream'
  /** Refused because of the account, which says nothing of the row. */
  | 'account'
  | 'unknown'
  | 'lost'
  | 'withheld'
  | 'invalid'
  /** Open after a failure before anything left: its reference ID is not used up. */
  | 'again'
  /** Open after an answer that used its reference ID up. */
  | 'afresh';

const CODES: readonly RowState[] = [
  'open',
  'sent',
  'created',
  'refused',
  'upstream',
  'unknown',
  'lost',
  'withheld',
  'invalid',
  'again',
  'afresh',
  'account',
];

/** Where a record stands: which segment, and the byte it begins at. */
export interface Place {
  readonly segment: number;
  readonly start: number;
}

const PLACES_OF_A_SEGMENT = 2 ** 40;

/** The state of every row, folded from the records of a journal in their order. */
export class RowStates {
  #codes = new Uint8Array(1024);
  #attempts = new Uint16Array(1024);
  #places = new Float64Array(1024).fill(-1);
  readonly #earlier = new Map<number, number[]>();
  #highest = 0;

  /** The highest row that a record names. */
  get highest(): number {
    return this.#highest;
  }

  stateOf(row: number): RowState {
    return CODES[this.#codes[row] ?? 0] ?? 'open';
  }

  /** The number of the latest attempt; 0 where there was none. */
  attemptOf(row: number): number {
    return this.#attempts[row] ?? 0;
  }

  /** Where the records of a row stand that tell of its attempts, the oldest first. */
  placesOf(row: number): Place[] {
    const latest = this.#places[row] ?? -1;
    const places = [...(this.#earlier.get(row) ?? []), ...(latest === -1 ? [] : [latest])];
    return places.map((place) => ({
      segment: Math.floor(place / PLACES_OF_A_SEGMENT),
      start: place % PLACES_OF_A_SEGMENT,
    }));
  }

  apply(record: BriefRecord, { segment, start }: Place): void {
    if (record.t !== 'i' && record.t !== 'o') return;
    const row = record.r;
    if (row >= this.#codes.length) this.#grow(row);
    this.#highest = Math.max(this.#highest, row);
    const place = segment * PLACES_OF_A_SEGMENT + start;
    const latest = this.#places[row] ?? -1;
    const isAnswer = record.t === 'o' && this.#isAnswered(row, record, latest, segment);
    const isNote = this.#attempts[row] === 0;
    if (latest !== -1 && !isAnswer && !isNote) {
      const earlier = this.#earlier.get(row);
      if (earlier === undefined) this.#earlier.set(row, [latest]);
      else earlier.push(latest);
    }
    this.#places[row] = place;
    this.#attempts[row] = record.n;
    this.#codes[row] = CODES.indexOf(record.t === 'i' ? 'sent' : stateAfter(record));
  }

  // An outcome takes the place of its own intent, which says nothing more.
  #isAnswered(row: number, { n }: BriefOutcome, latest: number, segment: number): boolean {
    return (
      this.stateOf(row) === 'sent' &&
      this.#attempts[row] === n &&
      Math.floor(latest / PLACES_OF_A_SEGMENT) === segment
    );
  }

  #grow(row: number): void {
    const length = Math.max(row + 1, 2 * this.#codes.length);
    const codes = new Uint8Array(length);
    codes.set(this.#codes);
    const attempts = new Uint16Array(length);
    attempts.set(this.#attempts);
    const places = new Float64Array(length).fill(-1);
    places.set(this.#places);
    this.#codes = codes;
    this.#attempts = attempts;
    this.#places = places;
  }
}

function stateAfter({ end, kind, sent }: BriefOutcome): RowState {
  if (end === 'again') return sent === 'no' ? 'again' : 'afresh';
  if (end !== 'refused') return end;
  return kind === 'upstream' ? 'upstream' : kind === 'access' ? 'account' : end;
}

/** How a state is called where rows are counted and listed. */
export type RowEnd = Exclude<RecordedEnd, 'again'> | 'open';

/** All ends, in the order in which they are counted and shown. */
export const ROW_ENDS: readonly RowEnd[] = [
  'created',
  'refused',
  'unknown',
  'lost',
  'withheld',
  'invalid',
  'open',
];

export function endOf(state: RowState): RowEnd {
  if (state === 'sent') return 'unknown';
  if (state === 'upstream' || state === 'account') return 'refused';
  return state === 'again' || state === 'afresh' ? 'open' : state;
}

/** What `--retry` may name. */
export const RETRIES = ['unknown', 'lost', 'refused', 'upstream'] as const;

export type Retry = (typeof RETRIES)[number];

/**
 * The number of the attempt that a row needs next, or `undefined` where it stays as it is. The same number is the same
 * reference ID: a repetition under it cannot create a second session.
 */
export function nextAttempt(
  state: RowState,
  attempt: number,
  retries: ReadonlySet<Retry>,
): number | undefined {
  switch (state) {
    case 'open':
    case 'withheld':
    case 'invalid':
      return 1;
    case 'again':
      return attempt;
    case 'afresh':
    case 'account':
      return attempt + 1;
    case 'sent':
    case 'unknown':
      return retries.has('unknown') ? attempt : undefined;
    case 'lost':
      return retries.has('lost') ? attempt + 1 : undefined;
    case 'refused':
      return retries.has('refused') ? attempt + 1 : undefined;
    case 'upstream':
      return retries.has('upstream') || retries.has('refused') ? attempt + 1 : undefined;
    case 'created':
      return undefined;
  }
}

const NEEDING_FRESH_ID: readonly RowState[] = ['refused', 'upstream', 'account', 'lost', 'afresh'];

/** Whether the next attempt of a row needs another reference ID: an answer to the latest one has used it up. */
export function needsFreshId(state: RowState): boolean {
  return NEEDING_FRESH_ID.includes(state);
}

/** The reference ID, attempt and time of a record that tells of an attempt. */
export type AttemptRecord = IntentRecord | OutcomeRecord;
