// What follows a session that was created: its result, and the browser.
import type { InitiateSessionParams, Session } from '../../api/endpoints/initiate-session.js';
import { DEFAULT_WAIT_MS } from '../../redirect/wait-time.js';
import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import type { Chatter } from '../calling/chatter.js';
import { deliver } from '../../output/deliver.js';
import type { OutputChoice } from '../../output/format.js';
import { STANDALONE_SANDBOX_URL } from '../calling/target.js';
import { showQr } from '../calling/shown-session.js';
import { sessionReport, type SessionDocument } from './session-report.js';
import type { Profile } from '../../settings/profile.js';
import type { Sandbox } from '../../sandbox/server.js';

/** What was asked for the round trip on the command line. */
export interface RoundTripFlags {
  readonly redirectUrl?: string | undefined;
  /** Milliseconds, or `true` for the default. */
  readonly wait?: number | true;
  /** The port on 127.0.0.1. */
  readonly listen?: number;
  readonly endUser?: 'allow' | 'deny';
  readonly qr?: boolean;
  readonly input: boolean;
}

/** What the story of one session needs to know. */
export interface Story<Flags extends RoundTripFlags = RoundTripFlags> {
  readonly host: Host;
  readonly flags: Flags;
  readonly choice: OutputChoice;
  readonly chatter: Chatter;
  readonly profile: Profile;
  readonly referenceId: string;
}

/** The document of a session that exists: it has a transaction ID and a link. */
export type StartedSession = SessionDocument & Session;

export const SANDBOX_ENDED = `The sandbox ended with this command, and the link with it. To keep one running, start \`digilocker sandbox\` in another terminal and add --base-url ${STANDALONE_SANDBOX_URL} here.`;

const SANDBOX_LIVES = 'The sandbox lives until the link has been used. Ctrl-C ends it.';

// Without a terminal, a command that lasts would hold up a script.
const UNATTENDED_LIFETIME_MS = 60_000;

// Longer than anybody looks at a link.
const SANDBOX_LIFETIME_MS = 24 * 3_600_000;

/** Prints the result, then opens the browser if that is wanted. A sandbox of a terminal lives until its link is used. */
export async function finish(
  story: Story,
  params: InitiateSessionParams,
  session: StartedSession,
  sandbox: Sandbox | undefined,
): Promise<void> {
  const { host, choice, chatter } = story;
  const isLasting = sandbox !== undefined && isForPerson(story);
  const isGone = sandbox !== undefined && !isLasting && !(await mayOpen(story));
  await deliver(
    host,
    sessionReport(session, isGone ? SANDBOX_ENDED : nextStep(params), choice.isVerbose),
    choice,
  );
  await drawQr(story, params, session);
  if (sandbox !== undefined && isLasting) {
    await chatter.note(SANDBOX_LIVES);
    await outlive(host, sandbox, SANDBOX_LIFETIME_MS, (signal) => openLink(story, session, signal));
    return;
  }
  const isOpened = await openLink(story, session);
  if (sandbox === undefined) return;
  if (isOpened) {
    const lifetimeMs = host.isInteractive && story.flags.input ? DEFAULT_WAIT_MS : UNATTENDED_LIFETIME_MS;
    await chatter.note(
      `The sandbox lives until the link has been used, for ${lifetimeMs / 60_000} min at most. Ctrl-C ends it.`,
    );
    await outlive(host, sandbox, lifetimeMs);
  } else if (!isGone || choice.format !== 'human') {
    await chatter.note(SANDBOX_ENDED);
  }
}

/** Whether a person reads the human form, with all three streams on a terminal. */
function isForPerson({ host, choice }: Story): boolean {
  const isHuman = choice.format === 'human' && choice.field === undefined;
  return isHuman && host.isInteractive && host.stdout.isTerminal;
}

/** Whether the browser is to be opened, or the user can be asked whether it is. */
async function mayOpen(story: Story): Promise<boolean> {
  const { host, flags, profile } = story;
  const mode = profile.open.value;
  if (mode === 'always') return true;
  if (mode === 'never' || !flags.input || !isForPerson(story)) return false;
  // A browser that cannot be opened is not offered.
  const { browserFault } = await import('../../host/browser.js');
  return browserFault(host.env, host.platform) === undefined;
}

/**
 * Opens the link in the browser, after asking where it is to be asked. Returns whether it was opened; rejects with the
 * reason of a signal that takes the question off the screen.
 */
export async function openLink(
  story: Story,
  session: StartedSession,
  signal?: AbortSignal,
  gentleSignal?: AbortSignal,
): Promise<boolean> {
  const { host, chatter, profile } = story;
  if (!(await mayOpen(story))) return false;
  const question = { message: 'Open the link in the browser?', isDefaultYes: true, signal, gentleSignal };
  if (profile.open.value === 'ask' && !(await host.prompter.confirm(question).catch(noForEndOfInput)))
    return false;
  const { secretProxyVariables } = await import('../../api/http/proxy.js');
  const hidden = [...profile.secretVariables, ...secretProxyVariables(host.env)];
  const obstacle = await host.openUrl(new URL(session.authorizationUrl), hidden);
  if (obstacle !== undefined)
    await chatter.note(`The browser was not opened, because ${obstacle}: open the link yourself.`);
  return obstacle === undefined;
}

/** Draws the link as a QR code where that was asked for. */
export async function drawQr(
  { host, flags, chatter }: Story,
  params: InitiateSessionParams,
  { authorizationUrl }: StartedSession,
): Promise<void> {
  if (flags.qr === true) await showQr(host, chatter, authorizationUrl, params.redirectUrl);
}

/** The session exists: the end of input at this question is no error, and means that no browser is wanted. */
function noForEndOfInput(error: unknown): false {
  if (error instanceof Failure && error.kind === 'usage') return false;
  throw error;
}

/**
 * Keeps the sandbox until its link has been used; a question beside it is then taken off the screen. Ctrl-C is an
 * ordinary end: the result is out.
 */
async function outlive(
  host: Host,
  sandbox: Sandbox,
  lifetimeMs: number,
  ask: (signal: AbortSignal) => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const over = new AbortController();
  const endOrdinarily = (reason: unknown) => {
    const isCtrlC = reason instanceof Failure && reason.exitCode === 130;
    if (!isCtrlC && !over.signal.aborted) throw reason;
  };
  const ended = Promise.race([sandbox.settled, host.sleep(lifetimeMs, over.signal).catch(endOrdinarily)]);
  const asked = ask(over.signal).then(() => ended, endOrdinarily);
  try {
    await Promise.race([ended, asked]);
  } finally {
    over.abort();
    await asked.catch(() => undefined);
  }
}

function nextStep({ redirectUrl, abstractAccessToken }: InitiateSessionParams): string {
  const target = redirectUrl ?? 'the redirect URL';
  const start = `Next: the end user opens the link, signs in and consents. DigiLocker then redirects to ${target}`;
  return abstractAccessToken === true
    ? `${start} with status=SUCCESS and the transaction ID. ${FILES_STEP}`
    : `${start} with a code. ${CODE_STEP}`;
}

export const CODE_STEP = 'Exchange the code for an access token within 1 hour: digilocker access-token.';
export const FILES_STEP =
  'Decentro fetches the access token itself: digilocker issued-files lists the files straight after.';
