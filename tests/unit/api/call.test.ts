import { describe, expect, test } from '@jest/globals';
import { call } from '../../../src/api/call.js';
import { INITIATE_SESSION } from '../../../src/api/endpoints/initiate-session.js';
import { SESSION_CREATED } from '../../support/answer.js';
import { CANARIES, findLeak } from '../../support/canaries.js';
import { createFakeHost } from '../../support/fake-host.js';
import type { Failure } from '../../../src/failure/failure.js';
import { createRecorder, type Answer } from '../../support/recorder.js';
import { PARAMS, start } from './call.js';

test('a session that is created is told with all its facts', async () => {
  const recorder = await createRecorder([{}]);
  const { facts, result, events } = await start(recorder.url);
  expect(result).toEqual({
    decentroTxnId: SESSION_CREATED.decentroTxnId,
    authorizationUrl: SESSION_CREATED.data.authorizationUrl,
  });
  expect(facts).toEqual({
    referenceId: 'ref-1',
    decentroTxnId: SESSION_CREATED.decentroTxnId,
    status: 'SUCCESS',
    responseCode: 'S00000',
    responseKey: 'success_initiate_session',
    message: 'Session created successfully.',
    effect: 'yes',
    httpStatus: 200,
    durationMs: 0,
    attempts: [{ referenceId: 'ref-1', httpStatus: 200, sent: 'yes' }],
    raw: SESSION_CREATED,
  });
  expect(events.map(({ type }) => type)).toEqual(['attempt', 'request', 'response']);
});

test('the reference ID is told before a connection is made (rule 21)', async () => {
  const recorder = await createRecorder([{}]);
  const connections: number[] = [];
  await start(recorder.url, {
    observe: async ({ type }) => {
      if (type !== 'attempt') return;
      for (let turn = 0; turn < 50; turn += 1) await new Promise(setImmediate);
      connections.push(recorder.connections);
    },
  });
  expect(connections).toEqual([0]);
});

test('nobody has to watch', async () => {
  const recorder = await createRecorder([{}]);
  const { result } = await call(INITIATE_SESSION, PARAMS, {
    baseUrl: new URL(recorder.url),
    credentials: CANARIES,
    referenceId: 'ref-1',
    timeoutMs: 30_000,
    retries: 0,
    host: createFakeHost(),
  });
  expect(result.decentroTxnId).toBe(SESSION_CREATED.decentroTxnId);
});

test('what a server echoes is masked, in body and headers, before anybody sees it (rule 27)', async () => {
  const echo = { ...SESSION_CREATED, echo: { ...CANARIES, word: 'नमस्ते' } };
  const headers = {
    'X-Echo': CANARIES.clientSecret,
    'Set-Cookie': [`a=${CANARIES.moduleSecret}`, 'b=1'],
  };
  const recorder = await createRecorder([{ body: echo, headers }]);
  const outcome = await start(recorder.url);
  expect(findLeak(JSON.stringify([outcome.facts, outcome.result, outcome.events]))).toBeUndefined();
  expect(outcome.facts).toMatchObject({
    raw: { echo: { clientId: '****4wm0', clientSecret: '********', word: 'नमस्ते' } },
  });
  expect(outcome.events[1]).toMatchObject({ request: { headers: { client_secret: '********' } } });
  expect(outcome.events[2]).toMatchObject({
    answer: { headers: { 'x-echo': '********', 'set-cookie': ['a=********', 'b=1'] } },
  });
  expect(recorder.requests[0]?.header('client_secret')).toBe(CANARIES.clientSecret);
});

describe('what is used of an answer is what came:', () => {
  const link = 'https://digilocker.example/a?redirect_uri=https%3A%2F%2Facmebank.example%2Fr&client=acmebank';
  const credentials = { clientId: 'acmebank', clientSecret: 'canary-secret-1' };
  const body = { ...SESSION_CREATED, data: { authorizationUrl: link }, message: 'For acmebank.' };

  test('the client ID in a link changes nothing of it', async () => {
    const recorder = await createRecorder([{ body }]);
    const { result, facts, events } = await start(recorder.url, { credentials });
    expect(result?.authorizationUrl).toBe(link);
    expect(facts).toMatchObject({ message: 'For ****bank.', raw: { data: { authorizationUrl: link } } });
    expect(JSON.stringify(events)).not.toContain('For acmebank');
  });

  test('a program is handed what was received', async () => {
    const recorder = await createRecorder([{ body }]);
    const { facts } = await start(recorder.url, { credentials, handsOutReceived: true });
    expect(facts).toMatchObject({ message: 'For acmebank.', raw: body });
  });

  test.each([
    [
      'link',
      { ...body, data: { authorizationUrl: 'https://a.example/?x=canary-secret-1' } },
      body.decentroTxnId,
    ],
    ['transaction ID', { ...body, decentroTxnId: 'T-canary-secret-1' }, 'T-********'],
  ])('a %s that holds a secret is not shown, and the session fails (rule 27)', async (_what, hostile, id) => {
    const recorder = await createRecorder([{ body: hostile }]);
    const { error, events } = await start(recorder.url, { credentials });
    expect(error).toMatchObject({
      kind: 'upstream',
      exitCode: 6,
      details: { decentroTxnId: id, effect: 'yes' },
    });
    expect(JSON.stringify([(error as Failure).details, (error as Failure).message])).not.toContain(
      'canary-secret',
    );
    expect(JSON.stringify(events)).not.toContain('canary-secret');
  });

  test('a secret that hides behind escapes of JSON is masked (rule 27)', async () => {
    const hidden = JSON.stringify({ ...body, message: '?', '?': 1 }).replaceAll(
      '?"',
      '\\u0063anary-secret-1"',
    );
    const recorder = await createRecorder([{ status: 400, body: hidden.replace('SUCCESS', 'FAILURE') }]);
    const { error, events } = await start(recorder.url, { credentials });
    const shown = JSON.stringify([
      error,
      (error as Failure).message,
      events.map((event) => ('answer' in event ? String(event.answer.body) : '')),
    ]);
    expect(shown).not.toMatch(/anary-secret/);
    expect(error).toMatchObject({ details: { message: '********' } });
  });

  test('base64 is neither searched nor masked', async () => {
    const photo = `acmebank${'canarysecret'.repeat(60)}`;
    const recorder = await createRecorder([{ body: { ...body, photo } }]);
    const { facts } = await start(recorder.url, {
      credentials: { ...credentials, moduleSecret: 'canarysecret' },
    });
    expect(facts).toMatchObject({ raw: { photo } });
  });
});

