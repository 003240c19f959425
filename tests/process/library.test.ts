import { describe, expect, test } from '@jest/globals';
import { build } from 'esbuild';
import { execFileSync } from 'node:child_process';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { SESSION_CREATED } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createCertificate } from '../support/certificate.js';
import { createConnectProxy } from '../support/connect-proxy.js';
import { writeFiles } from '../support/fake-host.js';
import { launch } from '../support/program.js';
import { createRecorder } from '../support/recorder.js';

const LIBRARY = fileURLToPath(new URL('../../dist/lib/', import.meta.url));
const ROLLUP = fileURLToPath(new URL('../../node_modules/rollup/dist/bin/rollup', import.meta.url));
const urlOf = (name: string) => JSON.stringify(pathToFileURL(path.join(LIBRARY, name)).href);
const pathOf = (name: string) => JSON.stringify(path.join(LIBRARY, name));

function run(folder: string, file: string, ...flags: string[]): string {
  return execFileSync(process.execPath, [...flags, path.join(folder, file)], { encoding: 'utf8' }).trim();
}

const APP = `
import { Failure, initiateSession, parseCallback } from ${pathOf('index.mjs')};
import { createSandbox, SANDBOX_CREDENTIALS } from ${pathOf('sandbox.mjs')};
const sandbox = await createSandbox();
try {
  const params = { consent: true, consentPurpose: 'KYC for opening an account', redirectUrl: 'https://app.example/r' };
  const { decentroTxnId } = await initiateSession(params, { baseUrl: sandbox.url, credentials: SANDBOX_CREDENTIALS });
  const failed = await Promise.resolve().then(() => parseCallback('x', { state: 'T1' })).catch((error) => error instanceof Failure);
  console.log(/^[0-9A-F]{32}$/.test(decentroTxnId), failed);
} finally {
  await sandbox.close();
}`;

describe('a program that is bundled as an ES module starts, calls and fails as it should', () => {
  test('with esbuild', async () => {
    const folder = temporaryDirectory();
    writeFiles(folder, { 'app.mjs': APP });
    await build({
      entryPoints: [path.join(folder, 'app.mjs')],
      outfile: path.join(folder, 'bundle.mjs'),
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'silent',
    });
    expect(run(folder, 'bundle.mjs')).toBe('true true');
  });

  test('with rollup', () => {
    const folder = temporaryDirectory();
    writeFiles(folder, { 'app.mjs': APP });
    const options = ['--silent', '--inlineDynamicImports', '--format=es', '--file=bundle.mjs', 'app.mjs'];
    execFileSync(process.execPath, [ROLLUP, ...options], { cwd: folder });
    expect(run(folder, 'bundle.mjs')).toBe('true true');
  });
});

test('a failure of one form of the library is one of the other', () => {
  const folder = temporaryDirectory();
  writeFiles(folder, {
    'both.mjs': `
      import { createRequire } from 'node:module';
      import { Failure, parseCallback } from ${urlOf('index.mjs')};
      const other = createRequire(import.meta.url)(${pathOf('index.cjs')});
      const caught = (parse) => { try { parse('x', { state: 'T1' }); } catch (error) { return error; } };
      console.log(caught(other.parseCallback) instanceof Failure, caught(parseCallback) instanceof other.Failure,
        new Error('x') instanceof Failure, null instanceof Failure);`,
  });
  expect(run(folder, 'both.mjs')).toBe('true true false false');
});

test('a server or proxy that cannot be verified gets nothing from the library, whatever Node is told (rule 12)', async () => {
  const recorder = await createRecorder([], { tls: createCertificate() });
  const proxy = await createConnectProxy({ tls: createCertificate() });
  const folder = temporaryDirectory();
  writeFiles(folder, {
    'app.cjs': `
      const { initiateSession } = require(${pathOf('index.cjs')});
      const { SANDBOX_CREDENTIALS } = require(${pathOf('sandbox.cjs')});
      const params = { consent: true, consentPurpose: 'KYC for opening an account', redirectUrl: 'https://app.example/r' };
      const options = { baseUrl: ${JSON.stringify(recorder.url)}, credentials: SANDBOX_CREDENTIALS, retries: 0 };
      const proxy = ${JSON.stringify(proxy.url.replace('//', '//user:pass@'))};
      const tell = ({ kind, sent }) => console.log(kind, sent);
      initiateSession(params, options).catch(tell).then(() =>
        initiateSession(params, { ...options, baseUrl: 'https://kyc.example', proxy }).catch(tell));`,
  });
  const env = { NODE_TLS_REJECT_UNAUTHORIZED: '0' };
  const { stdout } = await launch([process.execPath, path.join(folder, 'app.cjs')], { env }).done;
  expect(stdout).toBe('network no\nnetwork no\n');
  expect(recorder.requests).toEqual([]);
  expect(proxy.connects).toEqual([]);
});

