import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../../support/cleanup.js';

/** A Node program of these lines, in place of digilocker. */
export function program(...lines: string[]): string {
  const file = path.join(temporaryDirectory(), "it's a program.mjs");
  writeFileSync(file, lines.join('\n'));
  return file;
}
