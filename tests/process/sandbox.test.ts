import { describe, expect, test } from '@jest/globals';
import { fails, run, start, succeeds } from '../support/run.js';
import { CANARIES } from '../support/canaries.js';
import { documentOf, PAIR } from '../support/session.js';

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
});

test('without credentials, network or settings, one command starts a session in the sandbox', async () => {
  const { code, stdout, stderr } = await run(SANDBOX);
  expect(code).toBe(0);
  expect(stdout).toMatch(/^DigiLocker session started \(sandbox\)\n/);
  expect(stdout.replace(/\s+/g, ' ')).toContain('To keep one running, start `digilocker sandbox`');
  expect(stderr).toMatch(/^Reference ID: \S+\n$/);
});
