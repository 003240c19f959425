import { describe, expect, test } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../src/sandbox/server.js';
import type { CaseResult } from '../../src/smoke/run-smoke.js';
import { createFakeHost } from '../support/fake-host.js';
import { createImitation, type Twist } from '../support/imitation.js';
import { freePort } from '../support/loopback.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import {
  CANARIES,
  credentials,
  fails,
  runHost,
  runMain,
  succeeds,
  type MainRun,
} from '../support/run-main.js';

const KEYS = ['schema', 'ok', 'environment', 'host', 'plan', 'cases', 'settled', 'unsettled', 'error'];
const CASE_KEYS = [
  'id',
  'title',
  'mark',
  'status',
  'expected',
  'observed',
  'decentroTxnId',
  'referenceId',
  'httpStatus',
  'responseKey',
  'durationMs',
];
const CHATTER = { stderr: [/^Reference ID: /, /^\d+ calls?, which may create/] } as const;

/** A command line against a recorder that stands for staging. */
async function createStaging(twist?: Twist) {
  const recorder = await createRecorder(createImitation(twist));
  const args = ['smoke', '--consent', '--base-url', recorder.url, '--allow-host', '127.0.0.1'];
  return { recorder, args, json: [...args, '--json'] };
}

function casesOf({ document }: Pick<MainRun, 'document'>): Record<string, CaseResult> {
  return Object.fromEntries((document['cases'] as CaseResult[]).map((one) => [one.id, one]));
}

function statusesOf(run: Pick<MainRun, 'document'>): Record<string, string | null> {
  return Object.fromEntries(Object.entries(casesOf(run)).map(([id, { status }]) => [id, status]));
}

function without<Value>(
  object: Readonly<Record<string, Value>>,
  ...keys: readonly string[]
): Record<string, Value> {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key)));
}

/** Changes the body of the answers to requests that a call makes. */
function changed(
  isMeant: (body: Record<string, unknown>) => boolean,
  change: (body: object) => object,
): Twist {
  return (request, answer) =>
    isMeant(request.json() as Record<string, unknown>)
      ? { ...answer, body: change(answer.body as object) }
      : undefined;
}

const ALL_OK = {
  'session-starts': 'ok',
  'answer-shape': 'ok',
  'answer-spelling': 'recorded',
  'urn-is-transaction-id': 'recorded',
  'redirect-to-localhost': 'recorded',
  'consent-refused': 'ok',
  'refusal-shape': 'ok',
  'consent-of-wrong-type': 'recorded',
  'purpose-too-short': 'ok',
  'purpose-too-long': 'ok',
  'reference-id-reused': 'ok',
  'refusal-burns-id': 'recorded',
  'module-secret-missing': 'recorded',
};

describe('in the sandbox', () => {
  test('every case passes, and settles nothing about Decentro', async () => {
    const run = await succeeds(['smoke', '--env', 'sandbox', '--consent', '--json'], CHATTER);
    expect(Object.keys(run.document)).toEqual(KEYS);
    expect(run.document).toMatchObject({
      schema: 'digilocker.smoke/1',
      ok: true,
      environment: 'sandbox',
      host: null,
      plan: { calls: 8, sessions: 4 },
      settled: [],
      error: null,
    });
    expect(statusesOf(run)).toEqual(ALL_OK);
    for (const one of Object.values(casesOf(run))) expect(Object.keys(one)).toEqual(CASE_KEYS);
    expect(casesOf(run)['module-secret-missing']?.observed).toBe('error_empty_module_secret (HTTP 401)');
    expect(run.document['unsettled']).toContainEqual(
      expect.objectContaining({
        case: 'urn-is-transaction-id',
        reason: 'a sandbox says nothing about Decentro',
      }),
    );
  });

  test('people get a table, and a line that closes it', async () => {
    const { stdout, stderr } = await succeeds(['smoke', '--env', 'sandbox', '--consent'], CHATTER);
    expect(stdout).toMatch(
      /^Smoke check of sandbox \(inside the command\)\n\nok {8}session-starts {9}D {2}[0-9A-F]{32} {2}\d+ m?s\n/,
    );
    expect(stdout).toMatch(/^recorded {2}refusal-burns-id {7}O {2}[0-9A-F]{32}/m);
    expect(stdout).toContain('A sandbox settles nothing about Decentro.');
    expect(stdout).toMatch(/\n13 cases: 7 ok, 0 failed, 6 recorded, 0 skipped\.\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).toMatch(
      /^8 calls, which may create 4 sessions: to the sandbox inside the command\.\nReference ID: /,
    );
  });
});

