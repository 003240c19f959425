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

  const lost = (key: string) =>
    `extra has a number that JSON does not hold exactly (${key}): give it as text.`;

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
    ['a rounded number', { extra: { sum: 2 ** 53 } }, 'mine-1', lost('sum')],
    ['no number', { extra: { of: { sum: NaN } } }, 'mine-1', lost('sum')],
    ['an infinite number', { extra: { sums: [1, Infinity] } }, 'mine-1', lost('1')],
    ['a BigInt', { extra: { sum: 1n } }, 'mine-1', 'extra cannot be written as JSON.'],
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
