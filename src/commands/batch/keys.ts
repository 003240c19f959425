// What names a row: the text that its reference IDs are derived from, and its place among the shards.
import { hash } from 'node:crypto';
import { Failure } from '../../failure/failure.js';
import type { Row } from './rows.js';

/** What keys are made of: a column, the position (`row`), or all the cells of a row. */
export type KeyRule =
  | { readonly type: 'column'; readonly column: string }
  | { readonly type: 'row' }
  | { readonly type: 'cells' };

/** Reads `--key`. */
export function parseKeyRule(flag: string | undefined): KeyRule {
  if (flag === undefined) return { type: 'cells' };
  return flag === 'row' ? { type: 'row' } : { type: 'column', column: flag };
}

/** The key of a row. Fails with `usage` where its column is empty, or holds neither text nor a whole number. */
export function keyOf(row: Row, rule: KeyRule): string {
  switch (rule.type) {
    case 'row':
      return String(row.number);
    case 'cells':
      return hash('sha256', JSON.stringify([...row.cells]), 'hex');
    case 'column': {
      const value = row.cells.get(rule.column);
      if (typeof value === 'string' && value !== '') return value;
      if (Number.isSafeInteger(value)) return String(value);
      const fault = value === undefined || value === null || value === '' ? 'is empty' : 'is not text';
      throw new Failure('usage', `The key of row ${row.number} (line ${row.line}) ${fault}.`, {
        hint: `The column ${rule.column}, chosen by --key, must name every row.`,
      });
    }
  }
}

export interface KeyHash {
  readonly high: number;
  readonly low: number;
}

/** Hashes a key to 64 bits, the same on every machine (cyrb53 without its last step). Not for secrets. */
export function hashKey(key: string): KeyHash {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let index = 0; index < key.length; index += 1) {
    const unit = key.charCodeAt(index);
    high = Math.imul(high ^ unit, 2654435761);
    low = Math.imul(low ^ unit, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return { high: high >>> 0, low: low >>> 0 };
}

/** A part of a batch: the rows whose key hashes to `index` of `count`, counted from 1. */
export interface Shard {
  readonly index: number;
  readonly count: number;
}

/** Whether a row belongs to a shard. */
export function isInShard({ low }: KeyHash, { index, count }: Shard): boolean {
  return (low % count) + 1 === index;
}

/** Finds the numbers of rows by the hashes of their keys, in 12 bytes a place. */
export class KeyIndex {
  #mask = 1023;
  #size = 0;
  #hashes = new Uint32Array(2 * 1024);
  #rows = new Uint32Array(1024);

  get size(): number {
    return this.#size;
  }

  /** Adds a row, numbered from 1. Returns the row that has the key already, or `undefined`. */
  add(hash: KeyHash, row: number): number | undefined {
    const place = this.#placeOf(hash);
    const earlier = this.#rows[place];
    if (earlier !== 0) return earlier;
    this.#put(place, hash, row);
    this.#size += 1;
    if (this.#size * 4 > this.#rows.length * 3) this.#grow();
    return undefined;
  }

  /** The row that has the key, or `undefined`. */
  find(hash: KeyHash): number | undefined {
    const row = this.#rows[this.#placeOf(hash)];
    return row === 0 ? undefined : row;
  }

  #placeOf({ high, low }: KeyHash): number {
    let place = high & this.#mask;
    while (
      this.#rows[place] !== 0 &&
      (this.#hashes[2 * place] !== high || this.#hashes[2 * place + 1] !== low)
    )
      place = (place + 1) & this.#mask;
    return place;
  }

  #put(place: number, { high, low }: KeyHash, row: number): void {
    this.#hashes[2 * place] = high;
    this.#hashes[2 * place + 1] = low;
    this.#rows[place] = row;
  }

  #grow(): void {
    const hashes = this.#hashes;
    const rows = this.#rows;
    this.#mask = 2 * this.#mask + 1;
    this.#hashes = new Uint32Array(2 * (this.#mask + 1));
    this.#rows = new Uint32Array(this.#mask + 1);
    for (let place = 0; place < rows.length; place += 1) {
      const row = rows[place] ?? 0;
      if (row === 0) continue;
      const hash = { high: hashes[2 * place] ?? 0, low: hashes[2 * place + 1] ?? 0 };
      this.#put(this.#placeOf(hash), hash, row);
    }
  }
}
