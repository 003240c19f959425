import { describe, expect, test } from '@jest/globals';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createRecorder } from '../support/recorder.js';
import { BINARY, credentials, fails, run, start, succeeds, temporaryDirectory } from '../support/run.js';
import { TXN_ID } from '../support/staging.js';
import { preload } from '../support/preload.js';
import { documentOf, heldRecorder, PAIR, PURPOSE, sessionAt } from '../support/session.js';

const SECRETS = Object.values(credentials);

describe('a bug of our own ends with 1 (rule 27)', () => {
  const everywhere = [
    'Object.hasOwn = () => { throw new TypeError("bug: " + JSON.stringify(process.env)); };',
  ];

  test('and tells how to report it, without a stack and without what it held', async () => {
    const env = { ...credentials, ...preload(...everywhere) };
    const { stderr } = await fails(sessionAt({ url: 'http://127.0.0.1:1' }), 1, { env });
    expect(stderr).toMatch(/Internal error in digilocker \d+\.\d+\.\d+ \(TypeError\)\. This is a bug\./);
    expect(stderr).toContain('report');
    expect(stderr).not.toContain('bug:');
  });

  test('and tells where it is, but nothing more, with --verbose', async () => {
    const env = { ...credentials, ...preload(...everywhere) };
    const { code, stderr } = await run(sessionAt({ url: 'http://127.0.0.1:1' }, '--verbose'), { env });
    expect(code).toBe(1);
    expect(stderr).toMatch(/^ {4}at .*preload\.mjs:1:/m);
    for (const secret of [...SECRETS, 'bug:']) expect(stderr).not.toContain(secret);
  });

  test('and names lines of the source, not of the bundle', async () => {
    const env = { ...credentials, ...preload(...everywhere) };
    const { stderr } = await run(sessionAt({ url: 'http://127.0.0.1:1' }, '--verbose'), { env });
    const frames = [...stderr.matchAll(/^ {4}at (.*\.ts):(\d+):(\d+)$/gm)];
    const [, file = '', line, column] = frames[0] ?? [];
    const text = readFileSync(file, 'utf8').split('\n')[Number(line) - 1];
    expect(text?.slice(Number(column) - 1)).toMatch(/^(Object\.)?hasOwn\(/);
    expect(stderr).not.toMatch(/^ {4}at .*\bdist\b/m);
  });

  test('and its document says that nobody knows whether a session exists', async () => {
    const env = { ...credentials, ...preload(...everywhere) };
    const document = documentOf(await fails(sessionAt({ url: 'http://127.0.0.1:1' }, '--json'), 1, { env }));
    expect(document).toMatchObject({
      sessionCreated: 'unknown',
      error: { kind: 'internal', exitCode: 1, sent: 'unknown', retryable: false },
    });
  });

  test('unless it is in what a library does: that is a failed connection, as far as anybody can tell (rule 17)', async () => {
    const recorder = await createRecorder([]);
    const throwing = preload(
      "import { Agent } from 'node:http';",
      `Agent.prototype.addRequest = () => { throw new TypeError(${JSON.stringify(SECRETS.join(' '))}); };`,
    );
    const { error } = documentOf(
      await fails(sessionAt(recorder, '--json'), 7, { env: { ...credentials, ...throwing } }),
    );
    expect(error).toMatchObject({ kind: 'network', sent: 'no' });
  });

  test('while the answer is awaited, when nothing catches it', async () => {
    const { recorder, arrived, release } = await heldRecorder();
    const throwing = preload(
      `process.on('SIGUSR2', () => { throw new TypeError(${JSON.stringify(SECRETS.join(' '))}); });`,
    );
    const running = start(sessionAt(recorder, '--json'), { env: { ...credentials, ...throwing } });
    await arrived;
    running.kill('SIGUSR2');
    const { code, stdout, stderr } = await running.done;
    release();
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      sessionCreated: 'unknown',
      error: { kind: 'internal', sent: 'unknown' },
    });
    for (const secret of SECRETS) expect(stdout + stderr).not.toContain(secret);
  });
});

describe('a signal (rule 26)', () => {
  test('before anything was sent says so', async () => {
    const waiting = preload(
      "import dns from 'node:dns';",
      'dns.lookup = () => void setInterval(() => undefined, 60_000);',
    );
    const target = ['--base-url', 'https://gateway.example', '--allow-host', 'gateway.example'];
    const args = [...sessionAt({ url: 'https://gateway.example' }, '--json'), ...target];
    const running = start(args, { env: { ...PAIR, ...waiting } });
    await running.waitForStderr('Reference ID: ');
    running.kill('SIGINT');
    const { code, stdout } = await running.done;
    expect(code).toBe(130);
    expect(JSON.parse(stdout)).toMatchObject({ sessionCreated: 'no', error: { sent: 'no' } });
  });

  test('ends a sandbox that plays slow, whose request it drops', async () => {
    const args = ['init-session', '--env', 'sandbox', '--consent', '--reference-id', 'sbx-slow-1'];
    const running = start(args);
    await running.waitForStderr('Reference ID: sbx-slow-1');
    running.kill('SIGTERM');
    expect((await running.done).code).toBe(143);
  });
});

