import { describe, expect, test } from '@jest/globals';
import { chmodSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { CSV, rowsOf, setUpBatch, told } from '../support/batch.js';

const onlyPosix = process.platform === 'win32' ? test.skip : test;

describe('flags of batch run', () => {
  test.each([
    ['a delimiter of two characters', ['--delimiter', '||'], 'Expected a comma, a semicolon, or tab.'],
    ['a shard that is not a fraction', ['--shard', '1'], 'Expected i/n with i from 1 to n'],
    ['a shard above the number of shards', ['--shard', '3/2'], 'Expected i/n with i from 1 to n'],
    ['a shard zero', ['--shard', '0/2'], 'Expected i/n with i from 1 to n'],
    ['a rate without a unit', ['--rate', '10'], 'Expected a rate such as 10/s'],
    ['a rate of nothing', ['--rate', '0/s'], 'Expected a rate such as 10/s'],
    ['a limit of nothing', ['--limit', '0'], 'Give a whole number from 1 to'],
    ['a concurrency above the largest', ['--concurrency', '1025'], 'Give a whole number from 1 to 1024.'],
    ['an unknown end to retry', ['--retry', 'unknown,created'], 'Expected unknown, lost, refused, upstream.'],
    [
      'rows of a run that sends none',
      ['--dry-run', '-o', 'csv'],
      '--dry-run cannot be combined with --output csv.',
    ],
    ['quiet and verbose at once', ['--quiet', '--verbose'], '--quiet cannot be combined with --verbose.'],
    ['an empty name of the batch', ['--batch', ''], '--batch is empty.'],
    ['an empty folder of the job', ['--job', ''], '--job is empty.'],
    [
      'a parameter that has a column',
      ['--param', 'redirect_url=x'],
      '--param is for parameters without a column or flag, not for redirect_url.',
    ],
    [
      'an unknown parameter of a column',
      ['--column', 'redirect_ur=link'],
      'Did you mean redirect_url? Valid names: reference_id',
    ],
    ['a column without a name', ['--column', 'link'], '--column link is not NAME=COLUMN with a known name.'],
    [
      'a parameter that has two columns',
      ['--column', 'redirect_url=a', '--column', 'redirect_url=b'],
      '--column names redirect_url twice.',
    ],
    [
      'a column for two parameters',
      ['--column', 'redirect_url=a', '--column', 'consent_purpose=a'],
      '--column uses the column a for two parameters.',
    ],
    [
      'a mapped column that the file lacks',
      ['--column', 'consent_purpose=redirect_uri'],
      'The file has no column redirect_uri. Did you mean redirect_url?',
    ],
    [
      'a mapped column that is like none of the file',
      ['--column', 'consent_purpose=zzzzzzzz'],
      'Its columns: customer_no, redirect_url.',
    ],
  ])('%s is refused before anything is sent', async (_what, args, message) => {
    const { server, run } = await setUpBatch();
    const refused = await run(args);
    expect(refused.code).toBe(2);
    expect(told(refused).replaceAll('hint: ', '')).toContain(message);
    expect(server.arrivals).toEqual([]);
  });

  test.each([
    [';', ';'],
    ['tab', '\t'],
    ['\\t', '\t'],
    ['\t', '\t'],
  ])('--delimiter %j separates cells', async (flag, character) => {
    const { server, run } = await setUpBatch({}, CSV.replaceAll(',', character));
    expect((await run(['--delimiter', flag, '--limit', '2'])).code).toBe(10);
    expect(server.sessions.map(({ row }) => row).sort()).toEqual(['?1', '?2']);
  });

  test.each([
    ['600/min', 'at 10/s (--rate), about 0 s'],
    ['0.5/s', 'at 0.5/s (--rate), about 2 s'],
    ['0.001/min', 'at 1.44/day (--rate), about 16 h 40 min'],
    ['none', 'without a limit'],
  ])('--rate %s is announced', async (rate, text) => {
    const { run } = await setUpBatch();
    expect(told(await run(['--rate', rate, '--limit', '1']))).toContain(text);
  });

  test('the columns of the file may have other names, and --param reaches every row', async () => {
    const { server, run } = await setUpBatch({}, 'customer_no,link\nC1,https://app.test/?one\n');
    const args = ['--column', 'redirect_url=link', '--param', 'channel=branch', '--verbose'];
    const { code, stderr } = await run(args);
    expect(code).toBe(0);
    expect(stderr).toContain('1 request, 0 pauses');
    expect(server.sessions.map(({ row }) => row)).toEqual(['?one']);
  });

  test('--retry may name several ends, and sends refused rows under fresh reference IDs', async () => {
    const { server, run } = await setUpBatch(
      {
        answer: (count, response) => {
          if (count > 2) return false;
          const refusal = { decentroTxnId: 'A'.repeat(32), status: 'FAILURE', responseCode: 'E00009' };
          const body = { ...refusal, message: 'No.', responseKey: 'error_unsanitized_values' };
          response.writeHead(400, { 'Content-Type': 'application/json' }).end(JSON.stringify(body));
          return true;
        },
      },
      'customer_no,redirect_url\nC1,https://app.test/?1\nC2,https://app.test/?2\n',
    );
    const first = await run();
    expect(first.code).toBe(10);
    expect(first.stdout).toContain('error_unsanitized_values');
    expect((await run()).code).toBe(10);
    expect(server.sessions).toEqual([]);
    expect((await run(['--retry', 'refused, upstream', '--retry', 'lost'])).code).toBe(0);
    expect(server.sessions).toHaveLength(2);
  });
});

describe('what batch run shows', () => {
  test('--dry-run in JSON is the document of a run that sent nothing', async () => {
    const { server, run } = await setUpBatch();
    const { code, document } = await run(['--dry-run', '--json']);
    expect(code).toBe(0);
    expect(document).toMatchObject({ ok: true, requests: 0, rows: { total: 40, open: 40 } });
    expect(server.arrivals).toEqual([]);
  });

  test('--dry-run counts up to the limit, and shows no request where nothing is left to send', async () => {
    const { server, run } = await setUpBatch();
    expect(told(await run(['--dry-run', '--limit', '7']))).toContain('7 rows would be sent.');
    expect((await run()).code).toBe(0);
    const { code, stdout, stderr } = await run(['--dry-run']);
    expect(code).toBe(0);
    expect(stdout).toBe('');
    expect(stderr).toContain('0 rows would be sent.');
    expect(server.sessions).toHaveLength(40);
  });

  test('two forms of output at once are refused, in JSON', async () => {
    const { run } = await setUpBatch();
    const { code, document } = await run(['--json', '--output', 'ndjson']);
    expect(code).toBe(2);
    expect(document).toMatchObject({
      schema: 'digilocker.batch/1',
      rows: null,
      error: { kind: 'usage', message: '--json cannot be combined with --output ndjson.' },
    });
  });

  test('faults beyond the first ones are counted', async () => {
    const { server, run } = await setUpBatch({}, CSV.replaceAll('https:', ''));
    const refused = await run();
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain('40 rows would be refused:');
    expect(refused.stderr).toMatch(/and \d+ more\./);
    expect(told(refused)).toContain('Correct them, or leave them out with --skip-invalid.');
    expect(server.arrivals).toEqual([]);
  });

  test('-o csv prints rows as a table, and the summary on standard error unless it is to be quiet', async () => {
    const { run } = await setUpBatch();
    const shown = await run(['-o', 'csv', '--limit', '2']);
    expect(shown.stdout).toMatch(/^row,key,end,.*\n\d,C\d,created,yes,.*\n\d,C\d,created,yes,.*\n$/);
    expect(told(shown)).toContain('2 of 40 rows have a link');
    const quiet = await run(['-o', 'csv', '--quiet']);
    expect(quiet.code).toBe(0);
    expect(quiet.stdout.split('\n')).toHaveLength(40);
    expect(quiet.stderr).toBe('');
  });

  test('a standard output that fails is exit 74, and the links are in the job', async () => {
    const { run, batch } = await setUpBatch();
    const stdoutError = new Failure('output', 'Standard output is full.');
    const failed = await run(['-o', 'ndjson'], { stdoutError });
    expect(failed.code).toBe(74);
    expect(told(failed)).toContain('digilocker batch results');
    expect(rowsOf(await batch(['results', 'rows.csv.batch'])).map(({ end }) => end)).toContain('created');
  });

  test('the rows that are invalid are noted once, and counted every time', async () => {
    const csv = 'customer_no,redirect_url\nC1,https://app.test/?1\nC2,nowhere\n';
    const { cwd, server, run } = await setUpBatch({}, csv);
    for (const requests of [1, 0]) {
      const { code, document } = await run(['--skip-invalid', '--json']);
      expect(code).toBe(10);
      expect(document).toMatchObject({ requests, rows: { total: 2, created: 1, invalid: 1 } });
    }
    const second = readFileSync(path.join(cwd, 'rows.csv.batch', 'run-000002.ndjson'), 'utf8');
    expect(second).not.toContain('"invalid"');
    writeFileSync(path.join(cwd, 'rows.csv'), csv.replace('nowhere', 'https://app.test/?2'));
    expect((await run()).code).toBe(2);
    expect(server.sessions).toHaveLength(1);
  });
});

describe('a job that cannot be used', () => {
  test.each(['status', 'results', 'forget'])('batch %s names a folder without a job', async (name) => {
    const { cwd, batch } = await setUpBatch();
    mkdirSync(path.join(cwd, 'empty'), { mode: 0o700 });
    for (const folder of ['nothing', 'empty', 'rows.csv']) {
      const refused = await batch([name, folder, ...(name === 'forget' ? ['--yes'] : [])]);
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain('There is no job in');
    }
  });

  test.each([
    ['{"schema":"digilocker.batch-job/1"}', 'job.json is damaged: it does not describe a job.'],
    ['{"schema":"digilocker.batch-job/2"}', 'job.json was written by another version of digilocker.'],
  ])('a job file that is no more than %s is refused', async (text, fault) => {
    const { cwd, server, run, batch } = await setUpBatch();
    await run(['--limit', '1']);
    writeFileSync(path.join(cwd, 'rows.csv.batch', 'job.json'), text);
    for (const refused of [await run(), await batch(['status', 'rows.csv.batch'])]) {
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(fault);
    }
    expect(server.sessions).toHaveLength(1);
  });

  test('a job file that is gone is not made anew beside its journal', async () => {
    const { cwd, server, run } = await setUpBatch();
    await run(['--limit', '1']);
    rmSync(path.join(cwd, 'rows.csv.batch', 'job.json'));
    const refused = await run();
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain('has a journal, but no job.json that says what it is about.');
    expect(server.sessions).toHaveLength(1);
  });

  test('a job file that is a folder is refused', async () => {
    const { cwd, run, batch } = await setUpBatch();
    mkdirSync(path.join(cwd, 'rows.csv.batch', 'job.json'), { recursive: true, mode: 0o700 });
    chmodSync(path.join(cwd, 'rows.csv.batch'), 0o700);
    for (const refused of [await run(), await batch(['status', 'rows.csv.batch'])]) {
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain('job.json is not a file.');
    }
  });

  onlyPosix.each([
    ['a symbolic link', 'is a symbolic link.'],
    ['a folder', 'is not a file.'],
    ['open to others', 'has mode 0644 and must have 0600.'],
  ])('a part of the journal that is %s is refused', async (what, fault) => {
    const { cwd, run, batch } = await setUpBatch();
    await run(['--limit', '1']);
    const segment = path.join(cwd, 'rows.csv.batch', 'run-000001.ndjson');
    if (what === 'open to others') chmodSync(segment, 0o644);
    else {
      rmSync(segment);
      if (what === 'a folder') mkdirSync(segment);
      else symlinkSync(path.join(cwd, 'rows.csv'), segment);
    }
    for (const refused of [await run(), await batch(['status', 'rows.csv.batch'])]) {
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(`run-000001.ndjson ${fault}`);
    }
  });

  onlyPosix('a job folder that is a file or a link, or where none can be, is refused', async () => {
    const { cwd, server, run } = await setUpBatch();
    symlinkSync(cwd, path.join(cwd, 'link'));
    for (const [job, fault] of [
      ['link', 'link is a symbolic link.'],
      ['none/job', 'job cannot be created (ENOENT).'],
      ['rows.csv', 'rows.csv is not a folder.'],
      ['rows.csv/job', 'job cannot be created (ENOTDIR).'],
      ['x'.repeat(300), 'x cannot be created (ENAMETOOLONG).'],
    ] as const) {
      const refused = await run(['--job', job]);
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(fault);
    }
    expect(server.arrivals).toEqual([]);
  });

  test('another batch, column, shard or delimiter is not this job', async () => {
    const { server, run } = await setUpBatch();
    await run(['--batch', 'one', '--limit', '1']);
    for (const [args, what] of [
      [['--batch', 'two'], '--batch'],
      [['--column', 'consent_purpose=customer_no'], '--column'],
      [['--delimiter', ';'], '--delimiter or format'],
    ] as const) {
      const refused = await run(args);
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(`This job began with another ${what}.`);
    }
    expect(server.sessions).toHaveLength(1);
  });

  test.each([
    ['a whole job', [], ['--batch', 'two', '--shard', '1/2'], 'It is one whole.'],
    ['a job of two parts', ['--batch', 'one', '--shard', '1/2'], [], 'It is divided into 2 parts.'],
    [
      'a job of two parts',
      ['--batch', 'one', '--shard', '1/2'],
      ['--batch', 'one', '--shard', '1/3'],
      'It is divided into 2 parts.',
    ],
  ])('%s is not divided in another way', async (_what, first, other, hint) => {
    const { server, run } = await setUpBatch();
    await run([...first, '--limit', '1']);
    const refused = await run(other);
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain(`This job began with another --shard. hint: ${hint}`);
    expect(server.sessions).toHaveLength(1);
  });

  test('a journal whose last line is damaged is told of, and its rows are not sent twice', async () => {
    const { cwd, server, run, batch } = await setUpBatch();
    await run(['--limit', '2']);
    const segment = path.join(cwd, 'rows.csv.batch', 'run-000001.ndjson');
    writeFileSync(segment, `${readFileSync(segment, 'utf8')}{"t":"i","r":3`, { mode: 0o600 });
    const results = await batch(['results', 'rows.csv.batch']);
    expect(told(results)).toContain('run-000001.ndjson has a damaged line');
    const again = await run();
    expect(told(again)).toContain('has a damaged last line: its process ended without warning.');
    expect(server.sessions).toHaveLength(40);
  });
});
