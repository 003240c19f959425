import { appendFileSync } from 'node:fs';
import process from 'node:process';

/** Adds a line of JSON to `$TEST_REPORT` for each test file that has run: jest's own report is lost with `--bail`. */
export default class Reporter {
  /**
   * @param {unknown} _test
   * @param {import('@jest/reporters').TestResult} result
   */
  onTestResult(_test, { testFilePath, testResults, testExecError, failureMessage }) {
    const tests = testResults
      .filter(({ status }) => status === 'passed' || status === 'failed')
      .map(({ fullName, duration, failureMessages }) => ({ fullName, duration, failureMessages }));
    const broken = testExecError === undefined ? null : failureMessage;
    appendFileSync(process.env['TEST_REPORT'] ?? '', `${JSON.stringify({ testFilePath, tests, broken })}\n`);
  }
}
