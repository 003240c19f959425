// Bundles src/ into dist/, as CommonJS: V8 can keep the code that it makes of a script (src/startup/), but on Node 20
// a script knows no import(). What the source imports dynamically stays in main.cjs, where it is run when it is needed;
// a package gets a file of its own, and so does the sandbox.
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { buildLibrary } from './build-library.js';
import { bundle, dist, root } from './bundle.js';
import { leaveOut } from './leave-out.js';
import { collectLicences } from './licences.js';

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** File name in dist -> what it bundles. */
const apart = new Map([['sandbox', path.join(root, 'src/sandbox/server.ts')]]);

const setApart = {
  name: 'set-apart',
  setup({ onResolve, onLoad }) {
    onResolve({ filter: /./ }, ({ path: name, kind, namespace, resolveDir }) => {
      if (namespace === 'apart') return { path: name, external: true };
      if (kind !== 'dynamic-import') return undefined;
      if (!name.startsWith('.')) apart.set(name, name);
      const target = path.join(resolveDir, name.replace(/\.js$/, '.ts'));
      const [file] = [...apart].find(([, source]) => source === name || source === target) ?? [];
      return file && { path: file, namespace: 'apart' };
    });
    onLoad({ filter: /./, namespace: 'apart' }, ({ path: file }) => ({
      contents: `export * from './${file}.cjs'; export { default } from './${file}.cjs';`,
    }));
  },
};

// src/startup/ compiles these as functions.
const asFunction = {
  banner: { js: '(function(exports,require,module,__filename){' },
  footer: { js: '})' },
  sourcemap: 'external',
  sourcesContent: false,
  plugins: [leaveOut, setApart],
};
const main = await bundle({ main: 'src/index.ts' }, asFunction);
const others = await bundle(Object.fromEntries(apart), {
  ...asFunction,
  // By which open finds its launcher.
  inject: ['scripts/import-meta-url.js'],
  define: { 'import.meta.url': 'importMetaUrl' },
});
const program = [...main.outputFiles, ...others.outputFiles];
const hash = createHash('sha256');
for (const { contents } of program) hash.update(contents);
const start = await bundle(
  { start: 'src/startup/start.ts' },
  { define: { BUILD_ID: JSON.stringify(`${version}-${hash.digest('hex').slice(0, 16)}`) } },
);

const library = await buildLibrary();

const files = new Map(
  [...program, ...start.outputFiles].map(({ path: file, contents }) => [path.basename(file), contents]),
);
// The launcher that open brings along.
files.set('xdg-open', await readFile(path.join(root, 'node_modules/open/xdg-open')));
files.set('THIRD-PARTY-LICENSES.txt', await collectLicences(root, [main.metafile, others.metafile, library]));
await mkdir(dist, { recursive: true });
for (const [name, contents] of files) {
  await writeFile(path.join(dist, name), contents, { mode: name === 'xdg-open' ? 0o755 : 0o644 });
}
// What an earlier build left goes last, so that the command can be run at any moment.
const built = new Set([...files.keys(), 'lib']);
for (const name of await readdir(dist)) if (!built.has(name)) await rm(path.join(dist, name));
