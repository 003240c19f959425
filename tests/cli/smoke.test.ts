import { describe, expect, test } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../src/sandbox/server.js';
import { CANARIES, credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { ALL_OK, casesOf, CHATTER, createImitatedStaging, statusesOf, without } from '../support/smoke.js';

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

describe('in the sandbox', () => {
  test('every case passes, and settles nothing about Decentro', async () => {
    const run = await succeeds(['smoke', '--env', 'sandbox', '--consent', '--json'], CHATTER);
    expect(Object.keys(run.document)).toEqual(KEYS);
    expect(run.document).toMatchObject({
      schema: 'digilocker.smoke/1',
      ok: true,
      environment: 'sandbox',
      host: null,
      plan: { calls: 13, sessions: 4 },
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
    expect(stdout).toMatch(/\n18 cases: 7 ok, 0 failed, 11 recorded, 0 skipped\.\n$/);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stderr).toMatch(
      /^13 calls, which may create 4 sessions: to the sandbox inside the command\.\nReference ID: /,
    );
  });
});

describe('the requests', () => {
  test('are valid but for what each is made for, and each has a reference ID of its own but for two', async () => {
    const { recorder, args } = await createImitatedStaging();
    await succeeds(args, { env: credentials, ...CHATTER });
    const later = recorder.requests.filter(({ path }) => !path.endsWith('/initiate_session'));
    expect(later.map(({ path }) => path.replace('/v2/kyc/digilocker/', ''))).toEqual([
      'access_token/code',
      'issued_files',
      'file',
      'file/data',
      'eaadhaar',
    ]);
    const bodies = recorder.requests
      .filter((request) => !later.includes(request))
      .map((request) => request.json() as Record<string, string>);
    const valid = {
      consent: true,
      consent_purpose: 'Smoke test of the DigiLocker session',
      redirect_url: 'http://localhost:3000/digilocker/callback',
      abstract_access_token: true,
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
    expect(secrets.map((secret) => secret === CANARIES.moduleSecret)).toEqual(
      recorder.requests.map((_request, index) => index !== 7),
    );
    expect(new Set(recorder.requests.map((request) => request.header('client_secret')))).toEqual(
      new Set([CANARIES.clientSecret]),
    );
  });

  test('take purpose and redirect URL of flags and files', async () => {
    const { recorder, args } = await createImitatedStaging();
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
    const { recorder, args } = await createImitatedStaging();
    const { stderr } = await fails([...args, ...flags], code, { env: { ...credentials, ...env } });
    expect(stderr).toContain('error_short_purpose_length');
    expect(recorder.connections).toBe(0);
  });

  test('leave out the module secret where there is none, and its case is skipped', async () => {
    const { recorder, json } = await createImitatedStaging();
    const env = without(credentials, 'DECENTRO_MODULE_SECRET');
    const run = await succeeds(json, { env, ...CHATTER });
    expect(recorder.requests).toHaveLength(12);
    expect(casesOf(run)['module-secret-missing']).toMatchObject({
      status: 'skipped',
      observed: 'no module secret is configured',
      referenceId: null,
    });
    expect(run.document).toMatchObject({ ok: true, plan: { calls: 12, sessions: 3 } });
  });
});

describe('what is to be done', () => {
  test('--dry-run tells it and stops, and asks for nothing', async () => {
    const { recorder, args } = await createImitatedStaging();
    const { stdout } = await succeeds([...args.filter((flag) => flag !== '--consent'), '--dry-run'], {
      stderr: [],
    });
    expect(stdout).toContain(`\n12 calls, which may create 3 sessions: to ${new URL(recorder.url).host}.\n`);
    expect(stdout).toContain('purpose-too-short      D A purpose of 19 characters is refused\n');
    expect(recorder.connections).toBe(0);
  });

  test('--dry-run tells it as JSON with the keys of a run', async () => {
    const { json } = await createImitatedStaging();
    const run = await succeeds([...json, '--dry-run', '--only', 'consent-refused,refusal-shape'], {
      stderr: [],
    });
    expect(Object.keys(run.document)).toEqual(KEYS);
    expect(run.document).toMatchObject({ ok: true, environment: 'staging', plan: { calls: 1, sessions: 0 } });
    expect(statusesOf(run)).toEqual({ 'consent-refused': null, 'refusal-shape': null });
  });

  test('--list needs no settings', async () => {
    const run = await succeeds(['smoke', '--list', '--json'], { stderr: [] });
    expect(run.document).toMatchObject({ environment: null, host: null, plan: { calls: 13, sessions: 4 } });
    expect(Object.keys(statusesOf(run))).toEqual(Object.keys(ALL_OK));
  });

  test('--only makes the calls that its cases need', async () => {
    const { recorder, json } = await createImitatedStaging();
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
    const { args } = await createImitatedStaging();
    const { stderr } = await fails([...args, '--only', 'purpose-to-short'], 2, { env: credentials });
    expect(stderr).toContain('Did you mean purpose-too-short');
    const env = without(credentials, 'DECENTRO_MODULE_SECRET');
    await fails([...args, '--only', 'module-secret-missing'], 2, { env });
  });
});

describe('before anything is sent', () => {
  test('the consent has to be given, and everything missing is named at once (rule 26)', async () => {
    const { recorder, args } = await createImitatedStaging();
    const without = args.filter((flag) => flag !== '--consent');
    expect((await fails(without, 2, { env: credentials })).stderr).toContain('- the consent: --consent');
    const { stderr } = await fails(without, 3);
    for (const part of ['client ID', 'client secret', 'the consent']) expect(stderr).toContain(part);
    await fails(without, 2, { env: credentials, isInteractive: true });
    expect(recorder.connections).toBe(0);
  });

  test('credentials are asked for on a terminal', async () => {
    const { recorder, args } = await createImitatedStaging();
    const { code } = await runMain(args, {
      answers: [
        ['Client ID', CANARIES.clientId],
        ['Client secret', CANARIES.clientSecret],
        ['Module secret', ''],
      ],
    });
    expect(code).toBe(0);
    expect(recorder.requests).toHaveLength(12);
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
    const { args } = await createImitatedStaging();
    await fails(args, 3, { env: { ...credentials, NODE_TLS_REJECT_UNAUTHORIZED: '0' } });
  });
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
