// Bundles src/ into dist/: one small entry, and a lazy chunk for each dynamic import() in the source.
// Also gathers the licences of the packages that end up in the bundle.
import { build } from 'esbuild';
import { readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const dist = path.join(root, 'dist');

const { metafile } = await build({
  absWorkingDir: root,
  entryPoints: { main: 'src/index.ts' },
  outdir: dist,
  bundle: true,
  splitting: true,
  format: 'esm',
  platform: 'node',
  target: 'node20.17',
  chunkNames: '[name]-[hash]',
  legalComments: 'none',
  // cosmiconfig's loader for TypeScript is never called: config files are data (src/config-file.ts).
  external: ['typescript', 'open'],
  // CommonJS packages inside an ES module bundle still call require() for Node's own modules.
  banner: {
    js: "import { createRequire as nodeRequire } from 'node:module';\nconst require = nodeRequire(import.meta.url);",
  },
  metafile: true,
  logLevel: 'warning',
});

// What an earlier build left goes last, so that the command can be run at any moment.
const LICENCES = 'THIRD-PARTY-LICENSES.txt';
const built = new Set([LICENCES, ...Object.keys(metafile.outputs).map((file) => path.basename(file))]);
for (const file of await readdir(dist)) if (!built.has(file)) await rm(path.join(dist, file));

const packages = new Set(
  Object.keys(metafile.inputs)
    .map((input) => /^(.*node_modules\/(?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1])
    .filter((folder) => folder !== undefined),
);
const notices = [];
for (const folder of [...packages].sort()) {
  const manifest = JSON.parse(await readFile(path.join(root, folder, 'package.json'), 'utf8'));
  const files = await readdir(path.join(root, folder));
  const licence = files.find((file) => /^licen[cs]e/i.test(file));
  const text = licence === undefined ? '' : await readFile(path.join(root, folder, licence), 'utf8');
  notices.push(`${manifest.name} ${manifest.version} (${manifest.license})\n\n${text.trim()}\n`);
}
await writeFile(
  path.join(dist, LICENCES),
  `Packages bundled into digilocker-cli\n\n${notices.join(`\n${'-'.repeat(78)}\n\n`)}`,
);
