import { InvalidArgumentError, Option, type Command } from 'commander';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import { deliver } from '../output/deliver.js';
import { plainFailure } from '../output/failure-report.js';
import { chooseOutput } from '../output/format.js';
import type { Block, Moment, Report, TableRow } from '../output/report.js';
import { openJournal, type JournalEntry } from './calling/journal.js';
import { addJsonFlag, parseCount, type CommandModule } from './flags.js';

const SCHEMA = 'digilocker.sessions/1';
const DEFAULT_LIMIT = 20;
const MAX_LIMIT = 100_000;

export const sessions: CommandModule = {
  declare: declareSessions,
  reportFailure: (failure) => plainFailure(SCHEMA, failure, { sessions: [] }),
};

interface Flags {
  readonly limit?: number;
  /** Milliseconds since the epoch, or before now where it is negative. */
  readonly since?: number;
  readonly env?: string;
  readonly json?: boolean;
}

/** A call of the journal, with what became of the session that it started. */
interface ShownEntry extends JournalEntry {
  /** When the end user came back, where a command of this machine saw it. */
  readonly returnedAt: string | null;
}

const EXAMPLES = `
Examples:
  digilocker sessions
  digilocker sessions --env production --since 24h --json
  digilocker sessions 59F864A6`;

function declareSessions(command: Command, host: Host): void {
  command
    .argument('[id]', 'a reference or transaction ID, or a part of one: shows that call')
    .addOption(
      new Option('--limit <n>', `how many to list, the newest first (default: ${DEFAULT_LIMIT})`).argParser(
        parseCount(MAX_LIMIT, 1),
      ),
    )
    .addOption(
      new Option('--since <when>', 'those after a time: 30m, 12h, 7d or 2026-01-31').argParser(parseSince),
    )
    .option('-e, --env <name>', 'those of one environment');
  addJsonFlag(command)
    .addHelpText('after', EXAMPLES)
    .action(async (id: string | undefined, flags: Flags) => {
      await deliver(host, findReport(host, id, flags), chooseOutput(flags));
    });
}

function findReport(host: Host, id: string | undefined, flags: Flags): Report {
  const { limit = DEFAULT_LIMIT, since = -Infinity, env } = flags;
  if (id !== undefined && flags.limit !== undefined)
    throw new Failure('usage', '--limit is for the list: an ID shows one call.', {
      hint: 'Leave out one of the two.',
    });
  const all = openJournal(host).read((fault) => {
    throw new Failure('config', `The journal cannot be read: ${fault}.`, {
      hint: 'Repair it, or name a folder of your own in XDG_STATE_HOME. Other commands go on without a journal.',
    });
  });
  const after = since < 0 ? host.now() + since : since;
  const kept = withReturns(all).filter(
    ({ time, environment }) => Date.parse(time) >= after && (env === undefined || environment === env),
  );
  if (all.length === 0 && id === undefined) return nothing('No session was started on this machine yet.');
  return id === undefined ? listReport(kept.slice(0, limit), host.now()) : oneReport(kept, id, host.now());
}

/** The calls, without the returns of end users: each is told of the session that it belongs to. */
function withReturns(all: readonly JournalEntry[]): ShownEntry[] {
  const returns = new Map(
    all.filter(({ call }) => call === 'callback').map(({ sessionTxnId, time }) => [sessionTxnId, time]),
  );
  return all
    .filter(({ call }) => call !== 'callback')
    .map((entry) => ({
      ...entry,
      returnedAt: entry.sessionTxnId === null ? (returns.get(entry.decentroTxnId) ?? null) : null,
    }));
}

function nothing(text: string): Report {
  return { document: documentOf([]), blocks: [{ type: 'text', text }] };
}

function listReport(entries: readonly ShownEntry[], nowMs: number): Report {
  if (entries.length === 0) return nothing('The journal has no such session.');
  return { document: documentOf(entries), blocks: [tableOf(entries, nowMs)] };
}

