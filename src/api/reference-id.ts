let latest = 0;

/**
 * Creates a reference ID: a UUID version 7 (RFC 9562, section 5.7), unique and sortable by time, also within one
 * millisecond of one process.
 *
 * @param now milliseconds since the epoch
 */
export function createReferenceId(now = Date.now()): string {
  latest = Math.max(now, latest + 1);
  // Unique is all that it has to be, and to load node:crypto for it would take a twentieth of a run.
  const bytes = Buffer.from(Array.from({ length: 16 }, () => Math.floor(Math.random() * 256)));
  bytes.writeUIntBE(latest, 0, 6);
  return formatUuid(bytes, 7);
}

/** Writes 16 bytes as a UUID of a version (RFC 9562, section 4). Changes the bytes. */
export function formatUuid(bytes: Buffer, version: 7 | 8): string {
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | (version << 4), 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  const part = (start: number, end: number) => bytes.toString('hex', start, end);
  return [part(0, 4), part(4, 6), part(6, 8), part(8, 10), part(10, 16)].join('-');
}
