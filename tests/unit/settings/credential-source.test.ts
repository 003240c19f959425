import { describe, expect, test } from '@jest/globals';
import type { ConfigFile, ConfigRole } from '../../../src/settings/config-file.js';
import {
  fileSource,
  providedBy,
  readCredentials,
  variablesSource,
  type CredentialSource,
  type Variables,
} from '../../../src/settings/credential-source.js';
import { credentialFault } from '../../../src/safety/redact.js';
import { Failure } from '../../../src/failure/failure.js';
import { CANARIES, credentials, findLeak } from '../../support/canaries.js';

function file(role: ConfigRole, staging: Readonly<Record<string, string>>): ConfigFile {
  return { role, path: '/project/.decentrorc', config: { environments: { staging } }, exposesSecrets: false };
}

function read(source: CredentialSource, variables: Variables = {}, contents: Record<string, string> = {}) {
  return readCredentials(source, variables, (path) => {
    const content = contents[path];
    if (content === undefined) throw new Failure('config', `${path} cannot be read (ENOENT).`);
    return content;
  });
}

/** What a file provides for staging, whose the variables are. */
const ofStaging = (config: ConfigFile) => fileSource(config, 'staging', 'staging');

const labels = (source: CredentialSource) => providedBy(source).map(({ label }) => label);

describe('the variables', () => {
  test('provide three credentials and a base URL', () => {
    const source = variablesSource({ ...credentials, DECENTRO_BASE_URL: 'https://gw.example' }, '/cwd');
    expect(labels(source)).toEqual([
      'DECENTRO_CLIENT_ID',
      'DECENTRO_CLIENT_SECRET',
      'DECENTRO_MODULE_SECRET',
      'DECENTRO_BASE_URL',
    ]);
    expect(source.baseUrl?.value).toBe('https://gw.example');
    const { credentials: found, problems, notes } = read(source);
    expect(found).toMatchObject({
      clientId: { value: CANARIES.clientId, origin: { kind: 'variable', label: 'DECENTRO_CLIENT_ID' } },
      clientSecret: { value: CANARIES.clientSecret },
      moduleSecret: { value: CANARIES.moduleSecret },
    });
    expect([problems, notes]).toEqual([[], []]);
  });

  test('provide nothing where they are unset or empty', () => {
    const source = variablesSource(
      { DECENTRO_CLIENT_ID: '', DECENTRO_CLIENT_SECRET_FILE: '', DECENTRO_BASE_URL: '' },
      '/cwd',
    );
    expect(providedBy(source)).toEqual([]);
    expect(read(source)).toEqual({ credentials: {}, commands: {}, problems: [], notes: [] });
  });

  test('may name files, relative to the working directory', () => {
    const source = variablesSource(
      { DECENTRO_CLIENT_SECRET_FILE: 'secret', DECENTRO_MODULE_SECRET_FILE: '/run/module' },
      '/cwd',
    );
    const { credentials: found } = read(source, {}, { '/cwd/secret': 'one', '/run/module': 'two' });
    expect(found).toEqual({
      clientSecret: {
        value: 'one',
        origin: { kind: 'variable', label: 'DECENTRO_CLIENT_SECRET_FILE', isReference: true },
      },
      moduleSecret: {
        value: 'two',
        origin: { kind: 'variable', label: 'DECENTRO_MODULE_SECRET_FILE', isReference: true },
      },
    });
  });

  test('name a file that cannot be read, beside every other problem', () => {
    const source = variablesSource(
      { DECENTRO_CLIENT_ID_FILE: 'a', DECENTRO_CLIENT_SECRET: 'x\n', DECENTRO_MODULE_SECRET: 'good' },
      '/cwd',
    );
    const { credentials: found, problems } = read(source);
    expect(Object.keys(found)).toEqual(['moduleSecret']);
    expect(problems.map(({ message }) => message)).toEqual([
      '/cwd/a cannot be read (ENOENT).',
      'DECENTRO_CLIENT_SECRET ends with a line break.',
    ]);
  });

  test('must not hold a credential and name a file for it', () => {
    const source = variablesSource({ ...credentials, DECENTRO_CLIENT_ID_FILE: 'x' }, '/cwd');
    expect(read(source).problems).toMatchObject([
      {
        kind: 'config',
        message: 'DECENTRO_CLIENT_ID and DECENTRO_CLIENT_ID_FILE are both set: keep one.',
      },
    ]);
  });
});