describe('the requests', () => {
  test('are valid but for what each is made for, and each has a reference ID of its own but for two', async () => {
    const { recorder, args } = await createStaging();
    await succeeds(args, { env: credentials, ...CHATTER });
    const bodies = recorder.requests.map((request) => request.json() as Record<string, string>);
    const valid = {
      consent: true,
      consent_purpose: 'Smoke test of the DigiLocker session',
      redirect_url: 'http://localhost:3000/digilocker/callback',
    };
    const purposes = bodies.map(({ consent_purpose: purpose = '' }) => purpose.length);
    expect(bodies.map((body) => without(body, 'reference_id'))).toEqual([
      valid,
      { ...valid, consent: false },
      { ...valid, consent: 'true' },
      { ...valid, consent_purpose: expect.any(String) },
      { ...valid, consent_purpose: expect.any(String) },
      valid,
      valid,
      valid,
    ]);
    expect(purposes.slice(3, 5)).toEqual([19, 51]);
    const ids = bodies.map(({ reference_id: id }) => id);
    expect([ids[5], ids[6]]).toEqual([ids[0], ids[1]]);
    expect(new Set(ids).size).toBe(6);
    const secrets = recorder.requests.map((request) => request.header('module_secret'));
    expect(secrets).toEqual([...Array.from({ length: 7 }, () => CANARIES.moduleSecret), undefined]);
    expect(new Set(recorder.requests.map((request) => request.header('client_secret')))).toEqual(
      new Set([CANARIES.clientSecret]),
    );
  });

  test('take purpose and redirect URL of flags and files', async () => {
    const { recorder, args } = await createStaging();
    await succeeds([...args, '--only', 'session-starts', '--redirect-url', 'https://app.example/return'], {
      env: credentials,
      files: { '.decentrorc': 'defaults: { consentPurpose: KYC for opening a bank account }' },
      ...CHATTER,
    });
    expect(recorder.requests[0]?.json()).toMatchObject({
      consent_purpose: 'KYC for opening a bank account',
      redirect_url: 'https://app.example/return',
    });
  });

  test.each([
    [['--consent-purpose', 'short'], {}, 2],
    [[], { DECENTRO_CONSENT_PURPOSE: 'short' }, 3],
  ])('are not made with a purpose that fails by itself: %j %j', async (flags, env, code) => {
    const { recorder, args } = await createStaging();
    const { stderr } = await fails([...args, ...flags], code, { env: { ...credentials, ...env } });
    expect(stderr).toContain('error_short_purpose_length');
    expect(recorder.connections).toBe(0);
  });

  test('leave out the module secret where there is none, and its case is skipped', async () => {
    const { recorder, json } = await createStaging();
    const env = without(credentials, 'DECENTRO_MODULE_SECRET');
    const run = await succeeds(json, { env, ...CHATTER });
    expect(recorder.requests).toHaveLength(7);
    expect(casesOf(run)['module-secret-missing']).toMatchObject({
      status: 'skipped',
      observed: 'no module secret is configured',
      referenceId: null,
    });
    expect(run.document).toMatchObject({ ok: true, plan: { calls: 7, sessions: 3 } });
  });
});

