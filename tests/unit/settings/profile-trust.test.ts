import { describe, expect, test } from '@jest/globals';
import type { ConfigFile, ConfigRole } from '../../../src/settings/config-file.js';
import type { Config, EnvironmentConfig } from '../../../src/settings/config-schema.js';
import { resolveProfile, type Profile, type ProfileInputs } from '../../../src/settings/profile.js';

const SANDBOX = { clientId: 'sb-id', clientSecret: 'sb-secret', moduleSecret: 'sb-module' };
const VARIABLES = { DECENTRO_CLIENT_ID: 'var-id', DECENTRO_CLIENT_SECRET: 'var-secret' };
const PAIR = { clientId: 'file-id', clientSecret: 'file-secret' };

function resolve(inputs: Partial<ProfileInputs> = {}): Profile {
  return resolveProfile({
    flags: {},
    variables: {},
    cwd: '/cwd',
    files: [],
    sandbox: SANDBOX,
    readSecretFile: () => 'from-a-file',
    ...inputs,
  });
}

function file(role: ConfigRole, staging: EnvironmentConfig, more: Config = {}): ConfigFile {
  return {
    role,
    path: `/${role}/config`,
    config: { environments: { staging }, ...more },
    exposesSecrets: false,
  };
}

const messages = ({ problems }: Profile): string[] => problems.map(({ message }) => message);

describe('credentials', () => {
  test.each<[inputs: Partial<ProfileInputs>, clientId: string | undefined]>([
    [{}, undefined],
    [{ variables: VARIABLES }, 'var-id'],
    [{ files: [file('project', PAIR)] }, 'file-id'],
    [{ files: [file('user', PAIR)] }, 'file-id'],
    [{ files: [file('project', {}), file('user', PAIR)] }, 'file-id'],
    [{ variables: { DECENTRO_CLIENT_ID_FILE: 'x' } }, 'from-a-file'],
  ])('come from the one source that has some (%#)', (inputs, clientId) => {
    const { credentials, problems } = resolve(inputs);
    expect(credentials.clientId?.value).toBe(clientId);
    expect(problems).toEqual([]);
  });

  test.each<[inputs: Partial<ProfileInputs>, message: RegExp, hint: string]>([
    [
      { variables: VARIABLES, files: [file('project', PAIR)] },
      /^Credentials and base URL of staging must come from one source; found two: DECENTRO_CLIENT_ID, DECENTRO_CLIENT_SECRET; and \/project\/config \(environments\.staging\.clientId\)/,
      'Remove them from the environment variables or from /project/config.',
    ],
    [
      { variables: { DECENTRO_CLIENT_ID: 'x' }, files: [file('project', { clientSecret: 'x' })] },
      /DECENTRO_CLIENT_ID; and \/project\/config \(environments\.staging\.clientSecret\)\.$/,
      'Remove them from the environment variables or from /project/config.',
    ],
    [
      { files: [file('project', { baseUrl: 'https://evil.example' }), file('user', PAIR)] },
      /\/project\/config \(environments\.staging\.baseUrl\); and \/user\/config/,
      'Remove them from /project/config or from /user/config.',
    ],
    [
      { variables: { DECENTRO_BASE_URL: 'https://evil.example' }, files: [file('user', PAIR)] },
      /DECENTRO_BASE_URL; and \/user\/config/,
      'Remove them from the environment variables or from /user/config.',
    ],
  ])('from two sources are refused, both named (%#) (rule 9)', (inputs, message, hint) => {
    const { problems, credentials } = resolve(inputs);
    expect(problems).toMatchObject([{ kind: 'config', message: expect.stringMatching(message), hint }]);
    expect(credentials).toEqual({});
  });

  test('go with any --base-url, once its host is allowed', () => {
    const flags = { baseUrl: 'https://gw.example/x', allowHost: ['gw.example'] };
    for (const inputs of [{ variables: VARIABLES }, { files: [file('project', PAIR)] }]) {
      const profile = resolve({ ...inputs, flags });
      expect(profile.problems).toEqual([]);
      expect(profile.baseUrl?.value.href).toBe('https://gw.example/x');
    }
  });

  test.each([
    [{ env: 'production' }, {}, 'staging', 'production'],
    [{ env: 'staging' }, { DECENTRO_ENV: 'production' }, 'production', 'staging'],
  ])('in variables are not used for another environment (%j, %j) (rule 11)', (flags, env, owner, wanted) => {
    const profile = resolve({ flags, variables: { ...VARIABLES, ...env } });
    expect(profile.credentials).toEqual({});
    expect(profile.notes).toEqual([
      `DECENTRO_CLIENT_ID, DECENTRO_CLIENT_SECRET belong to the environment ${owner}: set DECENTRO_ENV=${wanted} to use them for this one.`,
    ]);
  });

  test('in variables of another environment leave a file its own (rule 11)', () => {
    const profile = resolve({
      flags: { env: 'staging' },
      variables: { ...VARIABLES, DECENTRO_ENV: 'production' },
      files: [file('project', PAIR)],
    });
    expect(profile.credentials.clientId?.value).toBe('file-id');
    expect(profile.notes).toEqual([]);
  });

  test('in a file are not used for another of its environments (rule 11)', () => {
    const { credentials } = resolve({ flags: { env: 'production' }, files: [file('user', PAIR)] });
    expect(credentials).toEqual({});
  });
});

