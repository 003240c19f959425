import { describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import type { Signal } from '../../src/failure/exit-codes.js';
import { main } from '../../src/main.js';
import { cleanUp } from '../support/cleanup.js';
import { createFakeHost, type FakeHost } from '../support/fake-host.js';
import { credentials, fails, runHost, succeeds } from '../support/run-main.js';

interface Served {
  readonly url: string;
  readonly host: FakeHost;
  readonly stop: (reason: Signal | Error) => Promise<number>;
}

async function serve(...flags: readonly string[]): Promise<Served> {
  const host = createFakeHost(['sandbox', '--port', '0', ...flags]);
  const ended = main(host);
  cleanUp(async () => {
    host.interrupt('SIGINT');
    await ended;
  });
  while (!host.stderr.text.includes('--consent')) await delay(1);
  const stop = (reason: Signal | Error) => {
    host.interrupt(reason);
    return ended;
  };
  return { url: host.stdout.text.trim(), host, stop };
}

const starting = (url: string) => ['init-session', '--env', 'sandbox', '--consent', '--base-url', url];

test('prints its URL, serves sessions, logs requests, and ends with Ctrl-C', async () => {
  const { url, host, stop } = await serve();
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  const { stdout } = await succeeds([...starting(url), '--reference-id', 'my-own-1']);
  expect(stdout).toContain(`${url}/digilocker/`);
  expect(stdout).not.toContain('The sandbox ended');
  expect(await stop('SIGINT')).toBe(0);
  expect(host.stdout.text).toBe(`${url}\n`);
  expect(host.stderr.text).toBe(
    [
      'Sandbox listening. Press Ctrl-C to stop. In another terminal:',
      `  digilocker init-session --env sandbox --base-url ${url} --consent`,
      'POST /v2/kyc/digilocker/initiate_session 200 success_initiate_session ref=my-own-1',
      '',
    ].join('\n'),
  );
  await expect(fetch(url)).rejects.toThrow();
});

test('is reached by the name localhost as well', async () => {
  const { url } = await serve();
  const { stdout } = await succeeds(starting(url.replace('127.0.0.1', 'localhost')));
  expect(stdout).toContain(`${url}/digilocker/`);
});

test.each([
  ['allow', 'allowed'],
  ['deny', 'denied'],
])('says in one line that the end user it plays chose %s', async (choice, end) => {
  const { host } = await serve('--end-user', choice);
  const url = host.stdout.text.trim();
  const { document } = await succeeds([...starting(url), '--redirect-url', `${url}/app/return`, '--json']);
  const { decentroTxnId } = document as { decentroTxnId: string };
  const line = `The end user ${end} (session ${decentroTxnId}).`;
  while (!host.stderr.text.includes(line)) await delay(1);
});

test('ends with SIGTERM as well', async () => {
  const { stop } = await serve();
  expect(await stop('SIGTERM')).toBe(0);
});

test('ends with 129 when its terminal goes away, and with 1 after a bug', async () => {
  const [hangUp, bug] = [await serve(), await serve()];
  expect(await hangUp.stop('SIGHUP')).toBe(129);
  expect(await bug.stop(new TypeError('a bug'))).toBe(1);
});

test('does not start when it was interrupted before', async () => {
  const host = createFakeHost(['sandbox', '--port', '0']);
  host.interrupt('SIGINT');
  expect((await runHost(host)).code).toBe(0);
});

test('remembers reference IDs', async () => {
  const { url } = await serve();
  await succeeds([...starting(url), '--reference-id', 'twice']);
  const { document } = await fails([...starting(url), '--reference-id', 'twice', '--json'], 5);
  expect(document).toMatchObject({ responseKey: 'error_duplicate_reference_id', sessionCreated: 'unknown' });
});

test('plays a scenario', async () => {
  const { url } = await serve('--scenario', 'http-429*1');
  const { document } = await succeeds([...starting(url), '--json'], {
    stderr: [/^Reference ID/, /^Trying again in 1\.0 s/],
  });
  expect(document).toMatchObject({ attempts: [{ httpStatus: 429 }, { httpStatus: 200 }] });
});

describe('may be strict about credentials', () => {
  const { DECENTRO_MODULE_SECRET: moduleSecret = '', ...pair } = credentials;
  const others = (url: string) => [
    ...['init-session', '--consent', '--consent-purpose', 'KYC for opening a bank account', '--json'],
    ...['--redirect-url', 'https://app.example', '--base-url', url, '--allow-host', '127.0.0.1'],
  ];

  test('and is sent its own', async () => {
    const { url } = await serve('--strict-credentials', '--require-module-secret');
    await succeeds(starting(url), { env: credentials });
  });

  test.each([
    ['--strict-credentials', pair, 'error_unauthorized_module'],
    ['--require-module-secret', pair, 'error_empty_module_secret'],
    [
      '--require-module-secret',
      { ...pair, DECENTRO_MODULE_SECRET: moduleSecret },
      'error_invalid_module_secret',
    ],
  ])('and refuses with %s those of another environment (%#)', async (flag, env, responseKey) => {
    const { url } = await serve(flag);
    const { document } = await fails(others(url), 4, { env });
    expect(document).toMatchObject({ environment: 'staging', responseKey });
  });
});

describe('what it refuses', () => {
  test.each([
    ['http-42', 'Did you mean http-429 or http-401?'],
    ['error_consent_flase', 'Did you mean error_consent_false?'],
    ['nonsense-of-all-kinds', 'See digilocker sandbox --help for its names.'],
  ])('the scenario %s', async (name, hint) => {
    const { stderr } = await fails(['sandbox', '--port', '0', '--scenario', name], 2);
    expect(stderr).toBe(`error: Unknown scenario "${name}".\nhint: ${hint}\n`);
  });

  test.each(['0', '1.5', 'x'])('the number of times %s', async (count) => {
    const { stderr } = await fails(['sandbox', '--port', '0', '--scenario', `http-429*${count}`], 2);
    expect(stderr.replaceAll('\n', ' ')).toMatch(
      /^error: Scenario http-429: "\S+" after the asterisk must be a whole number from 1\. $/,
    );
  });

  test.each(['-1', '65536', 'x', '1.5', ''])('the port %j', async (port) => {
    const { stderr } = await fails(['sandbox', `--port=${port}`], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain('Give a whole number from 0 to 65535.');
  });

  test('a port that is taken', async () => {
    const taken = createServer().listen(0, '127.0.0.1');
    cleanUp(() => void taken.close());
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    const { stderr } = await fails(['sandbox', '--port', String(port)], 2);
    expect(stderr).toContain(`The sandbox cannot listen on 127.0.0.1:${port} (EADDRINUSE).`);
    expect(stderr).toContain('--port 0');
  });
});
