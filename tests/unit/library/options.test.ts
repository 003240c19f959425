import { describe, expect, test } from '@jest/globals';
import type { CallOptions } from '../../../src/library/index.js';
import { chooseBaseUrl } from '../../../src/library/options.js';
import { CANARIES } from '../../support/canaries.js';

const choose = (options: object) =>
  chooseBaseUrl({ credentials: CANARIES, ...options } as unknown as CallOptions);

describe('a call goes to', () => {
  test.each([
    ["Decentro's staging", { environment: 'staging' }, 'https://in.staging.decentro.tech/'],
    ["Decentro's production", { environment: 'production' }, 'https://in.decentro.tech/'],
    ['a sandbox', { baseUrl: 'http://127.0.0.1:4010' }, 'http://127.0.0.1:4010/'],
    ['a sandbox over IPv6', { baseUrl: new URL('http://[::1]:4010') }, 'http://[::1]:4010/'],
    [
      'staging, with the signal of another realm',
      {
        environment: 'staging',
        signal: { aborted: false, addEventListener: () => undefined, removeEventListener: () => undefined },
      },
      'https://in.staging.decentro.tech/',
    ],
    ['a gateway of your own', { baseUrl: 'https://kyc.example/decentro' }, 'https://kyc.example/decentro'],
  ])('%s', (_what, options, href) => {
    expect(choose(options).href).toBe(href);
  });
});

describe('a call is refused', () => {
  test.each<[what: string, options: object, message: string]>([
    ['without a target', {}, 'Give environment, or baseUrl.'],
    ['with two', { environment: 'staging', baseUrl: 'https://kyc.example' }, 'Give environment, or baseUrl.'],
    [
      'for an environment that is none',
      { environment: 'toString' },
      'environment is neither staging nor production; a sandbox is reached by its baseUrl.',
    ],
    ['for a URL that is none', { baseUrl: 'kyc.example' }, 'baseUrl is not an absolute http(s) URL.'],
    [
      'for a URL with a password',
      { baseUrl: 'https://a:b@kyc.example' },
      'baseUrl must not hold a user name or password.',
    ],
    [
      'in the clear (rule 10)',
      { baseUrl: 'http://kyc.example' },
      'http://kyc.example is not HTTPS, so credentials would travel in the clear.',
    ],
    [
      'in the clear to a name of this machine (rule 10)',
      { baseUrl: 'http://localhost:4010' },
      'localhost may resolve to any address: use http://127.0.0.1:4010.',
    ],
    [
      'without credentials',
      { environment: 'staging', credentials: undefined },
      'credentials.clientId is missing.\ncredentials.clientSecret is missing.',
    ],
    [
      'with credentials that no header can carry',
      { environment: 'staging', credentials: { clientId: '', clientSecret: 'a\r\nb', moduleSecret: 7 } },
      'credentials.clientId is empty.\ncredentials.clientSecret contains a line break.\n' +
        'credentials.moduleSecret is not a string.',
    ],
    [
      'with credentials that were copied with their quotation marks',
      { environment: 'staging', credentials: { clientId: '"acme-id"', clientSecret: 'caf\u00e9-secret' } },
      'credentials.clientId is enclosed in "…": leave these marks out.\n' +
        'credentials.clientSecret contains a character that HTTP headers do not allow.',
    ],
    [
      'with a base URL that was copied with its line end',
      { baseUrl: 'https://gateway.example\r\n' },
      'baseUrl ends with a line break, as in a file with the line ends of Windows.',
    ],
    [
      'without time',
      { environment: 'staging', timeoutMs: 0 },
      'timeoutMs must be above 0 and below 2147483648.',
    ],
    [
      'with endless time',
      { environment: 'staging', timeoutMs: Infinity },
      'timeoutMs must be above 0 and below 2147483648.',
    ],
    [
      'with half a retry',
      { environment: 'staging', retries: 0.5 },
      'retries must be a whole number, 0 or more.',
    ],
    [
      'with a time that is a text',
      { environment: 'staging', timeoutMs: '5000' },
      'timeoutMs must be above 0 and below 2147483648.',
    ],
    [
      'for a list of environments',
      { environment: ['staging'] },
      'environment is neither staging nor production; a sandbox is reached by its baseUrl.',
    ],
    ...[{}, 'abort', { aborted: false }, new AbortController()].map((signal): [string, object, string] => [
      'with a signal that is none',
      { environment: 'staging', signal },
      'signal is not an AbortSignal.',
    ]),
    [
      'with what cannot be told of attempts',
      { environment: 'staging', onAttempt: 'log' },
      'onAttempt is not a function.',
    ],
    [
      'with all that is wrong',
      { retries: -1 },
      'Give environment, or baseUrl.\nretries must be a whole number, 0 or more.',
    ],
  ])('%s', (_what, options, message) => {
    expect(() => choose(options)).toThrow(
      expect.objectContaining({
        name: 'Failure',
        kind: 'config',
        message,
        details: { effect: 'no' },
      }),
    );
  });
});
