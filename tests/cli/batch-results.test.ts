import { describe, expect, test } from '@jest/globals';
import { existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rowsOf, setUpBatch, told } from '../support/batch.js';

describe('batch status, results and forget', () => {
  test('status tells what is done and what is open', async () => {
    const { run, batch } = await setUpBatch();
    await run(['--limit', '5']);
    const { code, document } = await batch(['status', 'rows.csv.batch', '--json']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ rows: { total: 40, created: 5, open: 35 }, requests: 5, running: null });
  });

  test('results are a table for other programs, with the columns of the input', async () => {
    const { cwd, run, batch } = await setUpBatch(
      {},
      `customer_no,note,redirect_url\n+91,"=1+1, ""x""",https://app.test/?1\n`,
    );
    await run();
    const args = ['results', 'rows.csv.batch', '-o', 'csv', '--with', 'rows.csv'];
    const { code, stdout } = await batch(args);
    expect(code).toBe(0);
    const [header = '', line = ''] = stdout.split('\n');
    expect(header).toMatch(/^customer_no,note,redirect_url,row,key,end,/);
    expect(line).toMatch(/^\+91,"=1\+1, ""x""",https:\/\/app\.test\/\?1,1,\+91,created,yes,/);
    const safe = await batch([...args, '--spreadsheet', '--to', 'links.csv']);
    expect(safe).toMatchObject({ code: 0, stdout: '' });
    expect(readFileSync(path.join(cwd, 'links.csv'), 'utf8')).toContain(`'+91,"'=1+1, ""x"""`);
    if (process.platform !== 'win32') expect(statSync(path.join(cwd, 'links.csv')).mode & 0o777).toBe(0o600);
    expect(await batch([...args, '--to', 'links.csv'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('exists already'),
    });
  });

  test('results have the columns of all objects, and a header that is no formula either', async () => {
    const { cwd, run, batch } = await setUpBatch(
      {},
      'customer_no,=x,redirect_url\nC1,1,https://app.test/?1\n',
    );
    await run();
    const lines = '{"customer_no":"C1"}\n{"customer_no":"C2","note":"late"}\n';
    writeFileSync(path.join(cwd, 'more.ndjson'), lines);
    const { stdout } = await batch(['results', 'rows.csv.batch', '-o', 'csv', '--with', 'more.ndjson']);
    expect(stdout).toMatch(/^customer_no,note,row,.*\nC1,,1,C1,created,.*\nC2,late,2,C2,open,/);
    const safe = await batch([
      'results',
      'rows.csv.batch',
      '-o',
      'csv',
      '--with',
      'rows.csv',
      '--spreadsheet',
    ]);
    expect(safe.stdout).toMatch(/^customer_no,'=x,redirect_url,row,/);
  });

  test('results of a job with open rows are exit 10, and a terminal gets no links unasked', async () => {
    const { run, batch } = await setUpBatch();
    await run(['--limit', '3']);
    const open = await batch(['results', 'rows.csv.batch', '--only', 'open']);
    expect(open.code).toBe(10);
    expect(rowsOf(open)).toHaveLength(37);
    expect(await batch(['results', 'rows.csv.batch'], { isInteractive: true })).toMatchObject({
      code: 2,
      stdout: '',
    });
  });

  test('shards send each row once, and become one table again', async () => {
    const { cwd, server, run, batch } = await setUpBatch();
    for (const index of [1, 2, 3])
      expect((await run(['--job', 'rekyc', '--batch', 'rekyc-1', '--shard', `${index}/3`])).code).toBe(0);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    expect(server.sessions).toHaveLength(40);
    const rows = rowsOf(await batch(['results', 'rekyc']));
    expect(rows.map(({ end }) => end)).toEqual(Array(40).fill('created'));
    expect(await batch(['results', 'rekyc/shard-1-of-3', 'rekyc/shard-3-of-3'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('Shards are missing: 2 of 3.'),
    });
    expect((await batch(['status', 'rekyc', '--json'])).document).toMatchObject({
      shard: null,
      rows: { total: 40, created: 40 },
      requests: 40,
      shards: [{ shard: '1/3' }, { shard: '2/3' }, { shard: '3/3' }],
    });
    expect((await batch(['status', 'rekyc'])).stdout).toContain('40 of 40 rows have a link');
    expect(existsSync(path.join(cwd, 'rekyc', '.gitignore'))).toBe(true);
    expect(await run(['--shard', '1/3'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('requires --batch'),
    });
  });

  test('forget removes links, keys and IDs, and keeps the counts', async () => {
    const { cwd, server, run, batch } = await setUpBatch();
    await run(['--limit', '30']);
    expect((await batch(['forget', 'rows.csv.batch'])).code).toBe(2);
    expect((await batch(['forget', 'rows.csv.batch', '--yes'])).code).toBe(0);
    const job = path.join(cwd, 'rows.csv.batch');
    const text = readdirSync(job)
      .map((file) => readFileSync(path.join(job, file), 'utf8'))
      .join('');
    for (const { link, referenceId, txn } of server.sessions)
      expect([link, referenceId, txn].filter((secret) => text.includes(secret))).toEqual([]);
    expect(text).not.toContain('"C1"');
    expect((await batch(['status', 'rows.csv.batch', '--json'])).document).toMatchObject({
      rows: { created: 30, open: 10 },
    });
    // None of the rows would be found, and all of them be told as open.
    const joined = await batch(['results', 'rows.csv.batch', '--with', 'rows.csv']);
    expect(joined).toMatchObject({ code: 2, stdout: '' });
    expect(told(joined)).toContain('The keys of this job are forgotten: --with cannot find its rows.');
    expect((await run()).code).toBe(0);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    expect(server.sessions).toHaveLength(40);
  });
});
