// Where a call goes: to the sandbox that runs inside the command, or to a host that is safe to call.
import type { CallOptions } from '../../api/call.js';
import { checkTls, resolveConnection, type Connection } from '../../api/http/connection.js';
import { createReferenceId } from '../../api/reference-id.js';
import { Failure } from '../../failure/failure.js';
import { checkNetworkPermission } from '../../failure/permission.js';
import type { Credentials } from '../../safety/redact.js';
import { isProduction } from '../../safety/trust.js';
import type { Sandbox, SandboxOptions } from '../../sandbox/server.js';
import type { Profile } from '../../settings/profile.js';
import { mayAsk, type Caller } from './caller.js';

/** Where `digilocker sandbox` listens by itself. */
export const STANDALONE_SANDBOX_URL = 'http://127.0.0.1:4010';

export interface Target {
  readonly baseUrl: URL;
  readonly connection: Connection;
  /** The one that runs inside the command. */
  readonly sandbox: Sandbox | undefined;
}

/** Does the work at the host of the settings, or in a sandbox that lives as long as the work. */
export async function atTarget<Result>(
  { host, flags, profile }: Pick<Caller, 'host' | 'flags' | 'profile'>,
  options: SandboxOptions,
  work: (target: Target) => Promise<Result>,
): Promise<Result> {
  const sandbox = await startSandbox(profile, options);
  try {
    const baseUrl = sandbox === undefined ? profile.baseUrl?.value : new URL(sandbox.url);
    if (baseUrl === undefined) throw new Failure('config', 'No base URL is known.');
    const connection = await resolveConnection(host, flags, baseUrl);
    if (profile.environment.value !== 'sandbox') checkTls(host);
    return await work({ baseUrl, connection, sandbox });
  } finally {
    await sandbox?.close();
  }
}

/** Starts the sandbox of a command whose settings name no host. */
export async function startSandbox(profile: Profile, options: SandboxOptions): Promise<Sandbox | undefined> {
  if (profile.baseUrl !== undefined || profile.environment.value !== 'sandbox') return undefined;
  checkNetworkPermission();
  const { createSandbox, MissingGlobals } = await import('../../sandbox/server.js');
  return createSandbox(options).catch((error: unknown) => {
    throw error instanceof MissingGlobals ? new Failure('config', error.message) : error;
  });
}

/**
 * Fails with `usage` where a command would go to production, no question can be asked and `--yes` is missing: one that
 * tests, sends many requests or cannot be undone needs the word of a person. Others say that this is production, and go
 * on.
 */
export function checkUnattended(caller: Pick<Caller, 'host' | 'flags' | 'profile'>, what: string): void {
  const baseUrl = caller.profile.baseUrl?.value;
  if (baseUrl === undefined || !isProduction(baseUrl) || caller.flags.yes === true || mayAsk(caller)) return;
  throw new Failure('usage', `${what} on production (${baseUrl.host}) needs --yes.`);
}

/** Asks once before production is called; where no question is asked, one line says that this is production. */
export async function confirmProduction(caller: Caller): Promise<boolean> {
  const { host, flags, chatter, profile } = caller;
  const baseUrl = profile.baseUrl?.value;
  if (baseUrl === undefined || !isProduction(baseUrl)) return true;
  if (flags.yes === true || !mayAsk(caller)) {
    await chatter.note(`This is production: ${baseUrl.host}.`);
    return true;
  }
  const message = `This request goes to production (${baseUrl.host}) and may be billed. Continue?`;
  return host.prompter.confirm({ message });
}

/** The options of a call; a reference ID that is not given is made, and made anew for a repetition. */
export function callOptions(
  { host, flags, chatter }: Caller,
  { baseUrl, connection }: Target,
  credentials: Credentials,
  given: string | undefined,
): CallOptions {
  const createId = () => createReferenceId(host.now());
  return {
    baseUrl,
    credentials,
    connection,
    referenceId: given ?? createId(),
    createReferenceId: given === undefined ? createId : undefined,
    timeoutMs: flags.timeout,
    retries: flags.retries,
    host,
    observe: chatter.observe,
  };
}
