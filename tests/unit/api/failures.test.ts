import { describe, expect, test } from '@jest/globals';
import { parseEnvelope } from '../../../src/api/envelope.js';
import type { HttpAnswer, HttpRequest } from '../../../src/api/http/exchange.js';
import {
  failedExchange,
  firstTryArrived,
  refusedAnswer,
  unpromisedAnswer,
} from '../../../src/api/failures.js';
import { judge } from '../../../src/api/verdict.js';
import type { Failure } from '../../../src/failure/failure.js';

const REQUEST: HttpRequest = {
  method: 'POST',
  url: new URL('https://gw.example/a/b'),
  headers: {},
  body: '',
};
const DOUBT = 'It may have taken effect.';
const HTML = { 'content-type': 'text/html; charset=utf-8' };

function refuse(
  status: number,
  headers: HttpAnswer['headers'] = {},
  body: string | object = '',
  isIdGiven = false,
): Failure {
  const text = typeof body === 'string' ? body : JSON.stringify(body);
  const answer = { status, headers, body: Buffer.from(text) };
  const envelope = parseEnvelope(answer.body);
  const verdict = judge(status, envelope);
  if (verdict.type === 'success') throw new Error('That is a success');
  return refusedAnswer(verdict, answer, envelope, REQUEST, { doubt: DOUBT }, isIdGiven);
}

describe('a refusal', () => {
  test.each<[status: number, body: object, message: string]>([
    [
      401,
      { responseKey: 'error_unauthorized_module' },
      'refused the account: error_unauthorized_module (HTTP 401).',
    ],
    [400, { responseKey: 'error_consent_false' }, 'refused the request: error_consent_false (HTTP 400).'],
    [500, { responseKey: 'error_decentro_error' }, 'failed: error_decentro_error (HTTP 500).'],
    [400, { status: 'FAILURE', message: 'No.' }, 'refused the request: No. (HTTP 400).'],
    [400, { status: 'FAILURE' }, 'refused the request: no reason given (HTTP 400).'],
    [502, { status: 'FAILURE', responseKey: 'new' }, 'gave no usable answer: new (HTTP 502).'],
    [400, { status: 'FAILURE', responseKey: 'a\u001B[2Jb' }, 'refused the request: a\\u001b[2Jb (HTTP 400).'],
  ])('%i with %j is named by its key, else its message (rule 22)', (status, body, message) => {
    expect(refuse(status, {}, body)).toMatchObject({ message: `Decentro ${message}`, sent: 'yes' });
  });

  test('carries the remedy of its key', () => {
    expect(refuse(400, {}, { responseKey: 'error_short_purpose_length' }).hint).toBe('Say more.');
    expect(refuse(400, {}, { status: 'FAILURE', responseKey: 'error_new' }).hint).toBeNull();
  });

  test('with 401 speaks of proxies that drop headers', () => {
    for (const body of [{ responseKey: 'error_unauthorized_module' }, 'Unauthorized']) {
      expect(refuse(401, {}, body).hint).toContain('underscores_in_headers');
    }
  });

  test('with 429 speaks of a reference ID that was given', () => {
    expect(refuse(429, {}, 'x').hint).toBeNull();
    expect(refuse(429, {}, 'x', true).hint).toContain('The given reference ID is now used up');
    expect(refuse(429, {}, { responseKey: 'error_module_credits_exhausted' }, true).hint).toBe(
      'Top the account up.',
    );
  });

  test('that leaves open what happened names the safe next step', () => {
    expect(refuse(504, {}, 'x').hint).toBe(DOUBT);
  });
});

