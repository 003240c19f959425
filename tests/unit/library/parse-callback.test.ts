import { describe, expect, test } from '@jest/globals';
import { Failure, parseCallback } from '../../../src/library/index.js';
import { REDIRECTS, SESSION_ID as STATE } from '../../support/redirects.js';

const QUERY = `code=4f1c&state=${STATE}`;

describe('a redirect is read from', () => {
  test.each<[what: string, redirect: Parameters<typeof parseCallback>[0]]>([
    ['its URL', `https://app.example/return?${QUERY}`],
    ['a URL object', new URL(`https://app.example/return?a=b&${QUERY}#top`)],
    ['the path that a server sees', `/return?${QUERY}`],
    ['its parameters', new URLSearchParams(QUERY)],
    [
      'the query that a framework parsed',
      { code: '4f1c', state: STATE, tab: { deep: '1' }, none: undefined },
    ],
    ['a query with a list', { code: '4f1c', state: ['app', STATE] }],
    [
      'a query without a prototype',
      Object.assign(Object.create(null) as object, { code: '4f1c', state: STATE }),
    ],
  ])('%s', (_what, redirect) => {
    expect(parseCallback(redirect, { state: STATE })).toEqual({
      status: null,
      code: '4f1c',
      codeExpiresAt: null,
      state: STATE,
      decentroTxnId: null,
      error: null,
      errorDescription: null,
    });
  });
});

describe('a redirect is held against the session (rule 29)', () => {
  test.each(REDIRECTS)('in the $form form, with $what', ({ query, elsewhere, fault }) => {
    for (const redirect of [`/return?${query}`, new URLSearchParams(query)]) {
      if (elsewhere === 'success') {
        expect(() => parseCallback(redirect, { state: STATE })).not.toThrow();
        continue;
      }
      expect(() => parseCallback(redirect, { state: STATE })).toThrow(
        expect.objectContaining({
          name: 'Failure',
          kind: elsewhere,
          message: expect.stringContaining(fault ?? 'The redirect reports'),
        }),
      );
    }
  });

  test('a parameter that a framework parsed as a list came twice', () => {
    const query = { status: ['SUCCESS', 'SUCCESS'], initiation_decentro_transaction_id: STATE };
    expect(() => parseCallback(query, { state: STATE })).toThrow('it repeats status');
  });
});

test('a refusal is a failure that holds the redirect', () => {
  const refusal = `/return?error=access_denied&state=${STATE}`;
  expect(() => parseCallback(refusal, { state: STATE })).toThrow(
    expect.objectContaining({
      kind: 'declined',
      details: { callback: expect.objectContaining({ error: 'access_denied', state: STATE }) },
    }),
  );
});

test("the parameters of the app's own redirect URL are kept apart", () => {
  const redirectUrl = 'https://app.example/return?status=new';
  const redirect = `${redirectUrl}&status=SUCCESS&initiation_decentro_transaction_id=${STATE}`;
  for (const own of [redirectUrl, new URL(redirectUrl)])
    expect(parseCallback(redirect, { state: STATE, redirectUrl: own }).status).toBe('SUCCESS');
  expect(() => parseCallback(redirect, { state: STATE })).toThrow('it repeats status');
});

describe('what a program without types may give is refused', () => {
  test.each<[what: string, redirect: unknown, options: unknown, message: string]>([
    ['a state that was lost', `/return?${QUERY}`, { state: undefined }, 'needs the state'],
    ['an empty state', '/return?code=4f1c&state=', { state: '' }, 'needs the state'],
    ['no options', `/return?${QUERY}`, undefined, 'needs the state'],
    ['no URL', 'hello', { state: STATE }, 'neither a URL nor a query'],
    ['nothing', undefined, { state: STATE }, 'neither a URL nor a query'],
    ['null', null, { state: STATE }, 'neither a URL nor a query'],
    ['a redirect URL that is none', '/', { state: STATE, redirectUrl: 'x' }, 'redirectUrl is not'],
  ])('%s', (_what, redirect, options, message) => {
    let failure: unknown;
    try {
      parseCallback(redirect as string, options as { state: string });
    } catch (error) {
      failure = error;
    }
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({ kind: 'usage', message: expect.stringContaining(message) });
  });
});
