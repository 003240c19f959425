import path from 'node:path';
import process from 'node:process';

/** Runs test files in the order of `$TEST_FILES`, where jest would begin with the longest. */
export default class InGivenOrder {
  #files = (process.env['TEST_FILES'] ?? '').split(path.delimiter);

  /** @template {{ path: string }} Test @param {Test[]} tests */
  sort(tests) {
    return [...tests].sort((one, other) => this.#placeOf(one) - this.#placeOf(other));
  }

  /** @template Test @param {Test[]} tests */
  allFailedTests(tests) {
    return tests;
  }

  cacheResults() {}

  /** @param {{ path: string }} test */
  #placeOf({ path: file }) {
    return this.#files.findIndex((name) => file.endsWith(name));
  }
}
