import { describe, expect, test } from '@jest/globals';
import net from 'node:net';
import { cleanUp, fails, run, start, succeeds } from '../support/run.js';
import { CANARIES } from '../support/canaries.js';
import { documentOf, GIVEN, PAIR } from '../support/session.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'] as const;

/** Starts a sandbox of its own process, and a way to start sessions at it. */
async function startSandbox(...flags: string[]) {
  const sandbox = start(['sandbox', '--port', '0', ...flags]);
  const [, url = ''] = await sandbox.waitForStdout(/^(http:\/\/127\.0\.0\.1:\d+)\n/);
  return { sandbox, args: [...SANDBOX, '--base-url', url], url };
}

describe('a sandbox of its own process', () => {
  test('ends while a request waits for its answer', async () => {
    const { sandbox, args } = await startSandbox();
    const client = start([...args, '--json', '--reference-id', 'sbx-slow-1']);
    await client.waitForStderr('Reference ID');
    await sandbox.waitForStderr('slow');
    sandbox.kill('SIGINT');
    expect((await sandbox.done).code).toBe(0);
    expect((await client.done).code).toBe(8);
  });

  test('starts sessions of another process, logs them without secrets and says that the link stays', async () => {
    const { sandbox, args, url } = await startSandbox();
    const result = await succeeds([...args, '--json', '--reference-id', 'mine-1'], { env: PAIR });
    expect(result.stderr).toBe('Reference ID: mine-1\n');
    const link = documentOf(result).authorizationUrl ?? '';
    expect(link.startsWith(`${url}/`)).toBe(true);
    await sandbox.waitForStderr(/initiate_session 200 success_initiate_session ref=mine-1\n/);
    await fails([...args, '--reference-id', 'mine-1'], 5);
    await sandbox.waitForStderr('400 error_duplicate_reference_id ref=mine-1');
    expect((await fetch(link)).status).toBe(200);
    expect((await fetch(link)).status).not.toBe(200);
    sandbox.kill('SIGTERM');
    const { stderr } = await sandbox.done;
    const ownSecret = 'sandbox-client-secret';
    for (const secret of [...Object.values(CANARIES), ownSecret]) expect(stderr).not.toContain(secret);
  });

  test('with http-429*1 lets the retry be watched', async () => {
    const { sandbox, args } = await startSandbox('--scenario', 'http-429*1');
    const stderr = [/^Reference ID: /, /^Trying again in 1\.0 s/];
    const document = documentOf(await succeeds([...args, '--json'], { stderr }));
    expect(document.attempts.map(({ httpStatus }) => httpStatus)).toEqual([429, 200]);
    const [first, second] = document.attempts.map(({ referenceId }) => referenceId);
    expect(first).not.toBe(second);
    await sandbox.waitForStderr(/429 http-429 ref=.*\n.* 200 success/);
  });

  test('with --strict-credentials takes its own pair alone, which it is sent', async () => {
    const { args, url } = await startSandbox('--strict-credentials');
    await succeeds(args, { env: PAIR });
    const others = ['init-session', ...GIVEN, '--base-url', url, '--allow-host', '127.0.0.1', '--json'];
    const refused = documentOf(await fails(others, 4, { env: PAIR }));
    expect(refused).toMatchObject({ environment: 'staging', responseKey: 'error_unauthorized_module' });
  });

  test('with --require-module-secret needs its own', async () => {
    const { args, url } = await startSandbox('--require-module-secret');
    await succeeds(args);
    const others = ['init-session', ...GIVEN, '--base-url', url, '--allow-host', '127.0.0.1', '--json'];
    const without = documentOf(await fails(others, 4, { env: PAIR }));
    expect(without.responseKey).toBe('error_empty_module_secret');
    const wrong = { ...PAIR, DECENTRO_MODULE_SECRET: CANARIES.moduleSecret };
    expect(documentOf(await fails(others, 4, { env: wrong })).responseKey).toBe(
      'error_invalid_module_secret',
    );
  });

  test('whose port is taken ends with 2 and tells the way out', async () => {
    const server = net.createServer();
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    cleanUp(() => void server.close());
    const { port } = server.address() as net.AddressInfo;
    const { stderr } = await fails(['sandbox', '--port', String(port)], 2);
    expect(stderr).toContain('EADDRINUSE');
    expect(stderr).toContain('--port 0');
  });

  test.each([
    ['error_consent_flase', /Did you mean error_consent_false/],
    ['http-403', /Did you mean .*http-403-html|http-401/],
    ['something else', /--help/],
    ['http-429*', /http-429/],
  ])('with the unknown scenario %s ends with 2', async (name, message) => {
    const { stderr } = await fails(['sandbox', '--port', '0', '--scenario', name], 2);
    expect(stderr).toMatch(message);
  });
});

test('without credentials, network or settings, one command starts a session in the sandbox', async () => {
  const { code, stdout, stderr } = await run(SANDBOX);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^DigiLocker session started \(sandbox\)\n/);
  expect(stdout.replace(/\s+/g, ' ')).toContain('To keep one running, start `digilocker sandbox`');
  expect(stderr).toMatch(/^Reference ID: \S+\n$/);
});
