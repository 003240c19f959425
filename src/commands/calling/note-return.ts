import type { JournalMode } from '../../settings/config-schema.js';
import type { Caller } from './caller.js';
import { openJournal } from './journal.js';

/**
 * Notes that the end user of a session came back, where this machine started it, and returns whether it did. A journal
 * that cannot be written costs nothing.
 *
 * @param mode is asked where the journal has the session
 */
export async function noteReturn(
  host: Caller['host'],
  transactionId: string,
  mode: () => Promise<JournalMode> | JournalMode,
): Promise<boolean> {
  const journal = openJournal(host);
  const started = journal
    .read()
    .find(({ decentroTxnId, sessionTxnId }) => sessionTxnId === null && decentroTxnId === transactionId);
  if (started === undefined) return false;
  if ((await mode()) === 'never') return true;
  journal.append({
    ...started,
    time: new Date(host.now()).toISOString(),
    call: 'callback',
    sessionTxnId: transactionId,
    referenceId: null,
    decentroTxnId: null,
    responseKey: null,
    effect: 'yes',
  });
  return true;
}
