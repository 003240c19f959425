// Bundles src/ into dist/, as CommonJS: V8 can keep the code that it makes of a script (src/startup/), but on Node 20
// a script knows no import(). What the source imports dynamically stays in main.cjs, where it is run when it is needed;
// a package gets a file of its own, and so does the sandbox.
import { build } from 'esbuild';
import { createHash } from 'node:crypto';
import { mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { collectLicences, packageOf } from './licences.js';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');
const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

// What never runs here. got: HTTP/2, a cache, a look-up of names of its own. cosmiconfig: its own loaders, since config
// files are data (src/config-file.ts). commander: commands that are programs of their own. https-proxy-agent: Kerberos.
const LEFT_OUT = {
  got: ['http2-wrapper', 'cacheable-request', 'cacheable-lookup'],
  cosmiconfig: ['import-fresh', 'parse-json', 'js-yaml', 'typescript'],
  commander: ['node:child_process'],
  'https-proxy-agent': ['proxy-agent-negotiate'],
};

const leaveOut = {
  name: 'leave-out',
  setup({ onResolve, onLoad }) {
    const names = new RegExp(`^(${Object.values(LEFT_OUT).flat().join('|')})$`);
    onResolve({ filter: names }, ({ path: name, importer }) =>
      LEFT_OUT[packageOf(importer)]?.includes(name) ? { path: name, namespace: 'left-out' } : undefined,
    );
    onLoad({ filter: /./, namespace: 'left-out' }, ({ path: name }) => ({
      contents: `
        export default class LeftOut { constructor() { throw new Error('${name} is not in the bundle'); } }
        export { LeftOut as CacheError, LeftOut as createNegotiateAuth };`,
    }));
  },
};

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

const bundle = (entryPoints, options) =>
  build({
    absWorkingDir: root,
    entryPoints,
    outdir: dist,
    outExtension: { '.js': '.cjs' },
    bundle: true,
    format: 'cjs',
    platform: 'node',
    target: 'node20.17',
    minifySyntax: true,
    minifyWhitespace: true,
    legalComments: 'none',
    metafile: true,
    write: false,
    logLevel: 'warning',
    ...options,
  });

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

const files = new Map(
  [...program, ...start.outputFiles].map(({ path: file, contents }) => [path.basename(file), contents]),
);
// The launcher that open brings along.
files.set('xdg-open', await readFile(path.join(root, 'node_modules/open/xdg-open')));
files.set('THIRD-PARTY-LICENSES.txt', await collectLicences(root, [main.metafile, others.metafile]));
await mkdir(dist, { recursive: true });
for (const [name, contents] of files) {
  await writeFile(path.join(dist, name), contents, { mode: name === 'xdg-open' ? 0o755 : 0o644 });
}
// What an earlier build left goes last, so that the command can be run at any moment.
for (const name of await readdir(dist)) if (!files.has(name)) await rm(path.join(dist, name));
