// The inner loop: types, lint, format and the fast unit tests, side by side; lint and format with what they remember of their last run.
// Lint that depends on the types of other files may lag behind for once: npm run lint begins anew.
import { spawn } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const root = path.dirname(path.dirname(fileURLToPath(import.meta.url)));
const CACHE = 'node_modules/.cache';

// Tests of what serves, spawns or writes to the disk.
const SLOW_TESTS = ['unit/host/', 'unit/sandbox/', 'unit/support/', 'unit/commands/batch/'];

const STEPS = {
  types: ['@typescript/native/bin/tsc', '--noEmit'],
  lint: ['eslint/bin/eslint.js', '.', '--cache', '--cache-location', `${CACHE}/eslint/`],
  format: [
    ...['prettier/bin/prettier.cjs', '--check', '--log-level=warn', '.'],
    ...['--cache', '--cache-location', `${CACHE}/prettier/.prettier-cache`],
  ],
  tests: ['jest/bin/jest.js', '--silent', 'tests/unit', '--testPathIgnorePatterns', ...SLOW_TESTS],
};

/** Runs one step, and prints what it says only when it fails. */
function run(/** @type {string} */ name) {
  const [program, ...args] = STEPS[name];
  const flags = ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'];
  const startedAt = Date.now();
  return new Promise((resolve) => {
    let output = '';
    const child = spawn(process.execPath, [...flags, `node_modules/${program}`, ...args], { cwd: root });
    for (const stream of [child.stdout, child.stderr]) stream.on('data', (chunk) => (output += chunk));
    child.once('close', (code) => {
      const seconds = ((Date.now() - startedAt) / 1000).toFixed(1);
      console.log(`${code === 0 ? '✓' : '✗'} ${name} (${seconds} s)`);
      if (code !== 0) console.log(output);
      resolve(code === 0);
    });
  });
}

const results = await Promise.all(Object.keys(STEPS).map(run));
process.exitCode = results.every(Boolean) ? 0 : 1;
