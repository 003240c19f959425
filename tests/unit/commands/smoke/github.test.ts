import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../../src/failure/failure.js';
import { renderAnnotations, renderOutputs, renderSummary } from '../../../../src/commands/smoke/github.js';
import { caseResult, smokeDocument } from './results.js';

const HOSTILE = 'a | b\n::error::c <img src=x> @user https://evil.example `d` %0A \u001b[2J';

describe('annotations', () => {
  test('are one line for each failed case, and for what ended the run', () => {
    const document = smokeDocument(caseResult('good', 'ok'), caseResult('bad', 'failed', HOSTILE));
    const end = new Failure('network', ['Nothing was sent:', 'no connection.']);
    expect(renderAnnotations(document, end)).toBe(
      '::error title=digilocker smoke%3A bad::Expected a <b> & "c"; observed a | b%0A\\u003a:error::c <img src=x> @user https://evil.example `d` %250A \\u001b[2J\n' +
        '::error title=digilocker smoke%3A staging::Nothing was sent:%0Ano connection.\n',
    );
  });

  test('are none where all is well', () => {
    expect(renderAnnotations(smokeDocument(caseResult('good', 'ok')), undefined)).toBe('');
  });
});

describe('the job summary', () => {
  test('is a table in which nothing that a server says is Markdown', () => {
    const document = {
      ...smokeDocument(caseResult('bad', 'failed', HOSTILE)),
      settled: [{ case: 'x', mark: 'assumed' as const, question: 'whether', finding: '*it* does' }],
    };
    const summary = renderSummary(document, new Failure('access', 'No <access>.'));
    expect(summary).toMatch(/^### digilocker smoke: staging\n\n1 case\\:/);
    expect(summary).toContain('\nNo \\<access\\>.\n');
    const row = summary.split('\n').find((line) => line.startsWith('| failed'));
    expect(row).toBe(
      '| failed | bad | documented | a \\<b\\> \\& \\"c\\" | a \\| b<br>\\\\u003a\\:error\\:\\:c \\<img src\\=x\\> \\@user https\\:\\/\\/evil.example \\`d\\` \\%0A \\\\u001b\\[2J | TXN1 | 1.2 s |',
    );
    expect(summary).toContain('\n- Settled (assumed): whether\\: \\*it\\* does\n');
  });
});

describe('the outputs of the step', () => {
  test('stand between delimiters, so that no value adds another', () => {
    const document = smokeDocument(
      { ...caseResult('session-starts', 'ok'), decentroTxnId: 'T\nok=true' },
      caseResult('one', 'failed'),
      caseResult('two', 'failed'),
      caseResult('three', 'skipped'),
    );
    const outputs = renderOutputs(document, false, 'END');
    expect(
      Object.fromEntries(
        [...outputs.matchAll(/^([\w-]+)<<END\n([^]*?)\nEND\n/gm)].map(([, name = '', value]) => [
          name,
          value,
        ]),
      ),
    ).toEqual({
      ok: 'false',
      passed: '1',
      failed: '2',
      recorded: '0',
      skipped: '1',
      'failed-cases': 'one,two',
      'decentro-txn-id': 'T\\u000aok=true',
    });
  });
});

describe('of a run that ended before anything was known,', () => {
  const unknown = { ...smokeDocument(), environment: null, host: null, plan: null };
  const end = new Failure('config', 'No credentials.');

  test('the annotation is of the command', () => {
    expect(renderAnnotations(unknown, end)).toBe(
      '::error title=digilocker smoke%3A smoke::No credentials.\n',
    );
  });

  test('the summary has no rows, and no ID is put out', () => {
    expect(renderSummary(unknown, end)).toMatch(/^### digilocker smoke: \n\n0 cases[^]*\nNo credentials\.\n/);
    expect(renderOutputs(unknown, false, 'END')).toContain('decentro-txn-id<<END\n\nEND\n');
  });

  test('a case that has not run has empty cells', () => {
    const notRun = { ...caseResult('later', 'skipped'), status: null, observed: null };
    expect(renderSummary({ ...unknown, cases: [notRun] }, undefined)).toContain(
      '|  | later | documented | a \\<b\\> \\& \\"c\\" |  |  |  |',
    );
    const failed = { ...caseResult('bad', 'failed'), observed: null };
    expect(renderAnnotations({ ...unknown, cases: [failed] }, undefined)).toBe(
      '::error title=digilocker smoke%3A bad::Expected a <b> & "c"; observed \n',
    );
  });
});
