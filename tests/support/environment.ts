import os from 'node:os';
import process from 'node:process';

/** What a program is given: the way to other programs, a home, a place for temporary files, and `extra`. */
export function cleanEnvironment(
  home: string,
  extra: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const temporary = os.tmpdir();
  const base = { PATH: process.env['PATH'] ?? '', HOME: home, TMPDIR: temporary };
  if (process.platform !== 'win32') return { ...base, ...extra };
  const systemRoot = process.env['SystemRoot'] ?? 'C:\\Windows';
  return { ...base, USERPROFILE: home, TEMP: temporary, TMP: temporary, SystemRoot: systemRoot, ...extra };
}