describe('the base URL', () => {
  test.each([
    [{}, 'https://in.staging.decentro.tech/', 'built in'],
    [{ flags: { env: 'production' } }, 'https://in.decentro.tech/', 'built in'],
    [
      { variables: { DECENTRO_BASE_URL: 'https://in.staging.decentro.tech' } },
      'https://in.staging.decentro.tech/',
      'DECENTRO_BASE_URL',
    ],
    [
      { files: [file('user', { baseUrl: 'https://gw.example/a' }, { allowHosts: ['gw.example'] })] },
      'https://gw.example/a',
      '/user/config (environments.staging.baseUrl)',
    ],
  ])('of %j is %s', (inputs, href, label) => {
    const profile = resolve(inputs);
    expect(profile.baseUrl).toMatchObject({ value: new URL(href), origin: { label } });
  });

  test.each<[inputs: Partial<ProfileInputs>, kind: string, message: string]>([
    [{ flags: { baseUrl: 'gw.example' } }, 'usage', '--base-url is not an absolute http(s) URL.'],
    [{ flags: { baseUrl: '' } }, 'usage', '--base-url is not an absolute http(s) URL.'],
    [
      { flags: { baseUrl: 'https://u:p@gw.example' } },
      'usage',
      '--base-url must not hold a user name or password.',
    ],
    [
      { variables: { DECENTRO_BASE_URL: 'https://gw.example/?x=1' } },
      'config',
      'DECENTRO_BASE_URL must not hold a query or fragment.',
    ],
    [
      { flags: { baseUrl: 'https://gw.example' } },
      'config',
      'gw.example is not a host that credentials may leave for.',
    ],
    [
      { flags: { baseUrl: 'http://gw.example', allowHost: ['gw.example'] } },
      'config',
      'http://gw.example is not HTTPS, so credentials would travel in the clear.',
    ],
    [
      { flags: { baseUrl: 'https://in.decentro.tech', allowHost: ['in.decentro.tech'] } },
      'config',
      'in.decentro.tech belongs to the environment production, not to staging.',
    ],
    [
      { files: [file('project', { baseUrl: 'https://evil.example' })] },
      'config',
      'evil.example is not a host that credentials may leave for.',
    ],
  ])('that is wrong is refused (%#) (rule 10)', (inputs, kind, message) => {
    expect(resolve(inputs).problems).toMatchObject([{ kind, message }]);
  });

  test('that is not allowed names the way through (rule 10)', () => {
    const hints = ['https://gw.example:8443', 'http://gw.example'].map(
      (baseUrl) => resolve({ flags: { baseUrl } }).problems[0]?.hint,
    );
    expect(hints).toEqual([
      'To allow it, name it: --allow-host gw.example:8443, or allowHosts in the user file.',
      null,
    ]);
  });
});

test('an allowed host that is none is refused where it was given', () => {
  const bad = resolve({ flags: { allowHost: ['https://gw.example'] } });
  expect(bad.problems).toMatchObject([
    { kind: 'usage', message: expect.stringMatching(/^--allow-host must be a host name or address/) },
  ]);
  const stored = resolve({ files: [file('user', {}, { allowHosts: ['a b'] })] });
  expect(stored.problems).toMatchObject([
    {
      kind: 'config',
      message: expect.stringMatching(/^\/user\/config \(allowHosts\) must be a host name/),
    },
  ]);
});

test('every problem is named at once', () => {
  const profile = resolve({
    flags: { baseUrl: 'nonsense', allowHost: ['*'] },
    variables: { DECENTRO_CLIENT_ID: ' x', DECENTRO_CLIENT_SECRET: 'x\n' },
  });
  expect(messages(profile)).toEqual([
    '--allow-host must be a host name or address, such as gateway.example or 127.0.0.1:8080.',
    '--base-url is not an absolute http(s) URL.',
    'DECENTRO_CLIENT_ID starts or ends with a space.',
    'DECENTRO_CLIENT_SECRET ends with a line break.',
  ]);
});

test('an error that nobody expected is not taken for a problem', () => {
  const files = [{ ...file('project', {}), config: null as never }];
  expect(() => resolve({ files })).toThrow(TypeError);
});
