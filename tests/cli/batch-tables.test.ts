import { describe, expect, test } from '@jest/globals';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { rowsOf, setUpBatch, told } from '../support/batch.js';

describe('batch results', () => {
  test('an unknown end, form or folder of --to is refused', async () => {
    const { run, batch } = await setUpBatch();
    await run(['--limit', '1']);
    for (const [args, message] of [
      [['--only', 'done'], 'Expected created, refused, unknown'],
      [['-o', 'table'], 'Valid values: ndjson, csv.'],
      [['--spreadsheet'], '--spreadsheet requires --output csv.'],
      [['-o', 'ndjson', '--spreadsheet'], '--spreadsheet requires --output csv.'],
      [['--to', path.join('none', 'links.csv')], 'does not exist.'],
    ] as const) {
      const refused = await batch(['results', 'rows.csv.batch', ...args]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(told(refused)).toContain(message);
    }
  });

  test('--only may be repeated, and a terminal shows links that were asked for', async () => {
    const { run, batch } = await setUpBatch();
    await run(['--limit', '3']);
    const args = [
      'results',
      'rows.csv.batch',
      '--only',
      'created',
      '--only',
      'lost, unknown',
      '-o',
      'ndjson',
    ];
    const shown = await batch(args, { isInteractive: true });
    expect(shown.code).toBe(10);
    expect(rowsOf(shown).map(({ end }) => end)).toEqual(['created', 'created', 'created']);
    expect(told(shown)).toContain('37 rows are open.');
  });

  test('rows of the input are matched by key, whatever their order, and those that are missing are told', async () => {
    const { cwd, run, batch } = await setUpBatch();
    expect((await run()).code).toBe(0);
    const input = { customer_no: 'C2', end: 'mine', note: { a: 1 }, none: null };
    writeFileSync(
      path.join(cwd, 'few.ndjson'),
      `${JSON.stringify(input)}\n{"customer_no":"C1","amount":7}\n{"customer_no":"D1"}\n`,
    );
    const results = await batch(['results', 'rows.csv.batch', '--with', 'few.ndjson']);
    expect(results.code).toBe(10);
    expect(rowsOf(results)).toMatchObject([
      { row: 2, key: 'C2', end: 'created', input },
      { row: 1, key: 'C1', end: 'created', input: { customer_no: 'C1', amount: 7 } },
      { row: 3, key: 'D1', end: 'open', authorizationUrl: null, attempts: [], at: null },
    ]);
    expect(told(results)).toContain('38 rows of the job are not in the file of --with.');
    const table = await batch(['results', 'rows.csv.batch', '--with', 'few.ndjson', '-o', 'csv']);
    expect(table.stdout).toMatch(
      /^customer_no,input_end,note,none,amount,row,.*\nC2,mine,"\{""a"":1\}",,,2,C2,created,.*\nC1,,,,7,1,/,
    );
    const created = ['results', 'rows.csv.batch', '--with', 'rows.csv', '--only', 'open'];
    expect(await batch(created)).toMatchObject({ code: 0, stdout: '' });
  });

  test('a link with characters that CSV cannot carry is left out and told of; NDJSON has it', async () => {
    const link = 'https://digilocker.test/\u202eauthorize';
    const { run, batch } = await setUpBatch(
      {
        answer: (_count, response) => {
          const body = {
            decentroTxnId: 'A'.repeat(32),
            status: 'SUCCESS',
            responseCode: 'S00000',
            message: 'Yes.',
            data: { authorizationUrl: link },
            responseKey: 'success_initiate_session',
          };
          response.writeHead(200, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
          return true;
        },
      },
      'customer_no,redirect_url\nC1,https://app.test/?1\n',
    );
    await run();
    const [row] = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(row).toMatchObject({ authorizationUrl: link });
    for (const more of [[], ['--with', 'rows.csv']]) {
      const table = await batch(['results', 'rows.csv.batch', '-o', 'csv', ...more]);
      expect(table.stdout).not.toContain('digilocker.test');
      expect(told(table)).toContain('1 link holds characters that CSV cannot carry safely');
    }
  });

  test('shards of two batches, one shard twice, and a row in two shards are refused', async () => {
    const { cwd, run, batch } = await setUpBatch();
    for (const index of [1, 2])
      await run(['--job', 'one', '--batch', 'one', '--shard', `${index}/2`, '--limit', '2']);
    await run(['--job', 'other', '--batch', 'other', '--shard', '2/2', '--limit', '2']);
    const first = path.join('one', 'shard-1-of-2');
    const second = path.join('one', 'shard-2-of-2');
    for (const [jobs, message] of [
      [[first, path.join('other', 'shard-2-of-2')], 'are not shards of one batch over one file.'],
      [[first, second, first], 'Shard 1 was given twice.'],
      [[first], 'Shards are missing: 2 of 2.'],
    ] as const) {
      const refused = await batch(['results', ...jobs]);
      expect(refused).toMatchObject({ code: 2, stdout: '' });
      expect(told(refused)).toContain(message);
    }
    const segment = 'run-000001.ndjson';
    rmSync(path.join(cwd, second, segment));
    cpSync(path.join(cwd, first, segment), path.join(cwd, second, segment));
    const twice = await batch(['results', 'one']);
    expect(twice.code).toBe(2);
    expect(told(twice)).toMatch(/Row \d+ is in more than one shard\./);
  });
});

describe('batch status', () => {
  test('shards that are not done are counted each and together', async () => {
    const { run, batch } = await setUpBatch();
    await run(['--job', 'rekyc', '--batch', 'rekyc', '--shard', '1/2']);
    await run(['--job', 'rekyc', '--batch', 'rekyc', '--shard', '2/2', '--limit', '1']);
    const { code, stdout } = await batch(['status', 'rekyc']);
    expect(code).toBe(0);
    expect(stdout).toMatch(/1\/2\s+(\d+) of \1 have a link/);
    expect(stdout).toMatch(/2\/2\s+1 of \d+ has a link/);
    const { document } = await batch(['status', 'rekyc', '--json']);
    const { rows } = document as { readonly rows: Readonly<Record<string, number>> };
    expect(rows['total']).toBe(40);
    expect((rows['created'] ?? 0) + (rows['open'] ?? 0)).toBe(40);
    expect(document).toMatchObject({ responseKeys: { success_initiate_session: rows['created'] } });
    const one = await batch(['status', path.join('rekyc', 'shard-2-of-2')]);
    expect(one.stdout).toContain('2 of 2');
  });

  test('a job whose journal is gone has no rows, no results, and nothing to forget', async () => {
    const { cwd, run, batch } = await setUpBatch();
    await run(['--limit', '1']);
    rmSync(path.join(cwd, 'rows.csv.batch', 'run-000001.ndjson'));
    const { code, document } = await batch(['status', 'rows.csv.batch', '--json']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ input: null, rows: { total: 0 }, requests: 0, running: null });
    expect(await batch(['results', 'rows.csv.batch'])).toMatchObject({ code: 0, stdout: '' });
    expect((await batch(['forget', 'rows.csv.batch', '--yes'])).code).toBe(0);
    expect(readdirSync(path.join(cwd, 'rows.csv.batch')).sort()).toEqual(['.gitignore', 'job.json']);
  });
});

describe('batch forget', () => {
  test('a person who says no keeps the links, and one who says yes removes them', async () => {
    const { cwd, server, run, batch } = await setUpBatch();
    await run(['--limit', '1']);
    const segment = path.join(cwd, 'rows.csv.batch', 'run-000001.ndjson');
    const link = server.sessions[0]?.link ?? 'no link';
    const stray = path.join(cwd, 'rows.csv.batch', 'half.tmp');
    writeFileSync(stray, link, { mode: 0o600 });
    const kept = await batch(['forget', 'rows.csv.batch'], { answers: [[/for good/, false]] });
    expect(kept.code).toBe(2);
    expect(told(kept)).toContain('Nothing was removed.');
    expect(readFileSync(segment, 'utf8')).toContain(link);
    const removed = await batch(['forget', 'rows.csv.batch'], { answers: [[/for good/, true]] });
    expect(removed.code).toBe(0);
    expect(readFileSync(segment, 'utf8')).not.toContain(link);
    expect(existsSync(stray)).toBe(false);
    const [row] = rowsOf(await batch(['results', 'rows.csv.batch', '--only', 'created']));
    expect(row).toMatchObject({ key: null, end: 'created', referenceId: null, authorizationUrl: null });
  });
});

test('batch forget removes what a journal without its header holds', async () => {
  const { cwd, server, run, batch } = await setUpBatch();
  await run(['--limit', '1']);
  const segment = path.join(cwd, 'rows.csv.batch', 'run-000001.ndjson');
  writeFileSync(segment, readFileSync(segment, 'utf8').replace('"t":"run"', '"t":"rux"'));
  expect((await batch(['forget', 'rows.csv.batch', '--yes'])).code).toBe(0);
  const text = readFileSync(segment, 'utf8');
  const { link = 'no link', referenceId = 'no ID' } = server.sessions[0] ?? {};
  expect([link, referenceId, '"C1"'].filter((secret) => text.includes(secret))).toEqual([]);
  // The row may have a session: it is not sent again.
  expect((await run()).code).toBe(10);
  expect(server.sessions).toHaveLength(40);
  expect((await batch(['status', 'rows.csv.batch', '--json'])).document).toMatchObject({
    rows: { total: 40, created: 39, unknown: 1 },
  });
});

describe('an input that is not the one of the job', () => {
  test.each([
    ['shorter', (text: string) => text.slice(0, 60)],
    ['of as many bytes', (text: string) => text.replace('C40', 'C99')],
    ['with more on its last line', (text: string) => `${text.trimEnd()}9\n`],
  ])('a file that is %s is refused', async (_what, change) => {
    const { cwd, server, run } = await setUpBatch();
    await run(['--limit', '1']);
    const file = path.join(cwd, 'rows.csv');
    writeFileSync(file, change(readFileSync(file, 'utf8')));
    const refused = await run();
    expect(refused.code).toBe(2);
    expect(server.sessions).toHaveLength(1);
  });

  test('a folder and a missing file are refused', async () => {
    const { cwd, batch } = await setUpBatch();
    mkdirSync(path.join(cwd, 'folder.csv'));
    for (const [file, fault] of [
      ['folder.csv', 'is not a regular file.'],
      ['none.csv', 'cannot be read (ENOENT).'],
    ] as const) {
      const refused = await batch(['run', file, '--env', 'sandbox', '--consent']);
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(fault);
    }
  });
});
