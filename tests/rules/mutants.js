// The mutants: for each rule of SECURITY.md, the ways in which the program is made to break it.
import { load } from 'js-yaml';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Edit
 * @property {string} text stands exactly once there; white space may differ
 * @property {string} becomes
 * @property {string} [file] where the text is: a file or a folder below the root of the project. Where it is absent, the
 *   text is found wherever it is in src/, so that a move costs nothing: in the first edit's file if that has it
 */

/**
 * @typedef {object} Mutant
 * @property {number} rule
 * @property {string} name what the program does then, in words
 * @property {readonly Edit[]} edits
 * @property {string} within the folder whose tests are run: a program that blocks would block tests in its own process
 */

/**
 * Reads every `*.yaml` beside this file: a mapping from the number of a rule to its mutants.
 *
 * @returns {Mutant[]} in the order of their rules
 */
export function loadMutants(folder = import.meta.dirname) {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.yaml'))
    .flatMap((name) => Object.entries(load(readFileSync(path.join(folder, name), 'utf8'))))
    .flatMap(([rule, mutants]) =>
      mutants.map(({ name, and = [], within = 'tests', ...edit }) => ({
        rule: Number(rule),
        name,
        edits: [edit, ...and],
        within,
      })),
    )
    .sort((one, other) => one.rule - other.rule);
}

/**
 * Returns the content of every file that a mutant changes.
 *
 * @param {string} root
 * @param {Mutant} mutant
 * @returns {Map<string, { original: string, mutated: string }>}
 * @throws {Error} where a text does not stand exactly once in its place
 */
export function applyMutant(root, { edits }) {
  const files = new Map();
  for (const { file: place, text, becomes } of edits) {
    const [first] = files.keys();
    const { file, content } = find(root, text, place, first, files);
    const original = files.get(file)?.original ?? content;
    files.set(file, { original, mutated: content.replace(patternOf(text), () => becomes) });
  }
  return files;
}

/** Finds the only file in which a text stands, once, and what it holds with the edits so far. */
function find(root, text, place, first, files) {
  const read = (file) => ({ file, content: files.get(file)?.mutated ?? originalOf(path.join(root, file)) });
  const countIn = ({ content }) => content.match(patternOf(text, 'g'))?.length ?? 0;
  if (place === undefined && first !== undefined && countIn(read(first)) === 1) return read(first);
  const found = filesIn(root, place ?? 'src')
    .map(read)
    .filter((file) => countIn(file) > 0);
  const count = found.reduce((sum, file) => sum + countIn(file), 0);
  if (count !== 1) throw new Error(`${place ?? 'src'} holds ${count} times: ${text}`);
  return found[0];
}

// Read once: a mutant is taken out again before the next one is put in.
const originals = new Map();

function originalOf(file) {
  const content = originals.get(file) ?? readFileSync(file, 'utf8');
  originals.set(file, content);
  return content;
}

function filesIn(root, place) {
  if (!statSync(path.join(root, place)).isDirectory()) return [place];
  return readdirSync(path.join(root, place), { recursive: true })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => path.posix.join(place, name.replaceAll(path.sep, '/')));
}

/** A text with any white space in the place of its own. */
function patternOf(text, flags = '') {
  const words = text.trim().split(/\s+/);
  return new RegExp(words.map((word) => word.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('\\s+'), flags);
}

/**
 * A pattern of the titles of the tests that name a rule, or any rule: they end with `(rule 7)` or `(rules 7, 9)`.
 *
 * @param {number} [rule]
 */
export function titlePattern(rule) {
  return rule === undefined ? '\\(rules? [\\d, ]+\\)' : `\\(rules? (?:\\d+, )*${rule}(?:, \\d+)*\\)`;
}
