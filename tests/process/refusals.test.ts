import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { fails, succeeds } from '../support/run.js';
import { documentOf, PAIR, sessionAt } from './fixture.js';

const HTML = { 'Content-Type': 'text/html' };
const ID = SESSION_CREATED.decentroTxnId;

/** The envelope of a refusal. */
function refusal(responseKey: string, more: object = {}): object {
  return {
    decentroTxnId: ID,
    status: 'FAILURE',
    responseCode: 'E00009',
    message: 'No.',
    responseKey,
    ...more,
  };
}

/** A success whose link is this one. */
function leadingTo(authorizationUrl: unknown): Answer {
  return { body: { ...SESSION_CREATED, data: { authorizationUrl } } };
}

/** The failure document of a session whose only request is answered like this. */
async function failed(answer: Answer, code: number) {
  const recorder = await createRecorder([answer]);
  const document = documentOf(await fails(sessionAt(recorder, '--json'), code, { env: PAIR }));
  const { referenceId, attempts } = document;
  expect(attempts).toEqual([{ referenceId, httpStatus: document.httpStatus, sent: 'yes' }]);
  expect(document).toMatchObject({ ok: false, authorizationUrl: null, error: { sent: 'yes' } });
  return document;
}

describe('an account that is refused ends with 4:', () => {
  test.each<[string, Answer]>([
    ['401 without a body', { status: 401 }],
    ['401 in JSON without a key', { status: 401, body: { message: 'Unauthorized' } }],
    ['401 in HTML', { status: 401, headers: HTML, body: '<h1>Unauthorized</h1>' }],
    ['403 in HTML', { status: 403, headers: HTML, body: '<h1>Forbidden</h1>' }],
    ['403 in JSON without a key', { status: 403, body: { status: 'FAILURE', message: 'No.' } }],
    ['401 with a key', { status: 401, body: refusal('error_unauthorized_module') }],
    ['400 with a key', { status: 400, body: refusal('error_no_subscription_found') }],
    ['200 with a key', { body: refusal('error_module_credits_exhausted') }],
    ['500 with a key', { status: 500, body: refusal('error_ip_not_configured') }],
  ])('%s', async (_what, answer) => {
    const { error, sessionCreated } = await failed(answer, 4);
    expect(error).toMatchObject({ kind: 'access', exitCode: 4, retryable: false });
    expect(sessionCreated).toBe('no');
  });

  test('403 in HTML points at the allow list of IP addresses, 401 at proxies that drop headers (rule 16)', async () => {
    const forbidden = await failed({ status: 403, headers: HTML, body: '<h1>Forbidden</h1>' }, 4);
    expect(forbidden.error?.hint).toMatch(/IP address/);
    expect(forbidden.error?.message).toMatch(/HTTP 403, text\/html[^]*<h1>Forbidden/);
    expect((await failed({ status: 401 }, 4)).error?.hint).toContain('underscores_in_headers');
  });
});

describe('a request that is refused ends with 5:', () => {
  test.each<[string, Answer]>([
    ['400 with a key', { status: 400, body: refusal('error_invalid_purpose') }],
    ['200 with FAILURE and a key', { body: refusal('error_consent_false') }],
    ['200 with FAILURE alone', { body: { decentroTxnId: ID, status: 'FAILURE', message: 'No.' } }],
    ['200 with FAILURE and an unknown key', { body: refusal('error_of_tomorrow') }],
    ['400 with an unknown key', { status: 400, body: refusal('error_of_tomorrow') }],
    ['400 with the key of every object', { status: 400, body: refusal('constructor') }],
    ['400 in snake case', { status: 400, body: { response_key: 'error_empty_purpose', status: 'FAILURE' } }],
    ['400 without a key', { status: 400, body: { status: 'FAILURE' } }],
    ['404 in JSON', { status: 404, body: refusal('error_invalid_endpoint') }],
    ['404 in HTML', { status: 404, headers: HTML, body: '<h1>Not Found</h1>' }],
    ['403 with an unknown key', { status: 403, body: refusal('error_of_tomorrow') }],
    ['405 without a body', { status: 405 }],
    ['413 in text', { status: 413, body: 'too large' }],
  ])('%s', async (_what, answer) => {
    const { error, sessionCreated } = await failed(answer, 5);
    expect(error).toMatchObject({ kind: 'rejected', exitCode: 5, retryable: false });
    expect(sessionCreated).toBe('no');
  });

  test('a duplicate reference ID, of which nobody knows whether a session exists', async () => {
    const document = await failed({ status: 400, body: refusal('error_duplicate_reference_id') }, 5);
    expect(document).toMatchObject({
      sessionCreated: 'unknown',
      error: { kind: 'rejected', retryable: true, hint: expect.stringContaining('fresh') },
    });
  });

  test('a key that nobody knows is shown as it came, and called unknown', async () => {
    const recorder = await createRecorder([{ status: 400, body: refusal('error_of_tomorrow') }]);
    const { stderr } = await fails(sessionAt(recorder), 5, { env: PAIR });
    expect(stderr).toContain('error_of_tomorrow');
    expect(stderr).toContain('Not in the catalogue of this version.');
    expect(stderr).toContain(ID);
  });
});

