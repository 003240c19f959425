import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { createCertificate } from '../support/certificate.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createConnectProxy } from '../support/connect-proxy.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, succeeds } from '../support/run-main.js';
import { createStaging } from '../support/staging.js';

const PARAMS = [
  ...['--consent', '--consent-purpose', 'KYC for opening an account'],
  ...['--redirect-url', 'https://app.example/return'],
];
const SESSION = ['init-session', ...PARAMS] as const;
const certificate = createCertificate({ host: 'gateway.example' });

describe('--ca-file', () => {
  test('lets a server of a private authority be believed', async () => {
    const recorder = await createRecorder([{}], { tls: certificate });
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--ca-file', 'ca.pem'];
    const files = { 'ca.pem': certificate.cert };
    await succeeds([...SESSION, ...target], { env: credentials, files });
  });

  test.each<[what: string, files: Record<string, string>, wrong: string]>([
    ['missing', {}, 'cannot be read (ENOENT)'],
    ['empty', { 'ca.pem': '' }, 'holds no certificate in PEM form'],
    ['a key', { 'ca.pem': certificate.key }, 'holds no certificate in PEM form'],
    ['a folder', { 'ca.pem/x': '' }, 'is not a regular file'],
  ])('that is %s is wrong usage, before anything is sent', async (_what, files, wrong) => {
    const { args, env, recorder } = await createStaging();
    const cwd = temporaryDirectory();
    const world = { cwd, env, files };
    const { stderr } = await fails([...args, ...PARAMS.slice(3), '--ca-file', 'ca.pem'], 2, world);
    expect(stderr.replaceAll('\n', ' ')).toContain(`--ca-file ${path.join(cwd, 'ca.pem')} ${wrong}.`);
    expect(recorder.connections).toBe(0);
  });

  test('is that of the printed curl command as well', async () => {
    const files = { "it's.pem": certificate.cert };
    const world = { env: { ...credentials, ALL_PROXY: 'socks5://proxy.example' }, files, stderr: [] };
    const { stdout } = await succeeds([...SESSION, '--print', 'curl', '--ca-file', "it's.pem"], world);
    expect(stdout).toContain(`\n  --cacert 'it'\\''s.pem' \\\n`);
    await fails([...SESSION, '--print', 'curl', '--ca-file', 'other.pem'], 2, world);
  });
});

describe('a proxy', () => {
  const target = ['--base-url', 'https://gateway.example', '--allow-host', 'gateway.example'];

  test.each([
    ['socks5://proxy.example:1080', 'names a proxy of a kind that is not supported'],
    ['http://proxy.example:99999', 'is not the URL of a proxy'],
  ])('that cannot be used is wrong configuration, and not passed by: %s', async (value, wrong) => {
    const env = { ...credentials, https_proxy: value };
    const { stderr } = await fails([...SESSION, ...target], 3, { env });
    expect(stderr).toContain(`error: https_proxy ${wrong}.`);
  });

  test('is not asked for what is on this machine, and none is needed for the sandbox', async () => {
    const proxy = await createConnectProxy();
    const env = { ...credentials, HTTPS_PROXY: proxy.url, HTTP_PROXY: proxy.url, ALL_PROXY: proxy.url };
    await succeeds(['init-session', '--env', 'sandbox', '--consent'], { env });
    const recorder = await createRecorder([{}], { tls: certificate });
    const own = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--ca-file', 'ca.pem'];
    await succeeds([...SESSION, ...own], { env, files: { 'ca.pem': certificate.cert } });
    expect(proxy.connections).toBe(0);
  });

  test('with a user name and password is hidden from the browser (rule 27)', async () => {
    const hidden: string[] = [];
    const env = { ...credentials, HTTPS_PROXY: 'http://user:pass@proxy.example', NO_PROXY: 'a.example' };
    await succeeds(['init-session', '--env', 'sandbox', '--consent', '--open'], {
      env,
      stderr: [/^Reference ID/, /^The sandbox lives/],
      browser: (_url, names) => {
        hidden.push(...names);
        return undefined;
      },
      waitsRunOut: true,
    });
    expect(hidden).toEqual(['HTTPS_PROXY']);
  });
});
