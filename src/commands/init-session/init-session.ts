import type { Command } from 'commander';
import {
  FOREIGN_PARAMETERS,
  SESSION,
  type InitiateSessionParams,
} from '../../api/endpoints/initiate-session.js';
import { createReferenceId } from '../../api/reference-id.js';
import { bugFailure } from '../../failure/bug.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { deliverInSpiteOf } from '../../output/deliver.js';
import { chooseOutput } from '../../output/format.js';
import { withCaller, type Caller } from '../calling/caller.js';
import { gatherInputs, SESSION_PARAMETERS, type Inputs } from '../calling/inputs.js';
import { callRecorded } from '../calling/recorded-call.js';
import type { ReturnAddress } from '../calling/return-address.js';
import { SSO_PARAMETERS } from '../calling/suite-flags.js';
import { atTarget, callOptions, STANDALONE_SANDBOX_URL, type Target } from '../calling/target.js';
import { endText } from '../../sandbox/end-text.js';
import { RETURN_PATH } from '../../sandbox/return-path.js';
import type { SessionEnd } from '../../sandbox/server.js';
import { isLocal, parseHttpUrl } from '../../safety/url.js';
import { BUILT_IN } from '../../settings/setting.js';
import type { CommandModule } from '../flags.js';
import { finish, type StartedSession } from './finish.js';
import {
  addSessionFlags,
  checkSessionFlags,
  checkSuite,
  givenReferenceId,
  type SessionFlags,
} from './session-flags.js';
import { sessionFailure } from './session-report.js';

export const initSession: CommandModule = { declare: declareInitSession, reportFailure: sessionFailure };

interface Story extends Caller<SessionFlags> {
  readonly referenceId: string;
}

const EXAMPLES = `
Examples:
  digilocker init-session --env sandbox --consent
  digilocker init-session --consent --consent-purpose "KYC for a new account" \\
    --redirect-url https://app.example/digilocker/return
  digilocker init-session --consent --field decentroTxnId
  digilocker init-session --consent --open --wait`;

function declareInitSession(command: Command, host: Host): void {
  addSessionFlags(command)
    .addHelpText('after', EXAMPLES)
    .action(async (flags: SessionFlags) => {
      const choice = chooseOutput(flags);
      checkSessionFlags(flags, choice);
      await withCaller(host, flags, choice, run);
    });
}

async function run(caller: Caller<SessionFlags>): Promise<void> {
  const { host, flags, profile } = caller;
  checkSuite(flags, profile.suite);
  checkEndUser(caller);
  const story = { ...caller, referenceId: givenReferenceId(flags) ?? createReferenceId(host.now()) };
  if (flags.print !== undefined) {
    const baseUrl = profile.baseUrl?.value ?? new URL(STANDALONE_SANDBOX_URL);
    const inputs = await gather(story, sandboxPage(story, baseUrl));
    const { printRequest } = await import('../calling/print-request.js');
    await printRequest(story, flags.print, SESSION[profile.suite.value], inputs, story.referenceId);
  } else {
    const ends: SessionEnd[] = [];
    const options = { endUser: flags.endUser, onEnd: (end: SessionEnd) => void ends.push(end) };
    await atTarget(story, options, (target) => start(story, target));
    if (flags.wait === undefined) for (const end of ends) await caller.chatter.note(endText(end));
  }
}

/** Fails with `usage` where no end user can be played. */
function checkEndUser({ flags, profile }: Caller<SessionFlags>): void {
  if (flags.endUser === undefined) return;
  if (profile.baseUrl !== undefined) {
    throw new Failure('usage', '--end-user works only in the sandbox that runs inside the command.', {
      hint: 'To set it for a sandbox of your own, start that with: digilocker sandbox --end-user allow.',
    });
  }
  const target = parseHttpUrl(flags.redirectUrl ?? '');
  if (target === undefined || isLocal(target)) return;
  throw new Failure('usage', '--end-user needs a redirect URL on this machine.', {
    hint: `The sandbox never calls ${target.host}: leave --redirect-url out.`,
  });
}

function gather(story: Story, ownUrl: string | undefined): Promise<Inputs<InitiateSessionParams>> {
  const { flags, profile, referenceId } = story;
  const suite = profile.suite.value;
  const foreign: readonly string[] = FOREIGN_PARAMETERS[suite];
  return gatherInputs<InitiateSessionParams>(story, {
    endpoint: SESSION[suite],
    parameters: [...SESSION_PARAMETERS, ...SSO_PARAMETERS].filter((name) => !foreign.includes(name)),
    given: {
      consent: flags.consent,
      documentsForConsent: flags.documentsForConsent,
      extra: flags.param ?? {},
      redirectUrl: ownUrl,
    },
    referenceId,
    isSent: flags.print === undefined,
    isUnchecked: !flags.validate,
  });
}

/** In the sandbox, the built-in redirect URL is a page of the sandbox itself. */
function sandboxPage({ profile }: Story, baseUrl: URL): string | undefined {
  const isBuiltIn = profile.environment.value === 'sandbox' && profile.redirectUrl?.origin === BUILT_IN;
  return isBuiltIn ? new URL(RETURN_PATH, baseUrl).href : undefined;
}

async function start(story: Story, target: Target): Promise<void> {
  const { host, flags, profile, choice } = story;
  const address = flags.wait === undefined ? undefined : await openAddress(story);
  try {
    const { credentials, params } = await gather(
      story,
      address?.redirectUrl ?? sandboxPage(story, target.baseUrl),
    );
    const options = callOptions(story, target, credentials, givenReferenceId(flags));
    const { facts, result } = await callRecorded(
      story,
      target,
      { call: 'init-session', suite: profile.suite.value },
      SESSION[profile.suite.value],
      params,
      { ...options, referenceId: story.referenceId },
    );
    const environment = profile.environment.value;
    const session: StartedSession = { ...facts, ...result, environment, callback: null };
    try {
      if (address === undefined) await finish(story, params, session, target.sandbox);
      else {
        const { finishWithRedirect } = await import('./round-trip.js');
        await finishWithRedirect(story, params, session, address);
      }
    } catch (error) {
      const cause = error instanceof Failure ? error : bugFailure(error);
      const failure = cause.with({ ...session, ...cause.details }, 'yes');
      if (address !== undefined) await deliverInSpiteOf(failure, host, sessionFailure(failure), choice);
      throw failure;
    }
  } finally {
    await address?.listener.close();
  }
}

async function openAddress({ host, flags }: Story): Promise<ReturnAddress> {
  const { openReturnAddress } = await import('../calling/return-address.js');
  return openReturnAddress(host, flags);
}