test('0 is the end of a session that started', async () => {
  await succeeds(sessionAt(await createRecorder([{}])), { env: PAIR });
});

const INCOMPLETE = `error: This digilocker installation is incomplete (ENOENT).
hint: Reinstall it; in a clone of the repository, run npm run build.
`;

/** Copies the bundle but for one file. */
function copyWithout(missing: string): (folder: string) => void {
  return (folder) => {
    const dist = path.join(path.dirname(path.dirname(BINARY)), 'dist');
    cpSync(dist, path.join(folder, 'dist'), {
      recursive: true,
      filter: (name) => path.basename(name) !== missing,
    });
  };
}

describe('a part of the program that cannot be read, as while it is updated,', () => {
  /** Makes the file of the bundle unreadable for the program. */
  const without = (file: string, code = 'ENOENT') =>
    preload(
      "import fs from 'node:fs';",
      "import { syncBuiltinESMExports } from 'node:module';",
      'const { readFileSync } = fs;',
      'fs.readFileSync = (name, ...rest) => {',
      `  if (String(name).endsWith('${file}')) throw Object.assign(new Error('gone'), { code: '${code}' });`,
      '  return readFileSync(name, ...rest);',
      '};',
      'syncBuiltinESMExports();',
    );

  test('takes its form from a result, and nothing else', async () => {
    const recorder = await createRecorder([{}]);
    const { stdout } = await succeeds(sessionAt(recorder), { env: { ...PAIR, ...without('human.cjs') } });
    expect(JSON.parse(stdout)).toMatchObject({ ok: true, decentroTxnId: TXN_ID });
  });

  test('takes its form from a failure, and nothing else', async () => {
    const recorder = await createRecorder([{ then: 'reset' }]);
    const env = { ...PAIR, ...without('human.cjs') };
    const { code, stdout, stderr } = await run(sessionAt(recorder, '--reference-id', 'ref-1'), { env });
    expect([code, stdout]).toEqual([8, '']);
    expect(JSON.parse(stderr.replace('Reference ID: ref-1\n', ''))).toMatchObject({ referenceId: 'ref-1' });
  });

  test('loses no session that exists', async () => {
    const recorder = await createRecorder([{}]);
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
    const given = ['--consent', '--consent-purpose', PURPOSE, '--open', '--wait', '10s', '--json'];
    const { code, stdout } = await run(['init-session', ...target, ...given], {
      env: { ...PAIR, ...without('browser.cjs') },
    });
    expect(code).toBe(1);
    expect(JSON.parse(stdout)).toMatchObject({
      sessionCreated: 'yes',
      decentroTxnId: TXN_ID,
      error: { kind: 'internal', sent: 'yes' },
    });
  });

  test('ends with 1 where nothing works without it', async () => {
    const { code, stdout, stderr } = await run(['--version'], { env: without('main.cjs') });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toBe(INCOMPLETE);
  });

  test("ends with 1 where Node's permission model denies it", async () => {
    const { code, stderr } = await run(['--version'], { env: without('main.cjs', 'ERR_ACCESS_DENIED') });
    expect([code, stderr]).toEqual([
      1,
      'error: This digilocker installation may not be read (ERR_ACCESS_DENIED).\n' +
        'hint: Start Node with --allow-fs-read=PATH as well, or without --permission.\n',
    ]);
  });

  test("names the file that Node's permission model denies, and the way out", async () => {
    const [flag] = ['--permission', '--experimental-permission'].filter((name) =>
      process.allowedNodeEnvironmentFlags.has(name),
    );
    const env = { NODE_OPTIONS: `${flag ?? ''} --allow-fs-read=* --no-warnings` };
    const { code, stderr } = await run(['config', 'set', 'defaults.open', 'never'], { env });
    expect([code, stderr]).toEqual([
      3,
      expect.stringMatching(
        /^error: \S+\.decentrorc cannot be written\s\(ERR_ACCESS_DENIED\)\.\nhint: Node's permission model denies it: start Node without\s--permission\.\n$/,
      ),
    ]);
  });

  test.each([
    ['nothing at all is built', () => undefined, ['--version']],
    ['a part is missing', copyWithout('sandbox.cjs'), ['doctor', '--env', 'sandbox']],
  ])('is named as such where %s', async (_what, fill, args) => {
    const copy = temporaryDirectory();
    const root = path.dirname(path.dirname(BINARY));
    cpSync(path.join(root, 'bin'), path.join(copy, 'bin'), { recursive: true });
    fill(copy);
    const binary = path.join(copy, 'bin', 'digilocker.js');
    const { code, stdout, stderr } = await run(args, { binary });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr.replace(/\n {2,}/g, ' ')).toMatch(
      /^error: This digilocker installation is incomplete \(\w+\)\.\n/,
    );
    expect(stderr).not.toMatch(/^ {4}at /m);
  });
});

test('an event loop that runs empty is no success', async () => {
  const { code, stdout, stderr } = await run(['explain', '7'], {
    env: preload('process.stdout.write = () => true;'),
  });
  expect([code, stdout]).toEqual([1, '']);
  expect(stderr).toBe('error: digilocker ended before its work was done. This is a bug.\n');
});
