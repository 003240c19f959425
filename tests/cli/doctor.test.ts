import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createCertificate } from '../support/certificate.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createConnectProxy } from '../support/connect-proxy.js';
import { writeFiles, type FakeHostOptions } from '../support/fake-host.js';
import { freePort } from '../support/loopback.js';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, succeeds, type MainRun } from '../support/run-main.js';
import { TXN_ID } from '../support/staging.js';

interface Entry {
  readonly id: string;
  readonly title: string;
  readonly status: string;
  readonly detail: string;
  readonly remedy: string | null;
}

const IDS = [
  ...['node-version', 'package-version', 'terminal', 'browser'],
  ...[
    'config-files',
    'environment',
    'credentials',
    'credentials-environment',
    'consent-purpose',
    'redirect-url',
  ],
  ...['other-settings', 'file-modes', 'secrets-in-git'],
  ...['proxy', 'tls-verification', 'ca-file', 'name-lookup', 'tcp', 'tls', 'clock'],
];

/** That of the fake host's clock. */
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);

function entries({ document }: MainRun): Readonly<Record<string, Entry>> {
  const checks = document['checks'] as readonly Entry[];
  return Object.fromEntries(checks.map((check) => [check.id, check]));
}

function at({ url }: Pick<Recorder, 'url'>): string[] {
  return ['doctor', '--json', '--base-url', url, '--allow-host', '127.0.0.1'];
}

/** What `doctor` says of a machine where nothing listens, with everything else in order. */
async function examined(options: FakeHostOptions, code: number, ...flags: readonly string[]) {
  const port = await freePort();
  const args = [...at({ url: `http://127.0.0.1:${port}` }), ...flags];
  return entries(await fails(args, code, { env: credentials, ...options }));
}

