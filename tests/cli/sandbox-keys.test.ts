import { describe, expect, test } from '@jest/globals';
import { documentOf } from '../support/session.js';
import { fails, succeeds } from '../support/run-main.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'] as const;
const TRANSACTION_ID = /^[0-9A-F]{32}$/;

type Kind = 'access' | 'rejected' | 'upstream';

const CODES: Readonly<Record<Kind, number>> = { access: 4, rejected: 5, upstream: 6 };

const KEYS: readonly (readonly [key: string, kind: Kind, meaning: RegExp, retryable?: true])[] = [
  ['error_consent_false', 'rejected', /consent parameter was false/],
  ['error_invalid_consent_type', 'rejected', /not a boolean/],
  ['error_empty_purpose', 'rejected', /missing or empty/],
  ['error_invalid_purpose', 'rejected', /not acceptable text/],
  ['error_short_purpose_length', 'rejected', /fewer than 20/],
  ['error_long_purpose_length', 'rejected', /more than 50/],
  ['error_empty_reference_id', 'rejected', /missing or empty/],
  ['error_invalid_reference_id', 'rejected', /not an acceptable/],
  ['error_duplicate_reference_id', 'rejected', /used before/, true],
  ['error_malformed_request', 'rejected', /not the JSON/],
  ['error_unsanitized_values', 'rejected', /characters/],
  ['error_invalid_endpoint', 'rejected', /no such API path/],
  ['error_empty_module_secret', 'access', /needs a module secret/],
  ['error_invalid_module_secret', 'access', /module secret is wrong/],
  ['error_unauthorized_module', 'access', /not accepted/],
  ['error_no_subscription_found', 'access', /not subscribed/],
  ['error_module_access_expired', 'access', /run out/],
  ['error_module_credits_exhausted', 'access', /No credits/],
  ['error_insufficient_account_balance', 'access', /No balance/],
  ['error_missing_configuration', 'access', /No plan/],
  ['error_ip_not_configured', 'access', /allow list/],
  ['error_provider_error', 'upstream', /DigiLocker/, true],
  ['error_unexpected_response', 'upstream', /did not expect/, true],
  ['error_decentro_error', 'upstream', /inside Decentro/, true],
  ['error_empty_code', 'rejected', /missing or empty/],
  ['invalid_client_credentials', 'access', /another environment/],
];

const AFTER_A_SESSION = [
  'success_access_token',
  'success_issued_files',
  'success_file_download',
  'success_file_data',
  'success_eaadhaar_download',
  'success_file_pull',
  'success_revoke_token',
  'error_empty_document_type_related_parameters',
];

describe('the response key', () => {
  const rows = KEYS.map(
    ([key, kind, meaning, retryable = false]) => [key, kind, meaning, retryable] as const,
  );

  test.each(rows)('%s is %s, with its meaning', async (key, kind, meaning, retryable) => {
    const referenceId = `sbx-${key}-1`;
    const args = [...SANDBOX, '--reference-id', referenceId];
    const [human, json] = await Promise.all([
      fails(args, CODES[kind]),
      fails([...args, '--json'], CODES[kind]),
    ]);
    const text = human.stderr.replace(/\s+/g, ' ');
    expect(text).toContain(`Response key ${key} Meaning `);
    expect(text).toMatch(meaning);
    expect(human.stderr).toMatch(/^Transaction ID {2}[0-9A-F]{32}\nReference ID +sbx-/m);
    const document = documentOf(json);
    expect(document).toMatchObject({
      environment: 'sandbox',
      referenceId,
      decentroTxnId: expect.stringMatching(TRANSACTION_ID),
      status: 'FAILURE',
      responseKey: key,
      sessionCreated: key === 'error_duplicate_reference_id' ? 'unknown' : 'no',
      error: {
        kind,
        exitCode: CODES[kind],
        sent: 'yes',
        // The ID is given, and no fresh one takes its place.
        retryable: retryable && key !== 'error_duplicate_reference_id',
      },
    });
    expect(document.raw).toMatchObject({ responseKey: key, decentroTxnId: document.decentroTxnId });
    expect(document.error?.hint).not.toBeNull();
  });

  test('success_initiate_session starts a session', async () => {
    const args = [...SANDBOX, '--reference-id', 'sbx-success_initiate_session-1', '--json'];
    const stderr = ['Reference ID: sbx-success_initiate_session-1', /sandbox ended with this command/];
    expect(documentOf(await succeeds(args, { stderr }))).toMatchObject({
      ok: true,
      responseKey: 'success_initiate_session',
      sessionCreated: 'yes',
      decentroTxnId: expect.stringMatching(TRANSACTION_ID),
      authorizationUrl: expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\//),
    });
  });

  test('has its row above when `explain` knows it, and no other', async () => {
    const { document } = await succeeds(['explain', '--json'], { stderr: [] });
    const { responseKeys } = document as { responseKeys: { responseKey: string }[] };
    const known = responseKeys.map(({ responseKey }) => responseKey).toSorted();
    expect(known).toEqual(
      [...KEYS.map(([key]) => key), ...AFTER_A_SESSION, 'success_initiate_session'].toSorted(),
    );
  });
});

describe('the scenario', () => {
  test.each([
    ['http-401', 4, 401, 'no', 'yes'],
    ['http-403-html', 4, 403, 'no', 'yes'],
    ['http-429', 6, 429, 'unknown', 'yes'],
    ['http-500', 6, 500, 'unknown', 'yes'],
    ['http-502-html', 8, 502, 'unknown', 'yes'],
    ['http-503', 6, 503, 'unknown', 'yes'],
    ['slow', 8, null, 'unknown', 'unknown'],
    ['reset', 8, null, 'unknown', 'unknown'],
    ['cut', 8, 200, 'unknown', 'yes'],
    ['malformed', 6, 200, 'unknown', 'yes'],
  ])('%s ends with %d', async (name, code, httpStatus, sessionCreated, sent) => {
    const args = [...SANDBOX, '--json', '--timeout', '1s', '--reference-id', `sbx-${name}-1`];
    expect(documentOf(await fails(args, code))).toMatchObject({
      httpStatus,
      sessionCreated,
      authorizationUrl: null,
      attempts: [{ referenceId: `sbx-${name}-1`, httpStatus, sent }],
      error: { exitCode: code, sent },
    });
  });
});
