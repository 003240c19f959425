import { spawn } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { clearTimeout, setTimeout } from 'node:timers';
import { applyMutant } from './mutants.js';

const LEFT_OUT = ['node_modules', 'dist', 'coverage', '.git'];

/**
 * @typedef {object} TestResult
 * @property {string} file
 * @property {string} title
 * @property {number} durationMs
 * @property {readonly string[]} failures their messages
 *
 * @typedef {object} TestRun
 * @property {readonly TestResult[]} tests those that ran
 * @property {readonly string[]} broken why test files could not run at all
 */

/** A copy of the project that a mutant may be put into. */
export class Workspace {
  #root;
  #folder = mkdtempSync(path.join(tmpdir(), 'digilocker-rules-'));

  /** @param {string} root of the project; its installed packages are used, and nothing else of it */
  constructor(root) {
    this.#root = path.join(this.#folder, 'digilocker');
    cpSync(root, this.#root, {
      recursive: true,
      filter: (source) => !LEFT_OUT.includes(path.relative(root, source)),
    });
    symlinkSync(path.join(root, 'node_modules'), path.join(this.#root, 'node_modules'), 'junction');
  }

  remove() {
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /**
   * Runs tests on a mutant, up to the first file with a failure.
   *
   * @param {import('./mutants.js').Mutant} mutant
   * @param {readonly string[]} files
   * @param {string} pattern of the titles
   * @param {number} limitMs
   */
  async testMutant(mutant, files, pattern, limitMs) {
    const changed = applyMutant(this.#root, mutant);
    for (const [file, { mutated }] of changed) writeFileSync(path.join(this.#root, file), mutated);
    const flags = ['--bail', '--runInBand'];
    // Only the tests of whole processes need the bundle, and few mutants get as far.
    const needsBundle = (file) => file.startsWith('tests/process/');
    const quick = files.filter((file) => !needsBundle(file));
    const slow = files.filter(needsBundle);
    try {
      const first = await this.test(quick, pattern, limitMs, [...flags, '--globalSetup=']);
      if (slow.length === 0 || hasFailed(first)) return first;
      const second = await this.test(slow, pattern, limitMs, flags);
      return { tests: [...first.tests, ...second.tests], broken: second.broken };
    } finally {
      for (const [file, { original }] of changed) writeFileSync(path.join(this.#root, file), original);
    }
  }

  /**
   * Runs the tests of `files`, in that order, whose titles match `pattern`.
   *
   * @param {readonly string[]} files below the root of the project
   * @param {string} pattern
   * @param {number} limitMs what ends tests that hang, where the time of each does not
   * @param {readonly string[]} flags of jest
   * @returns {Promise<TestRun>}
   */
  async test(files, pattern, limitMs, flags = []) {
    if (files.length === 0) return { tests: [], broken: [] };
    const report = path.join(this.#folder, 'report.jsonl');
    writeFileSync(report, '');
    const { output, isOver } = await run(
      [
        ...['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
        ...[
          'node_modules/jest/bin/jest.js',
          '--silent',
          '--forceExit',
          '--reporters=./tests/rules/reporter.js',
        ],
        ...['--testSequencer=./tests/rules/in-given-order.js', `--testNamePattern=${pattern}`],
        ...[...flags, '--runTestsByPath', ...files],
      ],
      {
        cwd: this.#root,
        env: { ...process.env, TEST_FILES: files.join(path.delimiter), TEST_REPORT: report },
      },
      limitMs,
    );
    const { tests, broken } = readReport(report, this.#root);
    if (isOver) return { tests, broken: [`The tests went on for ${limitMs / 1000} s.`] };
    return { tests, broken: tests.length + broken.length === 0 ? [output] : broken };
  }
}

function hasFailed({ tests, broken }) {
  return broken.length > 0 || tests.some(({ failures }) => failures.length > 0);
}

/** @returns {Promise<{ output: string, isOver: boolean }>} */
function run(args, options, limitMs) {
  return new Promise((resolve, reject) => {
    // A group of its own: what the tests started ends with them.
    const child = spawn(process.execPath, args, {
      ...options,
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
    });
    let output = '';
    let isOver = false;
    const end = () => {
      try {
        process.kill(-child.pid, 'SIGKILL');
      } catch {
        // It has ended.
      }
    };
    const timer = setTimeout(() => {
      isOver = true;
      end();
    }, limitMs);
    process.once('exit', end);
    child.stderr.setEncoding('utf8').on('data', (chunk) => (output += chunk));
    child.once('error', reject).once('exit', () => {
      clearTimeout(timer);
      process.off('exit', end);
      end();
      resolve({ output, isOver });
    });
  });
}

/** @returns {TestRun} */
function readReport(report, root) {
  const lines = readFileSync(report, 'utf8')
    .split('\n')
    .filter((line) => line !== '');
  const files = lines.map((line) => JSON.parse(line));
  return {
    tests: files.flatMap(({ testFilePath, tests }) =>
      tests.map(({ fullName, duration, failureMessages }) => ({
        file: path.relative(root, testFilePath).replaceAll(path.sep, '/'),
        title: fullName,
        durationMs: duration ?? 0,
        failures: failureMessages,
      })),
    ),
    broken: files.flatMap(({ broken }) => broken ?? []),
  };
}
