import { describe, expect, test } from '@jest/globals';
import { getEventListeners } from 'node:events';
import { inspect } from 'node:util';
import {
  Failure,
  initiateSession,
  type CallOptions,
  type Session,
  type SessionParams,
} from '../../../src/library/index.js';
import { createSandbox, SANDBOX_CREDENTIALS } from '../../../src/sandbox/server.js';
import { SESSION_CREATED } from '../../support/answer.js';
import { CANARIES, findLeak } from '../../support/canaries.js';
import { cleanUp } from '../../support/cleanup.js';
import { createRecorder, type Answer } from '../../support/recorder.js';

const PARAMS: SessionParams = {
  consent: true,
  consentPurpose: 'KYC for opening a bank account',
  redirectUrl: 'https://app.example/return',
};

type Options = Omit<Partial<CallOptions>, 'environment' | 'baseUrl'>;

function start(baseUrl: string, options: Options = {}, params: Partial<SessionParams> = {}) {
  return initiateSession({ ...PARAMS, ...params }, { baseUrl, credentials: CANARIES, ...options });
}

async function failureOf(promise: Promise<Session>): Promise<Failure> {
  const outcome = await promise.catch((error: unknown) => error);
  if (!(outcome instanceof Failure)) throw new Error(`No failure: ${inspect(outcome)}`);
  return outcome;
}

describe('a session', () => {
  test('is started in a sandbox, and its end user comes back', async () => {
    const sandbox = await createSandbox();
    cleanUp(() => sandbox.close());
    const session = await start(sandbox.url, { credentials: SANDBOX_CREDENTIALS });
    expect(session).toMatchObject({ status: 'SUCCESS', effect: 'yes', httpStatus: 200 });
    expect(sandbox.requests).toMatchObject([{ referenceId: session.referenceId, status: 200 }]);
    const wayBack = new URL(sandbox.visit(session.authorizationUrl, 'allow'));
    expect(wayBack.searchParams.get('initiation_decentro_transaction_id')).toBe(session.decentroTxnId);
  });

  test('is asked for with what was given and nothing else', async () => {
    const recorder = await createRecorder([{}, {}]);
    const { clientId, clientSecret } = CANARIES;
    await start(recorder.url, { credentials: { clientId, clientSecret } }, { referenceId: 'mine-1' });
    await start(
      `${recorder.url}/gateway/`,
      {},
      {
        redirectUrl: new URL('http://localhost:3000/return?a=b'),
        redirectToSignup: true,
        abstractAccessToken: false,
        extra: { channel: 'web' },
      },
    );
    const [plain, full] = recorder.requests;
    expect(plain?.json()).toEqual({
      reference_id: 'mine-1',
      consent: true,
      consent_purpose: PARAMS.consentPurpose,
      redirect_url: PARAMS.redirectUrl,
      abstract_access_token: true,
    });
    expect(plain?.path).toBe('/v2/kyc/digilocker/initiate_session');
    expect(plain?.header('client_secret')).toBe(clientSecret);
    expect(plain?.header('module_secret')).toBeUndefined();
    expect(full?.path).toBe('/gateway/v2/kyc/digilocker/initiate_session');
    expect(full?.header('module_secret')).toBe(CANARIES.moduleSecret);
    expect(full?.json()).toMatchObject({
      redirect_url: 'http://localhost:3000/return?a=b',
      redirect_to_signup: true,
      abstract_access_token: false,
      channel: 'web',
    });
  });

  test('comes with all that is known of the call', async () => {
    const recorder = await createRecorder([{}]);
    const session = await start(recorder.url, {}, { referenceId: 'mine-1' });
    expect(session).toEqual({
      referenceId: 'mine-1',
      decentroTxnId: SESSION_CREATED.decentroTxnId,
      authorizationUrl: SESSION_CREATED.data.authorizationUrl,
      status: 'SUCCESS',
      responseCode: 'S00000',
      responseKey: 'success_initiate_session',
      message: 'Session created successfully.',
      effect: 'yes',
      httpStatus: 200,
      durationMs: expect.any(Number),
      attempts: [{ referenceId: 'mine-1', httpStatus: 200, sent: 'yes' }],
      raw: SESSION_CREATED,
    });
  });
});

describe('the reference ID', () => {
  const TOO_MANY: Answer = { status: 429, headers: { 'Retry-After': '0' }, body: 'slow down' };

  test('is told before each request leaves, and a used-up one is replaced (rules 19, 21)', async () => {
    const recorder = await createRecorder([TOO_MANY, {}]);
    const told: (readonly [id: string, requests: number])[] = [];
    const session = await start(recorder.url, {
      onAttempt: async (id) => {
        await Promise.resolve();
        told.push([id, recorder.requests.length]);
      },
    });
    const ids = recorder.requests.map((request) => (request.json() as { reference_id: string }).reference_id);
    expect(told).toEqual(ids.map((id, index) => [id, index]));
    expect(new Set(ids).size).toBe(2);
    expect(session.referenceId).toBe(ids[1]);
    expect(session.attempts.map(({ referenceId }) => referenceId)).toEqual(ids);
  });

  test('that was given is not replaced', async () => {
    const recorder = await createRecorder([TOO_MANY]);
    const failure = await failureOf(start(recorder.url, {}, { referenceId: 'mine-1' }));
    expect(failure).toMatchObject({ kind: 'upstream', details: { referenceId: 'mine-1' } });
  });

  test('does not leave where nobody could keep it', async () => {
    const recorder = await createRecorder([]);
    const error = new TypeError('no database');
    const onAttempt = () => Promise.reject(error);
    await expect(start(recorder.url, { onAttempt })).rejects.toBe(error);
  });
});