describe('marks that nobody documents', () => {
  test('are settled by what Decentro answers', async () => {
    const { json } = await createStaging();
    const { document } = await succeeds(json, { env: credentials, ...CHATTER });
    const settled = document['settled'] as { case: string; mark: string; finding: string }[];
    expect(settled.map((one) => [one.case, one.mark, one.finding])).toEqual([
      ['answer-spelling', 'observed', 'camel case'],
      ['urn-is-transaction-id', 'assumed', 'it does'],
      ['redirect-to-localhost', 'observed', 'taken'],
      ['consent-of-wrong-type', 'assumed', 'error_invalid_consent_type (HTTP 400)'],
      ['refusal-burns-id', 'observed', 'error_duplicate_reference_id (HTTP 400)'],
      ['module-secret-missing', 'observed', 'a session: the account does not need it'],
    ]);
    const unsettled = document['unsettled'] as { case: string | null; mark: string; reason: string }[];
    expect(unsettled.length).toBeGreaterThan(3);
    for (const one of unsettled) {
      expect(one).toEqual({
        case: null,
        mark: expect.stringMatching(/^(observed|assumed)$/),
        question: expect.stringMatching(/\S/),
        reason: expect.stringMatching(/\S/),
      });
    }
  });

  test('are recorded, and fail nothing, when the answer is another one', async () => {
    const { json } = await createStaging((request, answer, index) => {
      const body = request.json() as { consent: unknown };
      const created = {
        status: 200,
        body: {
          decentro_txn_id: 'T1',
          status: 'SUCCESS',
          response_code: 'S',
          message: 'm',
          data: { authorizationUrl: 'https://a.example' },
          response_key: 'success_initiate_session',
        },
      };
      if (body.consent === 'true' || index === 6) return created;
      if (request.header('module_secret') === undefined)
        return {
          status: 401,
          body: { ...(answer.body as object), status: 'FAILURE', responseKey: 'error_empty_module_secret' },
        };
      return index === 0 ? { ...answer, headers: { 'X-DECENTRO-URN': 'another' } } : undefined;
    });
    const run = await succeeds([...json, '--redirect-url', 'https://app.example/'], {
      env: credentials,
      ...CHATTER,
    });
    expect(
      Object.values(casesOf(run))
        .filter(({ mark }) => mark !== 'documented')
        .map(({ observed }) => observed),
    ).toEqual([
      'camel case',
      'it holds another ID',
      'the redirect URL is not on localhost',
      'taken as consent',
      'not used up: the same ID started a session',
      'error_empty_module_secret (HTTP 401)',
    ]);
    expect(run.document['unsettled']).toContainEqual(
      expect.objectContaining({
        case: 'redirect-to-localhost',
        reason: 'the redirect URL is not on localhost',
      }),
    );
  });
});

test('a refusal for another reason settles nothing', async () => {
  const { json } = await createStaging((_request, answer, index) =>
    index === 2 || index > 5
      ? {
          ...answer,
          status: 400,
          body: {
            ...(answer.body as object),
            status: 'FAILURE',
            responseKey: 'error_module_credits_exhausted',
          },
        }
      : undefined,
  );
  const run = await succeeds(json, { env: credentials, ...CHATTER });
  expect(statusesOf(run)).toEqual(ALL_OK);
  const open = (run.document['unsettled'] as { case: string | null; reason: string }[]).filter(
    (one) => one.case !== null,
  );
  expect(open.map((one) => one.case)).toEqual([
    'consent-of-wrong-type',
    'refusal-burns-id',
    'module-secret-missing',
  ]);
  expect(open[0]?.reason).toBe('error_module_credits_exhausted (HTTP 400)');
});

