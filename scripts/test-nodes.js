// Runs the tests on other versions of Node.js: node scripts/test-nodes.js [VERSION...] [ARGUMENT OF JEST...]
// The `node` package of the npm registry fetches its binary with an install script, from the package of the platform:
// that one is installed here, so that no script has to run.
import { spawnSync } from 'node:child_process';
import { existsSync, rmSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SUPPORTED = ['20', '22', '24', '26'];

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const isWindows = process.platform === 'win32';
const name = `node-${isWindows ? 'win' : process.platform}-${process.arch}`;

const given = process.argv.slice(2);
const isVersion = (/** @type {string} */ word) => /^(\d+(\.\d+)*|latest)$/.test(word);
const versions = given.filter(isVersion);
const jestArguments = given.filter((word) => !isVersion(word));

let failures = 0;
for (const version of versions.length > 0 ? versions : SUPPORTED) {
  const bin = install(version);
  const searchPath = `${bin}${path.delimiter}${process.env['PATH'] ?? ''}`;
  const env = { ...process.env, PATH: searchPath };
  run('node', ['-p', '`Node.js ${process.version}`'], env);
  failures += run('npm', ['run', '--silent', 'test:all', '--', ...jestArguments], env) === 0 ? 0 : 1;
}
process.exitCode = failures === 0 ? 0 : 1;

/** Installs a version below node_modules, unless it is there, and returns the folder of its binary. */
function install(/** @type {string} */ version) {
  const prefix = path.join(root, 'node_modules', '.cache', 'nodes', version);
  const folder = path.join(prefix, 'node_modules', name);
  const bin = path.join(folder, 'bin');
  if (existsSync(bin)) return bin;
  const args = [
    'install',
    '--prefix',
    prefix,
    '--ignore-scripts',
    '--no-audit',
    '--no-fund',
    '--loglevel=error',
  ];
  if (run('npm', [...args, `${name}@${version}`], process.env) !== 0) {
    throw new Error(`${name}@${version} could not be installed.`);
  }
  for (const unused of ['include', 'share'])
    rmSync(path.join(folder, unused), { recursive: true, force: true });
  return bin;
}

function run(
  /** @type {string} */ command,
  /** @type {string[]} */ args,
  /** @type {NodeJS.ProcessEnv} */ env,
) {
  return spawnSync(command, args, { cwd: root, env, stdio: 'inherit', shell: isWindows }).status;
}
