// Which session a call is for, and what the journal of this machine knows of it.
import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import { writeNote } from '../../output/note.js';
import { mayAsk, type Caller, type CallerFlags } from './caller.js';
import { openJournal, type JournalEntry } from './journal.js';

export interface SessionFlags extends CallerFlags {
  /** The newest session that this machine started. */
  readonly last?: boolean;
}

export const LAST_FLAG = ['--last', 'use the newest session that this machine started'] as const;

/**
 * The session of `--last`, as a parameter; nothing where the session is given in another way. Says on standard error
 * which session is meant where the command line does not name it. Fails with `usage` where there is none.
 */
export async function findGivenSession({
  host,
  flags,
  profile,
}: Pick<Caller<SessionFlags>, 'host' | 'flags' | 'profile'>): Promise<{ readonly transactionId?: string }> {
  const { transactionId: named } = profile;
  const say = (id: string, source: string) => writeNote(host.stderr, `Session: ${id} (${source})`);
  if (flags.last !== true) {
    if (named?.origin.kind === 'variable') await say(named.value, named.origin.label);
    return {};
  }
  if (flags.transactionId !== undefined)
    throw new Failure('usage', 'A transaction ID cannot be combined with --last.');
  const { decentroTxnId, time, origin } = findLast({ host, profile });
  const ageMs = Math.max(0, host.now() - Date.parse(time));
  await say(decentroTxnId, `--last: started ${ageText(ageMs)} ago at ${new URL(origin).host}`);
  return { transactionId: decentroTxnId };
}

function findLast({
  host,
  profile,
}: Pick<Caller, 'host' | 'profile'>): JournalEntry & { readonly decentroTxnId: string } {
  // The sandbox that ends with the command has none.
  const origin = profile.baseUrl?.value.origin;
  if (origin === undefined)
    throw new Failure(
      'usage',
      '--last knows no session: those of the built-in sandbox end with their command.',
      {
        hint: 'Start `digilocker sandbox` in another terminal, and add --base-url to each command.',
      },
    );
  if (profile.journal.value === 'never')
    throw new Failure(
      'usage',
      `--last knows no session: the journal is off (${profile.journal.origin.label}).`,
      {
        hint: 'Give the transaction ID of the session.',
      },
    );
  const clientId = profile.credentials.clientId?.value;
  if (clientId === undefined)
    throw new Failure(
      'usage',
      '--last needs the client ID in the settings, to know whose sessions are meant.',
    );
  const environment = profile.environment.value;
  const journal = openJournal(host);
  const account = journal.accountOf(clientId);
  const found = journal
    .read((fault) => {
      throw new Failure('usage', `--last knows no session: the journal cannot be read: ${fault}.`, {
        hint: 'Give the transaction ID of the session.',
      });
    })
    .find(
      (entry): entry is JournalEntry & { decentroTxnId: string } =>
        entry.call === 'init-session' &&
        entry.effect === 'yes' &&
        entry.decentroTxnId !== null &&
        entry.account !== null &&
        entry.account === account &&
        entry.environment === environment &&
        entry.origin === origin,
    );
  if (found !== undefined) return found;
  const where = `${environment} (${new URL(origin).host})`;
  throw new Failure('usage', `--last knows no session: the journal has none of this account in ${where}.`, {
    hint: 'Give the transaction ID of the session. digilocker sessions lists what the journal has.',
  });
}

/** The suite of a call for a session: that of the command line, else the one that the session was started in here. */
export function chooseSuite(
  { host, profile }: Pick<Caller, 'host' | 'profile'>,
  transactionId: string | undefined,
): Suite {
  const { value, origin } = profile.suite;
  // No other ID may stand in a path.
  const isPlain = /^[\w-]+$/.test(transactionId ?? '');
  if (origin.kind === 'flag' || !isPlain) return value;
  const known = openJournal(host)
    .read()
    .find(({ decentroTxnId, sessionTxnId }) => sessionTxnId === null && decentroTxnId === transactionId);
  return known === undefined ? value : known.suite === 'sso' ? 'sso' : 'classic';
}

/**
 * Asks, where a question can be asked, before a call for a session that this machine started and whose end user has not
 * come back as far as it knows: that may spoil the session. Fails with `usage` where the answer is no.
 */
export async function confirmReturn(
  caller: Pick<Caller, 'host' | 'flags' | 'profile'>,
  transactionId: string | null,
): Promise<void> {
  const { host, flags, profile } = caller;
  if (transactionId === null || flags.yes === true || !mayAsk(caller) || profile.journal.value === 'never')
    return;
  const entries = openJournal(host).read();
  const isOwn = entries.some(
    ({ call, decentroTxnId }) => call === 'init-session' && decentroTxnId === transactionId,
  );
  const hasReturned = entries.some(
    ({ sessionTxnId, effect }) => sessionTxnId === transactionId && effect === 'yes',
  );
  if (!isOwn || hasReturned) return;
  const message =
    'This machine has not seen the end user come back. A call before that may spoil the session. Continue?';
  if (!(await host.prompter.confirm({ message }))) throw new Failure('usage', 'Nothing was sent.');
}

function ageText(ageMs: number): string {
  const minutes = Math.floor(ageMs / 60_000);
  if (minutes < 1) return `${Math.floor(ageMs / 1000)} s`;
  if (minutes < 60) return `${minutes} min`;
  return minutes < 48 * 60 ? `${Math.floor(minutes / 60)} h` : `${Math.floor(minutes / (24 * 60))} days`;
}