test('what an old program has added to Object.prototype keeps nothing from loading and calling', async () => {
  const recorder = await createRecorder({ body: SESSION_CREATED });
  const folder = temporaryDirectory();
  writeFiles(folder, {
    'app.cjs': `
      Object.prototype.extra = 1;
      Object.prototype.each = function () {};
      const params = { consent: true, consentPurpose: 'KYC for opening an account', redirectUrl: 'https://app.example/r' };
      const credentials = { clientId: 'made-up-id', clientSecret: 'made-up-secret' };
      const options = { baseUrl: ${JSON.stringify(recorder.url)}, credentials };
      (async () => {
        for (const { initiateSession } of [require(${pathOf('index.cjs')}), await import(${urlOf('index.mjs')})])
          console.log((await initiateSession(params, options)).status);
      })();`,
  });
  const { stdout, stderr } = await launch([process.execPath, path.join(folder, 'app.cjs')]).done;
  expect([stdout, stderr]).toEqual(['SUCCESS\nSUCCESS\n', '']);
  expect(Object.keys(recorder.requests[0]?.json() as object)).not.toContain('each');
});

// What jsdom lacks, and jest-environment-jsdom takes away.
const BARE = `
  for (const name of ['fetch', 'Request', 'Response', 'Headers', 'TextEncoder', 'TextDecoder', 'ReadableStream',
    'setImmediate', 'clearImmediate', 'structuredClone']) delete globalThis[name];`;

test('the library works where the globals of the web are missing', () => {
  const folder = temporaryDirectory();
  writeFiles(folder, {
    'serve.cjs': `
      const { createSandbox } = require(${pathOf('sandbox.cjs')});
      createSandbox().then((sandbox) => console.log(sandbox.url));`,
    'bare.cjs': `${BARE}
      const { initiateSession } = require(${pathOf('index.cjs')});
      const http = require('node:http');
      const answer = JSON.stringify({ decentroTxnId: 'T1', status: 'SUCCESS', data: { authorizationUrl: 'https://a.example/' } });
      const server = http.createServer((request, response) => request.resume().on('end', () => response.end(answer)));
      server.listen(0, '127.0.0.1', async () => {
        const params = { consent: true, consentPurpose: 'KYC for opening an account', redirectUrl: 'https://app.example/r' };
        const credentials = { clientId: 'made-up-id', clientSecret: 'made-up-secret' };
        const options = { credentials, baseUrl: 'http://127.0.0.1:' + server.address().port };
        console.log((await initiateSession(params, options)).decentroTxnId);
        server.closeAllConnections();
        server.close();
      });`,
  });
  expect(run(folder, 'bare.cjs')).toBe('T1');
});

test.each(['sandbox.cjs', 'sandbox.mjs'])(
  'the sandbox of %s names the remedy where the globals of the web are missing',
  (name) => {
    const folder = temporaryDirectory();
    writeFiles(folder, {
      // Without more of them, Node.js 26 cannot load its own client.
      'bare.mjs': `for (const name of ['Request', 'Response', 'Headers']) delete globalThis[name];
        const { createSandbox } = await import(${urlOf(name)});
        await createSandbox().catch((error) => console.log(error.message));`,
    });
    expect(run(folder, 'bare.mjs')).toMatch(
      /^The sandbox needs .*Request.*@jest-environment node.*--no-experimental-fetch/,
    );
  },
);

// Node.js 26 knows the flag no longer.
const testWithoutFetch = process.allowedNodeEnvironmentFlags.has('--no-experimental-fetch')
  ? test
  : test.skip;

testWithoutFetch(
  'the command names the remedy where --no-experimental-fetch keeps the sandbox from working',
  () => {
    const bin = fileURLToPath(new URL('../../bin/digilocker.js', import.meta.url));
    const line = [
      '--no-experimental-fetch',
      bin,
      'init-session',
      '--env',
      'sandbox',
      '--consent',
      '--no-input',
    ];
    expect(() =>
      execFileSync(process.execPath, line, { encoding: 'utf8', stdio: 'pipe', cwd: temporaryDirectory() }),
    ).toThrow(
      expect.objectContaining({ status: 3, stderr: expect.stringContaining('--no-experimental-fetch') }),
    );
  },
);
