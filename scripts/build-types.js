// Bundles the types of what programs import: declarations for CommonJS, and beside them those of the ES modules.
import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { LIBRARY } from './build-library.js';

const { outdir, entries } = LIBRARY;
const bundle = await rollup({ input: entries, plugins: [dts()], external: /^node:/ });
await bundle.write({ dir: outdir, entryFileNames: '[name].d.cts', format: 'es' });
await bundle.close();
for (const entry of Object.keys(entries)) {
  await writeFile(path.join(outdir, `${entry}.d.mts`), `export * from './${entry}.cjs';\n`);
}