describe('doctor', () => {
  test('checks the sandbox that it starts, and shows every check with every key', async () => {
    const run = await succeeds(['doctor', '--env', 'sandbox', '--json'], {
      env: { BROWSER: 'true' },
      now: Date.now(),
      stderr: [],
    });
    expect(Object.keys(run.document)).toEqual(['schema', 'ok', 'environment', 'checks', 'error']);
    expect(run.document).toMatchObject({
      schema: 'digilocker.doctor/1',
      ok: true,
      environment: 'sandbox',
      error: null,
    });
    const checks = run.document['checks'] as readonly Entry[];
    expect(checks.map(({ id }) => id)).toEqual(IDS);
    for (const check of checks)
      expect(Object.keys(check)).toEqual(['id', 'title', 'status', 'detail', 'remedy']);
    expect(checks.filter(({ status }) => !['ok', 'skipped'].includes(status))).toEqual([]);
  });

  test('asks a server for its root, and shows it no credentials (rule 27)', async () => {
    const recorder = await createRecorder([{ headers: { Date: new Date(NOW).toUTCString() } }]);
    const run = await succeeds(at(recorder), { env: credentials, stderr: [] });
    const [request] = recorder.requests;
    expect(request?.requestLine).toBe('GET / HTTP/1.1');
    expect(request?.headers.map(([name]) => name.toLowerCase()).sort()).toEqual([
      'connection',
      'host',
      'user-agent',
    ]);
    expect(request?.body).toBe('');
    expect(entries(run)['credentials']?.detail).toBe(
      'clientId ****4wm0 (DECENTRO_CLIENT_ID), clientSecret ******** (DECENTRO_CLIENT_SECRET), moduleSecret ******** (DECENTRO_MODULE_SECRET)',
    );
  });

  test('tells a person the same in columns, problems and their remedies with it', async () => {
    const env = { CI: '1' };
    const url = `http://127.0.0.1:${await freePort()}`;
    const { stdout, stderr } = await fails(['doctor', '--base-url', url, '--allow-host', '127.0.0.1'], 3, {
      env,
      stdout: /^Settings$/m,
    });
    expect(stdout).toMatch(
      /^ok {7}Terminal +nobody can be asked, because CI is set; no colours, 80\n {25}columns$/m,
    );
    expect(stdout).toMatch(/^problem {2}Credentials +missing for staging: clientId and clientSecret$/m);
    expect(stdout).toMatch(/^ {28}Set DECENTRO_CLIENT_ID/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toMatch(/^error: \d problems were found: /);
  });

  test('ends with the lowest exit code that a problem stands for', async () => {
    const port = await freePort();
    const network = await fails(at({ url: `http://127.0.0.1:${port}` }), 7, { env: credentials });
    expect(network.document['error']).toMatchObject({
      kind: 'network',
      message: '1 problem was found: TCP.',
    });
    const both = await fails(at({ url: `http://127.0.0.1:${port}` }), 3);
    expect(both.document['error']).toMatchObject({
      kind: 'config',
      message: '2 problems were found: Credentials, TCP.',
    });
  });

  test.each([
    ['an environment that does not exist', ['--env', 'nonsense']],
    ['a CA file that is none', ['--env', 'sandbox', '--ca-file', 'none.pem']],
    ['--live without consent', ['--env', 'sandbox', '--live']],
    ['--consent without --live', ['--env', 'sandbox', '--consent']],
    ['--yes without --live', ['--env', 'sandbox', '--yes']],
  ])('takes %s for wrong usage', async (_what, flags) => {
    const { document } = await fails(['doctor', '--json', ...flags], 2);
    if (!flags.includes('none.pem'))
      expect(document).toMatchObject({ environment: null, checks: [], error: { kind: 'usage' } });
  });
});

describe('the settings', () => {
  test('of a config file that cannot be used are a problem, and what depends on it is skipped', async () => {
    const files = { '.decentrorc': `environments: {staging: {clientSecret: [${CANARIES.clientSecret}` };
    const checks = await examined({ files, env: {} }, 3);
    expect(checks['config-files']).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('.decentrorc'),
    });
    for (const id of ['environment', 'credentials', 'consent-purpose', 'redirect-url', 'other-settings'])
      expect(checks[id]?.status).toBe('skipped');
    expect(checks['tcp']?.status).toBe('problem');
  });

  test('of two sources are a problem, with its remedy', async () => {
    const files = { '.decentrorc': `environments: {staging: {clientSecret: 'env:DECENTRO_X'}}` };
    const checks = await examined({ files }, 3);
    expect(checks['environment']).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('have to come from one source'),
      remedy: expect.stringContaining('Remove them from'),
    });
    expect(checks['credentials']?.status).toBe('skipped');
  });

  test.each([
    [{ DECENTRO_STAGING: CANARIES.clientSecret }, 'production and staging have the same clientSecret'],
    [{ DECENTRO_STAGING: 'another' }, undefined],
  ])('that production and staging share are told: %#', async (variables, detail) => {
    const files = {
      '.decentrorc': `environments:
  production: {clientId: a-client-id, clientSecret: ${CANARIES.clientSecret}}
  staging: {clientId: b-client-id, clientSecret: 'env:DECENTRO_STAGING'}`,
    };
    const checks = await examined({ files, env: variables }, 7);
    expect(checks['credentials-environment']).toMatchObject(
      detail === undefined ? { status: 'ok' } : { status: 'warning', detail },
    );
  });

  test.each([
    ['https://app.example/return', 'ok', 'https://app.example/return (--redirect-url)'],
    ['http://127.0.0.1:3000/return', 'ok', 'http://127.0.0.1:3000/return (--redirect-url)'],
    [
      'http://localhost:3000/return',
      'warning',
      '--redirect-url leads to localhost, which may be 127.0.0.1 or [::1]',
    ],
    ['http://app.example/return', 'warning', '--redirect-url is plain HTTP'],
    ['https://app.example/return#top', 'warning', '--redirect-url holds a fragment'],
    ['https://user:pass@app.example/', 'warning', '--redirect-url holds a user name or password'],
    [`https://app.example/${'x'.repeat(2000)}`, 'warning', '--redirect-url has 2020 characters'],
    ['app.example/return', 'problem', '--redirect-url is not an absolute http(s) URL'],
  ])('have a redirect URL that makes sense: %s', async (url, status, detail) => {
    const checks = await examined({}, status === 'problem' ? 3 : 7, '--redirect-url', url);
    expect(checks['redirect-url']).toMatchObject({ status, detail });
  });

  test('have a purpose of the right length', async () => {
    const checks = await examined({}, 3, '--consent-purpose', 'KYC');
    expect(checks['consent-purpose']).toMatchObject({
      status: 'problem',
      remedy: 'Decentro would answer error_short_purpose_length.',
    });
  });
});

