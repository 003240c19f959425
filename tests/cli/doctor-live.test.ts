import { describe, expect, test } from '@jest/globals';
import { at, entries, examined, NOW } from '../support/doctor.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { credentials, fails, succeeds } from '../support/run-main.js';
import { TXN_ID } from '../support/staging.js';

describe('--live', () => {
  const PARAMS = [
    '--consent-purpose',
    'KYC for opening an account',
    '--redirect-url',
    'https://app.example/return',
  ];
  const LIVE = ['--live', '--consent', ...PARAMS];
  const DATE = { Date: new Date(NOW).toUTCString() };

  async function live(answer: Answer, code: number) {
    const recorder = await createRecorder([{ headers: DATE }, answer]);
    const args = [...at(recorder), ...LIVE];
    const run =
      code === 0
        ? await succeeds(args, { env: credentials, stderr: [/^Starting one session at /, /^Reference ID: /] })
        : await fails(args, code, { env: credentials });
    return { check: entries(run)['live-session'], recorder };
  }

  test('says so, and starts one session', async () => {
    const { check, recorder } = await live({}, 0);
    expect(check).toMatchObject({
      status: 'ok',
      detail: expect.stringContaining(`transaction ID ${TXN_ID}`),
    });
    expect(recorder.requests[1]?.json()).toMatchObject({
      consent: true,
      redirect_url: 'https://app.example/return',
    });
  });

  const refusal = (responseKey: string) =>
    JSON.stringify({ status: 'FAILURE', decentroTxnId: 'TXN-9', responseKey });

  test.each<[what: string, answer: Answer, code: number]>([
    ['the account', { status: 401, body: refusal('error_unauthorized_module') }, 4],
    ['the request', { status: 400, body: refusal('error_invalid_purpose') }, 3],
    ['nothing, but failed', { status: 500, body: refusal('error_decentro_error') }, 7],
  ])('tells when Decentro refused %s, with the transaction ID', async (_what, answer, code) => {
    const { check } = await live(answer, code);
    expect(check).toMatchObject({ status: 'problem', detail: expect.stringContaining('TXN-9') });
  });

  test('starts none where there are problems, or something is missing', async () => {
    const checks = await examined({}, 7, ...LIVE);
    expect(checks['live-session']).toMatchObject({ status: 'skipped' });
    const recorder = await createRecorder([{ headers: DATE }]);
    const run = await fails([...at(recorder), '--live', '--consent'], 3, { env: credentials });
    expect(entries(run)['live-session']).toMatchObject({
      status: 'problem',
      remedy: expect.stringContaining('--consent-purpose and --redirect-url'),
    });
  });

  test('works in the sandbox, without an account', async () => {
    const run = await succeeds(['doctor', '--env', 'sandbox', '--json', '--live', '--consent'], {
      now: Date.now(),
      stderr: [/^Starting one session at /, /^Reference ID: /],
    });
    expect(entries(run)['live-session']?.status).toBe('ok');
  });
});
