import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../src/failure/failure.js';
import { deliver } from '../../../src/output/deliver.js';
import type { Format } from '../../../src/output/format.js';
import type { Report } from '../../../src/output/report.js';
import { createFakeHost } from '../../support/fake-host.js';

const REPORT: Report = {
  document: { schema: 'x/1', id: 'a\nb' },
  variables: [['ID', 'abc']],
  blocks: [{ type: 'text', text: 'Hello.' }],
};

const choice = (format: Format, field?: string) => ({ format, field, isQuiet: false, isVerbose: false });

test.each<[format: Format, field: string | undefined, written: string]>([
  ['human', undefined, 'Hello.\n'],
  ['json', undefined, '{\n  "schema": "x/1",\n  "id": "a\\nb"\n}\n'],
  ['env', undefined, 'ID=abc\n'],
  ['shell', undefined, "export ID='abc'\n"],
  ['human', 'schema', 'x/1\n'],
])('in the form %s, field %p', async (format, field, written) => {
  const { stdout } = createFakeHost();
  await deliver({ stdout }, REPORT, choice(format, field));
  expect(stdout.text).toBe(written);
});

describe('what could not be written (rule 24)', () => {
  test.each([
    ['human', undefined, 'output'],
    ['human', 'id', 'upstream'],
  ] as const)('stays in the failure (%s, %p)', async (format, field, kind) => {
    const stdoutError = kind === 'output' ? { stdoutError: new Failure('output', 'x') } : {};
    const { stdout } = createFakeHost([], stdoutError);
    await expect(deliver({ stdout }, REPORT, choice(format, field))).rejects.toMatchObject({
      kind,
      details: { document: REPORT.document },
    });
    expect(stdout.text).toBe('');
  });

  test('because of a bug stays a bug', async () => {
    const bug = new TypeError('a bug');
    const { stdout } = createFakeHost([], { stdoutError: bug });
    await expect(deliver({ stdout }, REPORT, choice('human'))).rejects.toBe(bug);
  });
});
