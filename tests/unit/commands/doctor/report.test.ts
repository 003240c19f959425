import { expect, test } from '@jest/globals';
import { nameCheck } from '../../../../src/commands/doctor/check.js';
import { doctorReport } from '../../../../src/commands/doctor/report.js';
import { renderHuman } from '../../../../src/output/human.js';
import { createFakeHost } from '../../../support/fake-host.js';

const check = nameCheck('one', 'One');

test.each([
  ['staging', [check.ok('fine')], 'Ready to start a session on staging.'],
  [null, [check.skipped('why not')], 'Ready to start a session on an environment.'],
  ['staging', [check.warning('hm', 'Look.')], 'Ready to start a session on staging: 1 warning.'],
  [
    null,
    [check.problem('config', 'no', null), check.problem('network', 'no', 'Look.')],
    'Not ready to start a session on an environment: 2 problems.',
  ],
])('the report of %p ends with its verdict: %#', (environment, checks, verdict) => {
  const { blocks } = doctorReport(environment, [{ title: 'Group', checks }]);
  const text = renderHuman(blocks, createFakeHost([], { columns: 120 }).stdout);
  expect(text.trimEnd().split('\n').at(-1)).toBe(verdict);
});
