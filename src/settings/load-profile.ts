import type { ConfigFile } from './config-file.js';
import type { Host } from '../host/host.js';
import { resolveProfile, type Profile, type ProfileFlags } from './profile.js';
import { SANDBOX_CREDENTIALS } from '../sandbox/api/credentials.js';
import { readSecretFile } from './secret-source.js';

export interface LoadedProfile {
  readonly profile: Profile;
  readonly files: readonly ConfigFile[];
  /** What the user should know, whatever becomes of the command. */
  readonly warnings: readonly string[];
}

/** Reads the config files and resolves every setting. Fails with `config` where a file cannot be used. */
export async function loadProfile(
  host: Host,
  flags: ProfileFlags & { config?: string },
): Promise<LoadedProfile> {
  const { loadConfigFiles } = await import('./config-file.js');
  const { files, hints } = await loadConfigFiles(host, flags.config);
  const profile = resolveHostProfile(host, flags, files);
  const exposed = files
    .filter(({ exposesSecrets }) => exposesSecrets)
    .map(({ path }) => `warning: ${path} holds secrets and can be read by other users: chmod 600 it.`);
  return { profile, files, warnings: [...hints, ...exposed] };
}

/** Resolves every setting of flags, the host's variables and these files. */
export function resolveHostProfile(
  { env, cwd, userId }: Pick<Host, 'cwd' | 'env' | 'userId'>,
  flags: ProfileFlags,
  files: readonly ConfigFile[],
): Profile {
  return resolveProfile({
    flags,
    variables: env,
    cwd,
    files,
    sandbox: SANDBOX_CREDENTIALS,
    readSecretFile: (file, within) => readSecretFile(file, userId, within),
  });
}
