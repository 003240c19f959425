// Bundles what programs import: for each entry one CommonJS file and one ES module, which a bundler can take apart.
import { builtinModules } from 'node:module';
import path from 'node:path';
import { bundle, dist } from './bundle.js';
import { leaveOut } from './leave-out.js';

/** Where the library goes, and the source of each entry of the package. */
export const LIBRARY = {
  outdir: path.join(dist, 'lib'),
  entries: { index: 'src/library/index.ts', sandbox: 'src/sandbox/server.ts' },
};

const BUILTIN = new RegExp(`^(node:)?(${builtinModules.join('|')})$`);

// An ES module cannot require: what a package of CommonJS requires of Node.js, the module imports.
const importBuiltins = {
  name: 'import-builtins',
  setup({ onLoad, onResolve }) {
    onResolve({ filter: BUILTIN }, ({ path: name, kind }) =>
      kind === 'require-call' ? { path: name.replace(/^node:/, ''), namespace: 'required' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'required' }, ({ path: name }) => ({
      contents: `module.exports = require('imported:${name}').default;`,
    }));
    onResolve({ filter: /^imported:/ }, ({ path: name }) => ({
      path: name.replace('imported:', ''),
      namespace: 'imported',
    }));
    onLoad({ filter: /./, namespace: 'imported' }, ({ path: name }) => ({
      contents: `import whole from 'node:${name}';\nexport default whole;`,
    }));
  },
};

/** Writes the library, and returns esbuild's account of what went into it. */
export async function buildLibrary() {
  const { outdir, entries } = LIBRARY;
  const shared = { outdir, write: true, inject: ['scripts/library-globals.js'] };
  const { metafile } = await bundle(entries, { ...shared, plugins: [leaveOut] });
  await bundle(entries, {
    ...shared,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    plugins: [leaveOut, importBuiltins],
  });
  return metafile;
}