describe('a file that holds secrets', () => {
  const SECRETS = {
    '.decentrorc': `environments: {staging: {clientId: my-client-id, clientSecret: ${CANARIES.clientSecret}}}`,
  };

  function createTree(files: Readonly<Record<string, string>> = {}) {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { ...SECRETS, ...files });
    const PATH = process.env['PATH'] ?? '';
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd, env: { PATH, HOME: cwd }, stdio: 'pipe' });
    git('init', '--quiet');
    return { cwd, git, env: { PATH } };
  }

  test('and is tracked by git is a problem (rule 7)', async () => {
    const { cwd, env, git } = createTree();
    git('add', '.decentrorc');
    const checks = await examined({ cwd, env }, 3);
    expect(checks['secrets-in-git']).toMatchObject({
      status: 'problem',
      detail: `git tracks ${path.join(cwd, '.decentrorc')}`,
      remedy: expect.stringContaining('git rm --cached'),
    });
  });

  test('and that git would take in is told, the one that it refers to as well', async () => {
    const files = {
      '.decentrorc': `environments: {staging: {clientId: my-client-id, clientSecret: 'file:secrets/one'}}`,
      'secrets/one': CANARIES.clientSecret,
    };
    const { cwd, env } = createTree(files);
    const checks = await examined({ cwd, env }, 7);
    expect(checks['secrets-in-git']).toMatchObject({
      status: 'warning',
      detail: `git does not ignore ${path.join(cwd, 'secrets/one')}`,
    });
  });

  test('and is ignored is in order', async () => {
    const { cwd, env } = createTree({ '.gitignore': '.decentrorc\n' });
    const checks = await examined({ cwd, env }, 7);
    expect(checks['secrets-in-git']).toMatchObject({ status: 'ok' });
  });

  test('is skipped where there is no git', async () => {
    const { cwd } = createTree();
    const checks = await examined({ cwd, env: { PATH: cwd } }, 7);
    expect(checks['secrets-in-git']?.status).toBe('skipped');
  });

  (process.platform === 'win32' ? test.skip : test)('and can be read by others is told', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, SECRETS);
    const file = path.join(cwd, '.decentrorc');
    expect((await examined({ cwd, env: {} }, 7))['file-modes']?.status).toBe('ok');
    chmodSync(file, 0o644);
    expect((await examined({ cwd, env: {} }, 7))['file-modes']).toMatchObject({
      status: 'warning',
      remedy: `chmod 600 ${file}`,
    });
  });
});

