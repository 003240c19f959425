// The way back of a session that was created.
import type { InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import type { Callback } from '../../failure/facts.js';
import { Failure } from '../../failure/failure.js';
import { deliver } from '../../output/deliver.js';
import { awaitRedirect } from '../../redirect/await-redirect.js';
import { DEFAULT_WAIT_MS } from '../../redirect/wait-time.js';
import { noteReturn } from '../calling/note-return.js';
import type { ReturnAddress } from '../calling/return-address.js';
import { showSession } from '../calling/shown-session.js';
import {
  CODE_STEP,
  drawQr,
  FILES_STEP,
  openLink,
  SANDBOX_ENDED,
  type StartedSession,
  type Story,
} from './finish.js';
import { sessionReport } from './session-report.js';

/** Shows the link, opens the browser if that is wanted, and prints the result with what the redirect brought. */
export async function finishWithRedirect(
  story: Story,
  params: InitiateSessionParams,
  session: StartedSession,
  address: ReturnAddress,
): Promise<void> {
  const { host, flags, choice, profile } = story;
  // Standard output comes later: not even a killed process loses the session.
  await showSession(host, session);
  await drawQr(story, params, session);
  const callback = await awaitRedirect(host, {
    listener: address.listener,
    expected: address.expectationOf(session.decentroTxnId),
    waitMs: typeof flags.wait === 'number' ? flags.wait : DEFAULT_WAIT_MS,
    isQuiet: choice.isQuiet,
    ask:
      flags.endUser === undefined
        ? async (over, noted) => {
            await openLink(story, session, over, noted);
          }
        : undefined,
  }).catch((error: unknown) => {
    const isLost = error instanceof Failure && error.kind === 'timeout' && profile.baseUrl === undefined;
    throw isLost ? new Failure('timeout', error.message, { hint: SANDBOX_ENDED, sent: 'yes' }) : error;
  });
  await noteReturn(host, session.decentroTxnId, () => profile.journal.value);
  const report = sessionReport({ ...session, callback }, afterReturn(callback), choice.isVerbose, host.now());
  await deliver(host, report, choice).catch((error: unknown) => {
    // The redirect comes once: what it brought is shown with the failure.
    throw error instanceof Failure ? error.with({ callback }) : error;
  });
}

function afterReturn({ code }: Callback): string {
  return `Next: ${code === null ? FILES_STEP : CODE_STEP}`;
}
