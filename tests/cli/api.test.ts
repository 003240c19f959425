import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runMain, succeeds } from '../support/run-main.js';

const to = (url: string, ...args: readonly string[]) => [
  'api',
  ...args,
  ...['--base-url', url, '--allow-host', '127.0.0.1'],
];
const env = credentials;

async function sent(args: readonly string[], options: object = {}) {
  const recorder = await createRecorder({ body: { ok: 1 } });
  const { document } = await succeeds([...to(recorder.url, ...args), '--json'], { env, ...options });
  const [request] = recorder.requests;
  return { method: request?.method, path: request?.path, body: request?.body, document };
}

describe('the request', () => {
  test.each([
    [['GET', '/v1/banks?limit=2']],
    [['delete', '/v2/kyc/sso/digilocker/session/TXN']],
    [['PUT', '/v1/x']],
    [['POST', '/v1/x', '--no-reference-id']],
  ])('of %j has no body, and no reference ID', async (args) => {
    const { method, path: asked, body, document } = await sent(args, { stderr: [] });
    expect([method, asked, body]).toEqual([args[0]?.toUpperCase(), args[1], '']);
    expect(document).toMatchObject({ referenceId: null, attempts: [{ referenceId: null }] });
  });

  test.each([
    [['POST', '/v1/x'], '{"reference_id":"ref-1"}'],
    [['PATCH', '/v1/x', '--data', 'a=1', '--data', 'b:=[2]'], '{"reference_id":"ref-1","a":"1","b":[2]}'],
    [['DELETE', '/v1/x', '--data', 'a:=null'], '{"reference_id":"ref-1","a":null}'],
  ])('of %j has a body with a reference ID', async (args, body) => {
    expect((await sent([...args, '--reference-id', 'ref-1'])).body).toBe(body);
  });

  test('keeps the digits of a body from a file, and its own reference ID', async () => {
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'plain.json'), '\uFEFF{ "amount": 12345678901234567890.10 }');
    writeFileSync(path.join(cwd, 'own.json'), '{"reference_id": "mine"}');
    const plain = await sent(['POST', '/v1/x', '--input', 'plain.json', '--reference-id', 'r'], { cwd });
    expect(plain.body).toBe('{"reference_id":"r", "amount": 12345678901234567890.10 }');
    const own = await sent(['POST', '/v1/x', '--input', 'own.json', '--no-input'], { cwd });
    expect(own.body).toBe('{"reference_id": "mine"}');
    expect(own.document).toMatchObject({ referenceId: 'mine' });
  });

  test('takes a body from standard input, a list as it is', async () => {
    const { body } = await sent(['PUT', '/v1/x', '--input', '-'], { input: '\ufeff[1]', stderr: [] });
    expect(body).toBe('[1]');
  });

  test('takes as much from standard input as from a file', async () => {
    const input = (bytes: number) => JSON.stringify('x'.repeat(bytes - 2));
    const args = ['PUT', '/v1/x', '--input', '-'];
    const { body } = await sent(args, { input: input(1024 * 1024), stderr: [] });
    expect(body).toHaveLength(1024 * 1024);
    const cwd = temporaryDirectory();
    writeFileSync(path.join(cwd, 'large.json'), input(1024 * 1024 + 1));
    const recorder = await createRecorder([]);
    for (const [file, options] of [
      ['-', { input: input(1024 * 1024 + 1) }],
      ['large.json', { cwd }],
    ] as const)
      await fails(to(recorder.url, 'PUT', '/v1/x', '--input', file), 2, { env, ...options });
  });

  test.each([
    ['v1/x', 'does not begin with /'],
    ['//evil.example/x', 'has an empty segment'],
    ['/v1//x', 'has an empty segment'],
    ['/v1/', 'has an empty segment'],
    ['/v1/../x', 'has a . or .. segment'],
    ['/v1/.%2E/x', 'has a . or .. segment'],
    ['/v1/%2e', 'has a . or .. segment'],
    ['/v1/x#y', 'holds \\ or #'],
    ['/v1\\x', 'holds \\ or #'],
    ['/v1/a b', 'holds a blank'],
    ['/v1/\u0061\u0301', 'not ASCII'],
  ])('goes to no path like %s', async (below, why) => {
    const recorder = await createRecorder([]);
    const { stderr } = await fails(to(recorder.url, 'GET', below), 2, { env });
    expect(stderr).toContain(`The path `);
    expect(stderr.replaceAll(/\s+/g, ' ')).toContain(why);
  });

  test('stands below the path of the base URL', async () => {
    const recorder = await createRecorder({ body: {} });
    await succeeds(to(`${recorder.url}/gateway/`, 'GET', '/v1/x?a=/../b'), { env, stderr: [/./] });
    expect(recorder.requests[0]?.path).toBe('/gateway/v1/x?a=/../b');
  });

  test.each([
    [['TRACE', '/v1/x'], /Give one of GET, POST/],
    [['GET', '/v1/x', '--data', 'a=1'], /has no body/],
    [['GET', '/v1/x', '--reference-id', 'r'], /requires a body/],
    [['POST', '/v1/x', '--data', 'a=1', '--input', '-'], /cannot be combined/],
    [['POST', '/v1/x', '--data', 'reference_id=r', '--reference-id', 'r'], /cannot be combined/],
    [['POST', '/v1/x', '--reference-id', ''], /--reference-id is empty/],
    [['POST', '/v1/x', '--input', 'none.json'], /does not exist/],
    [['POST', '/v1/x', '--input', '-'], /not JSON/],
  ])('%j is wrong usage', async (args, message) => {
    const recorder = await createRecorder([]);
    const { stderr } = await fails(to(recorder.url, ...args), 2, { env, input: '{"a":1,"a":2}' });
    expect(stderr).toMatch(message);
  });
});

