import { hash } from 'node:crypto';

const FIRST_CAPACITY = 1024;

/**
 * Makes a function that burns a reference ID, and tells whether it was new. It keeps 64 bits of each ID's hash, in a
 * table that is at most half full: 16 to 32 bytes an ID. Of a million IDs, two have the same 64 bits in one sandbox of
 * 37 million.
 */
export function createBurntIds(): (referenceId: string) => boolean {
  let table = new Uint32Array(2 * FIRST_CAPACITY);
  let count = 0;

  function grow(): void {
    const old = table;
    table = new Uint32Array(2 * old.length);
    for (let at = 0; at < old.length; at += 2) {
      const high = old[at] ?? 0;
      const low = old[at + 1] ?? 0;
      if (high !== 0 || low !== 0) table.set([high, low], placeOf(table, high, low));
    }
  }

  return (referenceId) => {
    const digest = hash('sha256', referenceId, 'buffer');
    // Zero marks an empty place.
    const high = digest.readUInt32BE(0) || 1;
    const low = digest.readUInt32BE(4);
    const at = placeOf(table, high, low);
    if (table[at] !== 0) return false;
    table.set([high, low], at);
    count += 1;
    if (4 * count > table.length) grow();
    return true;
  };
}

/** Where a hash is, or the empty place where it belongs. */
function placeOf(table: Uint32Array, high: number, low: number): number {
  const mask = table.length / 2 - 1;
  let slot = low & mask;
  while (table[2 * slot] !== 0 && (table[2 * slot] !== high || table[2 * slot + 1] !== low))
    slot = (slot + 1) & mask;
  return 2 * slot;
}
