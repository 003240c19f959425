import { describe, expect, test } from '@jest/globals';
import { checkConfig, isEnvironmentName, type Scalars } from '../../../src/settings/config-schema.js';
import { Failure } from '../../../src/failure/failure.js';
import { CANARIES, findLeak } from '../../support/canaries.js';

const FILE = '/project/.decentrorc';

function failureOf(parsed: unknown, scalars: Scalars = 'typed'): Failure {
  try {
    checkConfig(parsed, { file: FILE, scalars });
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('The config was taken');
}

test('every key of the promise is taken as it is', () => {
  const config = {
    environment: 'staging',
    allowHosts: ['gw.example'],
    defaults: {
      consentPurpose: 'KYC for opening a bank account',
      redirectUrl: 'https://app.example/return',
      redirectToSignup: false,
      abstractAccessToken: true,
    },
    environments: {
      staging: { clientId: 'id', clientSecret: 'env:DECENTRO_X', moduleSecret: 'file:x' },
      gateway: { baseUrl: 'https://gw.example', defaults: { redirectToSignup: true } },
    },
  };
  expect(checkConfig(config, { file: FILE, scalars: 'typed' })).toEqual(config);
  expect(checkConfig({}, { file: FILE, scalars: 'typed' })).toEqual({});
});

test('YAML spells booleans as text', () => {
  const parsed = { defaults: { redirectToSignup: 'true', abstractAccessToken: 'false' } };
  expect(checkConfig(parsed, { file: FILE, scalars: 'text' })).toEqual({
    defaults: { redirectToSignup: true, abstractAccessToken: false },
  });
});

describe('what is wrong is named by file and key (rule 4)', () => {
  test.each<[parsed: unknown, message: string]>([
    [null, 'the file must be a mapping of settings (key: value lines)'],
    [undefined, 'the file must be a mapping of settings (key: value lines)'],
    [[], 'the file must be a mapping of settings (key: value lines)'],
    ['text', 'the file must be a mapping of settings (key: value lines)'],
    [42, 'the file must be a mapping of settings (key: value lines)'],
    [{ environment: '' }, 'environment is empty'],
    [{ environment: null }, 'environment is empty'],
    [{ environment: 1 }, 'environment has to be a string'],
    [{ allowHosts: 'gw.example' }, 'allowHosts has to be a list'],
    [{ allowHosts: [1] }, 'allowHosts has to be a string'],
    [{ defaults: [] }, 'defaults has to be a mapping'],
    [{ defaults: { redirectToSignup: 'true' } }, 'defaults.redirectToSignup has to be true or false'],
    [{ defaults: { open: 'sometimes' } }, 'defaults.open has to be ask, always or never'],
    [{ environments: 'staging' }, 'environments has to be a mapping'],
    [{ environments: { staging: null } }, 'environments.staging has to be a mapping'],
    [{ environments: { staging: { clientId: 7 } } }, 'environments.staging.clientId has to be a string'],
    [
      { environments: { staging: { defaults: { redirectUrl: [] } } } },
      'environments.staging.defaults.redirectUrl has to be a string',
    ],
    [{ environments: { sandbox: {} } }, 'the environment "sandbox" is built in and cannot be redefined'],
    [{ environments: { 'a b': {} } }, 'the name of an environment holds more than letters, digits, - and _'],
    [{ unheard: 1 }, 'unknown key "unheard"'],
    [{ defaults: { consent: true } }, 'unknown key "consent" in defaults'],
    [{ $import: './evil.cjs' }, 'unknown key "$import"'],
    [JSON.parse('{"__proto__": {}}'), 'unknown key "__proto__"'],
    [{ constructor: {} }, 'unknown key "constructor"'],
    [{ toString: {} }, 'unknown key "toString"'],
    [
      JSON.parse('{"environments": {"__proto__": {}}}'),
      'the name of an environment holds more than letters, digits, - and _',
    ],
    [
      { environments: { constructor: {} } },
      'the name of an environment holds more than letters, digits, - and _',
    ],
  ])('%j: %s', (parsed, message) => {
    expect(failureOf(parsed)).toMatchObject({ kind: 'config', message: `${FILE}: ${message}.` });
  });

  test('a boolean of YAML has to be true or false', () => {
    expect(failureOf({ defaults: { redirectToSignup: 'yes' } }, 'text').message).toContain('true or false');
  });
});

test.each([
  [{ environmnet: 'x' }, 'Did you mean "environment"?'],
  [{ environments: { staging: { clientID: 'x' } } }, 'Did you mean "clientId"?'],
  [{ environments: { staging: { secret: 'x' } } }, 'Did you mean "clientSecret"?'],
  [{ defaults: { redirect_url: 'x' } }, 'Did you mean "redirectUrl"?'],
])('a near miss of %j names the right key (rule 4)', (parsed, hint) => {
  expect(failureOf(parsed).hint).toBe(hint);
});

test('an empty value has a hint of its own', () => {
  expect(failureOf({ environment: '' }).hint).toBe('Give it a value, or remove it.');
});

test('a secret that stands where a key should is not quoted (rule 5)', () => {
  const { message, hint } = failureOf({ environments: { staging: { [CANARIES.clientSecret]: 'x' } } });
  expect(message).toBe(`${FILE}: unknown key in environments.staging.`);
  expect(findLeak(`${message} ${hint ?? ''}`)).toBeUndefined();
});

test.each([
  ['staging', true],
  ['My_gateway-2', true],
  ['2nd', false],
  ['', false],
  ['a'.repeat(33), false],
  ['prototype', false],
  ['constructor', false],
  ['__proto__', false],
])('isEnvironmentName(%j) is %p', (name, expected) => {
  expect(isEnvironmentName(name)).toBe(expected);
});