test('a body from a file that is not UTF-8 is wrong usage, as it would be sent changed', async () => {
  const cwd = temporaryDirectory();
  writeFileSync(path.join(cwd, 'latin1.json'), Buffer.from('{"name":"\xe9"}', 'latin1'));
  const recorder = await createRecorder([]);
  const args = to(recorder.url, 'POST', '/v1/x', '--input', 'latin1.json');
  expect((await fails(args, 2, { env, cwd })).stderr).toContain('latin1.json is not UTF-8');
});

describe('the answer', () => {
  const asked = async (answer: object) => {
    const recorder = await createRecorder(answer);
    return runMain([...to(recorder.url, 'GET', '/v1/x'), '--json'], { env });
  };

  test.each([
    [{ body: { status: 'SUCCESS', data: { a: 1 }, decentroTxnId: 'T' } }, { a: 1 }],
    [{ body: { a: 1 } }, { a: 1 }],
    [{ body: '[1,2]' }, [1, 2]],
    [{ status: 201, body: 'null' }, null],
    [{ status: 204, body: '' }, null],
  ])('%j is a success with its data', async (answer, data) => {
    const { code, document } = await asked(answer);
    expect(code).toBe(0);
    expect(document).toMatchObject({ schema: 'digilocker.api/1', ok: true, effect: 'yes', data, raw: null });
  });

  test.each([
    [{ body: { status: 'PENDING' } }, 6],
    [{ body: { status: 1 } }, 6],
    [{ body: { status: 'FAILURE' } }, 5],
    [{ body: { responseKey: 'error_no_subscription_found' } }, 4],
    [{ status: 404, body: { message: 'nothing' } }, 5],
    [{ status: 302, body: {}, headers: { Location: 'https://evil.example' } }, 6],
    [{ body: '<p>' }, 6],
    [{ then: 'reset' as const }, 8],
    [{ status: 429, headers: { 'Retry-After': '1' }, body: {} }, 6],
  ])('%j is none', async (answer, code) => {
    const run = await asked(answer);
    expect(run.code).toBe(code);
    expect(run.sleeps).toEqual([]);
  });

  test.each([
    [
      { status: 400, body: { error: { code: 7, detail: 'no such bank' } } },
      { error: { code: 7, detail: 'no such bank' } },
    ],
    [
      { status: 422, body: { status: 'FAILURE', message: 'No.', data: [{ field: 'ifsc' }] } },
      [{ field: 'ifsc' }],
    ],
    [{ status: 404, body: '["none"]' }, ['none']],
    [
      { status: 502, body: '<p>Bad gateway</p>', headers: { 'Content-Type': 'text/html' } },
      '<p>Bad gateway</p>',
    ],
    [{ status: 503, body: 'away' }, 'away'],
    [{ body: '{"cut' }, '{"cut'],
    [{ status: 400, body: '' }, null],
  ])('%j is in the document of its refusal', async (answer, data) => {
    const { document } = await asked(answer);
    expect(document).toMatchObject({ ok: false, data, raw: null });
  });

  test('that is a refusal of another form is masked, and the error says where it is shown', async () => {
    const secret = CANARIES.clientSecret;
    for (const body of [`<p>${secret}</p>`, JSON.stringify({ [secret]: { echo: secret } })]) {
      const { document } = await asked({ status: 400, body });
      expect(document['data']).not.toBeNull();
      expect(JSON.stringify(document)).not.toContain(secret);
    }
    const recorder = await createRecorder({ status: 400, body: { oops: 'person-canary' } });
    const { stdout, stderr } = await runMain([...to(recorder.url, 'GET', '/v1/x'), '--verbose'], { env });
    expect(stderr).toContain('hint: With --json, the answer is shown under data.');
    expect(`${stdout}${stderr}`).not.toContain('canary');
  });

  test('is the data on standard output, for a person, and the rest on standard error', async () => {
    const recorder = await createRecorder({
      body: { status: 'SUCCESS', data: { a: 1 }, decentroTxnId: 'T-9' },
    });
    const { stdout, stderr } = await runMain(to(recorder.url, 'POST', '/v1/x'), { env });
    expect(stdout).toBe('{\n  "a": 1\n}\n');
    expect(stderr).toContain('T-9');
  });
});

test('--verbose shows no body', async () => {
  const recorder = await createRecorder({ body: { data: 'answer-canary' } });
  const args = to(recorder.url, 'POST', '/v1/x', '--data', 'a=request-canary', '--verbose');
  const { stdout, stderr } = await runMain(args, { env });
  expect(stdout).toContain('answer-canary');
  expect(stderr).not.toMatch(/canary/);
  expect(stderr).toMatch(/> \(\d+ characters\)[^]*< \(\d+ characters\)/);
});

test('the journal has the call', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder({ body: {} });
  await runMain(to(recorder.url, 'POST', '/v1/x', '--reference-id', 'ref-api'), { env, home });
  const { document } = await succeeds(['sessions', '--json'], { home, stderr: [] });
  expect(document['sessions']).toMatchObject([{ call: 'api', referenceId: 'ref-api', effect: 'yes' }]);
});