describe('what may have arrived is never repeated (rule 20)', () => {
  test.each<[name: string, answer: Answer, kind: string, sent: string]>([
    ['a reset', { then: 'reset' }, 'unknown', 'unknown'],
    ['502', { status: 502, headers: { 'Retry-After': '0' }, body: 'x' }, 'unknown', 'yes'],
    ['503', { status: 503, headers: { 'Retry-After': '0' }, body: 'x' }, 'upstream', 'yes'],
    ['a success without a link', { body: { ...SESSION_CREATED, data: {} } }, 'upstream', 'yes'],
    [
      'a duplicate at first',
      { status: 400, body: { responseKey: 'error_duplicate_reference_id' } },
      'rejected',
      'yes',
    ],
  ])('%s', async (_name, answer, kind, sent) => {
    const recorder = await createRecorder([answer]);
    const { error, host } = await start(recorder.url);
    expect(host.sleeps).toEqual([]);
    expect(error).toMatchObject({ kind, sent, details: { effect: 'unknown' } });
  });

  test('silence ends with the time, the reference ID in the facts', async () => {
    const recorder = await createRecorder([{ then: 'hang' }]);
    const { error } = await start(recorder.url, { timeoutMs: 150 });
    expect(error).toMatchObject({
      kind: 'unknown',
      message: 'The request was sent, but no answer came in time.',
      sent: 'unknown',
      details: { referenceId: 'ref-1', attempts: [{ sent: 'unknown', httpStatus: null }] },
    });
  });

  test('a cut answer keeps its transaction ID', async () => {
    const raw =
      'HTTP/1.1 200 OK\r\nContent-Length: 99\r\nX-DECENTRO-URN: U1\r\n\r\n{"decentroTxnId":"T1", "sta';
    const recorder = await createRecorder([{ raw, then: 'close' }]);
    const { error } = await start(recorder.url);
    expect(error).toMatchObject({
      kind: 'unknown',
      sent: 'yes',
      hint: expect.stringContaining('X-DECENTRO-URN U1'),
      details: { decentroTxnId: 'T1', httpStatus: 200, raw: null },
    });
  });
});

describe('an interruption', () => {
  test.each(['SIGHUP', 'SIGINT', 'SIGTERM'] as const)(
    'by %s under way leaves it open whether a session exists',
    async (signal) => {
      const host = createFakeHost();
      const recorder = await createRecorder(() => {
        host.interrupt(signal);
        return { then: 'hang' };
      });
      const { error } = await start(recorder.url, { host });
      expect(error).toMatchObject({
        kind: 'interrupted',
        sent: 'unknown',
        details: { referenceId: 'ref-1', effect: 'unknown' },
      });
    },
  );

  test('before anything was sent says so', async () => {
    const host = createFakeHost();
    host.interrupt('SIGINT');
    const recorder = await createRecorder([]);
    const { error } = await start(recorder.url, { host });
    expect(error).toMatchObject({ kind: 'interrupted', sent: 'no', details: { effect: 'no' } });
  });

  test('by a bug stays that bug', async () => {
    const host = createFakeHost();
    const bug = new TypeError('a bug');
    host.interrupt(bug);
    const recorder = await createRecorder([]);
    expect((await start(recorder.url, { host })).error).toBe(bug);
  });
});

test('a clock that is set back changes neither the time limit nor the duration (rule 14)', async () => {
  const recorder = await createRecorder(() => ({ status: 429, headers: { 'Retry-After': '20' }, body: 'x' }));
  const host = createFakeHost();
  let looks = 0;
  const world = { ...host, now: () => host.now() - 7_200_000 * (looks += 1) };
  const { error } = await start(recorder.url, { host: world, timeoutMs: 30_000, retries: 5 });
  expect(host.sleeps).toEqual([20_000]);
  expect(error).toMatchObject({ details: { durationMs: 20_000 } });
});