describe('a failure of Decentro ends with 6:', () => {
  test.each<[string, Answer]>([
    ['400 with a key', { status: 400, body: refusal('error_provider_error') }],
    ['500 with a key', { status: 500, body: refusal('error_decentro_error') }],
    ['502 with a key', { status: 502, body: refusal('error_unexpected_response') }],
    ['500 with an unknown key', { status: 500, body: refusal('error_of_tomorrow') }],
  ])('%s, after which no session exists', async (_what, answer) => {
    const { error, sessionCreated } = await failed(answer, 6);
    expect(error).toMatchObject({ kind: 'upstream', exitCode: 6, retryable: true });
    expect(sessionCreated).toBe('no');
  });

  test.each<[string, Answer]>([
    ['429 without Retry-After', { status: 429, headers: HTML, body: '<h1>Too Many Requests</h1>' }],
    ['500 in text', { status: 500, body: 'Internal Server Error' }],
    ['503 in HTML', { status: 503, headers: HTML, body: '<h1>Down</h1>' }],
    ['503 with Retry-After', { status: 503, headers: { 'Retry-After': '0' } }],
  ])('%s, which is no readable refusal', async (_what, answer) => {
    const { error, sessionCreated } = await failed(answer, 6);
    expect(error).toMatchObject({ kind: 'upstream', exitCode: 6, retryable: true });
    expect(sessionCreated).toBe('unknown');
  });

  test.each<[string, Answer]>([
    ['200 in HTML', { headers: HTML, body: '<h1>Welcome</h1>' }],
    ['200 without a body', { status: 200 }],
    ['204', { status: 204 }],
    ['200 with null', { body: 'null' }],
    ['200 with an array', { body: [SESSION_CREATED] }],
    ['200 with a number', { body: '42' }],
    ['200 with an object of something else', { body: { ok: true } }],
    ['200 with a status that nobody knows', { body: { ...SESSION_CREATED, status: 'PENDING' } }],
    ['200 in an encoding that is not UTF-8', { body: Buffer.from('{"status":"SUCCESS\xe9"}', 'latin1') }],
    ['200 without a transaction ID', { body: { ...SESSION_CREATED, decentroTxnId: 7 } }],
    ['200 without data', { body: { ...SESSION_CREATED, data: null } }],
    ['200 without a link', leadingTo(undefined)],
    ['200 with a link that is no text', leadingTo(['https://a.example'])],
    ['200 with a javascript: link', leadingTo('javascript:alert(1)//https://a.example')],
    ['200 with a file: link', leadingTo('file:///etc/passwd')],
    ['200 with an http link', leadingTo('http://digilocker.example/consent')],
    ['200 with a relative link', leadingTo('/consent')],
    ['201 with an http link to another port', leadingTo('http://127.0.0.1:9/consent')],
  ])('%s, which is not what was promised (rule 15)', async (_what, answer) => {
    const { error, sessionCreated } = await failed(answer, 6);
    expect(error).toMatchObject({ kind: 'upstream', exitCode: 6, retryable: false });
    expect(sessionCreated).toBe('unknown');
  });

  test('the transaction ID is kept whatever else is lost (rule 15)', async () => {
    const broken = await failed({ body: `{"decentroTxnId": "${ID}", "status": "SUCC` }, 6);
    expect(broken.decentroTxnId).toBe(ID);
    expect((await failed(leadingTo('ftp://a'), 6)).decentroTxnId).toBe(ID);
    const recorder = await createRecorder([{ status: 500, headers: { 'X-DECENTRO-URN': 'URN-7' } }]);
    expect((await fails(sessionAt(recorder), 6, { env: PAIR })).stderr).toMatch(/X-DECENTRO-URN\s+URN-7/);
  });

  test('an answer of more than 1 MiB is not read to its end (rule 14)', async () => {
    const recorder = await createRecorder([{ headers: HTML, body: 'x'.repeat(5_000_000) }]);
    const document = documentOf(await fails(sessionAt(recorder, '--json'), 6, { env: PAIR }));
    expect(document.error?.message).toContain('1 MiB');
    expect(document.sessionCreated).toBe('unknown');
  });

  test('an answer that cannot be decompressed may hide a session', async () => {
    const document = await failed({ headers: { 'Content-Encoding': 'gzip' }, body: 'plain text' }, 6);
    expect(document.error?.message).toContain('could not be decompressed');
    expect(document.sessionCreated).toBe('unknown');
  });
});

describe('a redirect ends with 6', () => {
  test.each([301, 302, 303, 307, 308])('and is not followed, with HTTP %d (rule 13)', async (status) => {
    const target = await createRecorder([]);
    const headers = { Location: `http://user:pw@127.0.0.1:${target.port}/elsewhere` };
    const { error, sessionCreated } = await failed({ status, headers }, 6);
    expect(error?.message).toContain(`127.0.0.1:${target.port}`);
    expect(error?.message).not.toMatch(/user|elsewhere/);
    expect(sessionCreated).toBe('unknown');
    expect(target.connections).toBe(0);
  });

  test.each([
    ['an unreadable address', {}],
    ['javascript: address', { Location: 'javascript:alert(1)' }],
  ])('that may lead to %s (rule 13)', async (shown, headers) => {
    expect((await failed({ status: 301, headers }, 6)).error?.message).toContain(shown);
  });
});

test('keys that a later API adds are kept in the document (rule 15)', async () => {
  const body = { ...SESSION_CREATED, data: { ...SESSION_CREATED.data, expiresIn: 600 }, version: ['2'] };
  const recorder = await createRecorder([{ body }]);
  expect(documentOf(await succeeds(sessionAt(recorder, '--json'), { env: PAIR })).raw).toEqual(body);
});

test('a known key of success with another status of 200 is a session', async () => {
  const recorder = await createRecorder([{ status: 201, body: SESSION_CREATED }]);
  expect(documentOf(await succeeds(sessionAt(recorder, '--json'), { env: PAIR })).httpStatus).toBe(201);
});