describe('the connection', () => {
  test.each([
    [0, 'ok', 'as the server has it'],
    [60, 'ok', '60 s ahead of the server'],
    [-61, 'warning', '61 s behind the server'],
    [300, 'warning', '300 s ahead of the server'],
    [301, 'problem', '301 s ahead of the server'],
  ])('tells a clock that is %i s off', async (seconds, status, detail) => {
    const date = new Date(NOW - seconds * 1000).toUTCString();
    const recorder = await createRecorder([{ headers: { Date: date } }]);
    const run =
      status === 'problem'
        ? await fails(at(recorder), 7, { env: credentials })
        : await succeeds(at(recorder), { env: credentials, stderr: [] });
    expect(entries(run)['clock']).toMatchObject({ status, detail });
  });

  test('tells who vouches for a certificate, and for how long', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder([{}], { tls: certificate });
    const files = { 'ca.pem': certificate.cert };
    const run = await succeeds([...at(recorder), '--ca-file', 'ca.pem'], {
      env: credentials,
      files,
      stderr: [],
    });
    expect(entries(run)['tls']).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/^issued by digilocker test localhost, valid until [\d-]+ \(\d+ days\)$/),
    });
    expect(entries(run)['ca-file']?.detail).toBe('ca.pem (--ca-file)');
  });

  test.each([
    ['that nobody vouches for', createCertificate(), 'SELF_SIGNED', '--ca-file'],
    ['that has expired', createCertificate({ expired: true }), 'CERT', 'clock|--ca-file'],
  ])('sends nothing where there is a certificate %s', async (_what, certificate, objection, remedy) => {
    const recorder = await createRecorder([], { tls: certificate });
    const checks = entries(await fails(at(recorder), 7, { env: credentials }));
    expect(checks['tls']).toMatchObject({
      status: 'problem',
      detail: expect.stringMatching(`issued by digilocker test localhost, is not accepted \\(.*${objection}`),
      remedy: expect.stringMatching(remedy),
    });
    expect(checks['clock']?.status).toBe('skipped');
    expect(recorder.requests.every(({ method, body }) => method === 'GET' && body === '')).toBe(true);
  });

  test('goes through the proxy in force, or tells why it does not', async () => {
    const certificate = createCertificate({ host: 'gateway.example' });
    const recorder = await createRecorder([{}], { tls: certificate });
    const refusals = ['HTTP/1.1 403 Forbidden\r\n\r\n'];
    const proxy = await createConnectProxy({ refusals: ['', ...refusals] });
    const target = `https://gateway.example:${recorder.port}`;
    const args = [
      'doctor',
      '--json',
      '--base-url',
      target,
      '--allow-host',
      'gateway.example',
      '--ca-file',
      'ca.pem',
    ];
    const world = {
      env: { ...credentials, HTTPS_PROXY: proxy.url.replace('//', `//user:${CANARIES.moduleSecret}@`) },
      files: { 'ca.pem': certificate.cert },
    };
    const refused = entries(await fails(args, 7, world));
    expect(refused['proxy']?.detail).toBe(`http://********@127.0.0.1:${proxy.port} (HTTPS_PROXY)`);
    expect(refused['tcp']?.detail).toBe(`the proxy 127.0.0.1:${proxy.port} takes connections`);
    expect(refused['tls']).toMatchObject({
      status: 'problem',
      detail: `the proxy 127.0.0.1:${proxy.port} refused the tunnel (HTTP 403)`,
    });
    // The first of its connections says nothing: that is the check of TCP.
    const open = await createConnectProxy();
    const env = { ...credentials, HTTPS_PROXY: open.url };
    expect(entries(await succeeds(args, { ...world, env, stderr: [] }))['tls']?.status).toBe('ok');
  });

  test('is not tried where the proxy cannot be used', async () => {
    const env = { ...credentials, ALL_PROXY: 'socks5://proxy.example' };
    const checks = entries(await fails(['doctor', '--json'], 3, { env }));
    expect(checks['proxy']).toMatchObject({
      status: 'problem',
      detail: 'ALL_PROXY names a proxy of a kind that is not supported.',
    });
    for (const id of ['name-lookup', 'tcp', 'tls', 'clock']) expect(checks[id]?.status).toBe('skipped');
  });

  test('tells what Node.js keeps to itself', async () => {
    const env = { ...credentials, NODE_EXTRA_CA_CERTS: 'none.pem', NODE_TLS_REJECT_UNAUTHORIZED: '0' };
    const checks = await examined({ env }, 3);
    expect(checks['ca-file']).toMatchObject({
      status: 'warning',
      detail: 'none.pem (NODE_EXTRA_CA_CERTS) cannot be read (ENOENT): Node.js goes without it',
    });
    expect(checks['tls-verification']?.status).toBe('problem');
  });

  test('is given up when the time is up', async () => {
    const recorder = await createRecorder([{ then: 'hang' }]);
    const checks = entries(await fails([...at(recorder), '--timeout', '300ms'], 7, { env: credentials }));
    expect(checks['clock']).toMatchObject({ status: 'problem', detail: 'no answer came in time' });
  });
});

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
