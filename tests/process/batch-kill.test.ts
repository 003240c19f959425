import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { runBatch } from '../support/batch-process.js';
import { rowsOf, setUpBatch } from '../support/batch.js';
import { killBatch } from '../support/killed-batch.js';
import { preload } from '../support/preload.js';

test('three kills of a batch give no row two sessions, and forget none', async () => {
  const reckoning = await killBatch({ rows: 300, kills: 3 });
  expect(reckoning).toMatchObject({
    kills: 3,
    open: 0,
    rowsWithTwoSessions: 0,
    sessionsThatNobodyKnows: 0,
    wrongLinks: 0,
  });
  expect(reckoning.unknown).toBeLessThanOrEqual(reckoning.mostUnknown);
});

describe('what fails beneath a job', () => {
  /** Lines that make a call of Node fail where a condition holds. */
  const failing = (name: string, condition: string, code: string) =>
    preload(
      "import fs from 'node:fs';",
      "import { syncBuiltinESMExports } from 'node:module';",
      `const original = fs.${name};`,
      'let calls = 0;',
      `fs.${name} = (...args) => {`,
      '  calls += 1;',
      `  if (${condition}) throw Object.assign(new Error('It fails'), { code: '${code}' });`,
      '  return original(...args);',
      '};',
      'syncBuiltinESMExports();',
    );

  test.each([1, 3])('a disk that is full at write %i of batch forget loses no link', async (write) => {
    const { cwd, run, batch } = await setUpBatch();
    await run(['--limit', '3']);
    const before = rowsOf(await batch(['results', 'rows.csv.batch']));
    const full = failing('writeSync', `calls === ${write}`, 'ENOSPC');
    const { code, stderr } = await runBatch(cwd, ['forget', 'rows.csv.batch', '--yes'], full);
    expect([code, stderr]).toEqual([
      74,
      expect.stringMatching(/cannot be written \(ENOSPC\)\.[^]*hint: Make room/),
    ]);
    expect(readdirSync(path.join(cwd, 'rows.csv.batch')).filter((name) => name.endsWith('.tmp'))).toEqual([]);
    expect(rowsOf(await batch(['results', 'rows.csv.batch']))).toEqual(before);
    expect((await batch(['forget', 'rows.csv.batch', '--yes'])).code).toBe(0);
    expect(rowsOf(await batch(['results', 'rows.csv.batch', '--only', 'created']))[0]).toMatchObject({
      authorizationUrl: null,
    });
  });

  test('a folder of jobs that cannot be listed is named', async () => {
    const { cwd, run } = await setUpBatch();
    await run(['--job', 'rekyc', '--batch', 'b', '--shard', '1/2', '--limit', '1']);
    const unlisted = failing('readdirSync', "String(args[0]).endsWith('rekyc')", 'EACCES');
    const { code, stderr } = await runBatch(cwd, ['status', 'rekyc'], unlisted);
    expect([code, stderr]).toEqual([2, expect.stringMatching(/rekyc\s+cannot\s+be\s+read\s+\(EACCES\)\./)]);
  });
});
