// Bundles what programs import: for each entry one CommonJS file and one ES module, which a bundler can take apart.
import { copyFile, mkdir, rm, writeFile } from 'node:fs/promises';
import { builtinModules } from 'node:module';
import path from 'node:path';
import { bundle, dist, root } from './bundle.js';
import { leaveOut } from './leave-out.js';
import { leanMap } from './lean-map.js';

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

/** Writes the library with its source maps and the sources that they lead to, and returns esbuild's account of it. */
export async function buildLibrary() {
  const { outdir, entries } = LIBRARY;
  const shared = {
    outdir,
    inject: ['scripts/library-globals.js'],
    sourcemap: 'linked',
    sourcesContent: false,
  };
  const { outputFiles, metafile } = await bundle(entries, { ...shared, plugins: [leaveOut] });
  const { outputFiles: modules } = await bundle(entries, {
    ...shared,
    format: 'esm',
    outExtension: { '.js': '.mjs' },
    plugins: [leaveOut, importBuiltins],
  });
  await mkdir(outdir, { recursive: true });
  for (const { path: file, text } of [...outputFiles, ...modules])
    await writeFile(file, file.endsWith('.map') ? withCopies(text) : withOwnNames(text));
  await copySources(outdir, Object.keys(metafile.inputs));
  return metafile;
}

// esbuild's helper would export what a program has added to Object.prototype, and fail.
const EXPORT =
  '__export=(target,all)=>{for(var name in all)__defProp(target,name,{get:all[name],enumerable:!0})}';
const EXPORT_OWN = '__export=(t,a)=>{for(var n of Object.keys(a))__defProp(t,n,{get:a[n],enumerable:!0})}';

function withOwnNames(text) {
  const [before, ...others] = text.split(EXPORT);
  if (others.length !== (text.includes('__export=') ? 1 : 0))
    throw new Error("esbuild's __export has changed.");
  // As long as before: the source map tells columns.
  return [before, ...others].join(EXPORT_OWN.padEnd(EXPORT.length));
}

// What the maps lead to is packed beside them, once for both forms; all of src/ would be four times as much. What they do
// not lead to is not there, and tools would look for it.
function withCopies(text) {
  const { sources, ...map } = JSON.parse(leanMap(text, isOwn));
  return JSON.stringify({
    ...map,
    sources: sources.map((source) => (isOwn(source) ? source.replace(/^(?:\.\.\/)+/, './') : null)),
  });
}

function isOwn(source) {
  return /^(?:\.\.\/)+src\//.test(source);
}

async function copySources(outdir, inputs) {
  await rm(path.join(outdir, 'src'), { recursive: true, force: true });
  for (const input of inputs.filter((file) => file.startsWith('src/'))) {
    const copy = path.join(outdir, input);
    await mkdir(path.dirname(copy), { recursive: true });
    await copyFile(path.join(root, input), copy);
  }
}
