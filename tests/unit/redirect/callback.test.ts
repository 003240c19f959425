import { describe, expect, test } from '@jest/globals';
import {
  faultKind,
  faultText,
  isDeclined,
  parsePastedQuery,
  parseRedirect,
  type Expectation,
} from '../../../src/redirect/callback.js';
import type { Callback } from '../../../src/failure/facts.js';
import { arrivalPage, PAGE_HEADERS, STRAY_PAGE, TOO_LARGE_PAGE } from '../../../src/redirect/page.js';
import { OTHER_ID, REDIRECTS, SESSION_ID } from '../../support/redirects.js';

const STATE = SESSION_ID;
const EMPTY: Callback = {
  status: null,
  code: null,
  codeExpiresAt: null,
  state: null,
  decentroTxnId: null,
  error: null,
  errorDescription: null,
};

const read = (query: string, expected: Partial<Expectation> = {}) =>
  parseRedirect(new URLSearchParams(query), { decentroTxnId: SESSION_ID, ...expected });

function outcomeOf(reading: ReturnType<typeof read>): string {
  if ('fault' in reading) return reading.fault.kind;
  return isDeclined(reading.callback) ? 'declined' : 'success';
}

describe('the redirect of a session (rule 29)', () => {
  test.each(REDIRECTS)('in the $form form, with $what', ({ query, onSecretPath, elsewhere, fault }) => {
    const own = read(query, { isSecretPath: true });
    expect('fault' in own ? 'ignored' : outcomeOf(own)).toBe(onSecretPath);
    const other = read(query);
    expect(outcomeOf(other)).toBe(elsewhere);
    if ('fault' in other) expect(faultText(other.fault).replace(/^that /, '')).toBe(fault);
  });

  test.each([
    ['a code', `code=4f1c&state=${STATE}`, { code: '4f1c' }],
    ['parameters in another order', `state=${STATE}&code=4f1c`, { code: '4f1c' }],
    ['further parameters', `code=4f1c&state=${STATE}&scope=a&scope=b&CODE=x`, { code: '4f1c' }],
    ['a code that was encoded', `code=%F0%9F%98%80%2B%26+1&state=${STATE}`, { code: '😀+& 1' }],
    ['a code with a control character', `code=%1b[2J&state=${STATE}`, { code: '\u001b[2J' }],
    ['empty parameters beside it', `code=4f1c&state=${STATE}&error=&error_description=`, { code: '4f1c' }],
    [
      'a status beside its code',
      `code=4f1c&state=${STATE}&status=Success`,
      { code: '4f1c', status: 'Success' },
    ],
    [
      'a refusal with words',
      `error=server_error&error_description=Try+later&state=${STATE}`,
      { error: 'server_error', errorDescription: 'Try later' },
    ],
  ])('is read whole: %s', (_what, query, expected) => {
    expect(read(query)).toEqual({ callback: { ...EMPTY, state: STATE, ...expected } });
  });

  test('is read as it is spelt, in the form with a status', () => {
    const lower = STATE.toLowerCase();
    expect(read(`status=Success&initiation_decentro_transaction_id=${lower}`)).toEqual({
      callback: { ...EMPTY, status: 'Success', decentroTxnId: lower },
    });
  });

  test.each([
    '',
    `code=&state=${STATE}`,
    `Code=1&state=${STATE}`,
    `error_description=No&state=${STATE}`,
    'error=a&error=b',
    'error_description=a&error_description=b',
    `code=1&code=&state=${STATE}`,
  ])('is not %p', (query) => {
    expect(outcomeOf(read(query))).toBe('usage');
    expect(outcomeOf(read(query, { isSecretPath: true }))).toBe('usage');
    expect(outcomeOf(read(query, { decentroTxnId: undefined }))).toBe('usage');
  });

  test.each([
    'code=1&state=%ff%fe',
    `code=1&state=${STATE}+`,
    `code=1&state=${STATE.slice(1)}`,
    'code=1&state=',
  ])('does not bring %p', (query) => {
    expect(outcomeOf(read(query))).toBe('mismatch');
    expect(outcomeOf(read(query, { isSecretPath: true }))).toBe('mismatch');
  });

  test('is that of any session where its ID is not known', () => {
    for (const { query, elsewhere } of REDIRECTS) {
      const outcome = outcomeOf(read(query, { decentroTxnId: undefined }));
      expect(outcome === 'usage').toBe(elsewhere === 'usage');
    }
    expect(read('code=1&state=any', { decentroTxnId: undefined })).toEqual({
      callback: { ...EMPTY, code: '1', state: 'any' },
    });
  });

  test('leaves out what the redirect URL itself holds, once each', () => {
    const redirectUrl = new URL('https://app.example/return?state=app&status=new&code=7&tab=a%20b');
    const own = 'state=app&status=new&code=7&tab=a+b';
    expect(read(`${own}&code=4f1c&state=${STATE}`, { redirectUrl })).toEqual({
      callback: { ...EMPTY, code: '4f1c', state: STATE },
    });
    const status = `status=SUCCESS&initiation_decentro_transaction_id=${STATE}`;
    expect(read(`${own}&${status}`, { redirectUrl })).toEqual({
      callback: { ...EMPTY, status: 'SUCCESS', decentroTxnId: STATE },
    });
    expect(outcomeOf(read(own, { redirectUrl }))).toBe('usage');
    expect(outcomeOf(read(`${own}&${own}`, { redirectUrl }))).toBe('mismatch');
    expect(outcomeOf(read(`${own}&code=8&code=4f1c&state=${STATE}`, { redirectUrl }))).toBe('usage');
  });
});

