import { describe, expect, test } from '@jest/globals';
import { INITIATE_SESSION } from '../../../src/api/endpoints/initiate-session.js';
import type { InitiateSessionParams } from '../../../src/api/endpoints/initiate-session.js';
import { buildRequest, maskedJson, maskedRequest } from '../../../src/api/endpoint.js';
import { createRedactor } from '../../../src/safety/redact.js';
import { CANARIES, findLeak } from '../../support/canaries.js';

const BASE = new URL('https://in.staging.decentro.tech');
const PARAMS = { consent: true, consentPurpose: 'KYC for opening a bank account' };

test('holds the headers as they are documented, in their spelling', () => {
  const request = buildRequest(INITIATE_SESSION, PARAMS, 'ref-1', BASE, CANARIES);
  expect(request.method).toBe('POST');
  expect(request.url.href).toBe('https://in.staging.decentro.tech/v2/kyc/digilocker/initiate_session');
  expect(Object.entries(request.headers)).toEqual([
    ['client_id', CANARIES.clientId],
    ['client_secret', CANARIES.clientSecret],
    ['module_secret', CANARIES.moduleSecret],
    ['Content-Type', 'application/json'],
    ['Accept', 'application/json'],
    ['User-Agent', expect.stringMatching(/^digilocker-cli\/\d+\.\d+\.\d+/)],
  ]);
});

test('sends no header for a credential that is absent', () => {
  const { headers } = buildRequest(INITIATE_SESSION, PARAMS, 'ref-1', BASE, {});
  expect(Object.keys(headers)).toEqual(['Content-Type', 'Accept', 'User-Agent']);
});

test.each([
  ['https://gw.example/', 'https://gw.example/v2/kyc/digilocker/initiate_session'],
  ['https://gw.example/decentro', 'https://gw.example/decentro/v2/kyc/digilocker/initiate_session'],
  ['https://gw.example/decentro/', 'https://gw.example/decentro/v2/kyc/digilocker/initiate_session'],
])('a base URL of %s leads to %s', (base, href) => {
  const url = new URL(base);
  expect(buildRequest(INITIATE_SESSION, PARAMS, 'ref-1', url, {}).url.href).toBe(href);
  expect(url.href).toBe(base);
});

describe('the body', () => {
  const bodyOf = (params: InitiateSessionParams) =>
    buildRequest(INITIATE_SESSION, params, 'ref-1', BASE, {}).body ?? '';

  test('holds all six parameters under their wire names, in the order of the reference page', () => {
    const params = {
      ...PARAMS,
      redirectUrl: 'https://app.example/return',
      redirectToSignup: true,
      abstractAccessToken: false,
    };
    expect(bodyOf(params)).toBe(
      '{"reference_id":"ref-1","consent":true,"consent_purpose":"KYC for opening a bank account","redirect_url":"https://app.example/return","redirect_to_signup":true,"abstract_access_token":false}',
    );
  });

  test('leaves out what is absent', () => {
    expect(bodyOf({})).toBe('{"reference_id":"ref-1"}');
  });

  test('takes parameters to come, which win', () => {
    const extra = { consent: 'yes', novelty: [1, { a: null }] };
    expect(JSON.parse(bodyOf({ ...PARAMS, extra }))).toEqual({
      reference_id: 'ref-1',
      consent: 'yes',
      consent_purpose: PARAMS.consentPurpose,
      novelty: [1, { a: null }],
    });
  });
});

describe('as it may be shown', () => {
  test('the client ID keeps its end, the secrets nothing (rule 27)', () => {
    const request = buildRequest(
      INITIATE_SESSION,
      { consentPurpose: CANARIES.clientSecret },
      'r',
      BASE,
      CANARIES,
    );
    const shown = maskedRequest(request, createRedactor(CANARIES));
    expect(shown.headers).toMatchObject({
      client_id: `****${CANARIES.clientId.slice(-4)}`,
      client_secret: '********',
      module_secret: '********',
    });
    expect(findLeak(JSON.stringify(shown))).toBeUndefined();
    expect(request.headers).toMatchObject({ client_secret: CANARIES.clientSecret });
  });

  test('no header is invented', () => {
    const request = buildRequest(INITIATE_SESSION, {}, 'ref-1', BASE, {});
    expect(maskedRequest(request, createRedactor({}))).toEqual(request);
  });
});

test('shows nothing of a text that is not JSON, where it may hold personal data', () => {
  expect(maskedJson('{"name": "Asha', ['name'])).toBe('(14 characters that may hold personal data)');
});
