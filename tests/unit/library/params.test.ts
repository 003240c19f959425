import { describe, expect, test } from '@jest/globals';
import type { SessionParams } from '../../../src/library/index.js';
import { INITIATE_SESSION } from '../../../src/api/endpoints/initiate-session.js';
import { checkParams } from '../../../src/library/call.js';
import { extraFaults, sessionParams, textOf } from '../../../src/library/params.js';

const GOOD = {
  consent: true,
  consentPurpose: 'KYC for opening a bank account',
  redirectUrl: 'https://app.example/return',
};

const take = (params: object, referenceId: unknown = 'mine-1') => {
  const given = { ...GOOD, ...params } as unknown as SessionParams;
  const taken = sessionParams(given);
  checkParams(INITIATE_SESSION, taken, textOf(referenceId), extraFaults(given));
  return taken;
};

test('parameters that Decentro would take are taken', () => {
  const taken = { ...GOOD, abstractAccessToken: true };
  expect(take({})).toEqual(taken);
  expect(take({ redirectUrl: new URL(GOOD.redirectUrl) })).toEqual(taken);
  expect(take({ abstractAccessToken: undefined })).toEqual(taken);
  expect(take({ abstractAccessToken: false })).toMatchObject({ abstractAccessToken: false });
});

describe('what Decentro would refuse is named, with its answer', () => {
  const NO_CONSENT = 'consent is not true; Decentro would answer error_consent_false.';

  test.each<[what: string, params: object, referenceId: unknown, message: string]>([
    ['no consent', { consent: false }, 'mine-1', NO_CONSENT],
    ['consent that nobody gave', { consent: undefined }, 'mine-1', NO_CONSENT],
    ['consent that is a string', { consent: 'true' }, 'mine-1', NO_CONSENT],
    [
      'no purpose',
      { consentPurpose: undefined },
      'mine-1',
      'consentPurpose is empty; Decentro would answer error_empty_purpose.',
    ],
    [
      'no redirect URL',
      { redirectUrl: undefined },
      'mine-1',
      'redirectUrl is not an absolute http(s) URL; Decentro would answer error_malformed_request.',
    ],
    ['no reference ID', {}, 7, 'referenceId is empty; Decentro would answer error_empty_reference_id.'],
    [
      'a parameter in the wrong place',
      { extra: { consent: true, channel: 'web' } },
      'mine-1',
      'extra is for parameters without a name here, and not for consent.',
    ],
    ...[
      [
        'a rounded number',
        { sum: 2 ** 53 },
        'has a number that JSON does not hold exactly (sum): give it as text.',
      ],
      [
        'no number',
        { of: { sum: NaN } },
        'has a number that JSON does not hold exactly (sum): give it as text.',
      ],
      [
        'an infinite number',
        { sums: [1, Infinity] },
        'has a number that JSON does not hold exactly (1): give it as text.',
      ],
      ['a BigInt', { sum: 1n }, 'cannot be written as JSON.'],
    ].map(([what, extra, fault]): [string, object, unknown, string] => [
      `${String(what)} among the others`,
      { extra },
      'mine-1',
      `extra ${String(fault)}`,
    ]),
    [
      'two things at once',
      { consent: false, consentPurpose: 'x'.repeat(51) },
      'mine-1',
      `consentPurpose has 51 characters, and may have 50; Decentro would answer error_long_purpose_length.\n${NO_CONSENT}`,
    ],
  ])('%s', (_what, params, referenceId, message) => {
    expect(() => take(params, referenceId)).toThrow(
      expect.objectContaining({ name: 'Failure', kind: 'usage', message, details: { effect: 'no' } }),
    );
  });
});
