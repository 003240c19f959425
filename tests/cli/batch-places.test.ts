import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, renameSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { CSV, rowsOf, setUpBatch, told } from '../support/batch.js';
import { createFakeHost } from '../support/fake-host.js';
import { credentials, runHost, runMain } from '../support/run-main.js';

const onlyPosix = process.platform === 'win32' ? test.skip : test;
const onlyLinux = process.platform === 'linux' ? test : test.skip;

describe('where a batch goes', () => {
  test('without a base URL it goes to the sandbox inside the command', async () => {
    const { cwd } = await setUpBatch();
    const args = [
      'batch',
      'run',
      'rows.csv',
      '--env',
      'sandbox',
      '--consent',
      '--rate',
      'none',
      '--limit',
      '2',
    ];
    const run = await runMain(args, { cwd });
    expect(run.code).toBe(10);
    expect(told(run)).toContain('2 rows to the sandbox inside the command, without a limit.');
    expect(run.stdout).toContain('2 of 40 rows have a link');
  });

  test('--dry-run for production needs no credentials, and names what all rows lack', async () => {
    const { cwd } = await setUpBatch();
    const refused = await runMain(['batch', 'run', 'rows.csv', '--env', 'production', '--dry-run'], { cwd });
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain('Row 1 (line 2): consent_purpose is missing');
    expect(told(refused)).toContain('Give what all rows share with --consent-purpose and --redirect-url');
    expect(existsSync(path.join(cwd, 'rows.csv.batch'))).toBe(false);
  });

  test('production is confirmed by the number of rows', async () => {
    const { cwd } = await setUpBatch();
    const purpose = 'Verifying who opens an account';
    const args = [
      'batch',
      'run',
      'rows.csv',
      '--env',
      'production',
      '--consent',
      '--consent-purpose',
      purpose,
    ];
    const leave = new Failure('interrupted', 'Interrupted by SIGINT.', { signal: 'SIGINT' });
    const left = await runMain(args, {
      cwd,
      env: { ...credentials, DECENTRO_ENV: 'production' },
      answers: [[/sends 40 requests to production/, '4', leave]],
    });
    expect(left.code).toBe(130);
    expect(left.questions[0]?.objections).toEqual(['Type 40, or press Ctrl-C.']);
    expect(existsSync(path.join(cwd, 'rows.csv.batch'))).toBe(false);
  });

  test('a consent that is asked for shows the purpose of the first row', async () => {
    const { cwd, server } = await setUpBatch();
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--rate', 'none'];
    const purpose = ['--consent-purpose', 'Verifying who opens an account', '--limit', '3'];
    const run = await runMain([...args, ...purpose], {
      cwd,
      answers: [[/“Verifying who opens an account”\nDid the end users of all 3 rows/, true]],
    });
    expect(run.code).toBe(10);
    expect(server.sessions).toHaveLength(3);
  });

  test('a job is refused to another client ID', async () => {
    const { cwd, server } = await setUpBatch();
    const allowed = ['--allow-host', new URL(server.url).host];
    const purpose = ['--consent-purpose', 'Verifying who opens an account', '--limit', '1', ...allowed];
    const args = ['batch', 'run', 'rows.csv', '--env', 'staging', '--base-url', server.url, '--consent'];
    expect((await runMain([...args, ...purpose], { cwd, env: credentials })).code).toBe(10);
    const env = { ...credentials, DECENTRO_CLIENT_ID: 'another-made-up-client-id' };
    const refused = await runMain([...args, ...purpose], { cwd, env });
    expect(refused.code).toBe(3);
    expect(told(refused)).toContain('This job began with another client ID.');
    expect(server.sessions).toHaveLength(1);
  });
});

