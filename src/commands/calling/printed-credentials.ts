// Credentials that a program prints, such as that of a password manager: run just before they are sent.
import { Failure } from '../../failure/failure.js';
import type { Printed } from '../../host/run-program.js';
import { startCountdown, type Countdown } from '../../output/countdown.js';
import { credentialFault, type Credentials } from '../../safety/redact.js';
import type { CommandSetting, CredentialName } from '../../settings/credential-source.js';
import type { Caller } from './caller.js';

// A person may have to unlock a vault.
const LIMIT_ON_TERMINAL_MS = 60_000;
const LIMIT_MS = 10_000;
const PATIENCE_MS = 1_000;

/** Completes credentials by the programs of the user file, each run once. Fails with `config`. */
export async function runCredentialCommands(
  caller: Pick<Caller, 'host' | 'profile' | 'choice'>,
  credentials: Credentials,
): Promise<Credentials> {
  const commands = Object.entries(caller.profile.commands) as [CredentialName, CommandSetting][];
  const printed = new Map<string, Printed>();
  const values: Partial<Record<CredentialName, string>> = {};
  for (const [name, setting] of commands) {
    const key = JSON.stringify(setting.words);
    const result = printed.get(key) ?? (await run(caller, setting));
    printed.set(key, result);
    const fault = 'fault' in result ? result.fault : credentialFault(result.line, name === 'clientId');
    if (fault !== undefined) {
      const hint = 'hint' in result ? result.hint : `Run ${setting.words[0]} yourself to see what it says.`;
      throw new Failure('config', `${setting.origin.label} ${fault}.`, { hint });
    }
    if ('line' in result) values[name] = result.line;
  }
  return {
    ...credentials,
    ...values,
    isIdMasked: credentials.isIdMasked === true || values.clientId !== undefined,
  };
}

async function run(
  { host, profile, choice }: Pick<Caller, 'host' | 'profile' | 'choice'>,
  { words, folder }: CommandSetting,
): Promise<Printed> {
  const timeoutMs = host.isInteractive ? LIMIT_ON_TERMINAL_MS : LIMIT_MS;
  const untilMs = host.elapsed() + timeoutMs;
  let countdown: Countdown | undefined;
  const timer = setTimeout(() => {
    if (host.stderr.isTerminal && !choice.isQuiet)
      countdown = startCountdown(host, `Waiting for ${words[0]}`, untilMs);
  }, PATIENCE_MS);
  try {
    const { runProgram } = await import('../../host/run-program.js');
    return await runProgram(host, { words, folder, hiddenVariables: profile.secretVariables, timeoutMs });
  } finally {
    clearTimeout(timer);
    await countdown?.end();
  }
}
