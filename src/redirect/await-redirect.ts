import type { Callback } from '../failure/facts.js';
import { durationText } from '../failure/duration.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { startCountdown } from '../output/countdown.js';
import { writeNote } from '../output/note.js';
import {
  faultKind,
  faultText,
  checkDeclined,
  foreignNote,
  type Expectation,
  type RedirectFault,
  type RequestFault,
} from './callback.js';
import type { Listener, ListenerOptions } from './listener.js';

/** Opens the listener. Fails with `usage` where the port that the user chose cannot be had. */
export async function openListener(
  host: Host,
  port: number | undefined,
  options: Pick<ListenerOptions, 'path' | 'hosts'>,
): Promise<Listener> {
  const { createListener } = await import('./listener.js');
  try {
    return await createListener({ port: port ?? 0, now: () => host.now(), ...options });
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (port === undefined || code === undefined) throw error;
    throw new Failure('usage', `Cannot listen on port ${port} (${code}), the port given by --listen.`, {
      hint: 'Choose another port, or leave --listen out to use a free one.',
    });
  }
}

export interface RedirectWait {
  readonly listener: Listener;
  readonly expected: Expectation & { readonly decentroTxnId: string };
  readonly waitMs: number;
  /** Whether countdown and notes are left out. */
  readonly isQuiet: boolean;
  /**
   * Asks the user something while the wait goes on. Rejects when a signal aborts: the first as the wait is over, the
   * second as a note is to be written, which can wait for an answer that is being typed. It is called again after a note.
   */
  readonly ask?: ((over: AbortSignal, noted: AbortSignal) => Promise<void>) | undefined;
}

/**
 * Waits for the redirect of a session. Fails with `declined` where it brings a refusal, with `timeout` after `waitMs`,
 * and with the host signal's reason; the details hold the callback. A redirect that does not count is reported at once,
 * one line for each kind.
 */
export async function awaitRedirect(host: Host, wait: RedirectWait): Promise<Callback> {
  const { listener, expected, waitMs, isQuiet } = wait;
  const over = new AbortController();
  const ignored = new Map<string, number>();
  const notes = createNotes();
  const onIgnored = (fault: RedirectFault | RequestFault) => {
    const count = ignored.get(faultKind(fault)) ?? 0;
    ignored.set(faultKind(fault), count + 1);
    if (count === 0 && !isQuiet) notes.add(ignoredNote(fault, expected.decentroTxnId));
  };
  const untilMs = host.elapsed() + waitMs;
  const timeout = host.sleep(waitMs, over.signal).then(() => {
    throw timeoutFailure(waitMs, ignored);
  });
  const screen = fillScreen(host, wait, notes, untilMs, over.signal);
  const interrupted = new Promise<never>((_resolve, reject) => {
    screen.catch(reject);
  });
  try {
    const arrival = listener.wait(expected, host.signal, onIgnored);
    const callback = await Promise.race([arrival, timeout, interrupted]);
    over.abort();
    await screen;
    const foreign = foreignNote(callback, expected.decentroTxnId);
    if (foreign !== undefined && !isQuiet) await writeNote(host.stderr, foreign);
    checkDeclined(callback);
    return callback;
  } finally {
    over.abort();
    await screen.catch(() => undefined);
  }
}

/** Lines that are written as soon as what is on the screen lets them through. */
interface Notes {
  add(text: string): void;
  takeAll(): readonly string[];
  /** Told of each one as it comes. */
  onAdd: () => void;
}

function createNotes(): Notes {
  const texts: string[] = [];
  const notes: Notes = {
    add: (text) => {
      texts.push(text);
      notes.onAdd();
    },
    takeAll: () => texts.splice(0),
    onAdd: () => undefined,
  };
  return notes;
}

/** Shows the question, then the countdown, and the notes as they come, until the wait is over. Fails as the question does. */
async function fillScreen(
  host: Host,
  { ask, isQuiet }: RedirectWait,
  notes: Notes,
  untilMs: number,
  over: AbortSignal,
): Promise<void> {
  // After a note, the question is asked again.
  const settle = async (): Promise<void> => {
    if (ask === undefined || over.aborted) return;
    const noted = new AbortController();
    notes.onAdd = () => {
      noted.abort();
    };
    const isTakenOff = await ask(over, noted.signal).then(
      () => false,
      (error: unknown) => {
        if (over.aborted || noted.signal.aborted) return true;
        throw error;
      },
    );
    for (const text of notes.takeAll()) await writeNote(host.stderr, text);
    if (isTakenOff) await settle();
  };
  await settle();
  if (over.aborted || isQuiet) return;
  const countdown = startCountdown(host, 'Waiting for the end user', untilMs);
  notes.onAdd = () => {
    for (const text of notes.takeAll()) void countdown.note(text);
  };
  notes.onAdd();
  await new Promise((resolve) => {
    over.addEventListener('abort', resolve, { once: true });
  });
  await countdown.end();
}

function ignoredNote(fault: RedirectFault | RequestFault, sessionId: string): string {
  if (fault.kind === 'request') return `Ignored a redirect ${faultText(fault)}.`;
  const expected =
    fault.kind === 'mismatch'
      ? `this session is ${sessionId}`
      : `expected a status with initiation_decentro_transaction_id=${sessionId}, or a code with state=${sessionId}`;
  return `Ignored a redirect ${faultText(fault)}: ${expected}.`;
}

function timeoutFailure(waitMs: number, ignored: ReadonlyMap<string, number>): Failure {
  const total = [...ignored.values()].reduce((sum, count) => sum + count, 0);
  const kinds = [...ignored].map(([kind, count]) => `${count} ${kind}`).join(', ');
  const were = total === 1 ? '1 redirect was' : `${total} redirects were`;
  const rest = total === 0 ? '' : ` ${were} ignored: ${kinds}.`;
  return new Failure('timeout', `Timed out after ${durationText(waitMs)} waiting for the redirect.${rest}`, {
    hint: 'The session lives on: when the browser has ended up at the redirect URL, give that URL to `digilocker callback`.',
    sent: 'yes',
  });
}
