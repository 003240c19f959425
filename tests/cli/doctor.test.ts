import { describe, expect, test } from '@jest/globals';
import { at, entries, examined, NOW, type Entry } from '../support/doctor.js';
import { freePort } from '../support/loopback.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, succeeds } from '../support/run-main.js';

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

describe('doctor', () => {
  test('checks the sandbox that it starts, and shows every check with every key', async () => {
    const run = await succeeds(['doctor', '--env', 'sandbox', '--json'], {
      env: { BROWSER: process.execPath },
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
    expect(stdout).toMatch(/^ok {7}Terminal +no prompts, because CI is set; no colours, 80 columns$/m);
    expect(stdout).toMatch(/^problem {2}Credentials +missing for staging: clientId and clientSecret$/m);
    expect(stdout).toMatch(/^ {28}Set DECENTRO_CLIENT_ID/m);
    expect(Math.max(...stdout.split('\n').map((line) => line.length))).toBeLessThanOrEqual(80);
    expect(stderr).toMatch(/^error: \d problems were found: /);
    expect(stdout).toMatch(/\nNot ready to start a session on staging: \d problems, 1 warning\.\n$/);
  });

  test('ends with a verdict', async () => {
    const run = await succeeds(['doctor', '--env', 'sandbox'], {
      env: { BROWSER: process.execPath },
      now: Date.now(),
      stderr: [],
    });
    expect(run.stdout).toMatch(/\nReady to start a session on sandbox\.\n$/);
  });

  test.each([
    ['20.17.0', 'ok', '20.17.0 (needs 20.17 or newer)', null],
    ['20.16.9', 'problem', '20.16.9 is too old', 'Install Node.js 20.17 or newer.'],
    ['18.20.4', 'problem', '18.20.4 is too old', 'Install Node.js 20.17 or newer.'],
    ['100.0.0', 'ok', '100.0.0 (needs 20.17 or newer)', null],
  ])('says whether Node.js %s will do: %s', async (nodeVersion, status, detail, remedy) => {
    const checks = await examined({ nodeVersion }, status === 'problem' ? 3 : 7);
    expect(checks['node-version']).toMatchObject({ status, detail, remedy });
  });

  test('warns of a browser that this machine does not have', async () => {
    const { document } = await succeeds(['doctor', '--env', 'sandbox', '--json'], {
      env: { BROWSER: 'no-such-browser' },
      now: Date.now(),
      stderr: [],
    });
    expect(document['checks']).toContainEqual(
      expect.objectContaining({
        id: 'browser',
        status: 'warning',
        detail: 'none will be opened, because the program that BROWSER names is not installed',
      }),
    );
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
