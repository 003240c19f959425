import { describe, expect, test } from '@jest/globals';
import { parseCallback, parsePastedQuery, type CallbackRules } from '../../../src/redirect/callback.js';
import { arrivalPage, PAGE_HEADERS } from '../../../src/redirect/page.js';

const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
const NOW = Date.UTC(2026, 0, 2, 3, 4, 5);
const STRICT: CallbackRules = { state: STATE, acceptsNoCode: false, acceptsRefusalWithoutState: false };
const EMPTY = { code: null, codeExpiresAt: null, state: null, error: null, errorDescription: null };

const parse = (query: string, rules: Partial<CallbackRules> = {}) =>
  parseCallback(new URLSearchParams(query), { ...STRICT, ...rules }, NOW);

describe('the redirect of a session (rule 29)', () => {
  test.each([
    ['a code with its state', `code=4f1c&state=${STATE}`, { code: '4f1c' }],
    ['parameters in another order', `state=${STATE}&code=4f1c`, { code: '4f1c' }],
    ['further parameters', `code=4f1c&state=${STATE}&scope=a&scope=b&CODE=x`, { code: '4f1c' }],
    ['a code that was encoded', `code=%F0%9F%98%80%2B%26+1&state=${STATE}`, { code: '😀+& 1' }],
    ['a code with a control character', `code=%1b[2J&state=${STATE}`, { code: '\u001b[2J' }],
    ['empty parameters beside it', `code=4f1c&state=${STATE}&error=&error_description=`, { code: '4f1c' }],
    ['a refusal', `error=access_denied&state=${STATE}`, { error: 'access_denied' }],
    [
      'a refusal with words',
      `error=server_error&error_description=Try+later&state=${STATE}`,
      { error: 'server_error', errorDescription: 'Try later' },
    ],
  ])('is %s', (_what, query, expected) => {
    const codeExpiresAt = 'code' in expected ? '2026-01-02T04:04:05.000Z' : null;
    expect(parse(query)).toEqual({ callback: { ...EMPTY, state: STATE, codeExpiresAt, ...expected } });
  });

  const TWICE = 'it gives a parameter twice';
  const NEITHER = 'it holds neither a code nor an error';
  const OTHER_STATE = 'its state is not the transaction ID of the session';

  test.each([
    ['code=1&code=1', TWICE],
    ['code=1&code=', TWICE],
    [`state=${STATE}&state=${STATE}`, TWICE],
    ['error=a&error=b', TWICE],
    ['error_description=a&error_description=b', TWICE],
    ['code=1&error=a', 'it holds both a code and an error'],
    ['', NEITHER],
    [`state=${STATE}`, NEITHER],
    [`code=&state=${STATE}`, NEITHER],
    [`Code=1&state=${STATE}`, NEITHER],
    [`error_description=No&state=${STATE}`, NEITHER],
    ['code=1', OTHER_STATE],
    ['code=1&state=', OTHER_STATE],
    [`code=1&state=${STATE.toLowerCase()}`, OTHER_STATE],
    [`code=1&state=${STATE}+`, OTHER_STATE],
    [`code=1&state=${STATE.slice(1)}`, OTHER_STATE],
    ['code=1&state=%ff%fe', OTHER_STATE],
    ['error=a', OTHER_STATE],
    ['error=a&state=other', OTHER_STATE],
  ])('is not %p, because %s', (query, wrong) => {
    expect(parse(query)).toEqual({ wrong });
  });

  test('may come without a code where none is needed, but not without a state', () => {
    expect(parse(`state=${STATE}`, { acceptsNoCode: true })).toEqual({
      callback: { ...EMPTY, state: STATE },
    });
    expect(parse('state=other', { acceptsNoCode: true })).toEqual({ wrong: OTHER_STATE });
    expect(parse('', { acceptsNoCode: true })).toEqual({ wrong: NEITHER });
  });

  test('may be a refusal without a state, but not with another, nor a code without one', () => {
    const rules = { acceptsRefusalWithoutState: true };
    expect(parse('error=access_denied', rules)).toEqual({ callback: { ...EMPTY, error: 'access_denied' } });
    expect(parse('error=access_denied&state=other', rules)).toEqual({ wrong: OTHER_STATE });
    expect(parse('code=1', rules)).toEqual({ wrong: OTHER_STATE });
  });

  test('bears any state, or none, where nobody knows which it has to be', () => {
    for (const state of ['any', null]) {
      const query = state === null ? 'code=1' : `code=1&state=${state}`;
      expect(parse(query, { state: undefined })).toMatchObject({ callback: { code: '1', state } });
    }
  });
});

describe('what somebody pasted', () => {
  test.each([
    `https://app.example/return?code=4f1c&state=${STATE}`,
    `http://localhost:3000/return?tab=1&code=4f1c&state=${STATE}`,
    `http://127.0.0.1:8123/callback/k3TZ?code=4f1c&state=${STATE}#_=_`,
    `  https://app.example/return?code=4f1c&state=${STATE}\r\n`,
    `app.example/return?code=4f1c&state=${STATE}`,
    `localhost:3000/return?code=4f1c&state=${STATE}`,
    `127.0.0.1:3000/return?code=4f1c&state=${STATE}`,
    `/return?code=4f1c&state=${STATE}`,
    `?code=4f1c&state=${STATE}`,
    `code=4f1c&state=${STATE}`,
    `state=${STATE}&code=4f1c\n`,
    `/return?code=4f1c&state=${STATE}#_=_`,
    `code=4f1c&state=${STATE}#`,
  ])('%p holds a code and a state', (pasted) => {
    const query = parsePastedQuery(pasted);
    expect([query?.get('code'), query?.get('state')]).toEqual(['4f1c', STATE]);
  });

  test('an address may bring a refusal, or nothing', () => {
    expect(parsePastedQuery('error=access_denied')?.get('error')).toBe('access_denied');
    expect([...(parsePastedQuery('https://app.example/return') ?? ['x'])]).toEqual([]);
  });

  test.each(['', '  ', 'hello', '4f1c', STATE, 'decode=1', 'a code=1', 'xcode=4f1c', '--help'])(
    '%p is no address and no query',
    (pasted) => {
      expect(parsePastedQuery(pasted)).toBeUndefined();
    },
  );
});

describe('the page after the redirect (rule 30)', () => {
  const codeCame = { ...EMPTY, code: '4f1c', state: STATE };
  const refusalCame = { ...EMPTY, error: '<script>', errorDescription: '<b>No</b>' };

  test('is one of three, and shows nothing of the request', () => {
    const pages = [codeCame, refusalCame, undefined].map(arrivalPage);
    expect(pages.map((page) => /<h1>(.*)<\/h1>/.exec(page)?.[1])).toEqual([
      'You can go back to the terminal',
      'The request was not granted',
      'Nothing to see here',
    ]);
    expect(pages.join('')).not.toMatch(/4f1c|59F864|script|<b>/);
  });

  test('loads nothing, runs nothing, and is kept nowhere', () => {
    expect(PAGE_HEADERS).toMatchObject({
      'Content-Security-Policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[^']+'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      ),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
  });
});
