import { readdirSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { ALONE } from '../groups/alone.js';

const TESTS = fileURLToPath(new URL('../', import.meta.url));

/**
 * Makes one test file of every `groups`th below a folder of tests/, from the `group`th on. Jest gives each file a world
 * of its own, in which all code is compiled, and warms up, anew: that costs more than most files' tests.
 */
export async function runGroup(folder: string, group: number, groups: number): Promise<void> {
  const names = readdirSync(path.join(TESTS, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`)
    .filter((name) => !ALONE.includes(name))
    .sort();
  for (const name of names.filter((_name, index) => index % groups === group - 1))
    await import(pathToFileURL(path.join(TESTS, name)).href);
}
