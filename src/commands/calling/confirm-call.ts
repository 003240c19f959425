// What is asked before a call that cannot be undone.
import { Failure } from '../../failure/failure.js';
import { mayAsk, type Caller } from './caller.js';
import type { SessionFlags } from './known-session.js';
import { checkUnattended } from './target.js';

/** Fails with `usage` where no question can be asked that has to be answered before a call that cannot be undone. */
export function checkQuestion(caller: Caller<SessionFlags>): void {
  checkUnattended(caller, 'A call that cannot be undone');
  if (caller.flags.last !== true || mayAsk(caller)) return;
  throw new Failure(
    'usage',
    'With this command, --last needs a terminal, where you can confirm the session.',
    {
      hint: 'Give the transaction ID of the session.',
    },
  );
}

/** Asks before such a call. Fails with `usage` where the answer is no. */
export async function confirmCall(caller: Caller, message: string): Promise<void> {
  if (caller.flags.yes === true || !mayAsk(caller)) return;
  if (!(await caller.host.prompter.confirm({ message }))) throw new Failure('usage', 'Nothing was sent.');
}
