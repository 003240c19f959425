import { Failure } from '../../failure/failure.js';
import type { Host } from '../../host/host.js';
import { loadProfile } from '../../settings/load-profile.js';

/** What would keep the next command from using what was written: another source of credentials, most likely. */
export async function findTrouble(host: Host, environment: string): Promise<string[]> {
  try {
    const { profile } = await loadProfile(host, { env: environment });
    return profile.problems.map(
      ({ message, hint }) => `warning: ${message}${hint === null ? '' : ` ${hint}`}`,
    );
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return [`warning: ${error.message}`];
  }
}
