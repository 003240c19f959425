import { mkdirSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';

// One for all tests, which would otherwise each begin with a first run of a command. The checkout is no place for it.
const CODE_CACHE = path.join(os.tmpdir(), `digilocker-cli-tests-${process.getuid?.() ?? 'user'}`);
mkdirSync(CODE_CACHE, { recursive: true, mode: 0o700 });

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
