// Bundles what programs import: one CommonJS file for each entry, and beside it an ES module that hands it on, so that
// a program which uses both forms has one copy of everything, the class Failure included.
import { writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import path from 'node:path';
import { bundle, dist } from './bundle.js';
import { leaveOut } from './leave-out.js';

const require = createRequire(import.meta.url);

/** Where the library goes, and the source of each entry of the package. */
export const LIBRARY = {
  outdir: path.join(dist, 'lib'),
  entries: { index: 'src/library/index.ts', sandbox: 'src/sandbox/server.ts' },
};

/** Writes the library, and returns esbuild's account of what went into it. */
export async function buildLibrary() {
  const { outdir, entries } = LIBRARY;
  const { metafile } = await bundle(entries, { outdir, write: true, plugins: [leaveOut] });
  for (const entry of Object.keys(entries)) {
    const names = Object.keys(require(path.join(outdir, `${entry}.cjs`)));
    await writeFile(
      path.join(outdir, `${entry}.mjs`),
      `export { ${names.join(', ')} } from './${entry}.cjs';\n`,
    );
  }
  return metafile;
}
