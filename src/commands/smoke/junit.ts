// JUnit XML as the readers of GitHub, GitLab and Jenkins agree on it: the attributes and elements of Jenkins' schema
// (junit-10.xsd of its xUnit plugin), and of these only what the others know as well.
import type { CaseResult } from './run-smoke.js';
import { visible } from '../../safety/visible.js';
import { countCases, type SmokeDocument } from './report.js';

/** Writes the report of a run. `now` is in milliseconds since the epoch. */
export function renderJunit({ environment, cases }: SmokeDocument, now: number, version: string): string {
  const suite = `digilocker.smoke.${environment ?? ''}`;
  const totals = {
    name: suite,
    tests: cases.length,
    failures: countCases(cases, 'failed'),
    errors: 0,
    time: seconds(cases.reduce((sum, { durationMs }) => sum + (durationMs ?? 0), 0)),
  };
  const details = {
    skipped: countCases(cases, 'skipped'),
    timestamp: new Date(now).toISOString().slice(0, 19),
  };
  return [
    '<?xml version="1.0" encoding="UTF-8"?>',
    `<testsuites${attributes(totals)}>`,
    `  <testsuite${attributes({ ...totals, ...details })}>`,
    '    <properties>',
    `      <property${attributes({ name: 'environment', value: environment ?? '' })}/>`,
    `      <property${attributes({ name: 'digilocker', value: version })}/>`,
    '    </properties>',
    ...cases.map((one) => renderCase(one, suite)),
    '  </testsuite>',
    '</testsuites>',
    '',
  ].join('\n');
}

function renderCase(one: CaseResult, classname: string): string {
  const open = `    <testcase${attributes({ name: one.id, classname, time: seconds(one.durationMs ?? 0) })}>`;
  return `${open}\n${outcome(one)}      <system-out>${escaped(factsOf(one))}</system-out>\n    </testcase>`;
}

function outcome({ status, expected, observed }: CaseResult): string {
  const message = visible(observed ?? '');
  if (status === 'skipped') return `      <skipped${attributes({ message })}/>\n`;
  if (status !== 'failed') return '';
  const text = `Expected: ${expected}\nObserved: ${message}`;
  return `      <failure${attributes({ type: 'expectation', message })}>${escaped(text)}</failure>\n`;
}

function factsOf({ title, mark, expected, observed, decentroTxnId, referenceId }: CaseResult): string {
  const facts = [
    ['title', title],
    ['mark', mark],
    ['expected', expected],
    ['observed', observed],
    ['transaction ID', decentroTxnId],
    ['reference ID', referenceId],
  ] as const;
  return facts.flatMap(([name, value]) => (value === null ? [] : `${name}: ${visible(value)}`)).join('\n');
}

function seconds(durationMs: number): string {
  return (durationMs / 1000).toFixed(3);
}

function attributes(values: Readonly<Record<string, string | number>>): string {
  return Object.entries(values)
    .map(([name, value]) => ` ${name}="${escaped(visible(String(value)))}"`)
    .join('');
}

// XML 1.0 has no way to write most control characters: `visible` has made them text. What it leaves is the tab, which
// an attribute would turn into a space, and U+FFFE and U+FFFF, which are not characters.
function escaped(text: string): string {
  const entities: Record<string, string> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
    '\t': '&#9;',
  };
  return text
    .replace(/[\uFFFE\uFFFF]/g, '\uFFFD')
    .replace(/[&<>"\t]/g, (character) => entities[character] ?? character);
}
