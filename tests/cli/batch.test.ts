import { describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer, type DecentroServerOptions } from '../support/decentro-server.js';
import { runMain, type MainRun } from '../support/run-main.js';
import type { FakeHostOptions } from '../support/fake-host.js';

const ROWS = Array.from({ length: 40 }, (_, index) => `C${index + 1},https://app.test/?${index + 1}`);
const CSV = `customer_no,redirect_url\n${ROWS.join('\n')}\n`;

async function setUp(options: DecentroServerOptions = {}, csv = CSV) {
  const cwd = temporaryDirectory();
  writeFileSync(path.join(cwd, 'rows.csv'), csv);
  const server = await startDecentroServer(options);
  const target = ['--env', 'sandbox', '--base-url', server.url];
  const run = (args: readonly string[] = [], more: FakeHostOptions = {}): Promise<MainRun> =>
    runMain(
      ['batch', 'run', 'rows.csv', ...target, '--consent', '--key', 'customer_no', '--rate', 'none', ...args],
      { cwd, ...more },
    );
  const batch = (args: readonly string[], more: FakeHostOptions = {}): Promise<MainRun> =>
    runMain(['batch', ...args], { cwd, ...more });
  return { cwd, server, run, batch };
}

/** What was told, without the line breaks of its layout. */
function told({ stderr }: MainRun): string {
  return stderr.replace(/\s+/g, ' ');
}

function rowsOf({ stdout }: MainRun): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

