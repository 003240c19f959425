// The journal of this machine: what was asked of Decentro, and what came of it. No link, code, URN, purpose, credential
// or personal data is in it.
// A package's SHA-256: over plain HTTP, Node loads node:crypto for this alone, which takes a twentieth of a run.
import { sha256 } from '@noble/hashes/sha2.js';
import { randomBytes } from 'node:crypto';
import type { Effect } from '../../failure/facts.js';
import { appendLine, findStatePlace, loadSalt, readLines } from '../../host/journal-file.js';

/** One call, or the return of an end user. A later line of the same call says more than an earlier one. */
export interface JournalEntry {
  /** When it began: ISO 8601. */
  readonly time: string;
  readonly environment: string;
  readonly suite: string;
  /** The command that made it; `callback` is the return of the end user. */
  readonly call: string;
  /** The session that it was made for; `decentroTxnId` is its own, which names the session where it started one. */
  readonly sessionTxnId: string | null;
  /** Null for a call that has none. */
  readonly referenceId: string | null;
  readonly decentroTxnId: string | null;
  readonly responseKey: string | null;
  /** Whether it did what it is for: `unknown` until its answer is there. */
  readonly effect: Effect;
  readonly origin: string;
  /** Tells accounts apart without naming them: 8 hexadecimal digits; null where the salt for it cannot be kept. */
  readonly account: string | null;
}

/** The journal as one command uses it. */
export interface Journal {
  /** Appends one line. Returns why it could not, if so, as the end of a sentence. */
  append(entry: JournalEntry): string | undefined;
  /** The newest first; one for each call. Tells what keeps a journal from being read, as a sentence without its full stop. */
  read(onFault?: (fault: string) => void): JournalEntry[];
  accountOf(clientId: string): JournalEntry['account'];
}

/** Opens the journal of the user, which need not exist. */
export function openJournal(host: Parameters<typeof findStatePlace>[0]): Journal {
  const place = findStatePlace(host);
  return {
    append: (entry) => {
      if (typeof place === 'string') return place;
      try {
        appendLine(place, JSON.stringify(entry));
        return undefined;
      } catch (error) {
        const { code, message } = error as NodeJS.ErrnoException;
        return code === undefined ? message : `cannot be written (${code})`;
      }
    },
    read: (onFault) => {
      if (typeof place !== 'string') return mergeLines(readLines(place, onFault));
      onFault?.(`it ${place}`);
      return [];
    },
    accountOf: (clientId) => {
      if (typeof place === 'string') return null;
      try {
        const salt = loadSalt(place, () => randomBytes(16).toString('hex'));
        return Buffer.from(sha256(`${salt}${clientId}`)).toString('hex', 0, 4);
      } catch {
        return null;
      }
    },
  };
}

/** The entries of lines that were written one after the other, the newest first. Incomplete entries are left out. */
export function mergeLines(lines: readonly string[]): JournalEntry[] {
  const entries = new Map<string, JournalEntry>();
  // While a file is put aside, its lines may have been read twice.
  for (const line of new Set(lines)) {
    const entry = parseLine(line);
    if (entry === undefined) continue;
    const { call, referenceId, sessionTxnId, time } = entry;
    // A call without a reference ID is identified by its session.
    const key = `${call} ${referenceId ?? sessionTxnId ?? ''}`;
    const earlier = entries.get(key);
    // What has ended is followed by another call.
    if (earlier === undefined || earlier.effect === 'unknown') {
      entries.set(key, { ...entry, time: earlier?.time ?? time });
    } else {
      entries.delete(key);
      entries.set(`${key} ${earlier.time}`, earlier);
      entries.set(key, entry);
    }
  }
  return [...entries.values()].reverse().sort((one, other) => Date.parse(other.time) - Date.parse(one.time));
}

function parseLine(line: string): JournalEntry | undefined {
  const entry = parsed(line);
  const isEntry =
    TEXTS.every((name) => typeof entry[name] === 'string') &&
    TEXTS_OR_NULL.every((name) => entry[name] === null || typeof entry[name] === 'string') &&
    ['no', 'yes', 'unknown'].includes(entry['effect'] as string) &&
    !Number.isNaN(Date.parse(entry['time'] as string));
  if (!isEntry) return undefined;
  const names = [...TEXTS, ...TEXTS_OR_NULL];
  return Object.fromEntries(names.map((name) => [name, entry[name]])) as unknown as JournalEntry;
}

const TEXTS = ['time', 'environment', 'suite', 'call', 'effect', 'origin'] as const;
const TEXTS_OR_NULL = ['sessionTxnId', 'referenceId', 'decentroTxnId', 'responseKey', 'account'] as const;

function parsed(line: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

/** An ID or key that may be written down: other texts of a server could be anything. */
export function plainWord(text: string | null | undefined): string | null {
  return text != null && /^[\w.:-]{1,128}$/.test(text) ? text : null;
}