/** One call by an ID of its own, with the calls for its session; or those for a session that was started elsewhere. */
function oneReport(entries: readonly ShownEntry[], id: string, nowMs: number): Report {
  if (id === '') throw new Failure('usage', 'The ID is empty.');
  const own = find(entries, id, ({ referenceId, decentroTxnId }) => [referenceId, decentroTxnId]);
  const found = own.length > 0 ? own : find(entries, id, ({ sessionTxnId }) => [sessionTxnId]);
  const [one, ...others] = found;
  if (one === undefined)
    throw new Failure('usage', `The journal has no call with the ID ${id}.`, {
      hint: 'digilocker sessions lists the newest ones.',
    });
  const isSession = own.length === 0 && others.every((other) => other.sessionTxnId === one.sessionTxnId);
  if (isSession) return { document: documentOf(found), blocks: [tableOf(found, nowMs)] };
  if (others.length > 0) {
    const ids = found.map(({ decentroTxnId, referenceId }) => `- ${decentroTxnId ?? referenceId ?? ''}`);
    throw new Failure('usage', [`${found.length} calls have ${id} in an ID:`, ...ids], {
      hint: 'Give more of the ID.',
    });
  }
  const later = entries.filter(
    ({ sessionTxnId }) => sessionTxnId !== null && sessionTxnId === one.decentroTxnId,
  );
  return {
    document: documentOf([one, ...later]),
    blocks: [fieldsOf(one, nowMs), ...(later.length > 0 ? [tableOf(later, nowMs)] : [])],
  };
}

/** Those with the whole ID, or, where there is none, with it as a part of theirs. */
function find(
  entries: readonly ShownEntry[],
  id: string,
  idsOf: (entry: ShownEntry) => readonly (string | null)[],
): ShownEntry[] {
  const wanted = id.toLowerCase();
  const having = (test: (own: string) => boolean) =>
    entries.filter((entry) => idsOf(entry).some((own) => own !== null && test(own.toLowerCase())));
  const exact = having((own) => own === wanted);
  return exact.length > 0 ? exact : having((own) => own.includes(wanted));
}

function documentOf(entries: readonly ShownEntry[]): Report['document'] {
  return { schema: SCHEMA, ok: true, sessions: entries, error: null };
}

const EFFECTS: Readonly<Record<JournalEntry['effect'], string>> = {
  yes: 'done',
  no: 'no effect',
  unknown: 'unknown',
};

function tableOf(entries: readonly ShownEntry[], nowMs: number): Block {
  const head = ['Time', 'Environment', 'Call', 'Outcome', 'Transaction ID', 'Reference ID'];
  const rows = entries.map(({ time, environment, call, effect, decentroTxnId, referenceId }): TableRow => ({
    tone: 'plain',
    cells: [
      momentOf(time, nowMs),
      environment,
      call,
      EFFECTS[effect],
      decentroTxnId ?? '–',
      referenceId ?? '–',
    ],
  }));
  return { type: 'table', rows: [{ tone: 'plain', cells: head }, ...rows] };
}

function fieldsOf(entry: ShownEntry, nowMs: number): Block {
  return {
    type: 'fields',
    rows: [
      ['Call', entry.call],
      ['Time', momentOf(entry.time, nowMs)],
      ['Outcome', EFFECTS[entry.effect]],
      ['Session', entry.sessionTxnId],
      ['Transaction ID', entry.decentroTxnId],
      ['Reference ID', entry.referenceId],
      ['Response key', entry.responseKey],
      ['Came back', entry.returnedAt === null ? null : momentOf(entry.returnedAt, nowMs)],
      ['Environment', `${entry.environment} (${entry.origin})`],
      ['Suite', entry.suite],
      ['Account', entry.account],
    ],
  };
}

function momentOf(time: string, nowMs: number): Moment {
  return { atMs: Date.parse(time), nowMs };
}

const UNITS_MS: Readonly<Record<string, number>> = { m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads a time before now, as a negative number of milliseconds, or a date. */
function parseSince(text: string): number {
  const [, amount, unit = ''] = /^(\d{1,6})([mhd])$/.exec(text) ?? [];
  if (amount !== undefined) return -Number(amount) * (UNITS_MS[unit] ?? 0);
  // A date alone is a local day, as a time without a zone is local.
  const full = /^\d{4}-\d{2}-\d{2}$/.test(text) ? `${text}T00:00` : text;
  const [, day = ''] = /^(\d{4}-\d{2}-\d{2})T/.exec(full) ?? [];
  const time = isCalendarDay(day) ? Date.parse(full) : Number.NaN;
  if (!Number.isNaN(time) && time >= 0) return time;
  throw new InvalidArgumentError('Give a time such as 30m, 12h, 7d, 2026-01-31 or 2026-01-31T08:00Z.');
}

/** Whether a date is one of the calendar: reading 30 February gives a day of March. */
function isCalendarDay(day: string): boolean {
  const atMs = Date.parse(day);
  return !Number.isNaN(atMs) && new Date(atMs).toISOString().startsWith(day);
}
