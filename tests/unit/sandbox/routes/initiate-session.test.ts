import { describe, expect, test } from '@jest/globals';
import { SANDBOX_CREDENTIALS } from '../../../../src/sandbox/server.js';
import { CREDENTIALS, ENDPOINT, GOOD_BODY, envelopeOf, keyFor, post, start } from '../support.js';

const without = (field: keyof typeof GOOD_BODY) =>
  Object.fromEntries(Object.entries(GOOD_BODY).filter(([name]) => name !== field));

test('A good request creates a session, in the envelope of the reference page', async () => {
  const sandbox = await start();
  const response = await post(sandbox, GOOD_BODY);
  const envelope = await envelopeOf(response);
  expect(response.status).toBe(200);
  expect(response.headers.get('content-type')).toMatch(/^application\/json/);
  expect(Object.keys(envelope)).toEqual([
    'decentroTxnId',
    'status',
    'responseCode',
    'message',
    'data',
    'responseKey',
  ]);
  expect(envelope).toEqual({
    decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
    status: 'SUCCESS',
    responseCode: 'S00000',
    message: 'Session created successfully.',
    data: { authorizationUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/digilocker\/[\w-]{22}$/) },
    responseKey: 'success_initiate_session',
  });
  expect(envelope.data?.authorizationUrl.startsWith(`${sandbox.url}/digilocker/`)).toBe(true);
});

test('A refusal has the same envelope, without data', async () => {
  const response = await post(await start(), { ...GOOD_BODY, consent: false });
  expect(response.status).toBe(400);
  expect(await envelopeOf(response)).toEqual({
    decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
    status: 'FAILURE',
    responseCode: 'E00009',
    message: 'Consent should be True, otherwise the request cannot be processed',
    responseKey: 'error_consent_false',
  });
});

test('X-DECENTRO-URN is the transaction ID, and no two requests share one', async () => {
  const sandbox = await start();
  const ids = new Set<string>();
  for (const body of [GOOD_BODY, GOOD_BODY, 'not JSON']) {
    const response = await post(sandbox, body);
    const { decentroTxnId } = await envelopeOf(response);
    expect(response.headers.get('x-decentro-urn')).toBe(decentroTxnId);
    ids.add(decentroTxnId);
  }
  expect(ids.size).toBe(3);
});

