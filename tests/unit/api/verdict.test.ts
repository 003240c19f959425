import { describe, expect, test } from '@jest/globals';
import { parseEnvelope } from '../../../src/api/envelope.js';
import { judge, type Verdict } from '../../../src/api/verdict.js';
import { RESPONSE_KEYS } from '../../../src/api/response-keys.js';

type Kind = 'success' | 'access' | 'rejected' | 'upstream' | 'unknown';

const NOTHING = undefined;
const FAILURE = { status: 'FAILURE' };
const SUCCESS = { status: 'SUCCESS' };
const NEW_REFUSAL = { status: 'FAILURE', responseKey: 'error_from_the_future' };
const NEW_SUCCESS = { status: 'SUCCESS', responseKey: 'success_from_the_future' };
const KEYED_SUCCESS = { status: 'SUCCESS', responseKey: 'success_initiate_session' };
const SUCCESS_KEY_ALONE = { responseKey: 'success_initiate_session' };

function verdictOf(status: number, body: object | undefined): Verdict {
  return judge(status, body && parseEnvelope(Buffer.from(JSON.stringify(body))));
}

function shortOf(verdict: Verdict): [Kind, string] {
  return verdict.type === 'success' ? ['success', 'yes'] : [verdict.kind, verdict.effect];
}

describe('without a key of the catalogue (rules 13, 15, 20)', () => {
  test.each<[status: number, body: object | undefined, kind: Kind, sessionCreated: string]>([
    [200, SUCCESS, 'success', 'yes'],
    [200, NEW_SUCCESS, 'success', 'yes'],
    [201, SUCCESS, 'success', 'yes'],
    [200, NOTHING, 'upstream', 'unknown'],
    [204, NOTHING, 'upstream', 'unknown'],
    [200, FAILURE, 'rejected', 'no'],
    [200, NEW_REFUSAL, 'rejected', 'no'],
    [200, SUCCESS_KEY_ALONE, 'upstream', 'unknown'],
    [301, NOTHING, 'upstream', 'unknown'],
    [302, SUCCESS, 'upstream', 'unknown'],
    [304, NOTHING, 'upstream', 'unknown'],
    [307, KEYED_SUCCESS, 'upstream', 'unknown'],
    [308, NEW_REFUSAL, 'upstream', 'no'],
    [400, NOTHING, 'rejected', 'no'],
    [400, FAILURE, 'rejected', 'no'],
    [400, NEW_REFUSAL, 'rejected', 'no'],
    [400, SUCCESS, 'rejected', 'no'],
    [401, NOTHING, 'access', 'no'],
    [401, FAILURE, 'access', 'no'],
    [401, NEW_REFUSAL, 'rejected', 'no'],
    [403, NOTHING, 'access', 'no'],
    [403, FAILURE, 'access', 'no'],
    [403, NEW_REFUSAL, 'rejected', 'no'],
    [404, NOTHING, 'rejected', 'no'],
    [405, NOTHING, 'rejected', 'no'],
    [408, NOTHING, 'unknown', 'unknown'],
    [408, NEW_REFUSAL, 'unknown', 'unknown'],
    [413, NOTHING, 'rejected', 'no'],
    [422, NEW_REFUSAL, 'rejected', 'no'],
    [429, NOTHING, 'upstream', 'unknown'],
    [429, NEW_REFUSAL, 'upstream', 'no'],
    [500, NOTHING, 'upstream', 'unknown'],
    [500, NEW_REFUSAL, 'upstream', 'no'],
    [500, SUCCESS, 'upstream', 'unknown'],
    [501, NOTHING, 'unknown', 'unknown'],
    [502, NOTHING, 'unknown', 'unknown'],
    [502, FAILURE, 'unknown', 'unknown'],
    [503, NOTHING, 'upstream', 'unknown'],
    [503, NEW_REFUSAL, 'upstream', 'no'],
    [504, NOTHING, 'unknown', 'unknown'],
    [599, NOTHING, 'unknown', 'unknown'],
  ])('%i with %j: %s, session created: %s', (status, body, kind, sessionCreated) => {
    expect(shortOf(verdictOf(status, body))).toEqual([kind, sessionCreated]);
  });
});

describe('a key of the catalogue decides before the status does', () => {
  const KINDS = { caller: 'rejected', operator: 'access', decentro: 'upstream' } as const;
  const refusals = Object.entries(RESPONSE_KEYS).flatMap(([key, { move, canRetry }]) =>
    move === null ? [] : [[key, KINDS[move], canRetry] as const],
  );

  test.each(refusals)('%s is %s', (responseKey, kind, isRetryable) => {
    const effect = responseKey === 'error_duplicate_reference_id' ? 'unknown' : 'no';
    for (const status of [200, 302, 400, 401, 403, 408, 429, 500, 502, 503]) {
      for (const body of [
        { status: 'FAILURE', responseKey },
        { status: 'SUCCESS', responseKey },
        { responseKey },
      ]) {
        expect(verdictOf(status, body)).toEqual({ type: 'refusal', kind, effect, isRetryable });
      }
    }
  });

  test.each([200, 400, 500, 502])('a keyed success is one with %i as well', (status) => {
    expect(shortOf(verdictOf(status, KEYED_SUCCESS))).toEqual(['success', 'yes']);
  });
});

test.each([
  [429, true],
  [500, true],
  [503, true],
  [200, false],
  [302, false],
  [400, false],
  [401, false],
  [502, false],
])('%i without an envelope is worth a repetition: %p (rules 19, 20)', (status, isRetryable) => {
  expect(verdictOf(status, NOTHING)).toMatchObject({ isRetryable });
});