describe('batch run', () => {
  test('every row gets a link, and a second run sends nothing', async () => {
    const { server, run, batch } = await setUp();
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

  test('rows are told as they end, one line each', async () => {
    const { run } = await setUp();
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
    const { server, run } = await setUp({}, CSV.replace('https://app.test/?40', 'app.test/?40'));
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain('Row 40 (line 41): redirect_url is not an absolute http(s) URL');
    expect(server.arrivals).toEqual([]);
    const skipped = await run(['--skip-invalid', '--json']);
    expect(skipped.code).toBe(10);
    expect(skipped.document).toMatchObject({ rows: { created: 39, invalid: 1 }, error: { kind: 'partial' } });
  });

  test('--dry-run counts, shows the first request and sends nothing', async () => {
    const { cwd, server, run } = await setUp();
    const { code, stdout, stderr } = await run(['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toContain('curl -X POST');
    expect(stdout).toContain('https://app.test/?1');
    expect(stderr).toContain('40 rows would be sent.');
    expect(server.arrivals).toEqual([]);
    expect(readdirSync(cwd)).toEqual(['rows.csv']);
  });

  test('--limit stops after so many rows, and the next run goes on', async () => {
    const { server, run } = await setUp();
    expect((await run(['--limit', '7'])).code).toBe(10);
    expect(server.sessions).toHaveLength(7);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
  });

  test('a row whose consent cell is not exactly true is withheld', async () => {
    const cells = ['true', 'false', '', 'TRUE', 'yes'];
    const csv = `customer_no,consent\n${cells.map((cell, index) => `C${index},${cell}`).join('\n')}\n`;
    const { cwd, server, run } = await setUp({}, csv);
    const { code, document } = await run(['--json']);
    expect(code).toBe(10);
    expect(document).toMatchObject({ rows: { total: 5, created: 1, withheld: 4 } });
    expect(server.sessions).toHaveLength(1);
    writeFileSync(path.join(cwd, 'slip.csv'), 'customer_no,Consent\n1,false\n');
    const slip = await runMain(['batch', 'run', 'slip.csv', '--env', 'sandbox', '--consent'], { cwd });
    expect(slip.code).toBe(2);
    expect(slip.stderr).toContain('spelled almost like consent');
  });

  test('NDJSON carries the types of the wire', async () => {
    const { cwd, server } = await setUp();
    const lines = [
      { id: 'A', redirect_url: 'https://app.test/?1', redirect_to_signup: true },
      { id: 'B', redirect_url: 'https://app.test/?2', redirect_to_signup: 'true' },
    ];
    writeFileSync(path.join(cwd, 'rows.ndjson'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const args = ['batch', 'run', 'rows.ndjson', '--env', 'sandbox', '--base-url', server.url, '--consent'];
    const { code, stderr } = await runMain([...args, '--key', 'id'], { cwd });
    expect(code).toBe(2);
    expect(stderr).toContain('Row 2 (line 2): redirect_to_signup is neither true nor false.');
  });

  test.each([
    ['two rows of one key', 'customer_no\nC1\nC2\nC1\n', 'Rows 1 and 3 have the same key: C1.'],
    ['an empty key', 'customer_no,a\nC1,x\n,y\n', 'The key of row 2 (line 3) is empty.'],
    ['a missing key column', 'customer_nr\nC1\n', 'The file has no column customer_no.'],
    [
      'a reference ID that appears twice',
      'customer_no,reference_id\nC1,x\nC2,x\n',
      'Rows 1 and 2 have the same reference_id.',
    ],
  ])('%s is refused', async (_what, csv, message) => {
    const { server, run } = await setUp({}, csv);
    const { code, stderr } = await run();
    expect(code).toBe(2);
    expect(stderr).toContain(message);
    expect(server.arrivals).toEqual([]);
  });

  test('equal rows without a key are refused, and told apart by --key row', async () => {
    const { cwd, server } = await setUp({}, 'name\nx\ny\nx\n');
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
    const { cwd, server, run } = await setUp();
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
    const { cwd, run } = await setUp();
    expect((await run()).code).toBe(0);
    const other = await startDecentroServer();
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', other.url, '--consent'];
    expect(await runMain(args, { cwd })).toMatchObject({ code: 3 });
    expect(await run(['--key', 'row'])).toMatchObject({ code: 2 });
  });

  test('the job folder and its files are for their owner alone, and others are refused', async () => {
    const { cwd, run, batch } = await setUp();
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
    const { cwd, server } = await setUp();
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--rate', 'none'];
    const missing = await runMain(args, { cwd });
    expect(missing).toMatchObject({ code: 2, stderr: expect.stringContaining('--consent') });
    const declined = await runMain(args, { cwd, answers: [[/all 40 rows/, false]] });
    expect(declined.code).toBe(2);
    expect(server.arrivals).toEqual([]);
  });

  test('standard input is no input', async () => {
    const { cwd } = await setUp();
    expect(await runMain(['batch', 'run', '-', '--env', 'sandbox', '--consent'], { cwd })).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('must be a file'),
    });
  });
});

describe('what the server does', () => {
  const refuse =
    (status: number, responseKey: string) =>
    (): NonNullable<DecentroServerOptions['answer']> =>
    (_count, response) => {
      const body = {
        decentroTxnId: 'A'.repeat(32),
        status: 'FAILURE',
        responseCode: 'E00009',
        message: 'No.',
        responseKey,
      };
      response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
      return true;
    };

  test('a refused account burns one reference ID, and is exit 4', async () => {
    const { server, run } = await setUp({ answer: refuse(401, 'error_unauthorized_module')() });
    const { code, document } = await run(['--json']);
    expect(code).toBe(4);
    expect(document).toMatchObject({ stopped: { kind: 'access' }, rows: { refused: 1, open: 39 } });
    expect(server.burnt.size).toBe(1);
  });

  test('five refusals at the start are exit 5', async () => {
    const { server, run } = await setUp({ answer: refuse(400, 'error_unsanitized_values')() });
    expect((await run()).code).toBe(5);
    expect(server.burnt.size).toBe(5);
  });

  test('429 pauses everything and costs no row its link', async () => {
    const { server, run, batch } = await setUp({ throttled: 0.3 });
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toMatch(/429.* Pausing for/);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    const rows = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(rows.some(({ attempts }) => (attempts as unknown[]).length > 1)).toBe(true);
  });

  test('answers that never come leave rows unknown, until --retry unknown finds out', async () => {
    const { server, run, batch } = await setUp({ dropped: 0.2 });
    const first = await run(['--json']);
    expect(first.code).toBe(10);
    const { unknown } = first.document['rows'] as { unknown: number };
    expect(unknown).toBe(server.dropped());
    expect((await run()).code).toBe(10);
    expect(server.sessions).toHaveLength(40);
    const waits: number[] = [];
    // The clock of the test stands still: what it waits for is over at once.
    const now = Date.now() + 3_600_000;
    const again = await run(['--retry', 'unknown', '--json'], { now, onSleep: (ms) => void waits.push(ms) });
    expect(again.document).toMatchObject({ rows: { unknown: 0, lost: unknown } });
    const lost = rowsOf(await batch(['results', 'rows.csv.batch', '--only', 'lost']));
    expect(lost).toHaveLength(unknown);
    expect(server.sessions).toHaveLength(40);
    expect((await run(['--retry', 'lost'])).code).toBe(server.dropped() > unknown ? 10 : 0);
  });
});

describe('batch status, results and forget', () => {
  test('status tells what is done and what is open', async () => {
    const { run, batch } = await setUp();
    await run(['--limit', '5']);
    const { code, document } = await batch(['status', 'rows.csv.batch', '--json']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ rows: { total: 40, created: 5, open: 35 }, requests: 5, running: null });
  });

  test('results are a table for other programs, with the columns of the input', async () => {
    const { cwd, run, batch } = await setUp(
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

  test('results of a job with open rows are exit 10, and a terminal gets no links unasked', async () => {
    const { run, batch } = await setUp();
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
    const { cwd, server, run, batch } = await setUp();
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
    expect(existsSync(path.join(cwd, 'rekyc', '.gitignore'))).toBe(true);
    expect(await run(['--shard', '1/3'])).toMatchObject({
      code: 2,
      stderr: expect.stringContaining('requires --batch'),
    });
  });

  test('forget removes links, keys and IDs, and keeps the counts', async () => {
    const { cwd, server, run, batch } = await setUp();
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
    expect((await run()).code).toBe(0);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    expect(server.sessions).toHaveLength(40);
  });
});