describe('a failure', () => {
  test('of the network says that nothing was used up', async () => {
    const recorder = await createRecorder();
    await recorder.close();
    const failure = await failureOf(start(recorder.url, { retries: 0 }));
    expect(failure).toMatchObject({
      name: 'Failure',
      kind: 'network',
      sent: 'no',
      retryable: true,
      details: { effect: 'no', attempts: [{ sent: 'no' }] },
    });
  });

  test('of a refusal keeps response key and transaction ID', async () => {
    const sandbox = await createSandbox({ scenario: 'error_module_credits_exhausted' });
    cleanUp(() => sandbox.close());
    const { kind, details } = await failureOf(start(sandbox.url));
    expect(kind).toBe('access');
    expect(details.responseKey).toBe('error_module_credits_exhausted');
    expect(details.decentroTxnId).toMatch(/^[0-9A-F]{32}$/);
  });

  test('of time leaves it open whether a session exists', async () => {
    const recorder = await createRecorder([{ then: 'hang' }]);
    const failure = await failureOf(start(recorder.url, { timeoutMs: 150 }));
    expect(failure).toMatchObject({
      kind: 'unknown',
      sent: 'unknown',
      details: { effect: 'unknown' },
    });
  });
});

describe('an abort', () => {
  test('before the call sends nothing', async () => {
    const recorder = await createRecorder([]);
    const failure = await failureOf(start(recorder.url, { signal: AbortSignal.abort() }));
    expect(failure).toMatchObject({ kind: 'interrupted', sent: 'no', details: { effect: 'no' } });
    expect(recorder.bytesReceived).toBe(0);
  });

  test('before the request leaves sends nothing', async () => {
    const recorder = await createRecorder([]);
    const controller = new AbortController();
    const onAttempt = () => {
      controller.abort();
    };
    const failure = await failureOf(start(recorder.url, { signal: controller.signal, onAttempt }));
    expect(failure).toMatchObject({ kind: 'interrupted', sent: 'no' });
    expect(recorder.bytesReceived).toBe(0);
  });

  test('under way keeps the reference ID', async () => {
    const controller = new AbortController();
    const recorder = await createRecorder(() => {
      controller.abort(new Error('the user left'));
      return { then: 'hang' };
    });
    const failure = await failureOf(
      start(recorder.url, { signal: controller.signal }, { referenceId: 'mine-1' }),
    );
    expect(failure).toMatchObject({
      kind: 'interrupted',
      sent: 'unknown',
      details: { referenceId: 'mine-1', effect: 'unknown' },
    });
  });

  test('is listened for no longer than the call', async () => {
    const { signal } = new AbortController();
    const recorder = await createRecorder([{}, { status: 500, body: 'broken' }]);
    await start(recorder.url, { signal });
    await failureOf(start(recorder.url, { signal }));
    expect(getEventListeners(signal, 'abort')).toEqual([]);
  });
});

describe('what is refused is not sent', () => {
  test.each<[what: string, params: object, options: object, kind: string]>([
    ['a parameter', { consentPurpose: 'too short' }, {}, 'usage'],
    ['an option', {}, { timeoutMs: 0 }, 'config'],
  ])('%s', async (_what, params, options, kind) => {
    const recorder = await createRecorder([]);
    const failure = await failureOf(start(recorder.url, options, params));
    expect(failure).toMatchObject({ kind, sent: 'no', details: { effect: 'no' } });
    expect(recorder.connections).toBe(0);
  });
});

describe('no failure shows a secret, whatever prints it (rules 17, 27)', () => {
  const echo = JSON.stringify(CANARIES);
  const controller = new AbortController();

  test.each<[name: string, answer: Answer | undefined, options: Options]>([
    ['a connection that is refused', undefined, {}],
    ['silence', { then: 'hang' }, { timeoutMs: 150 }],
    ['a reset', { then: 'reset' }, {}],
    [
      'an echo in a refusal',
      { status: 400, body: { status: 'FAILURE', message: echo, responseKey: echo } },
      {},
    ],
    ['an echo in an HTML page', { status: 403, headers: { 'Content-Type': 'text/html' }, body: echo }, {}],
    ['an echo in a success without a link', { body: { ...SESSION_CREATED, data: CANARIES } }, {}],
    ['an abort', { then: 'hang' }, { signal: controller.signal }],
    [
      'a secret that no header can carry',
      {},
      { credentials: { ...CANARIES, clientSecret: `${CANARIES.clientSecret}\n` } },
    ],
  ])('%s', async (_name, answer, options) => {
    const recorder = await createRecorder(() => {
      if (options.signal !== undefined) controller.abort();
      return answer ?? {};
    });
    if (answer === undefined) await recorder.close();
    const failure = await failureOf(start(recorder.url, { retries: 0, ...options }));
    const printed = [
      inspect(failure, { depth: Infinity, showHidden: true, getters: true }),
      JSON.stringify(failure),
      JSON.stringify(failure, Object.getOwnPropertyNames(failure)),
      String(failure),
      failure.stack ?? '',
    ];
    expect(failure.cause).toBeUndefined();
    expect(findLeak(printed.join('\n'))).toBeUndefined();
  });

  test('but a session is what was received', async () => {
    const body = { ...SESSION_CREATED, echo: CANARIES };
    const recorder = await createRecorder([{ body }]);
    expect((await start(recorder.url)).raw).toEqual(body);
  });
});
