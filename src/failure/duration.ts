const UNITS = [
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1000],
] as const;

/** Writes a duration as flags take it, in the largest unit that it is a whole number of: `10m`, `90s`, `500ms`. */
export function durationText(durationMs: number): string {
  const [unit, unitMs] = UNITS.find(([, ms]) => durationMs % ms === 0) ?? ['ms', 1];
  return `${durationMs / unitMs}${unit}`;
}
