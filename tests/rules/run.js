// Turns each rule of SECURITY.md off, one mutant after another, and runs the tests that name the rule: one of them has
// to fail. Arguments are the rules to try, all when absent.
import { readdirSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import process from 'node:process';
import { loadMutants, titlePattern } from './mutants.js';
import { Workspace } from './workspace.js';

/** @typedef {import('./workspace.js').TestRun} TestRun */

const ROOT = path.dirname(path.dirname(import.meta.dirname));

// A program that falls over proves nothing of the tests; a failed expectation may well say "TypeError".
const isCrash = (text) =>
  /^(?:\w+: )*(?:Reference|Syntax|Type)Error\b/.test(text) && !text.includes('expect(');

const TIME_LIMIT_MS = 120_000;

const rules = process.argv.slice(2).map(Number);
const mutants = loadMutants().filter(({ rule }) => rules.length === 0 || rules.includes(rule));
const wrong = rules.filter((rule) => !mutants.some((mutant) => mutant.rule === rule));
if (wrong.length > 0) fail(`There is no rule ${wrong.join(', ')}.`);

const workspaces = Array.from({ length: os.availableParallelism() }, () => new Workspace(ROOT));
process.once('exit', () => {
  for (const workspace of workspaces) workspace.remove();
});
// Without a listener, a signal would end the process and leave the workspaces.
for (const signal of ['SIGINT', 'SIGTERM']) {
  process.once(signal, () => process.exit(128 + os.constants.signals[signal]));
}

const startedAt = Date.now();
const named = await findTests();
const results = await tryAll();
summarize();

/**
 * Runs the tests as they are: they have to pass, and tell how long they take.
 *
 * @returns {Promise<Map<number, string[]>>} the files by rule, the quickest first
 */
async function findTests() {
  const pattern = rules.length === 0 ? titlePattern() : rules.map(titlePattern).join('|');
  const files = ['unit', 'cli', 'process']
    .flatMap((folder) =>
      readdirSync(path.join(ROOT, 'tests', folder), { recursive: true }).map((name) =>
        path.posix.join('tests', folder, name.replaceAll(path.sep, '/')),
      ),
    )
    .filter((file) => file.endsWith('.test.ts'))
    .filter((file) => new RegExp(pattern).test(readFileSync(path.join(ROOT, file), 'utf8')));
  const { tests, broken } = await workspaces[0].test(files, pattern, 10 * TIME_LIMIT_MS);
  const failed = [
    ...broken,
    ...tests.flatMap(({ title, failures }) => failures.map((text) => `${title}\n${text}`)),
  ];
  if (failed.length > 0) fail(`The tests have to pass without a mutant.\n\n${failed.join('\n\n')}`);

  const found = new Map();
  for (const rule of new Set(mutants.map((mutant) => mutant.rule))) {
    const durations = new Map();
    const own = tests.filter(({ title }) => new RegExp(titlePattern(rule)).test(title));
    for (const { file, durationMs } of own) durations.set(file, (durations.get(file) ?? 0) + durationMs);
    const quickest = [...durations].sort(([, one], [, other]) => one - other);
    found.set(
      rule,
      quickest.map(([file]) => file),
    );
  }
  console.log(`${tests.length} tests name a rule, and pass (${secondsSince(startedAt)}).\n`);
  return found;
}

async function tryAll() {
  const waiting = [...mutants];
  const done = [];
  const work = async (workspace) => {
    for (let mutant = waiting.shift(); mutant !== undefined; mutant = waiting.shift()) {
      const result = await tryMutant(workspace, mutant);
      done.push(result);
      print(result);
    }
  };
  await Promise.all(workspaces.map(work));
  return done;
}

/** @param {Workspace} workspace @param {import('./mutants.js').Mutant} mutant */
async function tryMutant(workspace, mutant) {
  const files = named.get(mutant.rule).filter((file) => file.startsWith(`${mutant.within}/`));
  const begunAt = Date.now();
  const tested =
    files.length === 0
      ? { tests: [], broken: ['No test names the rule.'] }
      : await workspace
          .testMutant(mutant, files, titlePattern(mutant.rule), TIME_LIMIT_MS)
          .catch((error) => ({ tests: [], broken: [String(error)] }));
  return { mutant, ...judge(tested), time: secondsSince(begunAt) };
}

/** @param {TestRun} tested @returns {{ isCaught: boolean, how: string }} */
function judge({ tests, broken }) {
  const failed = tests.filter(({ failures }) => failures.length > 0);
  const catches = failed.filter(({ failures }) => failures.some((text) => !isCrash(text)));
  const [first] = catches;
  if (first !== undefined) return { isCaught: true, how: `${catches.length} in ${first.file}` };
  if (broken.length > 0) return { isCaught: false, how: `ERROR ${gist(broken[0])}` };
  if (failed.length > 0) return { isCaught: false, how: `ERROR ${gist(failed[0].failures[0])}` };
  return {
    isCaught: false,
    how: tests.length === 0 ? 'ERROR No test ran.' : `SURVIVED ${tests.length} tests`,
  };
}

function gist(text) {
  return text.trim().split('\n').slice(0, 3).join(' ').slice(0, 200);
}

function print({ mutant: { rule, name }, isCaught, how, time }) {
  console.log(`${isCaught ? '✓' : '✗'} ${String(rule).padStart(2)}  ${name.padEnd(58)}  ${how}  (${time})`);
}

function summarize() {
  const survivors = results.filter(({ isCaught }) => !isCaught);
  const tried = new Set(mutants.map(({ rule }) => rule));
  const caught = [...tried].filter((rule) => survivors.every(({ mutant }) => mutant.rule !== rule));
  if (survivors.length > 0) console.log('\nNot caught:');
  survivors.forEach(print);
  const failed = survivors.length === 0 ? '' : `${survivors.length} failed, `;
  console.log(`\nRules:       ${caught.length} of ${tried.size} rules caught`);
  console.log(`Tests:       ${failed}${results.length - survivors.length} passed, ${results.length} total`);
  console.log(`Time:        ${secondsSince(startedAt)}`);
  process.exitCode = survivors.length === 0 ? 0 : 1;
}

function secondsSince(time) {
  return `${((Date.now() - time) / 1000).toFixed(1)} s`;
}

/** Ends where no mutant can be tried: nothing else is under way then. @returns {never} */
function fail(message) {
  console.error(message);
  process.exit(2);
}
