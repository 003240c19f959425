import { accessSync, constants, statSync } from 'node:fs';
import path from 'node:path';

type Variables = Readonly<Record<string, string | undefined>>;

// Node starts .bat and .cmd by a shell alone.
const WINDOWS_ENDINGS = ['.exe', '.com'];

/**
 * Finds a program by its absolute path, or by its bare name along PATH. Never by way of the working directory, which
 * may be anybody's: not by a relative path or a relative entry of PATH, and not as Windows does by itself.
 *
 * @param isTrusted says which folders of PATH may be searched
 */
export function findProgram(
  name: string,
  env: Variables,
  platform: NodeJS.Platform,
  isTrusted: (folder: string) => boolean = () => true,
): string | undefined {
  const isWindows = platform === 'win32';
  const hasEnding = WINDOWS_ENDINGS.includes(path.extname(name).toLowerCase());
  const names = isWindows && !hasEnding ? WINDOWS_ENDINGS.map((ending) => `${name}${ending}`) : [name];
  const isBare = !(isWindows ? /[\\/:]/ : /\//).test(name);
  if (!isBare) return path.isAbsolute(name) ? names.find(isProgram) : undefined;
  return searchedFolders(env)
    .filter(isTrusted)
    .flatMap((folder) => names.map((file) => path.join(folder, file)))
    .find(isProgram);
}

/** The environment for a program that starts others by their names: the same, without the relative entries of PATH. */
export function withoutRelativePath<Env extends Variables>(env: Env): Env {
  const name = nameOfPath(env);
  return env[name] === undefined ? env : { ...env, [name]: searchedFolders(env).join(path.delimiter) };
}

/** The absolute entries of PATH. */
export function searchedFolders(env: Variables): string[] {
  return (env[nameOfPath(env)] ?? '').split(path.delimiter).filter((folder) => path.isAbsolute(folder));
}

// Windows writes it Path.
function nameOfPath(env: Variables): string {
  return Object.keys(env).find((name) => name.toUpperCase() === 'PATH') ?? 'PATH';
}

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return statSync(file).isFile();
  } catch {
    return false;
  }
}
