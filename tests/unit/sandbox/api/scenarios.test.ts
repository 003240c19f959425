import { describe, expect, jest, test } from '@jest/globals';
import {
  SCENARIOS,
  UnknownScenario,
  createSandbox,
  type Scenario,
  type ScenarioChoice,
} from '../../../../src/sandbox/server.js';
import {
  GOOD_BODY,
  envelopeOf,
  exchange,
  keyFor,
  linkOf,
  post,
  rawPost,
  start,
  waitFor,
} from '../support.js';

// The sandbox waits by setTimeout alone; the sockets of Node and the test itself need the rest.
const ALL_BUT_TIMEOUTS = [
  'Date',
  'hrtime',
  'nextTick',
  'performance',
  'queueMicrotask',
  'setImmediate',
  'clearImmediate',
  'setInterval',
  'clearInterval',
] as const;

const KEYS: [key: Scenario, httpStatus: number, status: string, responseCode: string][] = [
  ['success_initiate_session', 200, 'SUCCESS', 'S00000'],
  ['success_access_token', 200, 'SUCCESS', 'S00007'],
  ['success_issued_files', 200, 'SUCCESS', 'S00000'],
  ['success_file_download', 200, 'SUCCESS', 'S00000'],
  ['success_file_data', 200, 'SUCCESS', 'S00000'],
  ['success_file_pull', 200, 'SUCCESS', 'S00000'],
  ['success_eaadhaar_download', 200, 'SUCCESS', 'S00000'],
  ['success_revoke_token', 200, 'SUCCESS', 'S00007'],
  ['error_consent_false', 400, 'FAILURE', 'E00009'],
  ['error_invalid_consent_type', 400, 'FAILURE', 'E00009'],
  ['error_empty_purpose', 400, 'FAILURE', 'E00009'],
  ['error_invalid_purpose', 400, 'FAILURE', 'E00009'],
  ['error_short_purpose_length', 400, 'FAILURE', 'E00009'],
  ['error_long_purpose_length', 400, 'FAILURE', 'E00009'],
  ['error_empty_reference_id', 400, 'FAILURE', 'E00009'],
  ['error_invalid_reference_id', 400, 'FAILURE', 'E00009'],
  ['error_duplicate_reference_id', 400, 'FAILURE', 'E00009'],
  ['error_empty_code', 400, 'FAILURE', 'E00009'],
  ['error_empty_document_type_related_parameters', 400, 'FAILURE', 'E00009'],
  ['error_malformed_request', 400, 'FAILURE', 'E00009'],
  ['error_unsanitized_values', 400, 'FAILURE', 'E00009'],
  ['error_invalid_endpoint', 404, 'FAILURE', 'E00009'],
  ['error_empty_module_secret', 401, 'FAILURE', 'E00030'],
  ['error_invalid_module_secret', 401, 'FAILURE', 'E00030'],
  ['error_unauthorized_module', 401, 'FAILURE', 'E00030'],
  ['invalid_client_credentials', 401, 'FAILURE', 'E00030'],
  ['error_no_subscription_found', 400, 'FAILURE', 'E00030'],
  ['error_module_access_expired', 400, 'FAILURE', 'E00030'],
  ['error_module_credits_exhausted', 400, 'FAILURE', 'E00030'],
  ['error_insufficient_account_balance', 400, 'FAILURE', 'E00030'],
  ['error_missing_configuration', 400, 'FAILURE', 'E00030'],
  ['error_ip_not_configured', 400, 'FAILURE', 'E00030'],
  ['error_provider_error', 400, 'FAILURE', 'E00009'],
  ['error_unexpected_response', 400, 'FAILURE', 'E00009'],
  ['error_decentro_error', 500, 'FAILURE', 'E00009'],
];

