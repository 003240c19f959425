import { describe, expect, test } from '@jest/globals';
import {
  describeAnswer,
  judgeRefusalShape,
  judgeRefusedWayBack,
  judgeReturnedId,
  judgeSessionShape,
  judgeSpelling,
  judgeUrn,
  judgeWayBack,
  ofSession,
  record,
  refusedWith,
  type CallAnswer,
} from '../../../../src/commands/smoke/judge.js';
import type { CallFacts, Callback } from '../../../../src/failure/facts.js';
import { Failure } from '../../../../src/failure/failure.js';

const SESSION_ID = 'A1B2C3';
const REFUSAL = {
  decentroTxnId: SESSION_ID,
  status: 'FAILURE',
  responseCode: 'E00009',
  message: 'No consent',
  responseKey: 'error_consent_false',
};
const SESSION = { ...REFUSAL, data: { authorizationUrl: 'https://digilocker.example/consent' } };

function answer(facts: Partial<CallFacts>, more: Partial<CallAnswer> = {}): CallAnswer {
  return {
    facts: { httpStatus: 200, decentroTxnId: SESSION_ID, raw: {}, ...facts },
    failure: undefined,
    urn: null,
    redirectUrl: 'https://app.example/return',
    ...more,
  };
}

function refused(facts: Partial<CallFacts>, failure = new Failure('rejected', 'No.')): CallAnswer {
  return answer({ httpStatus: 400, ...facts }, { failure });
}

function back(callback: Partial<Callback>): CallAnswer {
  const wayBack: Callback = {
    status: null,
    code: null,
    codeExpiresAt: null,
    state: null,
    decentroTxnId: null,
    error: null,
    errorDescription: null,
    ...callback,
  };
  return answer({}, { wayBack });
}

describe('an answer in a few words', () => {
  test.each<[string, CallAnswer, string]>([
    ['a session', answer({}), 'a session was created (HTTP 200)'],
    ['a session of which nothing is known', answer({ httpStatus: null }), 'a session was created (HTTP )'],
    ['a refusal', refused({ responseKey: 'error_consent_false' }), 'error_consent_false (HTTP 400)'],
    ['a refusal without a key', refused({ status: 'FAILURE' }), 'FAILURE (HTTP 400)'],
    ['a refusal with nothing', refused({}), 'an answer without a response key (HTTP 400)'],
    [
      'a success without its link',
      refused({ httpStatus: 200, status: 'SUCCESS' }, new Failure('upstream', 'No link.')),
      'SUCCESS (HTTP 200), but it cannot be used',
    ],
    [
      'no answer',
      refused({ raw: null }, new Failure('network', ['No connection:', 'refused.'])),
      'No connection: refused.',
    ],
    [
      'an end user who did not come back',
      answer({}, { wayBack: new Failure('timeout', 'Nobody came back.') }),
      'Nobody came back',
    ],
  ])('tells %s', (_what, given, text) => {
    expect(describeAnswer(given)).toBe(text);
  });
});

describe('the expectation of a response key', () => {
  test('is met by this key alone', () => {
    const judge = refusedWith('error_consent_false');
    expect(judge(refused({ responseKey: 'error_consent_false' }))?.isMet).toBe(true);
    expect(judge(refused({ responseKey: 'error_empty_purpose' }))?.isMet).toBe(false);
    expect(judge(answer({}))).toEqual({
      isMet: false,
      observed: 'a session was created (HTTP 200)',
      isSettled: true,
    });
  });
});

describe('what is said of a session', () => {
  const judge = ofSession(() => ({ isMet: true, observed: 'seen', isSettled: true }));

  test.each<[string, CallAnswer, string | undefined]>([
    ['was created', answer({}), 'seen'],
    ['has drifted', refused({}, new Failure('upstream', 'No link.')), 'seen'],
    ['was refused', refused({ responseKey: 'error_consent_false' }), undefined],
    ['was refused without a key', refused({ responseKey: null }), undefined],
  ])('is looked at only where there is one: it %s', (_what, given, observed) => {
    expect(judge(given)?.observed).toBe(observed);
  });

  test('is settled by a session and by the refusals that are about it', () => {
    expect(record(answer({}), 'it works', [])).toEqual({
      isMet: true,
      observed: 'it works',
      isSettled: true,
    });
    const given = refused({ responseKey: 'error_consent_false' });
    expect(record(given, '', ['error_consent_false']).isSettled).toBe(true);
    expect(record(given, '', ['error_empty_purpose']).isSettled).toBe(false);
    expect(record(refused({}), '', ['error_empty_purpose']).isSettled).toBe(false);
  });
});

