import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { rowsOf, setUpBatch, told } from '../support/batch.js';
import { temporaryDirectory } from '../support/cleanup.js';
import type { DecentroServerOptions } from '../support/decentro-server.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runMain } from '../support/run-main.js';

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

  test.each([
    [401, 'error_unauthorized_module'],
    [401, 'a_key_that_nobody_knows'],
    [402, 'a_key_that_nobody_knows'],
    [403, 'a_key_that_nobody_knows'],
    [407, 'a_key_that_nobody_knows'],
    [451, 'a_key_that_nobody_knows'],
  ])(
    'an account that is refused with HTTP %i and %s burns one reference ID, and is exit 4',
    async (...how) => {
      const { server, run } = await setUpBatch({ answer: refuse(...how)() });
      const { code, document } = await run(['--json']);
      expect(code).toBe(4);
      expect(document).toMatchObject({
        stopped: { kind: 'access' },
        rows: { refused: 1, open: 39 },
        error: { hint: expect.stringMatching(/account|credentials/) },
      });
      expect(server.burnt.size).toBe(1);
    },
  );

  test('an account that was refused and is not any more costs no row its link', async () => {
    const refused = refuse(401, 'a_key_that_nobody_knows')();
    const { server, run, batch } = await setUpBatch({
      answer: (count, response) => count === 1 && refused(count, response),
    });
    expect((await run()).code).toBe(4);
    expect((await run()).code).toBe(0);
    expect(server.sessions).toHaveLength(40);
    const [first] = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(first).toMatchObject({ end: 'created', attempts: [{ httpStatus: 401 }, { httpStatus: 200 }] });
  });

  test("whether a reference ID of the row's own that was used before has a session is not known", async () => {
    const rows = 'customer_no,redirect_url,reference_id\nC1,https://app.test/?1,mine-1\n';
    const { server, run, batch } = await setUpBatch({}, rows);
    server.burnt.add('mine-1');
    expect((await run()).code).toBe(10);
    expect(rowsOf(await batch(['results', 'rows.csv.batch']))).toMatchObject([
      { end: 'refused', sessionCreated: 'unknown', referenceId: 'mine-1' },
    ]);
  });

  test.each([
    ['refused', refuse(400, 'error_unsanitized_values')],
    ['refused', refuse(500, 'error_decentro_error')],
    ['upstream', refuse(500, 'error_decentro_error')],
  ])('--retry %s leaves out a row whose own reference ID is used up', async (retry, how) => {
    const rows = ['C1,https://app.test/?1,mine-1', 'C2,https://app.test/?2,'];
    const refused = how();
    const { server, run, batch } = await setUpBatch(
      { answer: (count, response) => count <= 2 && refused(count, response) },
      `customer_no,redirect_url,reference_id\n${rows.join('\n')}\n`,
    );
    expect((await run()).code).toBe(10);
    const dry = await run(['--retry', retry, '--dry-run']);
    expect(told(dry)).toContain('1 row would be sent.');
    for (const id of server.burnt) expect(dry.stdout).not.toContain(id);
    const again = await run(['--retry', retry, '--json']);
    expect(again).toMatchObject({ code: 10, document: { requests: 1, rows: { created: 1, refused: 1 } } });
    expect(told(again)).toContain('1 row is not sent again: its own reference_id is used up.');
    expect(rowsOf(await batch(['results', 'rows.csv.batch', '--only', 'refused']))).toMatchObject([
      { key: 'C1', sessionCreated: 'no', attempts: [{ referenceId: 'mine-1' }] },
    ]);
  });

  test("rows that an account's refusal used the own reference IDs of up are told, and not sent again", async () => {
    const rows = ['C1,https://app.test/?1,mine-1', 'C2,https://app.test/?2,mine-2'];
    const refused = refuse(401, 'a_key_that_nobody_knows')();
    const { server, run } = await setUpBatch(
      { answer: (count, response) => count === 1 && refused(count, response) },
      `customer_no,redirect_url,reference_id\n${rows.join('\n')}\n`,
    );
    expect((await run()).code).toBe(4);
    const again = await run();
    expect(again.code).toBe(10);
    expect(told(again)).toContain('Copy it to a new file with another reference_id, and run that.');
    expect(server.sessions.map(({ referenceId }) => referenceId)).toEqual(['mine-2']);
    expect(server.arrivals).toHaveLength(2);
  });

  test('five refusals at the start are exit 5', async () => {
    const { server, run } = await setUpBatch({ answer: refuse(400, 'error_unsanitized_values')() });
    expect((await run()).code).toBe(5);
    expect(server.burnt.size).toBe(5);
  });

  test('429 pauses everything and costs no row its link', async () => {
    const { server, run, batch } = await setUpBatch({
      answer: (count, response) => {
        if (count !== 8) return false;
        response.writeHead(429).end();
        return true;
      },
    });
    const { code, stderr } = await run();
    expect(code).toBe(0);
    expect(stderr).toMatch(/429.* Pausing for/);
    expect(new Set(server.sessions.map(({ row }) => row)).size).toBe(40);
    const rows = rowsOf(await batch(['results', 'rows.csv.batch']));
    expect(rows.some(({ attempts }) => (attempts as unknown[]).length > 1)).toBe(true);
  });

  test('answers that never come leave rows unknown, until --retry unknown finds out', async () => {
    const { server, run, batch } = await setUpBatch({ dropped: 0.2 });
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

test('the wait before --retry unknown is a countdown on a terminal, and silent with --quiet', async () => {
  const { run } = await setUpBatch({ dropped: 1 });
  const retry = ['--retry', 'unknown', '--limit', '1'];
  expect((await run(['--limit', '2'])).code).toBe(10);
  const shown = await run(retry, { isInteractive: true });
  expect(shown.stderr).toContain('Waiting for a request that may still be at work, 1:00 left');
  const quiet = await run([...retry, '--quiet'], { isInteractive: true });
  expect(quiet.stderr).not.toContain('Waiting');
  expect(quiet.sleeps).toEqual([60_000]);
});

test('a session that two rows were answered with is told once, and ends the use of kept connections', async () => {
  const recorder = await createRecorder();
  const rows = ['A', 'B', 'C', 'D'].map((id) => `${id},https://app.test/${id}`);
  const args = [
    'batch',
    'run',
    'rows.csv',
    '--key',
    'id',
    '--consent',
    '--concurrency',
    '1',
    '--rate',
    'none',
  ];
  const given = ['--consent-purpose', 'KYC for opening a bank account', '--env', 'sandbox'];
  const { code, stderr } = await runMain([...args, ...given, '--base-url', recorder.url], {
    files: { 'rows.csv': `${['id,redirect_url', ...rows].join('\n')}\n` },
  });
  expect(code).toBe(0);
  expect(stderr.split('Two rows were answered with the same session')).toHaveLength(2);
  expect(recorder.connections).toBe(3);
});

describe('sessions of the sso suite', () => {
  const PURPOSE = 'Verification of your identity';
  const answerSession = { body: SESSION_CREATED };

  test('cells and flags have the names of the suite, and lead to its path', async () => {
    const recorder = await createRecorder(answerSession);
    const csv = [
      'id,redirect_url,pinless_signin,documents_for_consent,clear,abstract_access_token',
      'A,https://app.test/a,true,"[""ADHAR"",""PANCR""]",false,false',
      'B,https://app.test/b,,,,',
    ];
    const args = ['batch', 'run', 'rows.csv', '--suite', 'sso', '--consent', '--key', 'id'];
    const flags = ['--no-pinless-signin', '--usernameless-signup', '--document', 'DRVLC', '--param', 'new=1'];
    const given = [...args, ...flags, '--column', 'clear_cookies=clear', '--consent-purpose', PURPOSE];
    const target = ['--env', 'sandbox', '--base-url', recorder.url];
    const files = { 'rows.csv': `${csv.join('\n')}\n` };
    const cwd = temporaryDirectory();
    const dry = await runMain([...given, ...target, '--dry-run'], { cwd, files });
    expect(dry.stdout).toContain('/v2/kyc/sso/digilocker/session');
    expect(dry.stderr).toContain('The sso suite has no abstract_access_token: ignored.');
    expect(await runMain([...given, ...target], { cwd })).toMatchObject({ code: 0 });
    const common = { consent: true, purpose: PURPOSE, consent_purpose: PURPOSE, new: '1' };
    expect(recorder.requests.map(({ path: at }) => at)).toEqual(
      Array.from({ length: 2 }, () => '/v2/kyc/sso/digilocker/session'),
    );
    expect(recorder.requests.map((request) => request.json())).toEqual([
      {
        ...common,
        reference_id: expect.any(String),
        redirect_url: 'https://app.test/a',
        pinless_signin: true,
        usernameless_signup: true,
        documents_for_consent: ['ADHAR', 'PANCR'],
        clear_cookies: false,
      },
      {
        ...common,
        reference_id: expect.any(String),
        redirect_url: 'https://app.test/b',
        pinless_signin: false,
        usernameless_signup: true,
        documents_for_consent: ['DRVLC'],
      },
    ]);
    const { stderr } = await fails(
      [...args, ...target].filter((arg) => !['--suite', 'sso'].includes(arg)),
      2,
      {
        cwd,
      },
    );
    expect(stderr).toContain('This job began with another --suite.');
  });

  test('a cell of another kind, and a flag of the other suite, are named before anything is sent', async () => {
    const recorder = await createRecorder([]);
    const args = ['batch', 'run', 'rows.csv', '--consent', '--env', 'sandbox', '--base-url', recorder.url];
    const rows = ['[1]', '{}', 'ADHAR', '"""ADHAR"""'];
    const files = {
      'rows.csv': `documents_for_consent,clear_cookies\n${rows.map((cell) => `${cell},1`).join('\n')}\n`,
    };
    const { stderr } = await fails([...args, '--suite', 'sso'], 2, { files });
    const lines = stderr.split('\n').filter((line) => line.includes('is not a JSON array of texts such'));
    expect(lines).toHaveLength(4);
    expect(stderr).toContain('clear_cookies is neither true nor false');
    const foreign = await fails([...args, '--clear-cookies', '--document', 'ADHAR'], 2, { files });
    expect(foreign.stderr).toContain('The classic suite (built in) has no --document, --clear-cookies.');
    const named = await fails([...args, '--suite', 'sso', '--param', 'purpose=x'], 2, { files });
    expect(named.stderr).toContain('not for purpose.');
  });
});