const PUBLISHED_MESSAGES: [key: string, message: string][] = [
  ['success_initiate_session', 'Session created successfully.'],
  ['success_access_token', 'Access Token generated successfully from MeriPehchaan'],
  ['success_issued_files', 'Issued files received successfully from MeriPehchaan'],
  ['success_file_download', 'File fetched successfully from MeriPehchaan'],
  ['success_file_data', 'File data fetched successfully as JSON from MeriPehchaan'],
  ['success_file_pull', 'Document pulled successfully from Issuer'],
  ['success_eaadhaar_download', 'E-Aadhaar information received successfully from MeriPehchaan'],
  ['success_revoke_token', 'Token has been revoked successfully for the session'],
  [
    'error_empty_document_type_related_parameters',
    'Document type related parameters cannot be null OR empty.',
  ],
  ['error_empty_code', 'Code cannot be null or empty. Hint: code (string)'],
  ['error_consent_false', 'Consent should be True, otherwise the request cannot be processed'],
  ['error_short_purpose_length', 'Purpose should be at least 20 characters in length.'],
  ['error_long_purpose_length', 'Purpose can be at most 50 characters in length.'],
  ['error_empty_reference_id', 'Request reference ID cannot be null or empty. Hint: reference_id (string)'],
];

const GATEWAY_ANSWERS: [name: Scenario, httpStatus: number, contentType: string, isFromApi: boolean][] = [
  ['http-401', 401, 'text/plain', true],
  ['http-403-html', 403, 'text/html', false],
  ['http-429', 429, 'text/plain', true],
  ['http-500', 500, 'text/plain', true],
  ['http-502-html', 502, 'text/html', false],
  ['http-503', 503, 'text/plain', true],
];

const chosenBy = (name: string) => ({ ...GOOD_BODY, reference_id: `sbx-${name}-1` });

test('Every response key, gateway answer, breakage, kind of redirect and kind of document is a scenario', () => {
  expect(SCENARIOS).toEqual([
    ...KEYS.map(([key]) => key),
    ...GATEWAY_ANSWERS.map(([name]) => name),
    'slow',
    'hang',
    'reset',
    'cut',
    'malformed',
    'redirect-failure',
    'redirect-other-session',
    'redirect-without-id',
    'data-not-found',
    'not-linked',
    'bad-base64',
    'wrong-type',
    'huge-file',
  ]);
});

describe('A response key is played', () => {
  test.each(KEYS)('%s', async (key, httpStatus, status, responseCode) => {
    const byOption = await post(await start({ scenario: key }), GOOD_BODY);
    const byReference = await post(await start(), chosenBy(key));
    for (const response of [byOption, byReference]) {
      expect(response.status).toBe(httpStatus);
      const envelope = await envelopeOf(response);
      expect(envelope).toMatchObject({ status, responseCode, responseKey: key });
      expect(envelope.message).toMatch(/\w{3}/);
      expect(envelope.data === undefined).toBe(status === 'FAILURE');
      expect(response.headers.get('x-decentro-urn')).toBe(envelope.decentroTxnId);
    }
  });

  test.each(PUBLISHED_MESSAGES)('%s in the words that Decentro publishes', async (key, message) => {
    expect((await envelopeOf(await post(await start(), chosenBy(key)))).message).toBe(message);
  });
});

describe('An answer without a response key is played', () => {
  test.each(GATEWAY_ANSWERS)('%s', async (name, httpStatus, contentType, isFromApi) => {
    const byOption = await post(await start({ scenario: name }), GOOD_BODY);
    const byReference = await post(await start(), chosenBy(name));
    for (const response of [byOption, byReference]) {
      expect(response.status).toBe(httpStatus);
      expect(response.headers.get('content-type')).toBe(`${contentType}; charset=utf-8`);
      expect(response.headers.get('retry-after')).toBe(name === 'http-429' ? '1' : null);
      expect(response.headers.has('x-decentro-urn')).toBe(isFromApi);
      const text = await response.text();
      expect(text.startsWith('<html>')).toBe(contentType === 'text/html');
      expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
    }
  });
});

