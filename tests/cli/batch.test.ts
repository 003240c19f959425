import { describe, expect, test } from '@jest/globals';
import { chmodSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { CSV, ROWS, rowsOf, setUpBatch, told } from '../support/batch.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer } from '../support/decentro-server.js';
import { runMain } from '../support/run-main.js';

describe('batch run', () => {
  test('every row gets a link, and a second run sends nothing', async () => {
    const { server, run, batch } = await setUpBatch();
    const first = await run();
    expect(first.code).toBe(0);
    expect(first.stdout).toContain('40 of 40 rows have a link');
    expect(server.sessions).toHaveLength(40);
    const again = await run(['--json']);
    expect(again.code).toBe(0);
    expect(again.document).toMatchObject({
      schema: 'digilocker.batch/1',
      ok: true,
      environment: 'sandbox',
      shard: '1/1',
      rows: { total: 40, created: 40, refused: 0, unknown: 0, lost: 0, withheld: 0, invalid: 0, open: 0 },
      requests: 0,
      stopped: null,
      error: null,
    });
    expect(server.sessions).toHaveLength(40);
    const results = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(results.map(({ row }) => row)).toEqual(ROWS.map((_, index) => index + 1));
    const links = new Map(server.sessions.map(({ row, link }) => [row, link]));
    expect(results.map(({ authorizationUrl }) => authorizationUrl)).toEqual(
      ROWS.map((_, index) => links.get(`?${index + 1}`)),
    );
  });

  test('a run is one line of the journal of sessions, by the name of its batch', async () => {
    const { cwd, run } = await setUpBatch();
    const home = temporaryDirectory();
    await run(['--batch', 'rekyc-1', '--limit', '3'], { home, now: 1_800_000_000_000 });
    await run(['--batch', 'rekyc-1'], { home, now: 1_800_000_001_000 });
    // Nothing is left that it could send.
    await run(['--batch', 'rekyc-1'], { home, now: 1_800_000_002_000 });
    const { document } = await runMain(['sessions', '--json'], { cwd, home });
    const line = { call: 'batch', referenceId: 'rekyc-1', decentroTxnId: null, effect: 'yes' };
    expect(document).toMatchObject({ sessions: [line, line] });
  });

  test('rows are told as they end, one line each', async () => {
    const { run } = await setUpBatch();
    const rows = rowsOf(await run(['-o', 'ndjson']));
    expect(rows).toHaveLength(40);
    expect(Object.keys(rows[0] ?? {})).toEqual([
      'schema',
      'row',
      'key',
      'end',
      'sessionCreated',
      'referenceId',
      'decentroTxnId',
      'authorizationUrl',
      'responseKey',
      'httpStatus',
      'kind',
      'attempts',
      'at',
    ]);
    expect(rows.find(({ row }) => row === 12)).toMatchObject({
      schema: 'digilocker.batch-row/1',
      key: 'C12',
      end: 'created',
      sessionCreated: 'yes',
      httpStatus: 200,
      kind: null,
      attempts: [{ httpStatus: 200, sent: 'yes' }],
    });
  });

  test('the last row is checked before the first one is sent', async () => {
    const { server, run } = await setUpBatch({}, CSV.replace('https://app.test/?40', 'app.test/?40'));
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('Row 40 (line 41): redirect_url is not an absolute http(s) URL');
    expect(server.arrivals).toEqual([]);
    const skipped = await run(['--skip-invalid', '--json']);
    expect(skipped.code).toBe(10);
    expect(skipped.document).toMatchObject({ rows: { created: 39, invalid: 1 }, error: { kind: 'partial' } });
  });

  test('--dry-run counts, shows the first request and sends nothing', async () => {
    const { cwd, server, run } = await setUpBatch();
    const { code, stdout, stderr } = await run(['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('curl -X POST');
    expect(stdout).toContain('https://app.test/?1');
    expect(stderr).toContain('40 rows would be sent.');
    expect(server.arrivals).toEqual([]);
    expect(readdirSync(cwd)).toEqual(['rows.csv']);
  });

  test('--limit stops after so many rows, and the next run goes on', async () => {
    const { server, run } = await setUpBatch();
    expect((await run(['--limit', '7'])).code).toBe(10);
    expect(server.sessions).toHaveLength(7);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
  });

  test('a row whose consent cell is not exactly true is withheld', async () => {
    const cells = ['true', 'false', '', 'TRUE', 'yes'];
    const csv = `customer_no,consent\n${cells.map((cell, index) => `C${index},${cell}`).join('\n')}\n`;
    const { cwd, server, run } = await setUpBatch({}, csv);
    const { code, document } = await run(['--json']);
    expect(code).toBe(10);
    // --retry sends none of them again.
    expect(document).toMatchObject({
      rows: { total: 5, created: 1, withheld: 4 },
      error: { hint: '`digilocker batch results` lists them.' },
    });
    expect(server.sessions).toHaveLength(1);
    writeFileSync(path.join(cwd, 'slip.csv'), 'customer_no,Consent\n1,false\n');
    const slip = await runMain(['batch', 'run', 'slip.csv', '--env', 'sandbox', '--consent'], { cwd });
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain('spelled almost like consent');
  });

  test('NDJSON carries the types of the wire', async () => {
    const { cwd, server } = await setUpBatch();
    const lines = [
      { id: 'A', redirect_url: 'https://app.test/?1', redirect_to_signup: true },
      { id: 'B', redirect_url: 'https://app.test/?2', redirect_to_signup: 'true' },
    ];
    writeFileSync(path.join(cwd, 'rows.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const args = ['batch', 'run', 'rows.ndjson', '--env', 'sandbox', '--base-url', server.url, '--consent'];
    const { code, stderr } = await runMain([...args, '--key', 'id'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('Row 2 (line 2): redirect_to_signup is neither true nor false.');
    writeFileSync(path.join(cwd, 'one.ndjson'), `${JSON.stringify(lines[0])}\n`);
    const one = await runMain(['batch', 'run', 'one.ndjson', ...args.slice(3), '--dry-run'], { cwd });
    expect(one.stderr).toContain('0 of 1 row has a link');
    const delimited = await runMain([...args, '--key', 'id', '--delimiter', 'tab'], { cwd });
    expect(delimited.code).toBe(2);
    expect(delimited.stderr).toContain('--delimiter is for CSV, and this file is NDJSON.');
  });

  test.each([
    ['two rows of one key', 'customer_no\nC1\nC2\nC1\n', 'Rows 1 and 3 have the same key: C1.'],
    ['an empty key', 'customer_no,a\nC1,x\n,y\n', 'The key of row 2 (line 3) is empty.'],
    ['a missing key column', 'customer_nr\nC1\n', 'The file has no column customer_no.'],
    ['an empty line', 'customer_no,a\nC1,x\n\nC2,y\n', 'Line 3: the line is empty.'],
    [
      'a column whose name is almost a parameter',
      'customer_no,Redirect URL\nC1,https://app.test/\n',
      'The column "Redirect URL" is spelled almost like redirect_url.',
    ],
    [
      'a reference ID that appears twice',
      'customer_no,reference_id\nC1,x\nC2,x\n',
      'Rows 1 and 2 have the same reference_id.',
    ],
  ])('%s is refused', async (_what, csv, message) => {
    const { server, run } = await setUpBatch({}, csv);
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(server.arrivals).toEqual([]);
  });

  test('equal rows without a key are refused, and told apart by --key row', async () => {
    const { cwd, server } = await setUpBatch({}, 'name\nx\ny\nx\n');
    const args = [
      'batch',
      'run',
      'rows.csv',
      '--env',
      'sandbox',
      '--base-url',
      server.url,
      '--consent',
      '--rate',
      'none',
    ];
    const refused = await runMain(args, { cwd });
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain('Rows 1 and 3 are equal.');
    expect(
      (await runMain([...args, '--key', 'row', '--redirect-url', 'https://app.test/'], { cwd })).code,
    ).toBe(0);
  });

  test('a file that changed is refused, and rows added at its end are sent', async () => {
    const { cwd, server, run } = await setUpBatch();
    expect((await run()).code).toBe(0);
    const file = path.join(cwd, 'rows.csv');
    writeFileSync(file, `${CSV}C41,https://app.test/?41\n`);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(41);
    writeFileSync(file, `${CSV}C42,https://app.test/?42\n`);
    const changed = await run();
    expect(changed.code).toBe(2);
    expect(told(changed)).toContain('is not the file that this job began with');
    expect(server.sessions).toHaveLength(41);
  });

  test('another account, host or key is not this job', async () => {
    const { cwd, run } = await setUpBatch();
    expect((await run()).code).toBe(0);
    const other = await startDecentroServer();
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', other.url, '--consent'];
    expect(await runMain(args, { cwd })).toMatchObject({ code: 3 });
    expect(await run(['--key', 'row'])).toMatchObject({ code: 2 });
  });

  test('the job folder and its files are for their owner alone, and others are refused', async () => {
    const { cwd, run, batch } = await setUpBatch();
    await run();
    const job = path.join(cwd, 'rows.csv.batch');
    expect(readdirSync(job).sort()).toEqual(['.gitignore', 'job.json', 'run-000001.ndjson']);
    expect(readFileSync(path.join(job, '.gitignore'), 'utf8')).toBe('*\n');
    if (process.platform === 'win32') return;
    expect(statSync(job).mode & 0o777).toBe(0o700);
    expect(statSync(path.join(job, 'run-000001.ndjson')).mode & 0o777).toBe(0o600);
    chmodSync(job, 0o750);
    const refused = [
      await run(),
      await batch(['status', 'rows.csv.batch']),
      await batch(['results', 'rows.csv.batch']),
    ];
    for (const each of refused) {
      expect(each.code).toBe(2);
      expect(told(each)).toContain('has mode 0750 and must have 0700');
    }
  });

  test('consent is needed, and asked with purpose and number of rows on a terminal', async () => {
    const { cwd, server } = await setUpBatch();
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--rate', 'none'];
    const missing = await runMain(args, { cwd });
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('--consent') });
    const declined = await runMain(args, { cwd, answers: [[/all 40 rows/, false]] });
    expect(declined.code).toBe(2);
    expect(server.arrivals).toEqual([]);
  });

  test('standard input is no input', async () => {
    const { cwd } = await setUpBatch();
    expect(await runMain(['batch', 'run', '-', '--env', 'sandbox', '--consent'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be a file'),
    });
  });
});