describe('a run that ends early', () => {
  test('a signal waits for the answers under way, and the next run goes on', async () => {
    const { cwd, server, run } = await setUpBatch({ latencyMs: 50 });
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--consent'];
    const more = ['--key', 'customer_no', '--rate', 'none', '--concurrency', '2'];
    const host = createFakeHost([...args, ...more], { cwd });
    void server.reached(4).then(() => {
      host.interrupt('SIGINT');
    });
    const stopped = await runHost(host);
    expect(stopped.code).toBe(130);
    expect(told(stopped)).toMatch(/Waiting for \d answers?; Ctrl-C again loses them\./);
    const before = server.sessions.length;
    expect(before).toBeLessThan(40);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
  });

  test('an answer that comes after another process took the job over is shown, because no journal has it', async () => {
    const { cwd, run } = await setUpBatch({
      answer: (count) => {
        if (count === 1)
          writeFileSync(path.join(cwd, 'rows.csv.batch', 'run-000002.ndjson'), '', { mode: 0o600 });
        return false;
      },
    });
    const stopped = await run(['--concurrency', '1']);
    expect(stopped.code).toBe(2);
    expect(told(stopped)).toContain('Another process took over the job in');
    expect(told(stopped)).toMatch(
      /Not in the journal: \{.*"row":1,.*"authorizationUrl":"https:\/\/digilocker\.test\//,
    );
  });

  test('a terminal shows how far a run is, on a line that is taken away at its end', async () => {
    const body = { decentroTxnId: 'A'.repeat(32), status: 'FAILURE', responseCode: 'E00009', message: 'No.' };
    let answerLast = () => undefined as unknown;
    const { cwd, server } = await setUpBatch({
      answer: (count, response) => {
        if (count < 3) return false;
        answerLast = () => response.writeHead(400).end(JSON.stringify(body));
        return true;
      },
    });
    const args = ['batch', 'run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--consent'];
    const more = ['--key', 'customer_no', '--rate', 'none', '--concurrency', '1', '--limit', '3'];
    const host = createFakeHost([...args, ...more], { cwd, isInteractive: true });
    const shown = 'in flight 1  ';
    const stderr = Object.assign(Object.create(host.stderr) as typeof host.stderr, {
      write: async (text: string) => {
        await host.stderr.write(text);
        if (text.includes(shown) && text.includes('created 2')) answerLast();
      },
    });
    expect((await runHost({ ...host, stderr })).code).toBe(10);
    const lines = host.stderr.text.split('\r\u001b[K');
    expect(lines).toContainEqual(
      expect.stringMatching(/^2 of 40 {2}5 % {2}.* {2}created 2 {2}in flight 1 {2}.* left$/),
    );
    expect(lines.at(-1)).not.toContain('in flight');
  });

  test('an answer that never comes may have an effect, and the journal of sessions says so', async () => {
    const csv = 'customer_no,redirect_url\nC1,https://app.test/?1\n';
    const { cwd, run } = await setUpBatch({ dropped: 1 }, csv);
    const { home } = { home: path.join(cwd, 'home') };
    mkdirSync(home);
    expect((await run([], { home })).code).toBe(10);
    const { document } = await runMain(['sessions', '--json'], { cwd, home });
    expect(document).toMatchObject({ sessions: [{ call: 'batch', effect: 'unknown' }] });
  });

  test('--retry unknown does not wait where no row is unknown', async () => {
    const { server, run } = await setUpBatch();
    await run(['--limit', '2']);
    const again = await run(['--retry', 'unknown']);
    expect(again).toMatchObject({ code: 0, sleeps: [] });
    expect(server.sessions).toHaveLength(40);
  });
});

describe('the files of a job', () => {
  test('a folder in which no job has begun is used', async () => {
    const { cwd, server, run } = await setUpBatch();
    mkdirSync(path.join(cwd, 'rows.csv.batch'), { mode: 0o700 });
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
  });

  test('a key of many characters is found again', async () => {
    const key = 'C'.repeat(10_000);
    const { run, batch } = await setUpBatch({}, `customer_no,redirect_url\n${key},https://app.test/?1\n`);
    expect((await run()).code).toBe(0);
    expect(rowsOf(await batch(['results', 'rows.csv.batch']))).toMatchObject([{ key, end: 'created' }]);
  });

  test('a shard without its job file is refused', async () => {
    const { cwd, batch } = await setUpBatch();
    mkdirSync(path.join(cwd, 'rekyc', 'shard-1-of-2'), { recursive: true, mode: 0o700 });
    const refused = await batch(['status', 'rekyc']);
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain('There is no job in');
  });

  onlyPosix.each<[string, (outer: string) => void, string]>([
    [
      'others can list',
      (outer) => {
        chmodSync(outer, 0o755);
      },
      'has mode 0755 and must have 0700',
    ],
    [
      'others can write',
      (outer) => {
        chmodSync(outer, 0o777);
      },
      'has mode 0777 and must have 0700',
    ],
    [
      'is a link',
      (outer) => {
        renameSync(outer, `${outer}-elsewhere`);
        symlinkSync(`${outer}-elsewhere`, outer);
      },
      'is a symbolic link',
    ],
  ])('shards in a folder that %s are refused', async (_what, change, fault) => {
    const { cwd, server, run, batch } = await setUpBatch();
    const outer = path.join(cwd, 'rekyc');
    const shard = (index: number) => ['--job', 'rekyc', '--batch', 'rekyc-1', '--shard', `${index}/2`];
    expect((await run(shard(1))).code).toBe(0);
    const sent = server.sessions.length;
    change(outer);
    for (const refused of [
      await run(shard(1)),
      await run(shard(2)),
      await run([...shard(2), '--dry-run']),
      await batch(['status', 'rekyc']),
      await batch(['results', 'rekyc']),
      await batch(['forget', 'rekyc', '--yes']),
    ]) {
      expect(refused.code).toBe(2);
      expect(told(refused)).toContain(`rekyc ${fault}.`);
    }
    expect(server.sessions).toHaveLength(sent);
  });

  test('results of many rows are written whole', async () => {
    const { cwd, run, batch } = await setUpBatch();
    await run();
    const more = Array.from({ length: 600 }, (_, index) => `D${index},https://app.test/?${index}\n`).join('');
    writeFileSync(path.join(cwd, 'more.csv'), CSV + more);
    const rows = rowsOf(await batch(['results', 'rows.csv.batch', '--with', 'more.csv']));
    expect(rows.map(({ row }) => row)).toEqual(Array.from({ length: 640 }, (_, index) => index + 1));
    expect(rows.filter(({ end }) => end === 'created')).toHaveLength(40);
  });

  onlyLinux('a file of --to that cannot be written is exit 74', async () => {
    const { run, batch } = await setUpBatch();
    await run();
    const failed = await batch(['results', 'rows.csv.batch', '--to', '/proc/links.csv']);
    expect(failed).toMatchObject({ code: 74, stdout: '' });
    expect(told(failed)).toMatch(/could not be written \(E[A-Z]+\)/);
  });

  test('a job whose files git tracks is refused', async () => {
    const { cwd, server, run } = await setUpBatch();
    const env = { PATH: process.env['PATH'] ?? '' };
    const git = (...args: string[]) => execFileSync('git', args, { cwd, stdio: 'ignore' });
    git('init');
    expect((await run(['--limit', '1'], { env })).code).toBe(10);
    git('add', '--force', path.join('rows.csv.batch', 'job.json'));
    const refused = await run([], { env });
    expect(refused.code).toBe(2);
    expect(told(refused)).toContain('holds files that git tracks.');
    expect(server.sessions).toHaveLength(1);
  });
});