describe('an answer that is not what Decentro promises (rule 16)', () => {
  test('is shown by its title where it is a page that has one', () => {
    const body = '<html><head><title>\n  502 Bad\u001B\n Gateway </title></head></html>';
    expect(refuse(502, HTML, body).message).toMatch(/, a page titled "502 Bad\\u001b Gateway"\.$/);
    expect(refuse(502, HTML, '<title> </title>').message).toContain('It starts with: <title>');
  });

  test('is shown by status, type and beginning, made visible', () => {
    const { message } = refuse(400, { 'content-type': 'text/plain\u009B' }, `\u001B[31m${'x'.repeat(1000)}`);
    const excerpt = `\\u001b[31m${'x'.repeat(190)}`;
    expect(message).toBe(`Unexpected response (HTTP 400, text/plain\\u009b). It starts with: ${excerpt}`);
  });

  test('may have no type, and no body', () => {
    expect(refuse(400, {}, 'x').message).toContain('(HTTP 400, no content type)');
    expect(refuse(503).message).toBe('Decentro is unavailable (HTTP 503, empty response).');
    expect(refuse(304).message).toBe('The answer is empty (HTTP 304).');
  });

  test.each([
    [{ location: 'https://evil.example/x?secret=1' }, 'evil.example'],
    [{ location: '/elsewhere' }, 'gw.example'],
    [{ location: '//evil.example:8443' }, 'evil.example:8443'],
    [{ location: 'javascript:alert(1)' }, 'a javascript: address'],
    [{ location: 'https://' }, 'an unreadable address'],
    [{}, 'an unreadable address'],
  ])('may be a redirect: %j (rule 13)', (headers, target) => {
    expect(refuse(302, headers)).toMatchObject({
      kind: 'upstream',
      message: `The answer is a redirect (HTTP 302) to ${target}, which was not followed.`,
    });
  });

  test.each<[status: number, headers: HttpAnswer['headers'], cause: RegExp]>([
    [
      403,
      HTML,
      /^A firewall in front of the API answered.*IP address of this machine is not on the allow list/,
    ],
    [403, {}, /^Check that the credentials belong to this environment\.$/],
    [401, {}, /Check that the credentials belong to this environment\.$/],
    [404, HTML, /^Check the base URL\.$/],
    [503, {}, /^Try again later with a fresh reference ID\.$/],
    [503, HTML, /^A gateway in front of the API answered, not the API\.$/],
  ])('%i with %j has a likely cause', (status, headers, cause) => {
    expect(refuse(status, headers, 'x').hint).toMatch(cause);
  });

  test('shows the ID of the gateway as what it is (rule 22)', () => {
    expect(refuse(500, { 'x-decentro-urn': 'ABC\u0007' }, 'x').hint).toBe(
      `Try again later. Quote X-DECENTRO-URN ABC\\u0007 to support. ${DOUBT}`,
    );
  });
});

describe('an exchange that failed', () => {
  const outcome = { type: 'failed', reason: 'the connection was reset (X)', isTransient: true } as const;

  test('before anything was sent can be repeated', () => {
    expect(failedExchange({ ...outcome, sent: false, hint: 'Look.' }, DOUBT)).toMatchObject({
      kind: 'network',
      message: 'Nothing was sent: the connection was reset (X).',
      hint: 'Look.',
      sent: 'no',
      retryable: true,
    });
    expect(failedExchange({ ...outcome, sent: false, isTransient: false }, DOUBT)).toMatchObject({
      hint: 'The reference ID is not used up: it is safe to repeat.',
      retryable: false,
    });
  });

  test('afterwards leaves open what happened (rule 20)', () => {
    expect(failedExchange({ ...outcome, sent: true }, DOUBT)).toMatchObject({
      kind: 'unknown',
      message: 'The request was sent, but the connection was reset (X).',
      hint: DOUBT,
      sent: 'unknown',
      retryable: false,
    });
  });

  test('in the middle of the answer knows that it was sent, and the ID of the gateway', () => {
    const answer = { status: 200, headers: { 'x-decentro-urn': 'U' }, body: Buffer.alloc(0) };
    expect(failedExchange({ ...outcome, sent: true, answer }, DOUBT)).toMatchObject({
      hint: expect.stringMatching(/X-DECENTRO-URN U to support\. It may have/),
      sent: 'yes',
    });
  });
});

test('a success that lacks what was promised may have created a session', () => {
  expect(unpromisedAnswer('transaction ID', DOUBT)).toMatchObject({
    kind: 'upstream',
    message: 'Decentro reported success, but the response has no transaction ID.',
    hint: `Keep the transaction ID for support. ${DOUBT}`,
    sent: 'yes',
    retryable: false,
  });
});

test('a first try that arrived after all is of unknown end', () => {
  expect(firstTryArrived(DOUBT)).toMatchObject({ kind: 'unknown', sent: 'yes', retryable: false });
});