describe('a redirect that does not count', () => {
  const faultOf = (query: string) => {
    const reading = read(query);
    if (!('fault' in reading)) throw new Error('it counts');
    return reading.fault;
  };

  test.each([
    [`code=1&state=${OTHER_ID}`, 'with another state', `with state ${OTHER_ID}`],
    [
      `status=SUCCESS&initiation_decentro_transaction_id=${OTHER_ID}`,
      'for another transaction',
      `for transaction ${OTHER_ID}`,
    ],
    ['code=1', 'without state', 'without state'],
    ['code=1&code=2', 'that repeats code', 'that repeats code'],
  ])('%p is %p, and told as %p', (query, kind, text) => {
    expect([faultKind(faultOf(query)), faultText(faultOf(query))]).toEqual([kind, text]);
  });

  test('cannot steer a terminal, or fill it (rule 22)', () => {
    expect(faultText(faultOf(`code=1&state=%1b]0;x%07${'y'.repeat(8000)}`))).toMatch(
      /^with state \\u001b\]0;x\\u0007y{58}…$/,
    );
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
    `status=x&code=4f1c&state=${STATE}`,
  ])('%p holds a code and a state', (pasted) => {
    const query = parsePastedQuery(pasted);
    expect([query?.get('code'), query?.get('state')]).toEqual(['4f1c', STATE]);
  });

  test.each([
    `"https://app.example/return?code=4f1c&state=${STATE}"`,
    `<https://app.example/return?code=4f1c&state=${STATE}>`,
    `“code=4f1c&state=${STATE}”`,
    `'?code=4f1c&state=${STATE}'\n`,
    `https://app.example/return?code=4f1c&amp;state=${STATE}`,
    `GET /return?code=4f1c&state=${STATE} HTTP/1.1`,
    `127.0.0.1 - - [26/Nov/2026:11:30:00 +0000] "GET /return?code=4f1c&state=${STATE} HTTP/1.1" 200 12 "-" "x?y=z"`,
    `code=4f\r\n1c&state=${STATE}`,
    `(https://app.example/return?code=4f1c&state=${STATE})`,
    `„https://app.example/return?code=4f1c&state=${STATE}“`,
    `https://app.example/return?code=4f1c&state=${STATE}\u200b`,
    `https://app.example/return?code=4f1c&#38;state=${STATE}`,
    String.raw`https://app.example/return\?code\=4f1c\&state\=${STATE}`,
    `{"why":"what?","url":"https://app.example/return?code=4f1c&state=${STATE}"}`,
    String.raw`{"method":"GET","url":"https:\/\/app.example\/return?code=4f1c\u0026state=${STATE}"}`,
    `at=info method=GET path="/return?code=4f1c&state=${STATE}" host=app.example status=200`,
    `uri=/return?code=4f1c&state=${STATE}, ip=127.0.0.1`,
    `10.0.0.1 /return?code=4f1c&state=${STATE} 200`,
    `curl 'https://app.example/return?code=4f1c&state=${STATE}'`,
    `state=${STATE}&code=4f1c HTTP/1.1`,
  ])('an address is read without what it was copied along with: %p', (pasted) => {
    const query = parsePastedQuery(pasted);
    expect([query?.get('code'), query?.get('state')]).toEqual(['4f1c', STATE]);
  });

  test('an address may bring a status, a refusal, or nothing', () => {
    expect(parsePastedQuery('app.example/?status=SUCCESS')?.get('status')).toBe('SUCCESS');
    expect(parsePastedQuery('initiation_decentro_transaction_id=T')).toBeDefined();
    expect(parsePastedQuery('error=access_denied')?.get('error')).toBe('access_denied');
    expect([...(parsePastedQuery('https://app.example/return') ?? ['x'])]).toEqual([]);
    const described = parsePastedQuery("https://app.example/?error=x&error_description=It isn't there");
    expect(described?.get('error_description')).toBe("It isn't there");
  });

  test.each(['', '  ', 'hello', '4f1c', STATE, 'decode=1', 'a code=1', 'xcode=4f1c', '--help'])(
    '%p is no address and no query',
    (pasted) => {
      expect(parsePastedQuery(pasted)).toBeUndefined();
    },
  );
});

