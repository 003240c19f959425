import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { ID, INIT, readConfig, REFERENCE } from '../support/config-init.js';
import { createFakeHost, writeFiles } from '../support/fake-host.js';
import { CANARIES, fails, runHost, runMain, succeeds } from '../support/run-main.js';

const SET = ['config', 'set'] as const;
const GATEWAY = `environments:
  gateway:
    baseUrl: https://gateway.example
    clientId: made-up-id
`;
const BILLED = `environments:
  billed:
    baseUrl: https://in.decentro.tech
`;

describe('config set environment', () => {
  test.each<[what: string, file: string, name: string, message: RegExp]>([
    ['that leads to production', BILLED, 'billed', /selects production/],
    ['that is unlike any other', GATEWAY, 'zzzzzzzz', /Valid environments: sandbox, staging, gateway\./],
    ['that is like one of the file', GATEWAY, 'gatewy', /Did you mean gateway\?/],
    ['of every object', GATEWAY, 'constructor', /names an environment that does not exist/],
  ])('refuses one %s', async (_what, file, name, message) => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': file });
    const { stderr } = await fails([...SET, 'environment', name], 2, { cwd });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(readConfig(cwd)).toBe(file);
  });

  test.each(['sandbox', 'staging', 'gateway'])('accepts %s', async (name) => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': GATEWAY });
    await succeeds([...SET, 'environment', name], { cwd, stderr: [] });
    expect(readConfig(cwd)).toBe(`${GATEWAY}environment: ${name}\n`);
  });
});

describe('config set', () => {
  test('accepts the addresses of an environment and of an app', async () => {
    const cwd = temporaryDirectory();
    await succeeds([...SET, 'environments.own.baseUrl', 'https://kyc.example'], {
      cwd,
      stderr: [/kyc\.example is not a host that credentials may leave for/],
    });
    await succeeds([...SET, 'environments.own.defaults.redirectUrl', 'https://app.example/'], {
      cwd,
      stderr: [/kyc\.example is not a host/],
    });
    expect(readConfig(cwd)).toBe(
      'environments:\n  own:\n    baseUrl: https://kyc.example\n    defaults:\n      redirectUrl: https://app.example/\n',
    );
  });

  test('accepts a reference of a client ID, and says when its variable is there', async () => {
    const cwd = temporaryDirectory();
    const args = [...SET, 'environments.staging.clientId', 'env:DECENTRO_STAGING_ID'];
    expect((await runMain(args, { cwd })).stderr).toMatch(/DECENTRO_STAGING_ID is not set yet/);
    const again = await runMain(args, { cwd, env: { DECENTRO_STAGING_ID: CANARIES.clientId } });
    expect(again.code).toBe(0);
    expect(again.stderr).not.toMatch(/not set yet/);
  });

  test('has no user file for a user without a home', async () => {
    const host = { ...createFakeHost([...SET, '--global', 'journal', 'never']), homeFolder: undefined };
    const { code, stderr } = await runHost(host);
    expect(code).toBe(3);
    expect(stderr).toMatch(/No user file: this user has no home folder\./);
  });
});

describe('a file that is not UTF-8', () => {
  test.each([
    ['config set', [...SET, 'defaults.open', 'never']],
    ['config init', [...INIT, '--env', 'production', ...ID, ...REFERENCE]],
  ])('is not changed by %s', async (_what, args) => {
    const cwd = temporaryDirectory();
    const file = path.join(cwd, '.decentrorc');
    const bytes = Buffer.from('# caf\u00e9\nenvironment: staging\n', 'latin1');
    writeFileSync(file, bytes, { mode: 0o600 });
    expect((await fails(args, 3, { cwd })).stderr).toContain('is not in UTF-8');
    expect(readFileSync(file)).toEqual(bytes);
  });
});

describe('secrets on standard input', () => {
  const FLAGS = ['--client-secret-stdin', '--module-secret-stdin'] as const;

  test.each<[what: string, flags: readonly string[], input: string, message: RegExp]>([
    ['are not there', FLAGS, '', /the client secret, then the module secret, a line each/],
    ['are less than wanted', FLAGS, `${CANARIES.clientSecret}\n`, /a line each, and nothing else/],
    [
      'look like a reference',
      FLAGS,
      `${CANARIES.clientSecret}\nenv:NAME\n`,
      /module secret begins with env:/,
    ],
    ['are given by reference as well', [...FLAGS, ...REFERENCE], '', /cannot be combined/],
  ])('are refused where they %s', async (_what, flags, input, message) => {
    const cwd = temporaryDirectory();
    const { stderr } = await fails([...INIT, ...ID, ...flags], 2, { cwd, input });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('config init', () => {
  test.each<[what: string, file: string | undefined, name: string, message: RegExp]>([
    ['that the file does not define', GATEWAY, 'nowhere', /names neither staging nor production/],
    ['of every object', GATEWAY, 'constructor', /must be a name of letters/],
    ['that has no address', 'environments: {own: {clientId: made-up-id}}\n', 'own', /with a baseUrl/],
    ['without a file', undefined, 'gateway', /names neither staging nor production/],
    ['that is built in', GATEWAY, 'sandbox', /needs no credentials/],
    ['whose name is none', GATEWAY, 'a b', /name of letters, digits/],
  ])('refuses an environment %s', async (_what, file, name, message) => {
    const cwd = temporaryDirectory();
    if (file !== undefined) writeFiles(cwd, { '.decentrorc': file });
    const flags = ['--env', name, ...ID, ...REFERENCE];
    const { stderr } = await fails([...INIT, ...flags], 2, { cwd });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
  });

  test('stores the credentials of an environment that the file defines', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': GATEWAY });
    const run = await runMain([...INIT, '--env', 'gateway', '--force', ...ID, ...REFERENCE], { cwd });
    expect(run.code).toBe(0);
    expect(readConfig(cwd)).toContain(
      `    clientId: ${CANARIES.clientId}\n    clientSecret: env:DECENTRO_STAGING_SECRET\n`,
    );
  });

  test('offers what the file defines, and staging where DECENTRO_ENV names nothing', async () => {
    const { questions } = await runMain(INIT, {
      env: { DECENTRO_ENV: 'nowhere' },
      files: {
        '.decentrorc': `${GATEWAY}defaults:\n  redirectUrl: https://app.example/\n  consentPurpose: KYC for opening a bank account\n`,
      },
      answers: [
        ['Environment', 'staging'],
        ['Client ID', CANARIES.clientId],
        ['Keep', true],
        ['client secret', ''],
        ['module secret', ''],
      ],
    });
    expect(questions[0]).toMatchObject({
      choices: ['staging', 'production', 'gateway'],
      suggestion: 'staging',
    });
  });
});

describe('config path and config show', () => {
  test('say where no file is in use, and what is not set', async () => {
    const { stdout } = await succeeds(['config', 'path'], { stderr: ['No config file is in use.'] });
    expect(stdout).toBe('');
    expect((await succeeds(['config', 'path', '--json'], { stderr: [/No config file/] })).document).toEqual({
      schema: 'digilocker.config/1',
      ok: true,
      files: [],
      error: null,
    });
    expect((await succeeds(['config', 'show'], { stderr: [] })).stdout).toMatch(/^consentPurpose +not set$/m);
  });

  test('name a file by its path', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(path.join(cwd, '.git'));
    writeFiles(cwd, { '.decentrorc': GATEWAY });
    expect((await succeeds(['config', 'path'], { cwd, stderr: [] })).stdout).toBe(`${cwd}/.decentrorc\n`);
  });
});