describe('drift', () => {
  test('is named key by key, and fails', async () => {
    const { json } = await createStaging(
      changed(
        ({ consent, consent_purpose: purpose }) => consent === true && String(purpose).startsWith('Smoke'),
        (body) => {
          if (!('data' in body)) return body;
          const { decentroTxnId, ...others } = body as Record<string, unknown>;
          const rest = without(others, 'responseKey', 'message');
          return {
            ...rest,
            decentro_txn_id: decentroTxnId,
            message: 7,
            traceId: 'x',
            data: { authorizationUrl: 'https://a.example/', expiresIn: 600 },
          };
        },
      ),
    );
    const run = await fails(json, 10, { env: credentials });
    expect(casesOf(run)['answer-shape']).toMatchObject({
      status: 'failed',
      observed:
        'decentroTxnId is called decentro_txn_id; message is a number, not a text; responseKey is missing; data.expiresIn is not documented; traceId is not documented',
    });
    expect(run.document).toMatchObject({
      ok: false,
      error: {
        kind: 'partial',
        exitCode: 10,
        message: '13 cases: 6 ok, 1 failed, 6 recorded, 0 skipped. Failed: answer-shape.',
      },
    });
  });

  test('is told of, and fails nothing, where keys were added', async () => {
    const { json } = await createStaging(
      changed(
        () => true,
        (body) => ({ ...body, traceId: 'x' }),
      ),
    );
    const run = await succeeds(json, { env: credentials, ...CHATTER });
    expect(casesOf(run)['refusal-shape']).toMatchObject({
      status: 'ok',
      observed: 'traceId is not documented',
    });
  });

  test('of the status of a refusal is drift as well', async () => {
    const { json } = await createStaging((_request, answer) =>
      answer.status === 400 ? { ...answer, status: 422 } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(casesOf(run)['refusal-shape']).toMatchObject({
      status: 'failed',
      observed: 'HTTP 422; as documented',
    });
    expect(casesOf(run)['consent-refused']?.status).toBe('ok');
  });
});

describe('a case that fails', () => {
  test('ends with 10, and says what was expected and what came', async () => {
    const { args } = await createStaging((request, answer) =>
      (request.json() as { consent: unknown }).consent === false
        ? { ...answer, body: { ...(answer.body as object), responseKey: 'error_new::error::\u001b[2J' } }
        : undefined,
    );
    const { stdout, stderr } = await fails(args, 10, { env: credentials, stdout: /./ });
    expect(stdout).toMatch(/^FAIL {6}consent-refused/m);
    expect(stdout).toContain(
      'FAIL consent-refused: A session without consent is refused\n\nExpected        error_consent_false\nObserved        error_new:\\u003aerror:\\u003a\\u001b[2J (HTTP 400)\n',
    );
    expect(stdout).toMatch(/^Reference ID {4}\S{36}$/m);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      'error: 13 cases: 6 ok, 1 failed, 6 recorded, 0 skipped. Failed: consent-refused.',
    );
  });

  test('takes those with it that need its answer', async () => {
    const { recorder, json } = await createStaging((request) =>
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
    expect(casesOf(run)['consent-refused']?.observed).toMatch(
      /^The answer is not what Decentro promises \(HTTP 502/,
    );
    expect(casesOf(run)['refusal-burns-id']?.observed).toBe('refused-consent brought no answer');
    expect(recorder.requests).toHaveLength(7);
  });

  test('is one that nobody documents, where nothing readable came', async () => {
    const { json } = await createStaging((request) =>
      (request.json() as { consent: unknown }).consent === 'true' ? { status: 500, body: 'x' } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(statusesOf(run)).toEqual({ ...ALL_OK, 'consent-of-wrong-type': 'failed' });
  });

  test('is a call that takes longer than the budget', async () => {
    const host = createFakeHost([]);
    let now = host.now();
    const { json } = await createStaging((_request, _answer, index) => {
      now += index === 3 ? 1_500 : 10;
      return undefined;
    });
    const options = { env: credentials };
    const slow = { ...createFakeHost([...json, '--budget', '1s'], options), now: () => now };
    const run = await runHost(slow);
    expect(run.code).toBe(10);
    expect(statusesOf(run)).toEqual({ ...ALL_OK, 'purpose-too-short': 'failed' });
    expect(casesOf(run)['purpose-too-short']).toMatchObject({
      observed: 'error_short_purpose_length (HTTP 400); it took 1500 ms, and may take 1000 ms',
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
    const { recorder, json } = await createStaging(() => answer);
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
    expect(stdout).toMatch(/^skipped {2}answer-shape +D {2}there is no such answer$/m);
    expect(stderr).toContain('error: Nothing was sent');
  });

  test('other failures do not', async () => {
    const { recorder, json } = await createStaging((_request, _answer, index) =>
      index === 0 ? { status: 503, body: 'x' } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(recorder.requests).toHaveLength(7);
    expect(statusesOf(run)).toMatchObject({
      'session-starts': 'failed',
      'answer-shape': 'skipped',
      'reference-id-reused': 'skipped',
      'consent-refused': 'ok',
    });
  });

  test('and a request without its module secret is none that does', async () => {
    const { json } = await createStaging((_request, answer) => ({
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
  const { json } = await createStaging((_request, _answer, index) => {
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

describe('what is to be done', () => {
  test('--dry-run tells it and stops, and asks for nothing', async () => {
    const { recorder, args } = await createStaging();
    const { stdout } = await succeeds([...args.filter((flag) => flag !== '--consent'), '--dry-run'], {
      stderr: [],
    });
    expect(stdout).toContain(`\n7 calls, which may create 3 sessions: to ${new URL(recorder.url).host}.\n`);
    expect(stdout).toContain('purpose-too-short      D A purpose of 19 characters is refused\n');
    expect(recorder.connections).toBe(0);
  });

  test('--dry-run tells it as JSON with the keys of a run', async () => {
    const { json } = await createStaging();
    const run = await succeeds([...json, '--dry-run', '--only', 'consent-refused,refusal-shape'], {
      stderr: [],
    });
    expect(Object.keys(run.document)).toEqual(KEYS);
    expect(run.document).toMatchObject({ ok: true, environment: 'staging', plan: { calls: 1, sessions: 0 } });
    expect(statusesOf(run)).toEqual({ 'consent-refused': null, 'refusal-shape': null });
  });

  test('--list needs no settings', async () => {
    const run = await succeeds(['smoke', '--list', '--json'], { stderr: [] });
    expect(run.document).toMatchObject({ environment: null, host: null, plan: { calls: 8, sessions: 4 } });
    expect(Object.keys(statusesOf(run))).toEqual(Object.keys(ALL_OK));
  });

  test('--only makes the calls that its cases need', async () => {
    const { recorder, json } = await createStaging();
    const only = ['--only', 'reference-id-reused', '--only', 'answer-shape, purpose-too-long'];
    const run = await succeeds([...json, ...only], { env: credentials, ...CHATTER });
    expect(recorder.requests).toHaveLength(3);
    expect(statusesOf(run)).toEqual({
      'answer-shape': 'ok',
      'purpose-too-long': 'ok',
      'reference-id-reused': 'ok',
    });
    expect(run.document['plan']).toEqual({ calls: 3, sessions: 1 });
  });

  test('--only fails where there is no such case, or none left', async () => {
    const { args } = await createStaging();
    const { stderr } = await fails([...args, '--only', 'purpose-to-short'], 2, { env: credentials });
    expect(stderr).toContain('Did you mean purpose-too-short');
    const env = without(credentials, 'DECENTRO_MODULE_SECRET');
    await fails([...args, '--only', 'module-secret-missing'], 2, { env });
  });
});

describe('before anything is sent', () => {
  test('the consent has to be given, and everything missing is named at once (rule 26)', async () => {
    const { recorder, args } = await createStaging();
    const without = args.filter((flag) => flag !== '--consent');
    expect((await fails(without, 2, { env: credentials })).stderr).toContain('- the consent: --consent');
    const { stderr } = await fails(without, 3);
    for (const part of ['client ID', 'client secret', 'the consent']) expect(stderr).toContain(part);
    await fails(without, 2, { env: credentials, isInteractive: true });
    expect(recorder.connections).toBe(0);
  });

  test('credentials are asked for on a terminal', async () => {
    const { recorder, args } = await createStaging();
    const { code } = await runMain(args, {
      answers: [
        ['Client ID', CANARIES.clientId],
        ['Client secret', CANARIES.clientSecret],
        ['Module secret', ''],
      ],
    });
    expect(code).toBe(0);
    expect(recorder.requests).toHaveLength(7);
  });

  test('production needs --yes, or a yes', async () => {
    const args = ['smoke', '--env', 'production', '--consent'];
    const env = { ...credentials, DECENTRO_ENV: 'production' };
    const { stderr } = await fails(args, 2, { env });
    expect(stderr).toContain('needs --yes');
    const { code } = await runMain(args, { env, answers: [['production (in.decentro.tech)', false]] });
    expect(code).toBe(2);
  });

  test('TLS that anybody may answer is refused (rule 12)', async () => {
    const { args } = await createStaging();
    await fails(args, 3, { env: { ...credentials, NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  });
});

test('a server that echoes secrets has them in no report', async () => {
  const { json, args } = await createStaging((request, answer) => ({
    ...answer,
    body: { ...(answer.body as object), responseKey: request.header('client_secret') },
  }));
  await fails(json, 10, { env: credentials });
  await fails(args, 10, { env: credentials, stdout: /./ });
});

test('a sandbox that stands alone is checked as well', async () => {
  const { createSandbox } = await import('../../src/sandbox/server.js');
  await using sandbox = await createSandbox({ scenario: 'error_provider_error*1' });
  const args = ['smoke', '--env', 'sandbox', '--consent', '--base-url', sandbox.url, '--json'];
  const run = await fails(args, 10);
  expect(casesOf(run)['session-starts']?.observed).toBe('error_provider_error (HTTP 400)');
  expect(casesOf(run)['answer-shape']?.status).toBe('skipped');
  expect(JSON.stringify(run.document)).not.toContain(SANDBOX_CREDENTIALS.clientSecret);
});
