// Remembers what was built of what, so that an unchanged source is not built again.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dist, root } from './bundle.js';

// Outside of dist/, which is published.
const STAMP = path.join(root, 'node_modules', '.cache', 'digilocker-build.json');
const INPUTS = ['src', 'scripts', 'package.json', 'package-lock.json'].map((name) => path.join(root, name));

/** Tells whether dist/ is what the last build made of the source as it is now. */
export async function isBuilt() {
  const stamp = await readFile(STAMP, 'utf8').catch(() => undefined);
  return stamp !== undefined && stamp === (await stampOf(await digestInputs()));
}

/** The digest of all that a build reads: taken before it, since the source may change meanwhile. */
export function digestInputs() {
  return digest(INPUTS);
}

/** Remembers that dist/ was built of these inputs. */
export async function writeStamp(inputs) {
  await mkdir(path.dirname(STAMP), { recursive: true });
  await writeFile(STAMP, await stampOf(inputs));
}

async function stampOf(inputs) {
  return JSON.stringify({ inputs, outputs: await digest([dist]) });
}

/** A digest of files, and of all files in folders but the declarations of types, which no test of the source reads. */
async function digest(places) {
  const hash = createHash('sha256');
  for (const place of places) {
    for (const file of await filesIn(place)) {
      hash.update(`${path.relative(root, file)}\0`).update(await readFile(file));
    }
  }
  return hash.digest('hex');
}

async function filesIn(place) {
  const entries = await readdir(place, { withFileTypes: true, recursive: true }).catch((error) => {
    if (error.code === 'ENOTDIR') return undefined;
    if (error.code === 'ENOENT') return [];
    throw error;
  });
  if (entries === undefined) return [place];
  return entries
    .filter((entry) => entry.isFile() && !/\.d\.[cm]ts$/.test(entry.name))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .sort();
}
