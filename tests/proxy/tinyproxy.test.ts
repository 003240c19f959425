import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createCertificate } from '../support/certificate.js';
import { freePort } from '../support/loopback.js';
import { launch, type Running } from '../support/program.js';
import { createRecorder } from '../support/recorder.js';
import { assertNoSecrets, CANARIES, fails, succeeds, temporaryDirectory } from '../support/run.js';
import { privateFile } from '../support/private-file.js';
import { documentOf, GIVEN, PAIR } from '../support/session.js';

const USER = 'somebody';
const PASSWORD = 'wq7h3vtz-k81mxd5e-z0bn4cuy';
const certificate = createCertificate();

interface Tinyproxy {
  readonly port: number;
  readonly running: Running;
}

/** Starts tinyproxy as this user, on loopback, with these lines in its configuration. It ends with the test. */
async function startTinyproxy(...lines: readonly string[]): Promise<Tinyproxy> {
  const port = await freePort();
  const file = path.join(temporaryDirectory(), 'tinyproxy.conf');
  const config = [
    `Port ${port}`,
    'Listen 127.0.0.1',
    'Timeout 10',
    'MaxClients 10',
    'LogLevel Info',
    ...lines,
  ];
  writeFileSync(file, `${config.join('\n')}\n`);
  const running = launch([process.env['TINYPROXY'] ?? 'tinyproxy', '-d', '-c', file]);
  await running.waitForStdout(/Accepting connections/);
  return { port, running };
}

/** The command line of a session at a port of this machine, by its name: addresses of loopback need no proxy. */
function sessionAt(port: number, ...more: readonly string[]): string[] {
  const caFile = privateFile(temporaryDirectory(), 'ca.pem', certificate.cert);
  const target = [
    '--base-url',
    `https://localhost:${port}`,
    '--allow-host',
    'localhost',
    '--ca-file',
    caFile,
  ];
  return ['init-session', ...GIVEN, ...target, '--no-open', '--json', ...more];
}

function through({ port }: Tinyproxy, userinfo = ''): Record<string, string> {
  return { ...PAIR, HTTPS_PROXY: `http://${userinfo}127.0.0.1:${port}` };
}

test('a session starts through tinyproxy, whose log holds nothing of it but the host', async () => {
  const recorder = await createRecorder([{}], { tls: certificate });
  const proxy = await startTinyproxy(`ConnectPort ${recorder.port}`, `BasicAuth ${USER} ${PASSWORD}`);
  const env = through(proxy, `${USER}:${PASSWORD}@`);
  await succeeds(sessionAt(recorder.port, '--verbose'), {
    env,
    secrets: [PASSWORD],
    stderr: [/^Reference ID/, `* through the proxy 127.0.0.1:${proxy.port}`, /^[<>] /],
  });
  expect(recorder.requests[0]?.header('client_secret')).toBe(CANARIES.clientSecret);
  expect(recorder.requests[0]?.header('proxy-authorization')).toBeUndefined();
  await proxy.running.waitForStdout(`CONNECT localhost:${recorder.port} HTTP/1.1`);
  proxy.running.kill('SIGTERM');
  assertNoSecrets(await proxy.running.done, [PASSWORD]);
});

describe('what tinyproxy refuses ends with 7, and nothing was sent:', () => {
  test.each<[what: string, lines: (port: number) => string[], userinfo: string, status: number]>([
    ['no password', () => [`BasicAuth ${USER} ${PASSWORD}`], '', 407],
    ['a wrong password', () => [`BasicAuth ${USER} right`], `${USER}:${PASSWORD}@`, 401],
    ['a port that it does not connect to', () => ['ConnectPort 443'], '', 403],
    [
      'a host that its filter denies',
      () => [`Filter "${privateFile(temporaryDirectory(), 'filter', '^localhost$\n')}"`],
      '',
      403,
    ],
    ['a client that it does not know', () => ['Allow 192.0.2.1'], '', 403],
  ])('%s', async (_what, lines, userinfo, status) => {
    const recorder = await createRecorder([], { tls: certificate });
    const proxy = await startTinyproxy(...lines(recorder.port));
    const ran = await fails(sessionAt(recorder.port), 7, {
      env: through(proxy, userinfo),
      secrets: [PASSWORD],
    });
    const { error, sessionCreated } = documentOf(ran);
    expect(sessionCreated).toBe('no');
    expect(error).toMatchObject({
      message: `Nothing was sent: the proxy 127.0.0.1:${proxy.port} refused the tunnel (HTTP ${status}).`,
      hint: expect.stringContaining('HTTPS_PROXY'),
      sent: 'no',
      retryable: false,
    });
    expect(recorder.connections).toBe(0);
  });

  test('a target that nobody listens at, which may pass', async () => {
    const proxy = await startTinyproxy();
    const ran = await fails(sessionAt(await freePort(), '--retries', '1'), 7, { env: through(proxy) });
    const { error, attempts } = documentOf(ran);
    expect(attempts.map(({ sent }) => sent)).toEqual(['no', 'no']);
    expect(error).toMatchObject({ message: expect.stringMatching(/HTTP 5\d\d/), retryable: true });
  });
});
