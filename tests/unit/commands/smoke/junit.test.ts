import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { validateXML } from 'xmllint-wasm';
import { renderJunit } from '../../../../src/commands/smoke/junit.js';
import { anyCharacter } from '../../../support/generated.js';
import { caseResult, smokeDocument } from './results.js';

const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const SCHEMA = readFileSync(fileURLToPath(new URL('../../../fixtures/junit.xsd', import.meta.url)), 'utf8');
const ALL = [
  caseResult('good', 'ok'),
  caseResult('bad', 'failed', 'x < 1 & "y"'),
  caseResult('seen', 'recorded', 'it does'),
  caseResult('left-out', 'skipped', 'the run ended before it'),
];

/** The documents, by their numbers, that are not valid. */
async function findInvalid(documents: readonly string[]): Promise<readonly number[]> {
  const xml = documents.map((contents, index) => ({ fileName: `${index}.xml`, contents }));
  const { errors } = await validateXML({ xml, schema: [SCHEMA] });
  const names = errors.flatMap(({ loc }) => loc?.fileName ?? []);
  return [...new Set(names.map((name) => Number.parseInt(name, 10)))].sort((a, b) => a - b);
}

describe('the JUnit report', () => {
  test('holds every case, its outcome and its facts', () => {
    const report = renderJunit(smokeDocument(...ALL), NOW, '1.2.3');
    const totals = 'name="digilocker.smoke.staging" tests="4" failures="1" errors="0" time="3.702"';
    expect(report).toContain(`<testsuites ${totals}>`);
    expect(report).toContain(`<testsuite ${totals} skipped="1" timestamp="2026-01-02T03:04:05">`);
    expect(report).toContain('<property name="digilocker" value="1.2.3"/>');
    expect(report).toContain(
      '<testcase name="bad" classname="digilocker.smoke.staging" time="1.234">\n' +
        '      <failure type="expectation" message="x &lt; 1 &amp; &quot;y&quot;">Expected: a &lt;b&gt; &amp; &quot;c&quot;\nObserved: x &lt; 1 &amp; &quot;y&quot;</failure>\n',
    );
    expect(report).toContain('<skipped message="the run ended before it"/>');
    expect(report).toMatch(
      /name="seen"[^]*?mark: assumed\n[^]*?observed: it does\ntransaction ID: TXN1\nreference ID: ref-1<\/system-out>/,
    );
  });

  test('is valid, whatever a server says', async () => {
    const hostile = fc.sample(
      fc.oneof(
        fc.string({ unit: anyCharacter }),
        fc.string(),
        fc.constantFrom(']]>', '<!--', '&#0;', '\u0000', '\ud800', '\ufffe\uffff'),
      ),
      { numRuns: 60, seed: 7 },
    );
    const documents = hostile.map((text) =>
      renderJunit(
        smokeDocument(
          caseResult('one', 'failed', text),
          caseResult('two', 'skipped', text),
          caseResult('three', 'recorded', text),
        ),
        NOW,
        '1.2.3',
      ),
    );
    expect(await findInvalid([renderJunit(smokeDocument(...ALL), NOW, '1.2.3'), ...documents])).toEqual([]);
  });

  test('would not be, were it another', async () => {
    const report = renderJunit(smokeDocument(...ALL), NOW, '1.2.3');
    const broken = [
      report.replace(' tests="4"', ''),
      report.replace('time="3.702"', 'time="3,7"'),
      report.replaceAll('testcase', 'test'),
      report.replace('it does', 'it \u0001 does'),
      report.replace('name="seen"', 'name="bad"'),
    ];
    expect(await findInvalid([report, ...broken])).toEqual([1, 2, 3, 4, 5]);
  });
});

test('the JUnit report of a run that knows no environment, nor what it saw, is valid', async () => {
  const seen = { ...caseResult('bad', 'failed'), observed: null };
  const report = renderJunit({ ...smokeDocument(seen), environment: null }, NOW, '1.2.3');
  expect(report).toContain('<property name="environment" value=""/>');
  expect(report).toContain('<failure type="expectation" message="">');
  expect(await findInvalid([report])).toEqual([]);
});
