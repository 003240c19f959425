// A call that is written down: a line in the journal before each request leaves, and one when its answer is there.
import type { CallEvent, CallOptions } from '../../api/call.js';
import type { Endpoint } from '../../api/endpoint.js';
import type { Suite } from '../../api/suite.js';
import type { CallFacts, Effect } from '../../failure/facts.js';
import { Failure } from '../../failure/failure.js';
import { writeNote } from '../../output/note.js';
import type { Credentials } from '../../safety/redact.js';
import type { Caller } from './caller.js';
import { openJournal, plainWord, type Journal, type JournalEntry } from './journal.js';
import { callShown } from './shown-call.js';
import type { Target } from './target.js';

/** What a call is called in the journal. */
export interface Naming {
  /** The command that makes it. */
  readonly call: string;
  readonly suite: Suite;
  /** The session that it is for. */
  readonly sessionTxnId?: string | null;
}

type Writer = Pick<Caller, 'host' | 'profile' | 'choice'>;

/**
 * Makes a call, and writes it down: but for one of a sandbox that ends with the command, and where the user wants no
 * journal. A journal that cannot be written costs a line with `--verbose`, and never the call. Fails as `call` does.
 */
export async function callRecorded<Params, Result>(
  caller: Writer,
  target: Target,
  naming: Naming,
  endpoint: Endpoint<Params, Result>,
  params: Params,
  options: CallOptions,
): Promise<{ readonly facts: CallFacts; readonly result: Result }> {
  if (target.sandbox !== undefined || caller.profile.journal.value === 'never')
    return callShown(caller, target, endpoint, params, options);
  const write = openWriter(caller, target, naming, options.credentials);
  const begun: (string | null)[] = [];
  const observe = async (event: CallEvent) => {
    await options.observe?.(event);
    if (event.type !== 'attempt' || begun.includes(event.referenceId)) return;
    // A fresh reference ID follows upon an answer that the one before it had no effect.
    if (begun.length > 0) await write(begun.at(-1) ?? null, 'no');
    begun.push(event.referenceId);
    await write(event.referenceId, 'unknown');
  };
  const end = ({ referenceId, effect = 'unknown', ...facts }: Partial<CallFacts>) =>
    write(referenceId ?? null, effect, facts);
  try {
    const made = await callShown(caller, target, endpoint, params, { ...options, observe });
    await end(made.facts);
    return made;
  } catch (error) {
    if (error instanceof Failure && begun.length > 0) await end(error.details);
    throw error;
  }
}

/** Writes down that many sessions were started at once, which have a journal of their own: one line for all of them. */
export async function recordRun(
  caller: Writer,
  target: Target,
  naming: Naming,
  credentials: Credentials,
  name: string,
  effect: Effect,
): Promise<void> {
  if (target.sandbox !== undefined || caller.profile.journal.value === 'never') return;
  await openWriter(caller, target, naming, credentials)(plainWord(name), effect);
}

function openWriter(
  caller: Writer,
  target: Target,
  { call, suite, sessionTxnId }: Naming,
  credentials: Credentials,
) {
  const journal = openJournal(caller.host);
  return createWriter(caller, journal, {
    environment: caller.profile.environment.value,
    suite,
    call,
    sessionTxnId: plainWord(sessionTxnId),
    origin: target.baseUrl.origin,
    account: journal.accountOf(credentials.clientId ?? ''),
  });
}

type Write = (
  referenceId: string | null,
  effect: Effect,
  facts?: Partial<Pick<CallFacts, 'decentroTxnId' | 'responseKey'>>,
) => Promise<void>;

function createWriter(
  { host, choice }: Writer,
  journal: Journal,
  own: Pick<JournalEntry, 'environment' | 'suite' | 'call' | 'sessionTxnId' | 'origin' | 'account'>,
): Write {
  let isTold = false;
  return async (referenceId, effect, { decentroTxnId, responseKey } = {}) => {
    const fault = journal.append({
      time: new Date(host.now()).toISOString(),
      ...own,
      referenceId,
      decentroTxnId: plainWord(decentroTxnId),
      responseKey: plainWord(responseKey),
      effect,
    });
    if (fault === undefined || isTold || !choice.isVerbose) return;
    isTold = true;
    await writeNote(host.stderr, `* not in the journal: it ${fault}`);
  };
}
