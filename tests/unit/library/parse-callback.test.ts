import { describe, expect, test } from '@jest/globals';
import { parseCallback } from '../../../src/library/index.js';

const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
const QUERY = `code=4f1c&state=${STATE}`;

describe('a redirect is read from', () => {
  test.each<[what: string, redirect: string | URL | URLSearchParams]>([
    ['its URL', `https://app.example/return?${QUERY}`],
    ['a URL object', new URL(`https://app.example/return?a=b&${QUERY}#top`)],
    ['the path that a server sees', `/return?${QUERY}`],
    ['its parameters', new URLSearchParams(QUERY)],
  ])('%s', (_what, redirect) => {
    const before = Date.now() + 3_600_000;
    const callback = parseCallback(redirect, { state: STATE });
    expect(callback).toMatchObject({ code: '4f1c', state: STATE, error: null, errorDescription: null });
    expect(Date.parse(String(callback.codeExpiresAt))).toBeGreaterThanOrEqual(before);
  });
});

test('a redirect without a code is one, since Decentro may fetch the access token itself', () => {
  expect(parseCallback(`/return?state=${STATE}`, { state: STATE })).toMatchObject({
    code: null,
    state: STATE,
  });
});

test('a refusal is a failure that holds the redirect', () => {
  const refusal = `/return?error=access_denied&state=${STATE}`;
  expect(() => parseCallback(refusal, { state: STATE })).toThrow(
    expect.objectContaining({
      name: 'Failure',
      kind: 'declined',
      details: { callback: expect.objectContaining({ error: 'access_denied', state: STATE }) },
    }),
  );
});

describe('what is not the redirect of the session is refused (rule 29)', () => {
  const OTHER = 'its state is not the transaction ID of the session';

  test.each<[what: string, redirect: string, state: unknown, message: string]>([
    ['another state', '/return?code=4f1c&state=other', STATE, OTHER],
    ['no state', '/return?code=4f1c', STATE, OTHER],
    ['a refusal without a state', '/return?error=access_denied', STATE, OTHER],
    ['two codes', `/return?code=1&${QUERY}`, STATE, 'it gives a parameter twice'],
    ['anything, where the state was lost', `/return?${QUERY}`, undefined, 'no state to compare'],
    ['anything, where the state is empty', '/return?code=4f1c&state=', '', 'no state to compare'],
    ['no address', 'hello', STATE, 'no address of a redirect'],
  ])('%s', (_what, redirect, state, message) => {
    expect(() => parseCallback(redirect, { state: state as string })).toThrow(
      expect.objectContaining({ name: 'Failure', kind: 'usage', message: expect.stringContaining(message) }),
    );
  });
});
