import { Failure, combine } from '../../failure/failure.js';
import type { ConnectionFlags, Connection } from '../../api/http/connection.js';
import type { Host } from '../../host/host.js';
import { resolveHostProfile } from '../../settings/load-profile.js';
import type { Profile, ProfileFlags } from '../../settings/profile.js';
import type { CheckGroup } from './check.js';
import { checkConnection } from './connection-checks.js';
import { checkProgram, checkSurroundings } from './program-checks.js';
import { checkFileModes, checkGit, findSecretFiles } from './secret-checks.js';
import { isProduction, hostFault } from '../../safety/trust.js';
import { checkSettings, type Files } from './settings-checks.js';

export type ExamineFlags = ProfileFlags & ConnectionFlags & { readonly config?: string };

export interface Subject {
  readonly profile: Profile;
  readonly files: Files;
}

export interface Examination {
  readonly groups: readonly CheckGroup[];
  /** How the host is reached; absent where it cannot be. */
  readonly connection: Connection | undefined;
}

/** Resolves the settings. A config file that cannot be used is a finding; a flag that cannot is wrong usage. */
export async function loadSubject(host: Host, flags: ExamineFlags): Promise<Subject> {
  const { loadConfigFiles } = await import('../../settings/config-file.js');
  const loaded = await loadConfigFiles(host, flags.config).catch((error: unknown) => {
    if (!(error instanceof Failure)) throw error;
    return { failure: error };
  });
  const profile = resolveHostProfile(host, flags, 'failure' in loaded ? [] : loaded.files);
  const mistyped = profile.problems.filter(({ kind }) => kind === 'usage');
  if (mistyped.length > 0) throw combine(mistyped);
  return { profile, files: loaded };
}

/**
 * Looks at everything that a session needs, and sends nothing but requests without credentials.
 *
 * @param baseUrl the host in use, if there is one
 * @param signal ends what takes too long
 */
export async function examine(
  host: Host,
  flags: ExamineFlags,
  { profile, files }: Subject,
  baseUrl: URL | undefined,
  signal: AbortSignal,
): Promise<Examination> {
  const secretFiles = findSecretFiles(host, 'failure' in files ? [] : files.files);
  const [inGit, { checks, connection }] = await Promise.all([
    checkGit(host, secretFiles, signal),
    checkConnection(host, flags, hostToTry(profile, baseUrl), signal),
  ]);
  const settings = checkSettings(files, profile, host.env);
  return {
    groups: [
      { title: 'Program', checks: [...checkProgram(host), ...checkSurroundings(host)] },
      { title: 'Settings', checks: [...settings, checkFileModes(host, secretFiles), inGit] },
      { title: 'Connection', checks },
    ],
    connection,
  };
}

/** The host to connect to, or why there is none: not one that has just been refused. */
function hostToTry({ environment, allowedHosts }: Profile, baseUrl: URL | undefined): URL | string {
  if (baseUrl === undefined) return 'no base URL is known';
  const allowed = allowedHosts.map(({ value }) => value);
  const isChosenByFile = isProduction(baseUrl) && environment.origin.kind === 'file';
  const isRefused = isChosenByFile || hostFault(baseUrl, environment.value, allowed) !== undefined;
  return isRefused ? 'the host is refused' : baseUrl;
}
