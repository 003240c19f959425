import { describe, expect, test } from '@jest/globals';
import { createCertificate } from '../support/certificate.js';
import { createConnectProxy } from '../support/connect-proxy.js';
import { at, entries, examined, NOW } from '../support/doctor.js';
import type { ScriptedAnswer } from '../support/fake-prompter.js';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { credentials, fails, succeeds } from '../support/run-main.js';
import { TXN_ID } from '../support/staging.js';

const PARAMS = [
  '--consent-purpose',
  'KYC for opening an account',
  '--redirect-url',
  'https://app.example/return',
];
const LIVE = ['--live', '--consent', ...PARAMS];
const DATE = { Date: new Date(NOW).toUTCString() };

describe('--live', () => {
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

describe('--live on production', () => {
  const QUESTION = 'This request goes to production (in.decentro.tech';

  /** A recorder that stands for Decentro's own host, behind a proxy that leads every name to this machine. */
  async function createProduction(...answers: readonly Answer[]) {
    const certificate = createCertificate({ host: 'in.decentro.tech' });
    const recorder = await createRecorder(answers, { tls: certificate });
    const proxy = await createConnectProxy();
    const host = `in.decentro.tech:${recorder.port}`;
    const target = ['--env', 'production', '--base-url', `https://${host}`, '--allow-host', host];
    return {
      recorder,
      args: ['doctor', '--json', ...target, '--ca-file', 'ca.pem', ...LIVE],
      world: {
        env: { ...credentials, DECENTRO_ENV: 'production', HTTPS_PROXY: proxy.url },
        files: { 'ca.pem': certificate.cert },
      },
    };
  }

  const linesOf = ({ requests }: Recorder) => requests.map(({ requestLine }) => requestLine);

  test('ends before the first check without --yes, where nobody can be asked', async () => {
    const { recorder, args, world } = await createProduction();
    const { document } = await fails(args, 2, world);
    expect(document['error']).toMatchObject({ kind: 'usage', message: expect.stringContaining('--yes') });
    expect(recorder.connections).toBe(0);
  });

  test('starts nothing after a no', async () => {
    const { recorder, args, world } = await createProduction({ headers: DATE });
    const run = await succeeds(args, { ...world, answers: [[QUESTION, false]], stderr: [] });
    expect(entries(run)['live-session']).toMatchObject({
      status: 'skipped',
      detail: 'declined at the prompt',
    });
    expect(linesOf(recorder)).toEqual(['GET / HTTP/1.1']);
  });

  test.each<[what: string, flags: readonly string[], answers: readonly ScriptedAnswer[]]>([
    ['--yes', ['--yes'], []],
    ['a yes', [], [[QUESTION, true]]],
  ])('starts one session after %s', async (_what, flags, answers) => {
    const { recorder, args, world } = await createProduction({ headers: DATE }, {});
    const said = [
      ...(answers.length === 0 ? [/^This is production: in\.decentro\.tech/] : []),
      /^Starting one session at in\.decentro\.tech/,
      /^Reference ID: /,
    ];
    const run = await succeeds([...args, ...flags], { ...world, answers, stderr: said });
    expect(entries(run)['live-session']?.status).toBe('ok');
    expect(linesOf(recorder)).toEqual(['GET / HTTP/1.1', expect.stringMatching(/^POST /)]);
  });
});
