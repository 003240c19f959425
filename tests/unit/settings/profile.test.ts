import { describe, expect, test } from '@jest/globals';
import type { ConfigFile, ConfigRole } from '../../../src/settings/config-file.js';
import type { Config } from '../../../src/settings/config-schema.js';
import { Failure } from '../../../src/failure/failure.js';
import { resolveProfile, type Profile, type ProfileInputs } from '../../../src/settings/profile.js';

const SANDBOX = { clientId: 'sb-id', clientSecret: 'sb-secret', moduleSecret: 'sb-module' };
const PURPOSE = 'KYC for opening a bank account';

function resolve(inputs: Partial<ProfileInputs> = {}): Profile {
  return resolveProfile({
    flags: {},
    variables: {},
    cwd: '/cwd',
    files: [],
    sandbox: SANDBOX,
    readSecretFile: (file) => {
      throw new Failure('config', `${file} cannot be read.`);
    },
    ...inputs,
  });
}

function file(role: ConfigRole, config: Config): ConfigFile {
  return { role, path: `/${role}/config`, config, exposesSecrets: false };
}

const messages = ({ problems }: Profile): string[] => problems.map(({ message }) => message);

describe('the environment', () => {
  const files = [file('project', { environment: 'sandbox' }), file('user', { environment: 'staging' })];

  test.each<[inputs: Partial<ProfileInputs>, value: string, label: string]>([
    [{}, 'staging', 'built in'],
    [{ variables: { DECENTRO_ENV: '' } }, 'staging', 'built in'],
    [{ files: files.slice(1) }, 'staging', '/user/config (environment)'],
    [{ files }, 'sandbox', '/project/config (environment)'],
    [{ files: [file('project', {}), ...files] }, 'sandbox', '/project/config (environment)'],
    [{ files, variables: { DECENTRO_ENV: 'production' } }, 'production', 'DECENTRO_ENV'],
    [{ files, variables: { DECENTRO_ENV: 'production' }, flags: { env: 'staging' } }, 'staging', '--env'],
  ])('of %j is %s', (inputs, value, label) => {
    const profile = resolve(inputs);
    expect(profile.environment).toMatchObject({ value, origin: { label } });
    expect(profile.problems).toEqual([]);
  });

  test('production is refused from a file', () => {
    const profile = resolve({ files: [file('user', { environment: 'production' })] });
    expect(profile.problems).toMatchObject([
      {
        kind: 'config',
        message: '/user/config (environment) selects production; a config file may not do that.',
        hint: 'Select it each time: --env production, or DECENTRO_ENV=production.',
      },
    ]);
  });

  test('the host of production is production, whatever the name', () => {
    const gateway = file('user', {
      environment: 'gateway',
      allowHosts: ['in.decentro.tech'],
      environments: { gateway: { baseUrl: 'https://in.decentro.tech' } },
    });
    expect(messages(resolve({ files: [gateway] }))).toEqual([
      '/user/config (environment) selects production; a config file may not do that.',
    ]);
    expect(messages(resolve({ files: [gateway], flags: { env: 'gateway' } }))).toEqual([]);
  });

  test.each([
    [{ flags: { env: 'stagign' } }, 'usage', '--env', 'Did you mean staging? '],
    [{ variables: { DECENTRO_ENV: 'PRODUCTION' } }, 'config', 'DECENTRO_ENV', 'Did you mean production? '],
    [{ flags: { env: 'nonsense' } }, 'usage', '--env', ''],
    [{ flags: { env: '' } }, 'usage', '--env', ''],
    [{ flags: { env: 'constructor' } }, 'usage', '--env', ''],
  ])('%j does not exist', (inputs, kind, label, hint) => {
    expect(resolve(inputs).problems).toMatchObject([
      {
        kind,
        message: `${label} names an environment that does not exist.`,
        hint: `${hint}Valid environments: sandbox, staging, production.`,
      },
    ]);
  });

  test('one of the file is named among those that exist', () => {
    const files = [file('project', { environments: { gateway: {} } })];
    expect(resolve({ files, flags: { env: 'gatewy' } }).problems[0]?.hint).toBe(
      'Did you mean gateway? Valid environments: sandbox, staging, production, gateway.',
    );
  });

  test('one of the file without a base URL is a problem', () => {
    const files = [file('project', { environments: { gateway: { clientId: 'x' } } })];
    expect(messages(resolve({ files, flags: { env: 'gateway' } }))).toEqual([
      'The environment gateway has no baseUrl.',
    ]);
  });
});

