// The mutants: for each rule of SECURITY.md, the ways in which the program is made to break it.
import { load } from 'js-yaml';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';

/**
 * @typedef {object} Edit
 * @property {string} file below the root of the project
 * @property {string} text stands exactly once in the file
 * @property {string} becomes
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
 * @throws {Error} where a text does not stand exactly once in its file
 */
export function applyMutant(root, { edits }) {
  const files = new Map();
  for (const { file, text, becomes } of edits) {
    const original = files.get(file)?.original ?? readFileSync(path.join(root, file), 'utf8');
    const parts = (files.get(file)?.mutated ?? original).split(text);
    if (parts.length !== 2) throw new Error(`${file} holds ${parts.length - 1} times: ${text}`);
    files.set(file, { original, mutated: parts.join(becomes) });
  }
  return files;
}

/**
 * A pattern of the titles of the tests that name a rule, or any rule: they end with `(rule 7)` or `(rules 7, 9)`.
 *
 * @param {number} [rule]
 */
export function titlePattern(rule) {
  return rule === undefined ? '\\(rules? [\\d, ]+\\)' : `\\(rules? (?:\\d+, )*${rule}(?:, \\d+)*\\)`;
}