describe('the shape of an answer', () => {
  test('may have keys that nobody documents, and lists no more than eight', () => {
    expect(judgeSessionShape(answer({ raw: SESSION }))).toMatchObject({
      isMet: true,
      observed: 'as documented',
    });
    const extra = Object.fromEntries(Array.from({ length: 10 }, (_, index) => [`extra${index}`, 'x']));
    const { isMet, observed } = judgeSessionShape(answer({ raw: { ...SESSION, ...extra } }));
    expect(isMet).toBe(true);
    expect(observed).toMatch(/extra7 is not documented; and 2 more$/);
    expect(judgeSessionShape(answer({ raw: [] })).isMet).toBe(false);
  });

  test.each<[string, CallAnswer, object | undefined]>([
    ['a session', answer({ raw: SESSION }), undefined],
    ['HTTP 400', refused({ raw: REFUSAL }), { isMet: true, observed: 'as documented' }],
    [
      'another status',
      refused({ raw: REFUSAL, httpStatus: 200 }),
      { isMet: false, observed: 'HTTP 200; as documented' },
    ],
    [
      'no status',
      refused({ raw: REFUSAL, httpStatus: null }),
      { isMet: false, observed: 'HTTP ; as documented' },
    ],
  ])('of a refusal goes with HTTP 400: %s', (_what, given, judgement) => {
    const judged = judgeRefusalShape(given);
    if (judgement === undefined) expect(judged).toBeUndefined();
    else expect(judged).toMatchObject(judgement);
  });
});

test.each<[object, string, boolean]>([
  [{ decentroTxnId: '' }, 'camel case', true],
  [{ decentro_txn_id: '' }, 'snake case', true],
  [{ responseKey: '', response_code: '' }, 'both spellings in one answer', true],
  [{ status: '' }, 'neither spelling', false],
])('the spelling of %j is %s', (raw, observed, isSettled) => {
  expect(judgeSpelling(answer({ raw }))).toEqual({ isMet: true, observed, isSettled });
});

test.each<[string | null, string, boolean]>([
  [null, 'the answer has no such header', false],
  [SESSION_ID, 'it does', true],
  ['other', 'it holds another ID', true],
])('the header X-DECENTRO-URN %j is compared with the ID of the answer', (urn, observed, isSettled) => {
  expect(judgeUrn(answer({}, { urn }))).toEqual({ isMet: true, observed, isSettled });
});

describe('a redirect', () => {
  test('is told by its parameters, and never by its code', () => {
    const given = back({ code: 'code-canary', state: SESSION_ID });
    expect(judgeWayBack(given)).toEqual({
      isMet: true,
      observed: 'code, state (that of the session)',
      isSettled: true,
    });
    expect(judgeRefusedWayBack(given)).toBeUndefined();
  });

  test('that declines settles how a refusal comes back, and nothing else', () => {
    const given = back({ error: 'access_denied', errorDescription: 'No', decentroTxnId: 'other' });
    const observed =
      'error=access_denied, error_description, initiation_decentro_transaction_id (another one)';
    expect(judgeWayBack(given)).toEqual({ isMet: true, observed, isSettled: false });
    expect(judgeRefusedWayBack(given)).toEqual({ isMet: true, observed, isSettled: true });
  });

  test.each<[string | null, string]>([
    [null, 'none'],
    [SESSION_ID, 'that of the session'],
    [SESSION_ID.toLowerCase(), 'that of the session, in other case'],
    ['another', 'another one'],
  ])('has the ID %j: %s', (decentroTxnId, observed) => {
    expect(judgeReturnedId(back({ status: 'SUCCESS', decentroTxnId }))?.observed).toBe(observed);
  });

  test('has another ID than a session that has none', () => {
    const given = back({ status: 'SUCCESS', decentroTxnId: 'another' });
    const nameless = { ...given, facts: { ...given.facts, decentroTxnId: null } };
    expect(judgeReturnedId(nameless)?.observed).toBe('another one');
  });

  test('that never came is not judged', () => {
    const given = answer({}, { wayBack: new Failure('timeout', 'Nobody came back.') });
    for (const judge of [judgeWayBack, judgeRefusedWayBack, judgeReturnedId])
      expect(judge(given)).toBeUndefined();
  });
});
