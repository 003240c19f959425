// Times for people: local, with the zone and the distance. Machine forms have UTC.
import type { Moment } from './report.js';

// Each of them knows short names of zones that the others call GMT+5:30 or the like.
const LOCALES = ['en-IN', 'en-GB', 'en-US', 'en-AU'];

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;

/**
 * Writes a moment as `19:45 IST, in 59 min`, with its date where that is another day, as `25 Nov 19:45 IST, 24 h ago`.
 *
 * @param timeZone an IANA name; that of the machine when absent
 */
export function localTime({ atMs, nowMs }: Moment, timeZone?: string): string {
  // A journal may hold anything.
  if (Number.isNaN(new Date(atMs).getTime())) return 'unknown';
  const { year, month, day, hour, minute } = partsOf(atMs, timeZone);
  const clock = `${hour}:${minute} ${zoneOf(atMs, timeZone)}`;
  if (nowMs === undefined) return `${day} ${month} ${year} ${clock}`;
  const now = partsOf(nowMs, timeZone);
  const isThisYear = year === now.year;
  const isToday = isThisYear && month === now.month && day === now.day;
  const date = isToday ? '' : `${day} ${month} ${isThisYear ? '' : `${year} `}`;
  return `${date}${clock}, ${distance(atMs - nowMs)}`;
}

type Part = 'year' | 'month' | 'day' | 'hour' | 'minute';

function partsOf(timeMs: number, timeZone: string | undefined): Readonly<Record<Part, string>> {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    year: 'numeric',
    month: 'short',
    day: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  const parts = format.formatToParts(timeMs).map(({ type, value }) => [type, value]);
  return Object.fromEntries(parts) as Record<Part, string>;
}

function zoneOf(timeMs: number, timeZone: string | undefined): string {
  const names = LOCALES.map((locale) => {
    const format = new Intl.DateTimeFormat(locale, { timeZone, timeZoneName: 'short' });
    return format.formatToParts(timeMs).find(({ type }) => type === 'timeZoneName')?.value ?? 'UTC';
  });
  return names.find((name) => !/\d/.test(name)) ?? names[0] ?? 'UTC';
}

function distance(ms: number): string {
  const length = Math.abs(ms);
  if (length < 1000) return 'now';
  const text =
    length < 90_000
      ? `${Math.round(length / 1000)} s`
      : length < 2 * HOUR_MS
        ? `${Math.round(length / MINUTE_MS)} min`
        : length < 2 * DAY_MS
          ? `${Math.round(length / HOUR_MS)} h`
          : `${Math.round(length / DAY_MS)} days`;
  return ms > 0 ? `in ${text}` : `${text} ago`;
}
