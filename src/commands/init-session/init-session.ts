import type { Command } from 'commander';
import { INITIATE_SESSION } from '../../api/endpoints/initiate-session.js';
import { createReferenceId } from '../../api/reference-id.js';
import { buildRequest } from '../../api/endpoint.js';
import { bugFailure } from '../../failure/bug.js';
import { resolveConnection, type Connection, refuseUncheckedTls } from '../../api/http/connection.js';
import { Failure, combine } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { loadProfile } from '../../settings/load-profile.js';
import { createChatter } from '../calling/chatter.js';
import { deliverInSpiteOf } from '../../output/deliver.js';
import { chooseOutput } from '../../output/format.js';
import { renderRequest, type RequestForm } from '../calling/print-request.js';
import { sessionFailure } from './session-report.js';
import {
  finish,
  finishWithRedirect,
  openReturnAddress,
  STANDALONE_SANDBOX_URL,
  type StartedSession,
  type Story as RoundTripStory,
} from './round-trip.js';
import type { Sandbox } from '../../sandbox/server.js';
import { askForInputs, findMissing, findWrong, takeInputs, type SessionInputs } from '../calling/inputs.js';
import { isProduction } from '../../safety/trust.js';
import type { CommandModule } from '../flags.js';
import { addSessionFlags, checkSessionFlags, givenReferenceId, type SessionFlags } from './session-flags.js';

export const initSession: CommandModule = { declare: declareInitSession, reportFailure: sessionFailure };

type Story = RoundTripStory<SessionFlags>;

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
      await run(host, flags);
    });
}

async function run(host: Host, flags: SessionFlags): Promise<void> {
  const choice = chooseOutput(flags);
  checkSessionFlags(flags, choice);
  const { profile, warnings } = await loadProfile(host, flags);
  const chatter = createChatter(host.stderr, choice);
  for (const warning of warnings) await chatter.note(warning);
  if (profile.problems.length > 0) throw combine(profile.problems);
  const isInProcess = profile.baseUrl === undefined;
  if (flags.endUser !== undefined && !isInProcess) {
    throw new Failure('usage', '--end-user plays in the sandbox that runs inside the command only.', {
      hint: 'A sandbox of its own takes it too: digilocker sandbox --end-user allow.',
    });
  }

  const referenceId = givenReferenceId(flags) ?? createReferenceId(host.now());
  const story: Story = { host, flags, choice, chatter, profile, referenceId };
  try {
    if (flags.print !== undefined) await print(flags.print, story, await gatherInputs(story, undefined));
    else if (isInProcess) await startInSandbox(story);
    else await start(story, profile.baseUrl.value);
  } catch (error) {
    throw error instanceof Failure ? error.with({ environment: profile.environment.value }) : error;
  }
}

async function gatherInputs(
  { host, flags, profile, referenceId }: Story,
  ownUrl: string | undefined,
): Promise<SessionInputs> {
  const taken = takeInputs(profile, { consent: flags.consent, extra: flags.param ?? {}, ownUrl });
  if (!flags.validate) return taken;
  const needsCredentials = flags.print === undefined;
  const isAsked = host.isInteractive && flags.input;
  const wrong = findWrong(taken, profile, referenceId);
  const problems = isAsked ? wrong : [...wrong, ...findMissing(taken, profile, needsCredentials)];
  if (problems.length > 0) throw combine(problems);
  return isAsked ? askForInputs(taken, profile, host.prompter, needsCredentials) : taken;
}

async function print(
  form: RequestForm,
  { host, flags, profile, referenceId }: Story,
  { credentials, params }: SessionInputs,
) {
  const baseUrl = profile.baseUrl?.value ?? new URL(STANDALONE_SANDBOX_URL);
  // Who sends it looks for a proxy himself, and may take others.
  await resolveConnection({ env: {}, cwd: host.cwd }, flags, baseUrl);
  // Their values are not shown: what matters is which headers there are.
  const headers = { clientId: '-', clientSecret: '-', moduleSecret: credentials.moduleSecret };
  await host.stdout.write(
    renderRequest(form, buildRequest(INITIATE_SESSION, params, referenceId, baseUrl, headers), flags.caFile),
  );
}

async function startInSandbox(story: Story): Promise<void> {
  const { createSandbox } = await import('../../sandbox/server.js');
  const sandbox = await createSandbox({ endUser: story.flags.endUser });
  try {
    await start(story, new URL(sandbox.url), sandbox);
  } finally {
    await sandbox.close();
  }
}

async function start(story: Story, baseUrl: URL, sandbox?: Sandbox): Promise<void> {
  const { host, flags, profile } = story;
  const address = flags.wait === undefined ? undefined : await openReturnAddress(story);
  try {
    const connection = await resolveConnection(host, flags, baseUrl);
    const inputs = await gatherInputs(story, address?.redirectUrl);
    if (profile.environment.value !== 'sandbox') refuseUncheckedTls(host);
    if (isProduction(baseUrl)) await guardProduction(story, baseUrl);
    const session = await callDecentro(story, inputs, baseUrl, connection);
    try {
      if (address === undefined) await finish(story, inputs.params, session, sandbox);
      else await finishWithRedirect(story, inputs.params, session, address.listener);
    } catch (error) {
      const cause = error instanceof Failure ? error : bugFailure(error);
      const failure = cause.with({ ...session, ...cause.details }, 'yes');
      if (address !== undefined) await deliverInSpiteOf(failure, host, sessionFailure(failure), story.choice);
      throw failure;
    }
  } finally {
    await address?.listener.close();
  }
}

async function callDecentro(
  { host, flags, chatter, profile, referenceId }: Story,
  { credentials, params }: SessionInputs,
  baseUrl: URL,
  connection: Connection,
): Promise<StartedSession> {
  const { call } = await import('../../api/call.js');
  const { facts, result } = await call(INITIATE_SESSION, params, {
    baseUrl,
    credentials,
    connection,
    referenceId,
    createReferenceId:
      givenReferenceId(flags) === undefined ? () => createReferenceId(host.now()) : undefined,
    timeoutMs: flags.timeout,
    retries: flags.retries,
    host,
    observe: chatter.observe,
  });
  return { ...facts, ...result, environment: profile.environment.value, callback: null };
}

async function guardProduction({ host, flags, chatter }: Story, baseUrl: URL): Promise<void> {
  if (!host.isInteractive || !flags.input || flags.yes === true) {
    await chatter.note(`This is production: ${baseUrl.host}.`);
    return;
  }
  const message = `This goes to production (${baseUrl.host}), and may be billed. Go on?`;
  if (!(await host.prompter.confirm({ message })))
    throw new Failure('usage', 'Nothing was sent to production.');
}