describe('a second question mark', () => {
  const redirectUrl = new URL('https://app.example/return?tenant=7&code=own');
  const read = (query: string) =>
    parseRedirect(new URLSearchParams(query), { decentroTxnId: STATE, redirectUrl });

  test.each([
    `tenant=7&code=own?code=4f1c&state=${STATE}`,
    `tenant=7&code=own&?code=4f1c&state=${STATE}`,
    `tenant=7&code=own&code=4f1c?state=${STATE}`,
    `tenant=7&code=own&x?code=4f1c&state=${STATE}`,
  ])('separates parameters: %s', (query) => {
    expect(read(query)).toMatchObject({ callback: { code: '4f1c', state: STATE } });
  });

  test('is part of a value where no parameter follows', () => {
    const query = `tenant=7&code=own&code=4f1c?x=1&state=${STATE}`;
    expect(read(query)).toMatchObject({ callback: { code: '4f1c?x=1', state: STATE } });
  });

  test.each(['/page?code=7', '/page?status=open', '/page?state=1', '/page?error=x'])(
    'is part of a value of the app where the parameters came without it: next=%s',
    (next) => {
      const app = new URL(`https://app.example/return?next=${encodeURIComponent(next)}`);
      for (const expected of [{ redirectUrl: app }, {}]) {
        const inMode = (more: string) =>
          parseRedirect(new URLSearchParams(`${app.search.slice(1)}&${more}`), {
            decentroTxnId: STATE,
            ...expected,
          });
        expect(inMode(`code=4f1c&state=${STATE}`)).toMatchObject({
          callback: { code: '4f1c', state: STATE, status: null, error: null },
        });
        expect(inMode(`status=SUCCESS&initiation_decentro_transaction_id=${STATE}`)).toMatchObject({
          callback: { code: null, status: 'SUCCESS', decentroTxnId: STATE, error: null },
        });
      }
    },
  );

  test('lets nothing in that has another state', () => {
    expect(read(`tenant=7&code=own?code=4f1c?state=evil`)).toMatchObject({ fault: { kind: 'mismatch' } });
  });
});

describe('the page after the redirect (rule 30)', () => {
  const codeCame = { ...EMPTY, code: '4f1c', state: STATE };
  const refusalCame = { ...EMPTY, error: '<script>', errorDescription: '<b>No</b>' };
  const statusCame = { ...EMPTY, status: 'success', decentroTxnId: STATE };
  const failureCame = { ...statusCame, status: '<script>' };

  test('is one of four, and shows nothing of the request', () => {
    const pages = [
      ...[codeCame, statusCame, refusalCame, failureCame].map(arrivalPage),
      STRAY_PAGE,
      TOO_LARGE_PAGE,
    ];
    expect(pages.map((page) => /<h1>(.*)<\/h1>/.exec(page)?.[1])).toEqual([
      'You can go back to the terminal',
      'You can go back to the terminal',
      'The request was not granted',
      'The request was not granted',
      'Nothing to see here',
      'Please open this address in a private window',
    ]);
    expect(pages.join('')).not.toMatch(/4f1c|59F864|script|<b>/);
  });

  test('loads nothing, runs nothing, and is kept nowhere', () => {
    expect(PAGE_HEADERS).toMatchObject({
      'Content-Security-Policy': expect.stringMatching(
        /^default-src 'none'; style-src 'sha256-[^']+'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'$/,
      ),
      'Cache-Control': 'no-store',
      'Referrer-Policy': 'no-referrer',
      'X-Content-Type-Options': 'nosniff',
    });
  });
});
