// Bundles src/ into dist/ in three steps: esbuild bundles each part that the source imports dynamically; rollup joins
// those that a run needs together into files of CommonJS; and esbuild minifies these, each a function, since V8 can keep
// the code that it makes of a script but a script knows no import() on Node 20. src/startup/ loads them.
import { transform } from 'esbuild';
import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { rollup } from 'rollup';
import { buildLibrary } from './build-library.js';
import { digestInputs, writeStamp } from './build-stamp.js';
import { bundle, dist, root, TARGET } from './bundle.js';
import { leaveOut } from './leave-out.js';
import { collectLicences, packageOf } from './licences.js';
import { leanMap } from './lean-map.js';

const { version } = JSON.parse(await readFile(path.join(root, 'package.json'), 'utf8'));

// Modules of Node that take milliseconds to load, and that many a run imports without using them: src/startup/start.ts
// loads them when something of theirs is used.
const LATE = [
  'node:crypto',
  'node:https',
  'node:net',
  'node:os',
  'node:timers/promises',
  'node:tls',
  'node:zlib',
];

/** Splits the source into chunks, with the metafile that tells how they hang together. */
async function split() {
  const { outputFiles, metafile } = await bundle(
    { main: 'src/main.ts' },
    {
      outExtension: {},
      splitting: true,
      format: 'esm',
      minifySyntax: false,
      minifyWhitespace: false,
      chunkNames: '[name]-[hash]',
      sourcemap: 'external',
      sourcesContent: false,
      define: { 'import.meta': 'importMeta' },
      plugins: [leaveOut],
    },
  );
  const whole = new RegExp(`^import \\* as .* from "(?:${LATE.join('|')})"`, 'm');
  const copying = outputFiles.find(({ text }) => whole.test(text));
  if (copying !== undefined) throw new Error(`${copying.path} copies a module that is to be loaded late.`);
  return {
    chunks: new Map(outputFiles.map(({ path: file, text }) => [path.basename(file), text])),
    metafile,
  };
}

/** The commands that make one call each. */
async function singleCalls() {
  const names = (await readdir(path.join(root, 'src/commands'))).filter((name) => name.endsWith('.ts'));
  const texts = await Promise.all(
    names.map((name) => readFile(path.join(root, 'src/commands', name), 'utf8')),
  );
  const found = names.filter((_name, index) => texts[index].includes("from './calling/call-command.js'"));
  return found.map((name) => `commands/${name.replace(/\.ts$/, '')}`);
}

// What runs need together, each with all that it imports and no earlier file holds.
const FILES = {
  'main.cjs': ['main'],
  'init-session.cjs': ['commands/init-session/init-session'],
  'client.cjs': ['settings/config-file', 'api/call'],
  'way-back.cjs': ['commands/calling/return-address', 'commands/init-session/round-trip'],
  'call.cjs': [...(await singleCalls()), 'commands/api'],
  'find-program.cjs': ['host/find-program'],
  'doctor.cjs': ['commands/doctor/doctor'],
  'smoke.cjs': ['commands/smoke/smoke', 'commands/smoke/plan'],
  'storing.cjs': ['commands/config/set', 'commands/config/init', 'commands/calling/keep-answers'],
  'batch.cjs': ['batch', 'run-batch', 'status', 'results', 'forget'].map((name) => `commands/batch/${name}`),
  'human.cjs': ['output/human'],
  'inquirer.cjs': ['host/inquirer-prompter'],
  'help.cjs': ['commands/help/help'],
  'completion.cjs': ['commands/completion/shells'],
  'sandbox.cjs': ['sandbox/server'],
  'sandbox-pages.cjs': ['sandbox/consent/page-listener'],
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
  for (const [file, parts] of Object.entries(FILES)) {
    for (const part of parts) chooseWithImports(file, outputOf.get(`src/${part}.ts`));
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

/** Joins the chunks of each file. */
async function join(chunks, fileOf) {
  // Where they would be, since their source maps are relative. What is not a chunk is a module of Node.
  const resolveId = (id) => chunks.has(path.basename(id)) && path.join(dist, path.basename(id));
  const load = (id) => ({
    code: chunks.get(path.basename(id)),
    map: chunks.get(`${path.basename(id)}.map`),
  });
  const joined = await rollup({
    input: 'main.js',
    plugins: [{ resolveId, load }],
    preserveEntrySignatures: 'allow-extension',
    // What nobody uses, esbuild has left out.
    treeshake: false,
    onwarn: ({ code, message }) => {
      if (code !== 'UNUSED_EXTERNAL_IMPORT') throw new Error(message);
    },
  });
  const { output } = await joined.generate({
    format: 'cjs',
    interop: 'default',
    esModule: false,
    strict: false,
    hoistTransitiveImports: false,
    dir: dist,
    manualChunks: (id) => fileOf.get(path.basename(id)),
    entryFileNames: '[name].cjs',
    chunkFileNames: '[name]',
    banner: 'export default function (exports, require, module, importMeta) {',
    footer: '}',
    sourcemap: 'inline',
    sourcemapExcludeSources: true,
  });
  return output;
}

// Commander is in the stack of every command. The other packages would take more room than the installed size has.
function isInteresting(source) {
  return [undefined, 'commander'].includes(packageOf(source));
}

/** Makes a script of a file, whose value is its function. */
async function minify({ fileName, code: source }) {
  const { code, map } = await transform(source, {
    target: TARGET,
    platform: 'node',
    minify: true,
    legalComments: 'none',
    sourcefile: fileName,
    sourcemap: 'external',
    sourcesContent: false,
  });
  // As long as before: the source map tells columns.
  const start = 'export default ';
  const expression = code.replace(start, '('.padEnd(start.length)).replace(/;?\n$/, ')\n');
  return { text: expression, map: leanMap(map, isInteresting) };
}

const inputs = await digestInputs();
const { chunks, metafile } = await split();
const files = new Map();
const hash = createHash('sha256');
for (const file of await join(chunks, chooseFiles(metafile))) {
  const { text, map } = await minify(file);
  files.set(file.fileName, text).set(`${file.fileName}.map`, map);
  hash.update(text);
}
const { outputFiles } = await bundle(
  { start: 'src/startup/start.ts' },
  {
    minifyIdentifiers: true,
    define: {
      BUILD_ID: JSON.stringify(`${version}-${hash.digest('hex').slice(0, 16)}`),
      LATE: JSON.stringify(LATE),
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
await writeStamp(inputs);
