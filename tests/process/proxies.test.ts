import { describe, expect, test } from '@jest/globals';
import { createCertificate } from '../support/certificate.js';
import { createConnectProxy, type ConnectProxy, type ConnectProxyOptions } from '../support/connect-proxy.js';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { CANARIES, fails, run, succeeds, temporaryDirectory, assertNoSecrets } from '../support/run.js';
import { privateFile } from '../support/private-file.js';
import { documentOf, GIVEN, PAIR } from '../support/session.js';

const HOST = 'gateway.example';
const PASSWORD = 'wq7h3vtz-k81mxd5e-z0bn4cuy';
const certificate = createCertificate({ host: HOST });

interface Setup {
  readonly recorder: Recorder;
  readonly proxy: ConnectProxy;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** A host that only the proxy knows the way to. */
async function behindProxy(
  answers: Answer | readonly Answer[],
  options: ConnectProxyOptions = {},
  userinfo = '',
): Promise<Setup> {
  const recorder = await createRecorder(answers, { tls: certificate });
  const proxy = await createConnectProxy(options);
  const caFile = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
  const target = ['--base-url', `https://${HOST}:${recorder.port}`, '--allow-host', HOST];
  const env = { ...PAIR, HTTPS_PROXY: proxy.url.replace('//', `//${userinfo}`) };
  return {
    recorder,
    proxy,
    args: ['init-session', ...GIVEN, ...target, '--ca-file', caFile, '--no-open'],
    env,
  };
}

describe('a session starts through the proxy of HTTPS_PROXY', () => {
  test('which --verbose names, and whose password nothing shows (rule 27)', async () => {
    const own = { userinfo: `user:${PASSWORD}` };
    const { recorder, proxy, args, env } = await behindProxy([{}], own, `user:${PASSWORD}@`);
    const secrets = [PASSWORD, Buffer.from(own.userinfo).toString('base64')];
    const noisy = { ...env, DEBUG: '*', NODE_DEBUG: 'http,https,net,tls' };
    const ran = await run([...args, '--verbose'], { env: noisy });
    expect(ran.code).toBe(0);
    assertNoSecrets(ran, secrets);
    expect(ran.stderr).toContain(`* through the proxy 127.0.0.1:${proxy.port}\n`);
    expect(recorder.requests[0]?.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(proxy.connects[0]?.line).toBe(`CONNECT ${HOST}:${recorder.port} HTTP/1.1`);
  });

  test('after a refusal that may pass, with the same reference ID (rule 18)', async () => {
    const refusals = ['HTTP/1.1 503 Service Unavailable\r\n\r\n', { then: 'reset' }] as const;
    const { recorder, args, env } = await behindProxy([{}], { refusals });
    const { document } = await succeeds([...args, '--json'], {
      env,
      stderr: [/^Reference ID: /, /^Trying again in .*HTTP 503/, /^Trying again in .*ECONNRESET/],
    });
    const { referenceId, attempts } = document as ReturnType<typeof documentOf>;
    expect(attempts.map(({ sent }) => sent)).toEqual(['no', 'no', 'yes']);
    expect(attempts.every((attempt) => attempt.referenceId === referenceId)).toBe(true);
    expect(recorder.requests).toHaveLength(1);
  });
});

test('what the proxy refuses ends with 7, and has not left', async () => {
  const { recorder, proxy, args, env } = await behindProxy(
    [],
    { userinfo: 'user:right' },
    `user:${PASSWORD}@`,
  );
  const ran = await fails([...args, '--json'], 7, { env, secrets: [PASSWORD] });
  const document = documentOf(ran);
  expect(document).toMatchObject({
    sessionCreated: 'no',
    httpStatus: null,
    decentroTxnId: null,
    attempts: [{ referenceId: document.referenceId, httpStatus: null, sent: 'no' }],
    error: {
      kind: 'network',
      message: `Nothing was sent: the proxy 127.0.0.1:${proxy.port} refused the tunnel (HTTP 407).`,
      hint: expect.stringContaining('HTTPS_PROXY=http://USER:PASSWORD@'),
      sent: 'no',
      retryable: false,
    },
  });
  expect(recorder.connections).toBe(0);
});

test('NO_PROXY names what is reached directly', async () => {
  const own = createCertificate();
  const recorder = await createRecorder([{}], { tls: own });
  const proxy = await createConnectProxy();
  const caFile = privateFile(temporaryDirectory(), 'ca.pem', own.cert);
  const target = ['--base-url', `https://localhost:${recorder.port}`, '--allow-host', 'localhost'];
  const env = { ...PAIR, HTTPS_PROXY: proxy.url, NO_PROXY: `other.example, localhost:${recorder.port}` };
  await succeeds(['init-session', ...GIVEN, ...target, '--ca-file', caFile], { env });
  expect(proxy.connections).toBe(0);
});
