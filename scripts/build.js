// Bundles src/ into dist/ in three steps: esbuild splits the source where it imports dynamically; each chunk becomes a
// CommonJS function, since V8 can keep the code that it makes of a script but a script knows no import() on Node 20;
// and the chunks go into few files, by what a run needs together. src/startup/ loads them.
import { transform } from 'esbuild';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import { buildLibrary } from './build-library.js';
import { bundle, dist, root, TARGET } from './bundle.js';
import { leaveOut } from './leave-out.js';
import { collectLicences, packageOf } from './licences.js';

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

/** Splits the source into chunks, with the metafile that tells how they hang together. */
async function split() {
  const { outputFiles, metafile } = await bundle(
    { main: 'src/index.ts' },
    {
      outExtension: {},
      splitting: true,
      format: 'esm',
      minifySyntax: false,
      minifyWhitespace: false,
      chunkNames: '[name]-[hash]',
      sourcemap: 'inline',
      sourcesContent: false,
      define: { 'Intl.ListFormat': 'ListFormat' },
      inject: ['scripts/list-format.js'],
      plugins: [leaveOut],
    },
  );
  const chunks = outputFiles.map(({ path: file, text }) => ({ name: path.basename(file), text }));
  return { chunks, metafile };
}

// What runs need together, each with all that it imports and no earlier file holds.
const FILES = {
  'main.cjs': ['src/index.ts'],
  'init-session.cjs': ['src/commands/init-session.ts'],
  'client.cjs': ['src/config-file.ts', 'src/api/client.ts'],
  'human.cjs': ['src/output/human.ts'],
  'help.cjs': ['src/commands/help.ts'],
  'sandbox.cjs': ['src/sandbox/server.ts'],
};

/**
 * Chooses the file of each chunk, since every byte and every file that is read takes its time: `FILES`, one for each
 * other part that is loaded on demand, and others.cjs for what several of those share.
 */
function chooseFiles({ outputs }) {
  const files = new Map();
  const chooseWithImports = (file, output) => {
    const name = path.basename(output);
    if (files.has(name)) return;
    files.set(name, file);
    for (const { path: other, kind } of outputs[output].imports) {
      if (kind === 'import-statement' && outputs[other] !== undefined) chooseWithImports(file, other);
    }
  };
  const outputOf = new Map(Object.entries(outputs).map(([output, { entryPoint }]) => [entryPoint, output]));
  for (const [file, entries] of Object.entries(FILES)) {
    for (const entry of entries) chooseWithImports(file, outputOf.get(entry));
  }
  for (const [output, { entryPoint }] of Object.entries(outputs)) {
    const name = path.basename(output);
    if (!files.has(name)) files.set(name, `${entryPoint === undefined ? 'others' : nameOf(entryPoint)}.cjs`);
  }
  return files;
}

function nameOf(entryPoint) {
  const name = packageOf(entryPoint) ?? entryPoint.replace(/^src\//, '').replace(/\.ts$/, '');
  return name.replaceAll('/', '-');
}

/** Makes one file of chunks, an object of functions, and its source map. */
async function pack(chunks) {
  const sections = [];
  let text = '({\n';
  for (const { name, text: source } of chunks) {
    // Node's modules are CommonJS: esbuild would copy all their properties, one by one, for a default import.
    const direct = source.replace(
      /^import (\w+) from "((?:node:)?[\w/]+)";$/gm,
      (statement, local, module) =>
        isBuiltin(module) ? `const ${local} = require("${module}");` : statement,
    );
    const { code, map } = await transform(direct, {
      target: TARGET,
      platform: 'node',
      format: 'cjs',
      minify: true,
      legalComments: 'none',
      supported: { 'dynamic-import': false },
      define: { 'import.meta': 'importMeta' },
      sourcefile: name,
      sourcemap: 'external',
      sourcesContent: false,
    });
    text += `'./${name}'(exports,require,module,importMeta){\n`;
    sections.push({ offset: { line: text.split('\n').length - 1, column: 0 }, map: JSON.parse(map) });
    text += `${code}},\n`;
  }
  return { text: `${text}})\n`, map: JSON.stringify({ version: 3, sections }) };
}

const { chunks, metafile } = await split();
const fileOf = chooseFiles(metafile);
const files = new Map();
const hash = createHash('sha256');
for (const file of new Set(fileOf.values())) {
  const { text, map } = await pack(chunks.filter(({ name }) => fileOf.get(name) === file));
  files.set(file, text).set(`${file}.map`, map);
  hash.update(text);
}
const { outputFiles } = await bundle(
  { start: 'src/startup/start.ts' },
  {
    minifyIdentifiers: true,
    define: {
      BUILD_ID: JSON.stringify(`${version}-${hash.digest('hex').slice(0, 16)}`),
      CHUNK_FILES: JSON.stringify(Object.fromEntries([...fileOf].map(([name, file]) => [`./${name}`, file]))),
    },
  },
);
const library = await buildLibrary();
files.set('start.cjs', outputFiles[0].text);
files.set('THIRD-PARTY-LICENSES.txt', await collectLicences(root, [metafile, library]));

await mkdir(dist, { recursive: true });
for (const [name, text] of files) await writeFile(path.join(dist, name), text);
// The launcher that open brings along.
await copyFile(path.join(root, 'node_modules/open/xdg-open'), path.join(dist, 'xdg-open'));
await chmod(path.join(dist, 'xdg-open'), 0o755);
// What an earlier build left goes last, so that the command can be run at any moment.
for (const entry of await readdir(dist, { withFileTypes: true })) {
  const isBuilt = files.has(entry.name) || entry.name === 'xdg-open';
  if (entry.isFile() && !isBuilt) await rm(path.join(dist, entry.name));
}