describe('a file', () => {
  test('provides what stands in its environment', () => {
    const config = {
      clientId: 'id',
      clientSecret: 'secret',
      moduleSecret: 'module',
      baseUrl: 'https://x.example',
    };
    const source = ofStaging(file('project', config));
    expect(source.label).toBe('/project/.decentrorc');
    expect(labels(source)).toEqual([
      '/project/.decentrorc (environments.staging.clientId)',
      '/project/.decentrorc (environments.staging.clientSecret)',
      '/project/.decentrorc (environments.staging.moduleSecret)',
      '/project/.decentrorc (environments.staging.baseUrl)',
    ]);
    expect(read(source).credentials).toMatchObject({ clientId: { value: 'id', origin: { kind: 'file' } } });
  });

  test.each(['production', 'constructor'])('provides nothing for %s', (environment) => {
    expect(providedBy(fileSource(file('project', { clientId: 'id' }), environment, 'staging'))).toEqual([]);
  });

  test('provides nothing without environments', () => {
    const empty: ConfigFile = { role: 'user', path: '/x', config: {}, exposesSecrets: false };
    expect(providedBy(ofStaging(empty))).toEqual([]);
  });

  test('may refer to variables and to files beside it', () => {
    const source = ofStaging(file('project', { clientId: 'env:DECENTRO_ID', clientSecret: 'file:secret' }));
    const found = read(source, { DECENTRO_ID: 'id' }, { '/project/secret': 'secret' });
    expect(found.credentials).toMatchObject({ clientId: { value: 'id' }, clientSecret: { value: 'secret' } });
  });

  test.each([{}, { DECENTRO_ID: '' }])('notes a variable that is not set (%j)', (variables) => {
    const source = ofStaging(file('project', { clientId: 'env:DECENTRO_ID' }));
    expect(read(source, variables)).toEqual({
      credentials: {},
      commands: {},
      problems: [],
      notes: [
        '/project/.decentrorc (environments.staging.clientId) refers to a variable that is not set: DECENTRO_ID.',
      ],
    });
  });

  test('of the project may not refer to other variables, nor to files elsewhere (rule 9)', () => {
    const foreign = { clientId: 'env:HOME', clientSecret: 'file:/etc/passwd' };
    const { credentials: found, problems } = read(ofStaging(file('project', foreign)), {
      HOME: '/root',
    });
    expect(found).toEqual({});
    expect(problems.map(({ message }) => message)).toEqual([
      '/project/.decentrorc (environments.staging.clientId) may only name variables that begin with DECENTRO_ (the user file and --config are free).',
      "/project/.decentrorc (environments.staging.clientSecret) may only name files below the config file's own folder (the user file and --config are free).",
    ]);
  });

  test.each(['user', 'named'] as const)('that is %s may refer to anything', (role) => {
    const source = ofStaging(file(role, { clientId: 'env:MY_ID', clientSecret: 'file:/run/secret' }));
    const { problems } = read(source, { MY_ID: 'id' }, { '/run/secret': 'secret' });
    expect(problems).toEqual([]);
  });

  test.each(Object.keys(credentials))(
    'may not refer to %s, which belongs to another environment (rule 11)',
    (variable) => {
      for (const role of ['project', 'user', 'named'] as const) {
        const config = file(role, { clientSecret: `env:${variable}` });
        const { credentials: found, problems } = read(
          fileSource(config, 'staging', 'production'),
          credentials,
        );
        expect(found).toEqual({});
        expect(problems.map(({ message }) => message)).toEqual([
          '/project/.decentrorc (environments.staging.clientSecret) names a variable that belongs to the environment production.',
        ]);
        expect(read(ofStaging(config), credentials).problems).toEqual([]);
      }
    },
  );

  test('shows no value in a problem (rule 5)', () => {
    const clientSecret = `${CANARIES.clientSecret}\u00E9`;
    const { problems } = read(ofStaging(file('project', { clientSecret })));
    expect(problems).toHaveLength(1);
    expect(findLeak(problems.map(({ message, hint }) => message + String(hint)).join(''))).toBeUndefined();
  });
});

test('an error that nobody expected is not taken for a problem', () => {
  const source = variablesSource({ DECENTRO_CLIENT_ID_FILE: 'x' }, '/cwd');
  expect(() =>
    readCredentials(source, {}, () => {
      throw new TypeError('a bug');
    }),
  ).toThrow(TypeError);
});

test.each([
  ['a', true],
  ['a b', true],
  ['~!', true],
  ['', false],
  [' a', false],
  ['a ', false],
  ['a\tb', false],
  ['a\nb', false],
  ['é', false],
  ['\u007F', false],
])('a header can carry the credential %j: %p', (value, expected) => {
  expect(credentialFault(value, false) === undefined).toBe(expected);
});
