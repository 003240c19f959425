import { SESSION, type InitiateSessionParams } from '../../api/endpoints/initiate-session.js';
import { Failure } from '../../failure/failure.js';
import type { FailureKind } from '../../failure/exit-codes.js';
import type { Caller } from '../calling/caller.js';
import { SESSION_PARAMETERS, resolveInputs } from '../calling/inputs.js';
import { runCredentialCommands } from '../calling/printed-credentials.js';
import { callRecorded } from '../calling/recorded-call.js';
import { callOptions, type Target } from '../calling/target.js';
import { nameCheck, type Check, type ProblemKind } from './check.js';

const LIVE = nameCheck('live-session', 'Live session');

// What a session can meet, as what stands in its way: the settings, the account or the way to the API.
const KINDS: Partial<Record<FailureKind, ProblemKind>> = {
  config: 'config',
  usage: 'config',
  rejected: 'config',
  access: 'access',
};

/** Starts one real session, to which the end user agreed. Never repeats a request. */
export async function checkLive(caller: Caller, target: Target): Promise<Check> {
  const suite = caller.profile.suite.value;
  const { credentials: known, params } = resolveInputs<InitiateSessionParams>(caller.profile, {
    parameters: SESSION_PARAMETERS,
    given: { consent: true },
  });
  try {
    const credentials = await runCredentialCommands(caller, known);
    const options = callOptions(caller, target, credentials, undefined);
    const { result, facts } = await callRecorded(
      caller,
      target,
      { call: 'doctor', suite },
      SESSION[suite],
      params,
      options,
    );
    return LIVE.ok(`started in ${facts.durationMs} ms: transaction ID ${result.decentroTxnId}`);
  } catch (error) {
    if (!(error instanceof Failure) || error.kind === 'interrupted') throw error;
    const { decentroTxnId } = error.details;
    const id = decentroTxnId == null ? '' : ` Transaction ID: ${decentroTxnId}`;
    return LIVE.problem(
      KINDS[error.kind] ?? 'network',
      `${error.message}${id}`.split('\n'),
      error.hint?.split('\n') ?? null,
    );
  }
}

/** Why none is started: a decision, or a setting that is missing. */
export function withoutLive(reason: string, missing: readonly string[] = []): Check {
  if (missing.length === 0) return LIVE.skipped(reason);
  return LIVE.problem(
    'config',
    reason,
    `Give ${missing.join(' and ')}, or store it with digilocker config set.`,
  );
}
