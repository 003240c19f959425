import os from 'node:os';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

// One for all tests, which would otherwise each begin with a first run of a command.
const CODE_CACHE = fileURLToPath(new URL('../../node_modules/.cache', import.meta.url));

/** What a program is given: the way to other programs, a home, places for temporary files and caches, and `extra`. */
export function cleanEnvironment(
  home: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const temporary = os.tmpdir();
  const base = {
    PATH: process.env['PATH'] ?? '',
    HOME: home,
    TMPDIR: temporary,
    XDG_CACHE_HOME: CODE_CACHE,
  };
  if (process.platform !== 'win32') return { ...base, ...extra };
  const systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows';
  return { ...base, USERPROFILE: home, TEMP: temporary, TMP: temporary, SystemRoot: systemRoot, ...extra };
}
