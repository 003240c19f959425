// How the digilocker that runs is started again: by a shell that completes a line, or as it starts.
import { realpathSync } from 'node:fs';
import type { Host } from '../../host/host.js';

/**
 * The program file, where no installed `digilocker` is on PATH: in a clone, npx alone knows the name. `undefined` where one
 * is. npx itself puts a folder in front of PATH, which is gone afterwards.
 */
export async function uninstalledProgram({
  env,
  platform,
  programFile,
}: Pick<Host, 'env' | 'platform' | 'programFile'>): Promise<string | undefined> {
  // By itself, since shells run this as they start: files that share it would come along.
  const { findProgram } = await import('../../host/find-program.js');
  const isLasting = (folder: string) => !/[\\/]node_modules[\\/]/.test(folder);
  if (findProgram('digilocker', env, platform, isLasting) !== undefined) return undefined;
  try {
    return realpathSync(programFile);
  } catch {
    return programFile;
  }
}
