import { describe, expect, test } from '@jest/globals';
import { createFakeHost } from '../support/fake-host.js';
import { freePort } from '../support/loopback.js';
import type { Answer } from '../support/recorder.js';
import { credentials, fails, runHost, succeeds } from '../support/run-main.js';
import { ALL_OK, casesOf, CHATTER, createImitatedStaging, statusesOf } from '../support/smoke.js';

describe('a case that fails', () => {
  test('ends with 10, and says what was expected and what came', async () => {
    const { args } = await createImitatedStaging((request, answer) =>
      (request.json() as { consent: unknown }).consent === false
        ? { ...answer, body: { ...(answer.body as object), responseKey: 'error_new::error::\u001b[2J' } }
        : undefined,
    );
    const { stdout, stderr } = await fails(args, 10, { env: credentials, stdout: /./ });
    expect(stdout).toMatch(/^FAIL {6}consent-refused/m);
    expect(stdout).toContain(
      'FAIL consent-refused: A session without consent is refused\n\nExpected        error_consent_false\nObserved        error_new::error::\\u001b[2J (HTTP 400)\n',
    );
    expect(stdout).toMatch(/^Reference ID {4}\S{36}$/m);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      'error: 18 cases: 6 ok, 1 failed, 11 recorded, 0 skipped. Failed: consent-refused.',
    );
  });

  test('takes those with it that need its answer', async () => {
    const { recorder, json } = await createImitatedStaging((request) =>
      (request.json() as { consent: unknown }).consent === false
        ? { status: 502, headers: { 'Content-Type': 'text/html' }, body: '<h1>::error::Bad Gateway</h1>' }
        : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(statusesOf(run)).toEqual({
      ...ALL_OK,
      'consent-refused': 'failed',
      'refusal-shape': 'skipped',
      'refusal-burns-id': 'skipped',
    });
    expect(casesOf(run)['consent-refused']?.observed).toMatch(/^Unexpected response \(HTTP 502/);
    expect(casesOf(run)['refusal-burns-id']?.observed).toBe('refused-consent brought no answer');
    expect(recorder.requests).toHaveLength(12);
  });

  test('is one that nobody documents, where nothing readable came', async () => {
    const { json } = await createImitatedStaging((request) =>
      (request.json() as { consent: unknown }).consent === 'true' ? { status: 500, body: 'x' } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(statusesOf(run)).toEqual({ ...ALL_OK, 'consent-of-wrong-type': 'failed' });
  });

  test('is a call that takes longer than the budget', async () => {
    const host = createFakeHost([]);
    let now = host.now();
    const { json } = await createImitatedStaging((_request, _answer, index) => {
      now += index === 3 ? 1_500 : 10;
      return undefined;
    });
    const options = { env: credentials };
    const slow = {
      ...createFakeHost([...json, '--budget', '1s'], options),
      now: () => now,
      elapsed: () => now,
    };
    const run = await runHost(slow);
    expect(run.code).toBe(10);
    expect(statusesOf(run)).toEqual({ ...ALL_OK, 'purpose-too-short': 'failed' });
    expect(casesOf(run)['purpose-too-short']).toMatchObject({
      observed: 'took 1500 ms, over the budget of 1000 ms',
      durationMs: 1500,
    });
  });
});

describe('the first call decides', () => {
  const HTML = { 'Content-Type': 'text/html' };

  test.each<[name: string, answer: Answer, code: number]>([
    ['a firewall', { status: 403, headers: HTML, body: '<h1>Forbidden</h1>' }, 4],
    [
      'wrong credentials',
      {
        status: 401,
        body: { decentroTxnId: 'T', status: 'FAILURE', responseKey: 'error_unauthorized_module' },
      },
      4,
    ],
  ])('%s ends the command, and the other cases are skipped', async (_name, answer, code) => {
    const { recorder, json } = await createImitatedStaging(() => answer);
    const run = await fails(json, code, { env: credentials });
    expect(recorder.requests).toHaveLength(1);
    const { 'session-starts': first, ...others } = statusesOf(run);
    expect(first).toBe('failed');
    expect(new Set(Object.values(others))).toEqual(new Set(['skipped']));
    expect(run.document['settled']).toEqual([]);
  });

  test('a connection that fails ends it with 7', async () => {
    const url = `http://127.0.0.1:${await freePort()}`;
    const args = ['smoke', '--consent', '--base-url', url, '--allow-host', '127.0.0.1', '--retries', '0'];
    const { stdout, stderr } = await fails(args, 7, { env: credentials, stdout: /./ });
    expect(stdout).toMatch(/^skipped {2}answer-shape +D {2}the call brought another answer$/m);
    expect(stderr).toContain('error: Nothing was sent');
  });

  test('other failures do not', async () => {
    const { recorder, json } = await createImitatedStaging((_request, _answer, index) =>
      index === 0 ? { status: 503, body: 'x' } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(recorder.requests).toHaveLength(12);
    expect(statusesOf(run)).toMatchObject({
      'session-starts': 'failed',
      'answer-shape': 'skipped',
      'reference-id-reused': 'skipped',
      'consent-refused': 'ok',
    });
  });

  test('and a request without its module secret is none that does', async () => {
    const { json } = await createImitatedStaging((_request, answer) => ({
      status: 401,
      body: { ...(answer.body as object), status: 'FAILURE', responseKey: 'error_empty_module_secret' },
    }));
    const run = await succeeds([...json, '--only', 'module-secret-missing'], {
      env: credentials,
      ...CHATTER,
    });
    expect(statusesOf(run)).toEqual({ 'module-secret-missing': 'recorded' });
  });
});

test('Ctrl-C ends with 130 and what was known', async () => {
  let interrupt: () => void = () => undefined;
  const { json } = await createImitatedStaging((_request, _answer, index) => {
    if (index === 2) interrupt();
    return index === 2 ? { then: 'hang' } : undefined;
  });
  const host = createFakeHost(json, { env: credentials });
  interrupt = () => {
    host.interrupt('SIGINT');
  };
  const run = await runHost(host);
  expect(run.code).toBe(130);
  expect(statusesOf(run)).toMatchObject({
    'session-starts': 'ok',
    'consent-refused': 'ok',
    'consent-of-wrong-type': 'skipped',
    'purpose-too-long': 'skipped',
  });
  expect(casesOf(run)['consent-of-wrong-type']).toMatchObject({
    observed: 'interrupted',
    referenceId: expect.stringMatching(/^\S{36}$/),
  });
  expect(run.document).toMatchObject({ ok: false, error: { kind: 'interrupted', exitCode: 130 } });
});

test('a server that echoes secrets has them in no report', async () => {
  const { json, args } = await createImitatedStaging((request, answer) => ({
    ...answer,
    body: { ...(answer.body as object), responseKey: request.header('client_secret') },
  }));
  await fails(json, 10, { env: credentials });
  await fails(args, 10, { env: credentials, stdout: /./ });
});