describe('The body is checked field by field', () => {
  const BLANK = ' '.repeat(30);
  const TEXT_25 = 'KYC for a new bank account';

  test.each<[string, unknown, number, string]>([
    ['no body', '', 400, 'error_malformed_request'],
    ['text', 'consent=true', 400, 'error_malformed_request'],
    ['half an object', '{"consent":', 400, 'error_malformed_request'],
    ['invalid UTF-8', Buffer.from('{"reference_id":"\xff"}', 'latin1'), 400, 'error_malformed_request'],
    ['null', 'null', 400, 'error_malformed_request'],
    ['an array', [GOOD_BODY], 400, 'error_malformed_request'],
    ['a string', '"ref-1"', 400, 'error_malformed_request'],
    ['a number', '42', 400, 'error_malformed_request'],
    ['no reference ID', without('reference_id'), 400, 'error_empty_reference_id'],
    ['an empty reference ID', { ...GOOD_BODY, reference_id: '' }, 400, 'error_empty_reference_id'],
    ['a null reference ID', { ...GOOD_BODY, reference_id: null }, 400, 'error_empty_reference_id'],
    ['a number as reference ID', { ...GOOD_BODY, reference_id: 7 }, 400, 'error_invalid_reference_id'],
    ['a blank reference ID', { ...GOOD_BODY, reference_id: ' ' }, 400, 'error_invalid_reference_id'],
    ['a space in it', { ...GOOD_BODY, reference_id: 'ref 1' }, 400, 'error_invalid_reference_id'],
    ['a dot in it', { ...GOOD_BODY, reference_id: 'ref.1' }, 400, 'error_invalid_reference_id'],
    ['a line end in it', { ...GOOD_BODY, reference_id: 'ref-1\n' }, 400, 'error_invalid_reference_id'],
    ['a letter beyond ASCII', { ...GOOD_BODY, reference_id: 'réf' }, 400, 'error_invalid_reference_id'],
    ['every taken character', { ...GOOD_BODY, reference_id: 'azAZ09-_' }, 200, 'success_initiate_session'],
    ['no consent', without('consent'), 400, 'error_consent_false'],
    ['consent false', { ...GOOD_BODY, consent: false }, 400, 'error_consent_false'],
    ['consent "true"', { ...GOOD_BODY, consent: 'true' }, 400, 'error_invalid_consent_type'],
    ['consent 1', { ...GOOD_BODY, consent: 1 }, 400, 'error_invalid_consent_type'],
    ['consent null', { ...GOOD_BODY, consent: null }, 400, 'error_invalid_consent_type'],
    ['no purpose', without('consent_purpose'), 400, 'error_empty_purpose'],
    ['an empty purpose', { ...GOOD_BODY, consent_purpose: '' }, 400, 'error_empty_purpose'],
    ['a null purpose', { ...GOOD_BODY, consent_purpose: null }, 400, 'error_empty_purpose'],
    ['a list as purpose', { ...GOOD_BODY, consent_purpose: [TEXT_25] }, 400, 'error_invalid_purpose'],
    ['a blank purpose', { ...GOOD_BODY, consent_purpose: BLANK }, 400, 'error_invalid_purpose'],
    ['a line end', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\n` }, 400, 'error_invalid_purpose'],
    ['an escape', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\x1b[31m` }, 400, 'error_invalid_purpose'],
    ['a C1 control', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\x9b` }, 400, 'error_invalid_purpose'],
    ['a line separator', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\u2028` }, 400, 'error_invalid_purpose'],
    ['a bidi override', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\u202e` }, 400, 'error_invalid_purpose'],
    ['half a surrogate', { ...GOOD_BODY, consent_purpose: `${TEXT_25}\ud83d` }, 400, 'error_invalid_purpose'],
    ['19 characters', { ...GOOD_BODY, consent_purpose: 'p'.repeat(19) }, 400, 'error_short_purpose_length'],
    ['20 characters', { ...GOOD_BODY, consent_purpose: 'p'.repeat(20) }, 200, 'success_initiate_session'],
    ['50 characters', { ...GOOD_BODY, consent_purpose: 'p'.repeat(50) }, 200, 'success_initiate_session'],
    ['51 characters', { ...GOOD_BODY, consent_purpose: 'p'.repeat(51) }, 400, 'error_long_purpose_length'],
    ['19 astral ones', { ...GOOD_BODY, consent_purpose: '𝒑'.repeat(19) }, 400, 'error_short_purpose_length'],
    ['50 astral ones', { ...GOOD_BODY, consent_purpose: '𝒑'.repeat(50) }, 200, 'success_initiate_session'],
    [
      'Hindi',
      { ...GOOD_BODY, consent_purpose: 'बैंक खाता खोलने के लिए केवाईसी' },
      200,
      'success_initiate_session',
    ],
    ['joiners', { ...GOOD_BODY, consent_purpose: `${TEXT_25} क्\u200dष` }, 200, 'success_initiate_session'],
    ['no redirect URL', without('redirect_url'), 400, 'error_malformed_request'],
    ['an empty redirect URL', { ...GOOD_BODY, redirect_url: '' }, 400, 'error_malformed_request'],
    ['a path', { ...GOOD_BODY, redirect_url: '/return' }, 400, 'error_malformed_request'],
    ['no host', { ...GOOD_BODY, redirect_url: 'https://' }, 400, 'error_malformed_request'],
    ['a script', { ...GOOD_BODY, redirect_url: 'javascript:alert(1)' }, 400, 'error_malformed_request'],
    ['a list of URLs', { ...GOOD_BODY, redirect_url: ['https://a.example'] }, 400, 'error_malformed_request'],
    [
      'a local URL',
      { ...GOOD_BODY, redirect_url: 'http://localhost:5000/x' },
      200,
      'success_initiate_session',
    ],
    [
      'a URL in capitals',
      { ...GOOD_BODY, redirect_url: 'HTTPS://APP.EXAMPLE' },
      200,
      'success_initiate_session',
    ],
    [
      'the optional fields and unknown ones',
      { ...GOOD_BODY, redirect_to_signup: true, abstract_access_token: false, later: { a: [1] } },
      200,
      'success_initiate_session',
    ],
  ])('%s', async (_, body, status, key) => {
    expect(await keyFor(await start(), body)).toEqual([status, key]);
  });
});

test('Of several wrong things, the one that comes first in the order is answered', async () => {
  const sandbox = await start({ requireModuleSecret: true });
  const wrong = { reference_id: '', consent: 'yes', consent_purpose: '', redirect_url: 'nowhere' };
  const withSecret = { ...CREDENTIALS, module_secret: SANDBOX_CREDENTIALS.moduleSecret };

  expect(await keyFor(sandbox, 'not JSON', { module_secret: 'wrong' })).toEqual([
    401,
    'error_unauthorized_module',
  ]);
  expect(await keyFor(sandbox, 'not JSON', CREDENTIALS)).toEqual([401, 'error_empty_module_secret']);
  expect(await keyFor(sandbox, 'not JSON', withSecret)).toEqual([400, 'error_malformed_request']);

  const steps: [object, string][] = [
    [{}, 'error_empty_reference_id'],
    [{ reference_id: '?' }, 'error_invalid_reference_id'],
    [{ reference_id: 'a' }, 'error_invalid_consent_type'],
    [{ reference_id: 'a' }, 'error_duplicate_reference_id'],
    [{ reference_id: 'b', consent: false }, 'error_consent_false'],
    [{ reference_id: 'c', consent: true }, 'error_empty_purpose'],
    [{ reference_id: 'd', consent: true, consent_purpose: '\x07' }, 'error_invalid_purpose'],
    [{ reference_id: 'e', consent: true, consent_purpose: 'short' }, 'error_short_purpose_length'],
    [{ reference_id: 'f', consent: true, consent_purpose: 'long '.repeat(20) }, 'error_long_purpose_length'],
    [{ reference_id: 'g', consent: true, consent_purpose: 'x'.repeat(30) }, 'error_malformed_request'],
  ];
  for (const [changes, key] of steps) {
    expect(await keyFor(sandbox, { ...wrong, ...changes }, withSecret)).toEqual([400, key]);
  }
});

describe('A reference ID is burnt', () => {
  test('by a request that succeeded', async () => {
    const sandbox = await start();
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([400, 'error_duplicate_reference_id']);
    expect(await keyFor(sandbox, { ...GOOD_BODY, reference_id: 'REF-1' })).toEqual([
      200,
      'success_initiate_session',
    ]);
  });

  test('by a request that was refused for what comes after it', async () => {
    const sandbox = await start();
    await post(sandbox, { ...GOOD_BODY, redirect_url: 'nowhere' });
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([400, 'error_duplicate_reference_id']);
  });

  test('but not by one whose credentials were refused', async () => {
    const sandbox = await start();
    expect(await keyFor(sandbox, GOOD_BODY, {})).toEqual([401, 'error_unauthorized_module']);
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });

  test('for one sandbox only', async () => {
    await post(await start(), GOOD_BODY);
    expect(await keyFor(await start(), GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });
});

describe('Credentials', () => {
  const { clientId, clientSecret, moduleSecret } = SANDBOX_CREDENTIALS;
  const OWN = { client_id: clientId, client_secret: clientSecret };

  test.each<[string, Record<string, string>]>([
    ['no header', {}],
    ['no secret', { client_id: 'any-id' }],
    ['no ID', { client_secret: 'any-secret' }],
    ['an empty ID', { client_id: '', client_secret: 'any-secret' }],
    ['an empty secret', { client_id: 'any-id', client_secret: ' ' }],
    ['hyphens for underscores', { 'client-id': 'any-id', 'client-secret': 'any-secret' }],
  ])('are refused with %s', async (_, headers) => {
    const response = await post(await start(), GOOD_BODY, headers);
    expect(response.status).toBe(401);
    expect(await envelopeOf(response)).toMatchObject({
      responseCode: 'E00030',
      responseKey: 'error_unauthorized_module',
    });
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['its own pair', OWN, 200, 'success_initiate_session'],
    ['another pair', CREDENTIALS, 401, 'error_unauthorized_module'],
    ['another secret', { ...OWN, client_secret: 'other' }, 401, 'error_unauthorized_module'],
    ['another ID', { ...OWN, client_id: 'other' }, 401, 'error_unauthorized_module'],
  ])('are compared by a strict sandbox: %s', async (_, headers, status, key) => {
    const sandbox = await start({ strictCredentials: true });
    expect(await keyFor(sandbox, GOOD_BODY, headers)).toEqual([status, key]);
  });

  test.each<[string, Record<string, string>, number, string]>([
    ['the right one', { module_secret: moduleSecret }, 200, 'success_initiate_session'],
    ['none', {}, 401, 'error_empty_module_secret'],
    ['an empty one', { module_secret: '' }, 401, 'error_empty_module_secret'],
    ['a wrong one', { module_secret: 'wrong' }, 401, 'error_invalid_module_secret'],
  ])('can include a module secret: %s', async (_, headers, status, key) => {
    const sandbox = await start({ requireModuleSecret: true });
    expect(await keyFor(sandbox, GOOD_BODY, { ...CREDENTIALS, ...headers })).toEqual([status, key]);
  });

  test('need no module secret by default, and may have one', async () => {
    const headers = { ...CREDENTIALS, module_secret: 'whatever' };
    expect(await keyFor(await start(), GOOD_BODY, headers)).toEqual([200, 'success_initiate_session']);
  });
});

describe('Another path or method', () => {
  test.each(['/v2', '/v2/', '/v2/kyc/digilocker/initiate-session', `${ENDPOINT}/`, `${ENDPOINT}/more`])(
    'POST %s is no endpoint',
    async (path) => {
      const response = await fetch((await start()).url + path, { method: 'POST', headers: CREDENTIALS });
      expect(response.status).toBe(404);
      expect(response.headers.get('allow')).toBeNull();
      expect(await envelopeOf(response)).toMatchObject({
        status: 'FAILURE',
        responseCode: 'E00009',
        responseKey: 'error_invalid_endpoint',
      });
    },
  );

  test.each(['GET', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'])('%s is not allowed', async (method) => {
    const response = await fetch((await start()).url + ENDPOINT, { method, headers: CREDENTIALS });
    const envelope = await envelopeOf(response);
    expect(response.status).toBe(405);
    expect(response.headers.get('allow')).toBe('POST');
    expect(envelope.responseKey).toBe('error_invalid_endpoint');
    expect(response.headers.get('x-decentro-urn')).toBe(envelope.decentroTxnId);
  });
});
