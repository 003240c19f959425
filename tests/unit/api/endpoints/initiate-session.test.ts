import { describe, expect, test } from '@jest/globals';
import type { Envelope } from '../../../../src/api/envelope.js';
import { purposeFaults, redirectUrlFaults } from '../../../../src/api/checks.js';
import { INITIATE_SESSION } from '../../../../src/api/endpoints/initiate-session.js';

describe('the answer', () => {
  const parse = (envelope: Partial<Envelope>, baseUrl = 'https://in.staging.decentro.tech') =>
    INITIATE_SESSION.parse({ decentroTxnId: 'TXN', data: null, ...envelope } as Envelope, new URL(baseUrl));
  const link = (authorizationUrl: unknown) => ({ data: { authorizationUrl } });

  test('holds transaction ID and link, in either spelling', () => {
    const result = { decentroTxnId: 'TXN', authorizationUrl: 'https://d.example/x' };
    expect(parse(link('https://d.example/x'))).toEqual({ result });
    expect(parse({ data: { authorization_url: 'https://d.example/x' } })).toEqual({ result });
  });

  test('lacks something without a transaction ID (rule 15)', () => {
    expect(parse({ decentroTxnId: null, ...link('https://d.example') })).toEqual({
      lack: 'transaction ID',
    });
  });

  test.each([
    [{}],
    [link(undefined)],
    [link('')],
    [link(42)],
    [link('http://d.example')],
    [link('http://127.0.0.1:4010/x')],
    [link('javascript:alert(1)')],
    [link('d.example')],
    [link('https:d.example')],
  ])('lacks a link in %j (rule 15)', (envelope) => {
    expect(parse(envelope)).toEqual({ lack: 'link that starts with https' });
  });

  test('may link to the sandbox on this machine that gave it, and to nothing else without TLS (rule 15)', () => {
    const sandbox = 'http://127.0.0.1:4010';
    expect(parse(link(`${sandbox}/digilocker/x`), sandbox)).toHaveProperty('result');
    expect(parse(link('https://d.example/x'), sandbox)).toHaveProperty('result');
    expect(parse(link('http://127.0.0.1:4011/x'), sandbox)).toHaveProperty('lack');
    expect(parse(link('http://gw.example/x'), 'http://gw.example')).toHaveProperty('lack');
  });
});

describe('a purpose', () => {
  test.each([
    ['', 'error_empty_purpose'],
    ['   \t', 'error_empty_purpose'],
    ['x'.repeat(19), 'error_short_purpose_length'],
    ['x'.repeat(20), undefined],
    ['x'.repeat(50), undefined],
    ['x'.repeat(51), 'error_long_purpose_length'],
    ['🙂'.repeat(20), undefined],
    ['🙂'.repeat(50), undefined],
    ['🙂'.repeat(19), 'error_short_purpose_length'],
  ])('%j: %p', (purpose, responseKey) => {
    expect(purposeFaults(purpose)[0]?.responseKey).toBe(responseKey);
  });

  test('is told its length', () => {
    expect(purposeFaults('x'.repeat(12))[0]?.what).toBe('has 12 characters, and needs at least 20');
    expect(purposeFaults('x'.repeat(60))[0]?.what).toBe('has 60 characters, and may have 50');
  });
});

test.each([
  ['https://app.example/return', undefined],
  ['http://localhost:3000/callback', undefined],
  ['/return', 'error_malformed_request'],
  ['app.example', 'error_malformed_request'],
  ['myapp://return', 'error_malformed_request'],
  ['', 'error_malformed_request'],
])('a redirect URL of %j: %p', (url, responseKey) => {
  expect(redirectUrlFaults(url)[0]?.responseKey).toBe(responseKey);
});

test.each([
  ['https://app.example/return\n', 'ends with a line break'],
  [' https://app.example/return', 'starts or ends with a space'],
  ['https://app.example/a b', 'contains a space'],
  ['https://app.example/ret\nurn', 'contains a line break'],
  ['"https://app.example/return"', 'is enclosed in "…": leave these marks out'],
  ['https://app.example/?a=1&amp;b=2', 'contains &amp;, which stands for & in HTML alone'],
  ['http://localhost:6000/return', 'has port 6000, which browsers refuse to open'],
  ['https://app.example:0/return', 'has port 0, which browsers refuse to open'],
  ['https://app.example:443/return', undefined],
  ['http://localhost:8080/return', undefined],
])('a redirect URL that is sent as it is, %j: %p', (url, what) => {
  expect(redirectUrlFaults(url)).toEqual(what === undefined ? [] : [{ parameter: 'redirectUrl', what }]);
});

test('everything that is wrong is said at once, and nothing about what is absent', () => {
  const wrong = { consent: false, consentPurpose: 'short', redirectUrl: 'x' };
  const faults = INITIATE_SESSION.faultsOf(wrong, '');
  expect(faults.map(({ parameter, responseKey }) => [parameter, responseKey])).toEqual([
    ['referenceId', 'error_empty_reference_id'],
    ['consentPurpose', 'error_short_purpose_length'],
    ['redirectUrl', 'error_malformed_request'],
    ['consent', 'error_consent_false'],
  ]);
  expect(INITIATE_SESSION.faultsOf({}, 'ref-1')).toEqual([]);
  expect(INITIATE_SESSION.faultsOf({ consent: true }, 'ref-1')).toEqual([]);
});
