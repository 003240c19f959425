let latest = 0;

/**
 * Creates a reference ID: a UUID version 7 (RFC 9562, section 5.7), unique and sortable by time, also within one
 * millisecond of one process.
 *
 * @param now milliseconds since the epoch
 */
export function createReferenceId(now = Date.now()): string {
  latest = Math.max(now, latest + 1);
  const time = hex(latest, 12);
  const variant = hex(8 + randomBelow(4), 1);
  return [time.slice(0, 8), time.slice(8), `7${randomHex(3)}`, variant + randomHex(3), randomHex(12)].join(
    '-',
  );
}

// Unique is all that it has to be, and to load node:crypto for it would take a twentieth of a run.
function randomBelow(limit: number): number {
  return Math.floor(Math.random() * limit);
}

function randomHex(digits: number): string {
  return hex(randomBelow(16 ** digits), digits);
}

function hex(value: number, digits: number): string {
  return value.toString(16).padStart(digits, '0');
}
