// What every command that calls Decentro begins with.
import type { ConnectionFlags } from '../../api/http/connection.js';
import { combine, Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import type { OutputChoice } from '../../output/format.js';
import { loadProfile } from '../../settings/load-profile.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import type { CallFlags } from '../flags.js';
import { createChatter, type Chatter } from './chatter.js';
import type { Answers } from './keep-answers.js';

export interface CallerFlags extends ProfileFlags, ConnectionFlags, CallFlags {
  readonly config?: string;
}

/** A command that calls Decentro, with what it was given and the settings that it found. */
export interface Caller<Flags extends CallerFlags = CallerFlags> {
  readonly host: Host;
  readonly flags: Flags;
  readonly choice: OutputChoice;
  readonly chatter: Chatter;
  readonly profile: Profile;
  /** Filled as questions are answered. */
  readonly answers: Answers;
}

/**
 * Loads the settings and does the work with them. Fails with every problem of the settings at once; whatever failure
 * ends the work knows the environment.
 */
export async function withCaller<Flags extends CallerFlags>(
  host: Host,
  flags: Flags,
  choice: OutputChoice,
  work: (caller: Caller<Flags>) => Promise<void>,
): Promise<void> {
  const { profile, warnings } = await loadProfile(host, flags);
  const chatter = createChatter(host.stderr, choice);
  for (const warning of warnings) await chatter.note(warning);
  if (profile.problems.length > 0) throw combine(profile.problems);
  const caller: Caller<Flags> = { host, flags, choice, chatter, profile, answers: {} };
  try {
    await work(caller);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    if (isForWantOfAnswer(error) && Object.keys(caller.answers).length > 0 && flags.config === undefined) {
      const { offerToKeep } = await import('./keep-answers.js');
      await offerToKeep(caller);
    }
    throw error.with({ environment: profile.environment.value });
  }
}

/** Whether the connection failed, or broke off: what was typed is not wrong. */
function isForWantOfAnswer({ kind, details }: Failure): boolean {
  return kind === 'network' || (kind === 'unknown' && (details.httpStatus ?? null) === null);
}

/** Whether questions may be asked. */
export function mayAsk({ host, flags }: Pick<Caller, 'host' | 'flags'>): boolean {
  return host.isInteractive && flags.input;
}
