import type { Host } from '../host/host.js';
import { renderWrapped, writeNote } from './note.js';

/** How long something may still last: one line of a terminal that is written over. */
export interface Countdown {
  /** Writes a line above it. */
  note(text: string): Promise<void>;
  /** Takes the line away. */
  end(): Promise<void>;
}

/** Starts the countdown of `what`, such as "Waiting for the end user". Without a terminal, it has no line. */
export function startCountdown(
  { stderr, elapsed }: Pick<Host, 'stderr' | 'elapsed'>,
  what: string,
  untilMs: number,
): Countdown {
  if (!stderr.isTerminal) {
    return { note: (text) => writeNote(stderr, text), end: () => Promise.resolve() };
  }
  let shown = '';
  // A window that has become narrower shows the line on several rows.
  const clear = () => {
    const rows = Math.max(1, Math.ceil(shown.length / stderr.columns));
    return rows === 1 ? '\r\u001b[K' : `\r\u001b[${rows - 1}A\u001b[J`;
  };
  const line = () => {
    const cleared = clear();
    const seconds = Math.max(0, Math.ceil((untilMs - elapsed()) / 1000));
    const left = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')} left`;
    const forms = [`${what}, ${left} (Ctrl-C ends it)`, `${what}, ${left}`, left];
    // What wraps could not be written over.
    shown = forms.find((form) => form.length < stderr.columns) ?? '';
    return `${cleared}${shown}`;
  };
  const show = () => void stderr.write(line());
  show();
  const timer = setInterval(show, 1000);
  return {
    note: async (text) => {
      const cleared = clear();
      shown = '';
      await stderr.write(`${cleared}${renderWrapped(text, stderr)}${line()}`);
    },
    end: async () => {
      clearInterval(timer);
      await stderr.write(clear());
    },
  };
}