describe('A breakage is played', () => {
  test('slow answers after five seconds', async () => {
    jest.useFakeTimers({ doNotFake: [...ALL_BUT_TIMEOUTS] });
    try {
      const sandbox = await start({ scenario: 'slow' });
      const pending = exchange(sandbox, rawPost(sandbox, GOOD_BODY));
      await waitFor(() => sandbox.requests.length === 1);
      await jest.advanceTimersByTimeAsync(4_999);
      expect(jest.getTimerCount()).toBe(1);
      await jest.advanceTimersByTimeAsync(1);
      expect((await pending).text).toContain('success_initiate_session');
    } finally {
      jest.useRealTimers();
    }
  });

  test('hang never answers a client that waits', async () => {
    const sandbox = await start({ scenario: 'hang' });
    const pending = exchange(sandbox, rawPost(sandbox, GOOD_BODY));
    await waitFor(() => sandbox.requests.length === 1);
    await sandbox.close();
    expect((await pending).text).toBe('');
    expect(sandbox.requests).toMatchObject([{ status: null, outcome: 'hang' }]);
  });

  test.each(['slow', 'hang'])('%s lets a client leave, and goes on with the next', async (name) => {
    const sandbox = await start({ scenario: `${name}*1` as ScenarioChoice });
    const leave = new AbortController();
    const pending = fetch(sandbox.url + '/v2', { signal: leave.signal });
    await waitFor(() => sandbox.requests.length === 1);
    leave.abort();
    await expect(pending).rejects.toThrow();
    expect(await keyFor(sandbox, GOOD_BODY)).toEqual([200, 'success_initiate_session']);
  });

  test('reset drops the connection after the request, without a byte', async () => {
    const sandbox = await start();
    const { text, errorCode } = await exchange(sandbox, rawPost(sandbox, chosenBy('reset')));
    expect(text).toBe('');
    expect(errorCode).toBe('ECONNRESET');
    expect(sandbox.requests).toMatchObject([{ status: null, outcome: 'reset', body: chosenBy('reset') }]);
  });

  test('cut promises a whole body and ends in the middle of it', async () => {
    const sandbox = await start();
    const { text, errorCode } = await exchange(sandbox, rawPost(sandbox, chosenBy('cut')));
    const [head = '', body = ''] = text.split('\r\n\r\n');
    const promised = Number(/content-length: (\d+)/i.exec(head)?.[1]);
    expect(errorCode).toBeNull();
    expect(head).toMatch(/^HTTP\/1\.1 200 /);
    expect(head).toMatch(/content-type: application\/json/i);
    expect(body).toMatch(/^\{"decentroTxnId":"[0-9A-F]{32}"/);
    expect(body.length).toBe(Math.floor(promised / 2));
    expect(sandbox.requests).toMatchObject([{ status: 200, outcome: 'cut' }]);
  });

  test('malformed answers 200 and application/json with something else', async () => {
    const response = await post(await start(), chosenBy('malformed'));
    const text = await response.text();
    expect(response.status).toBe(200);
    expect(response.headers.get('content-type')).toBe('application/json');
    expect(text).toContain('success_initiate_session');
    expect(() => JSON.parse(text) as unknown).toThrow(SyntaxError);
  });
});

describe('A scenario wins', () => {
  test('over every check', async () => {
    const sandbox = await start({ scenario: 'error_provider_error' });
    expect(await keyFor(sandbox, 'not JSON', {})).toEqual([400, 'error_provider_error']);
    const elsewhere = await fetch(`${sandbox.url}/v2/elsewhere`);
    expect((await envelopeOf(elsewhere)).responseKey).toBe('error_provider_error');
  });

  test('over the duplicate check, as often as it is asked for', async () => {
    const sandbox = await start();
    const body = chosenBy('error_provider_error');
    expect(await keyFor(sandbox, body, {})).toEqual([400, 'error_provider_error']);
    expect(await keyFor(sandbox, body)).toEqual([400, 'error_provider_error']);
  });

  test('over the rules for a reference ID', async () => {
    const body = { ...GOOD_BODY, reference_id: 'sbx-error_decentro_error-not valid!' };
    expect(await keyFor(await start(), body)).toEqual([500, 'error_decentro_error']);
  });

  test('and the one of the sandbox over the one of the reference ID', async () => {
    const sandbox = await start({ scenario: 'error_decentro_error*1' });
    const body = chosenBy('error_provider_error');
    expect(await keyFor(sandbox, body)).toEqual([500, 'error_decentro_error']);
    expect(await keyFor(sandbox, body)).toEqual([400, 'error_provider_error']);
  });
});

test('NAME*n is played for the first n requests, and burns their reference IDs', async () => {
  const sandbox = await start({ scenario: 'http-503*2' });
  expect((await post(sandbox, GOOD_BODY)).status).toBe(503);
  expect((await post(sandbox, 'not JSON')).status).toBe(503);
  expect(await keyFor(sandbox, GOOD_BODY)).toEqual([400, 'error_duplicate_reference_id']);
  expect(await keyFor(sandbox, { ...GOOD_BODY, reference_id: 'ref-2' })).toEqual([
    200,
    'success_initiate_session',
  ]);
});

test('NAME is played for as long as the sandbox lives', async () => {
  const sandbox = await start({ scenario: 'error_module_credits_exhausted' });
  for (const id of ['a', 'b', 'c']) {
    expect(await keyFor(sandbox, { ...GOOD_BODY, reference_id: id })).toEqual([
      400,
      'error_module_credits_exhausted',
    ]);
  }
});

test.each([
  'sbx-nothing-1',
  'sbx-http-503',
  'sbx-http-403-1',
  'sbx-http-503x2-1',
  'SBX-http-503-1',
  'a-sbx-http-503-1',
  'sbx--1',
])('%s chooses no scenario', async (referenceId) => {
  const body = { ...GOOD_BODY, reference_id: referenceId };
  expect(await keyFor(await start(), body)).toEqual([200, 'success_initiate_session']);
});

test('A session that a scenario creates has a link that works, whatever the body was', async () => {
  const sandbox = await start({ scenario: 'success_initiate_session' });
  const { data } = await envelopeOf(await post(sandbox, 'not JSON', {}));
  const page = await fetch(data?.authorizationUrl ?? '');
  expect(page.status).toBe(200);
  expect((await fetch(await linkOf(sandbox))).status).toBe(200);
});

describe('A scenario that does not exist', () => {
  test.each([
    ['http-404', 'http-404', 'There is no scenario "http-404".'],
    ['HTTP-503', 'HTTP-503', 'There is no scenario "HTTP-503".'],
    ['toString', 'toString', 'There is no scenario "toString".'],
    ['', '', 'There is no scenario "".'],
    ['nope*2', 'nope', 'There is no scenario "nope".'],
    ['slow*', 'slow', 'Scenario slow: "" after the asterisk must be a whole number from 1.'],
    ['slow*0', 'slow', 'Scenario slow: "0" after the asterisk must be a whole number from 1.'],
    ['slow*-1', 'slow', 'Scenario slow: "-1" after the asterisk must be a whole number from 1.'],
    ['slow*1.5', 'slow', 'Scenario slow: "1.5" after the asterisk must be a whole number from 1.'],
    ['slow*1e3', 'slow', 'Scenario slow: "1e3" after the asterisk must be a whole number from 1.'],
    ['slow*2*2', 'slow', 'Scenario slow: "2*2" after the asterisk must be a whole number from 1.'],
  ])('%j is refused before anything listens', async (wanted, scenario, message) => {
    const error = await createSandbox({ scenario: wanted as ScenarioChoice }).catch(
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(UnknownScenario);
    expect(error).toMatchObject({ name: 'UnknownScenario', scenario, message });
  });
});
