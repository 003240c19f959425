// How far a run is: one line that is written over on a terminal, and a line every half a minute elsewhere.
import type { Host } from '../../host/host.js';
import { renderNote, renderWrapped } from '../../output/note.js';
import { grouped, type RowCounts } from './summary.js';

export interface ProgressFigures {
  readonly rows: RowCounts & { readonly total: number };
  readonly inFlight: number;
  /** Rows that got their end in this run. */
  readonly ended: number;
  /** Rows that this run still has to send. */
  readonly left: number;
}

export interface Progress {
  /** Writes a line of its own, above the one that is written over; nothing where the user wants quiet. */
  readonly note: (text: string) => void;
  /** The same, in any case. */
  readonly warn: (text: string) => void;
  readonly end: () => Promise<void>;
}

const TERMINAL_MS = 250;
const ELSEWHERE_MS = 30_000;

/** Shows progress until its end. Nothing but warnings is shown where `isQuiet`. */
export function startProgress(
  { stderr }: Pick<Host, 'stderr'>,
  isQuiet: boolean,
  figures: () => ProgressFigures,
  now: () => number,
): Progress {
  const startedAt = now();
  const erase = stderr.isTerminal && !isQuiet ? '\r\u001b[K' : '';
  let writing = Promise.resolve();
  const write = (text: string) => {
    writing = writing.then(() => stderr.write(text));
  };
  const show = () => {
    const line = progressLine(figures(), now() - startedAt);
    // A line that wraps could not be written over.
    write(stderr.isTerminal ? `${erase}${line.slice(0, stderr.columns - 1)}` : renderNote(line));
  };
  const warn = (text: string) => {
    write(`${erase}${renderWrapped(text, stderr)}`);
  };
  const timer = isQuiet ? undefined : setInterval(show, stderr.isTerminal ? TERMINAL_MS : ELSEWHERE_MS);
  return {
    note: (text) => {
      if (!isQuiet) warn(text);
    },
    warn,
    end: async () => {
      clearInterval(timer);
      if (erase !== '') write(erase);
      await writing;
    },
  };
}

/** One line of progress. */
export function progressLine({ rows, inFlight, ended, left }: ProgressFigures, elapsedMs: number): string {
  const done = rows.total - rows.open;
  const perSecond = elapsedMs > 0 ? (ended * 1000) / elapsedMs : 0;
  const counts = (['created', 'refused', 'unknown', 'lost'] as const)
    .filter((end) => end === 'created' || rows[end] > 0)
    .map((end) => `${end} ${grouped(rows[end])}`);
  return [
    `${grouped(done)} of ${grouped(rows.total)}`,
    `${rows.total === 0 ? 100 : Math.floor((100 * done) / rows.total)} %`,
    rateText(perSecond),
    ...counts,
    `in flight ${inFlight}`,
    ...(perSecond > 0 && left > 0 ? [`${roughDurationText((left / perSecond) * 1000)} left`] : []),
  ].join('  ');
}

const RATE_UNITS = [
  ['s', 1],
  ['min', 60],
  ['h', 3_600],
  ['day', 86_400],
] as const;

/** So many a second, in the unit in which that is a tenth at least: no pace but none reads as nothing. */
export function rateText(perSecond: number, write = (count: number) => count.toFixed(1)): string {
  if (perSecond === 0) return `${write(0)}/s`;
  const [unit, seconds] = RATE_UNITS.find(([, each]) => perSecond * each >= 0.1) ?? [];
  return unit === undefined ? `under ${write(0.1)}/day` : `${write(perSecond * seconds)}/${unit}`;
}

/** A duration in its two largest units, such as `6 h 47 min`. */
export function roughDurationText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return `${hours} h ${minutes % 60} min`;
  return `${Math.floor(hours / 24)} days ${hours % 24} h`;
}