describe('a parameter', () => {
  const project = file('project', {
    defaults: { consentPurpose: 'project', redirectToSignup: true },
    environments: { staging: { defaults: { consentPurpose: 'project, staging' } } },
  });
  const user = file('user', {
    defaults: { consentPurpose: 'user', redirectUrl: 'https://user.example', abstractAccessToken: false },
  });
  const variables = { DECENTRO_CONSENT_PURPOSE: 'variable' };

  test.each<[inputs: Partial<ProfileInputs>, value: string, kind: string, label: string]>([
    [
      { flags: { consentPurpose: 'flag' }, variables, files: [project, user] },
      'flag',
      'flag',
      '--consent-purpose',
    ],
    [{ variables, files: [project, user] }, 'variable', 'variable', 'DECENTRO_CONSENT_PURPOSE'],
    [
      { files: [project, user] },
      'project, staging',
      'file',
      '/project/config (environments.staging.defaults.consentPurpose)',
    ],
    [
      { files: [project, user], variables: { DECENTRO_ENV: 'production' } },
      'project',
      'file',
      '/project/config (defaults.consentPurpose)',
    ],
    [
      { files: [user], variables: { DECENTRO_CONSENT_PURPOSE: '' } },
      'user',
      'file',
      '/user/config (defaults.consentPurpose)',
    ],
  ])('comes from the strongest place (%#)', (inputs, value, kind, label) => {
    expect(resolve(inputs).consentPurpose).toEqual({ value, origin: { kind, label } });
  });

  test('may come from another place than its neighbour', () => {
    const profile = resolve({ files: [project, user], flags: { redirectToSignup: false } });
    expect(profile.redirectUrl).toMatchObject({ value: 'https://user.example' });
    expect(profile.redirectToSignup).toEqual({
      value: false,
      origin: { kind: 'flag', label: '--redirect-to-signup' },
    });
    expect(profile.abstractAccessToken).toMatchObject({ value: false, origin: { kind: 'file' } });
  });

  test('lets Decentro fetch the access token unless something else was said', () => {
    expect(resolve().abstractAccessToken).toMatchObject({ value: true, origin: { kind: 'built-in' } });
    expect(resolve({ flags: { abstractAccessToken: false } }).abstractAccessToken).toMatchObject({
      value: false,
      origin: { kind: 'flag' },
    });
  });

  test('that nobody gave is absent', () => {
    expect(resolve()).toMatchObject({
      consentPurpose: undefined,
      redirectUrl: undefined,
      redirectToSignup: undefined,
    });
  });

  test('is taken from a flag even when it is empty', () => {
    expect(resolve({ flags: { consentPurpose: '' }, variables }).consentPurpose?.value).toBe('');
  });
});

describe('the sandbox', () => {
  test('brings its own purpose, redirect URL and credentials, and needs no base URL', () => {
    const profile = resolve({ flags: { env: 'sandbox' } });
    expect(profile).toMatchObject({
      baseUrl: undefined,
      credentials: { clientId: { value: 'sb-id', origin: { kind: 'built-in' } } },
      consentPurpose: { value: expect.stringMatching(/^.{20,50}$/), origin: { kind: 'built-in' } },
      redirectUrl: { value: 'http://127.0.0.1:4010/app/return' },
      problems: [],
      notes: [],
    });
  });

  test('never sees real credentials, nor a configured base URL (rule 11)', () => {
    const variables = {
      DECENTRO_ENV: 'sandbox',
      DECENTRO_CLIENT_ID: 'real',
      DECENTRO_CLIENT_SECRET: 'real',
      DECENTRO_BASE_URL: 'https://evil.example',
    };
    const profile = resolve({ variables });
    expect(profile.credentials.clientId?.value).toBe('sb-id');
    expect(profile.baseUrl).toBeUndefined();
  });

  test('may stand elsewhere on this machine', () => {
    const flags = { env: 'sandbox', baseUrl: 'http://127.0.0.1:4010' };
    expect(resolve({ flags })).toMatchObject({
      baseUrl: { value: new URL('http://127.0.0.1:4010'), origin: { label: '--base-url' } },
      problems: [],
    });
  });

  test('takes purpose and redirect URL that are given', () => {
    const variables = { DECENTRO_ENV: 'sandbox', DECENTRO_CONSENT_PURPOSE: PURPOSE };
    expect(resolve({ variables }).consentPurpose?.value).toBe(PURPOSE);
  });
});
