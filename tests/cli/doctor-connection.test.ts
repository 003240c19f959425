import { describe, expect, test } from '@jest/globals';
import { X509Certificate } from 'node:crypto';
import { createCertificate } from '../support/certificate.js';
import { createConnectProxy } from '../support/connect-proxy.js';
import { at, entries, examined, NOW } from '../support/doctor.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, succeeds } from '../support/run-main.js';

const DAY_MS = 86_400_000;

describe('a host that was refused is not touched (rule 40):', () => {
  const NOT_TRIED = { status: 'skipped', detail: 'the host is refused' };

  test.each([
    ['one that a project file names', []],
    ['one that --base-url names', ['--base-url']],
  ])('%s', async (_what, flags) => {
    const recorder = await createRecorder();
    const baseUrl = flags.length === 0 ? { baseUrl: recorder.url } : {};
    const run = await fails(['doctor', '--json', ...flags.map((flag) => `${flag}=${recorder.url}`)], 3, {
      env: flags.length === 0 ? {} : credentials,
      files: {
        '.decentrorc': JSON.stringify({
          environments: { staging: { ...baseUrl, ...(flags.length === 0 && { clientId: 'id-1234567' }) } },
        }),
      },
    });
    expect(recorder.connections).toBe(0);
    expect(entries(run)).toMatchObject({
      proxy: NOT_TRIED,
      'name-lookup': NOT_TRIED,
      tcp: NOT_TRIED,
      tls: NOT_TRIED,
      clock: NOT_TRIED,
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

  test('is reported on where the server wants another protocol', async () => {
    const headers = { Date: new Date(NOW).toUTCString(), Upgrade: 'websocket', Connection: 'Upgrade' };
    const recorder = await createRecorder([{ status: 101, headers, body: '' }]);
    const run = await succeeds(at(recorder), { env: credentials, stderr: [] });
    expect(entries(run)['clock']).toMatchObject({ status: 'ok' });
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
    [14, 'ok', null],
    [13, 'warning', 'Ask the operator of the server to renew it soon.'],
  ])('tells of a certificate that is valid for %i days: %s', async (days, status, remedy) => {
    const certificate = createCertificate();
    const recorder = await createRecorder([{}], { tls: certificate });
    const validUntil = new X509Certificate(certificate.cert).validTo;
    const run = await succeeds([...at(recorder), '--ca-file', 'ca.pem'], {
      env: credentials,
      files: { 'ca.pem': certificate.cert },
      now: Date.parse(validUntil) - days * DAY_MS,
      stderr: [],
    });
    expect(entries(run)['tls']).toMatchObject({
      status,
      remedy,
      detail: expect.stringContaining(` (${days} days)`),
    });
  });

  test.each([
    ['that nobody vouches for', createCertificate(), 'SELF_SIGNED', '--ca-file'],
    ['that has expired', createCertificate({ expired: true }), 'CERT', 'clock|--ca-file'],
  ])('sends nothing where there is a certificate %s', async (_what, certificate, objection, remedy) => {
    const recorder = await createRecorder([], { tls: certificate });
    const checks = entries(await fails(at(recorder), 7, { env: credentials }));
    expect(checks['tls']).toMatchObject({
      status: 'problem',
      detail: expect.stringMatching(`\\(.*${objection}.*\\); it was issued by digilocker test localhost`),
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
    expect(refused['tcp']?.detail).toBe(`the proxy 127.0.0.1:${proxy.port} accepts connections`);
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
      detail: 'none.pem (NODE_EXTRA_CA_CERTS) cannot be read (ENOENT): Node.js ignores it',
    });
    expect(checks['tls-verification']?.status).toBe('problem');
  });

  test('names the certificates that Node.js adds, and the addresses of a name', async () => {
    const certificate = createCertificate({ host: 'localhost' });
    const recorder = await createRecorder([{}], { tls: certificate });
    const args = ['doctor', '--json', '--base-url', `https://localhost:${recorder.port}`];
    const run = await succeeds([...args, '--allow-host', 'localhost', '--ca-file', 'ca.pem'], {
      env: { ...credentials, NODE_EXTRA_CA_CERTS: 'own.pem' },
      files: { 'ca.pem': certificate.cert, 'own.pem': certificate.cert },
      stderr: [],
    });
    const checks = entries(run);
    expect(checks['ca-file']).toMatchObject({
      status: 'ok',
      detail: 'ca.pem (--ca-file), own.pem (NODE_EXTRA_CA_CERTS)',
    });
    expect(checks['name-lookup']?.detail).toMatch(/^localhost is at .*(127\.0\.0\.1|::1)/);
  });

  test('is given up when the time is up', async () => {
    const recorder = await createRecorder([{ then: 'hang' }]);
    const checks = entries(await fails([...at(recorder), '--timeout', '300ms'], 7, { env: credentials }));
    expect(checks['clock']).toMatchObject({ status: 'problem', detail: 'no answer came in time' });
  });
});
