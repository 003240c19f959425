import { describe, expect, test } from '@jest/globals';
import { smokeReport, timeText } from '../../../../src/commands/smoke/report.js';
import { renderHuman } from '../../../../src/output/human.js';
import { createFakeHost } from '../../../support/fake-host.js';
import { caseResult, smokeDocument } from './results.js';

function shown(document: Parameters<typeof smokeReport>[0]): string {
  return renderHuman(smokeReport(document, true).blocks, createFakeHost([], { columns: 200 }).stdout);
}

describe('the report of a run', () => {
  test('names its environment and host, or the sandbox inside the command', () => {
    const document = smokeDocument(caseResult('good', 'ok'));
    expect(shown(document)).toContain('Smoke check of staging (in.staging.decentro.tech)');
    expect(shown({ ...document, environment: 'sandbox', host: null })).toContain(
      'Smoke check of sandbox (inside the command)',
    );
    expect(shown({ ...document, environment: null, host: null })).toContain(
      'Smoke check of  (inside the command)',
    );
  });

  test('lists a case that has not run, and one of which nothing was seen', () => {
    const notRun = { ...caseResult('later', 'skipped'), status: null, observed: null };
    const unseen = { ...caseResult('unseen', 'recorded'), observed: null, decentroTxnId: null };
    const silent = { ...caseResult('silent', 'skipped'), observed: null };
    const text = shown(smokeDocument(notRun, unseen, silent));
    expect(text).toMatch(/skipped +later +D +-/);
    expect(text).toMatch(/recorded +unseen +A +- +1\.2 s/);
    expect(text).toMatch(/skipped +silent +D/);
    expect(text).toMatch(/^- unseen: ?$/m);
  });
});

test.each([
  [null, ''],
  [999, '999 ms'],
  [1500, '1.5 s'],
])('a duration of %p ms is shown as %j', (durationMs, text) => {
  expect(timeText(durationMs)).toBe(text);
});
