import { describe, expect, test } from '@jest/globals';
import type { Sandbox } from '../../../../src/sandbox/server.js';
import { CREDENTIALS, GOOD_BODY, envelopeOf, post, start } from '../support.js';

const PATH = '/v2/kyc/digilocker/access_token/code';

let count = 0;

/** Starts a session, plays its end user, and returns what the token call needs. */
async function consented(sandbox: Sandbox, changes: object = {}) {
  const { decentroTxnId, data } = await envelopeOf(
    await post(sandbox, { ...GOOD_BODY, reference_id: `session-${++count}`, ...changes }),
  );
  const query = new URL(sandbox.visit(data?.authorizationUrl ?? '', 'allow')).searchParams;
  return { id: decentroTxnId, code: query.get('code') ?? '' };
}

function exchange(sandbox: Sandbox, body: object, headers = CREDENTIALS): Promise<Response> {
  const common = { ...GOOD_BODY, redirect_url: undefined, reference_id: `token-${++count}` };
  return post(sandbox, { ...common, ...body }, headers, PATH);
}

const fieldsOf = ({ id, code }: { id: string; code: string }) => ({
  initial_decentro_transaction_id: id,
  digilocker_code: code,
});

test('A code is exchanged once, for what Decentro keeps of the token', async () => {
  const sandbox = await start();
  const session = await consented(sandbox);
  const response = await exchange(sandbox, fieldsOf(session));
  expect(response.status).toBe(200);
  const envelope = await envelopeOf(response);
  expect(envelope).toEqual({
    decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
    status: 'SUCCESS',
    responseCode: 'S00007',
    message: 'Access Token generated successfully from MeriPehchaan',
    data: { expiresIn: 3600, name: 'Asha Example', dob: '01-01-1990', gender: 'F', eaadhaar: 'Y' },
    responseKey: 'success_access_token',
  });
  expect(envelope.decentroTxnId).not.toBe(session.id);
  expect(await envelopeOf(await exchange(sandbox, fieldsOf(session)))).toMatchObject({
    responseKey: 'error_provider_error',
    message: 'The code was used before.',
  });
});

describe('It is refused', () => {
  test.each([undefined, '', null, 7])('with the code %p', async (code) => {
    const sandbox = await start();
    const { id } = await consented(sandbox);
    const response = await exchange(sandbox, { ...fieldsOf({ id, code: '' }), digilocker_code: code });
    expect(response.status).toBe(400);
    expect(await envelopeOf(response)).toMatchObject({
      responseKey: 'error_empty_code',
      message: 'Code cannot be null or empty. Hint: code (string)',
    });
  });

  test('with the code of another session', async () => {
    const sandbox = await start();
    const [first, second] = [await consented(sandbox), await consented(sandbox)];
    const response = await exchange(sandbox, fieldsOf({ id: first.id, code: second.code }));
    expect(await envelopeOf(response)).toMatchObject({
      responseCode: 'E00009',
      responseKey: 'error_provider_error',
      message: 'The code is not the one of this session.',
    });
  });

  test("for an unknown session, and for another client's", async () => {
    const sandbox = await start();
    const session = await consented(sandbox);
    const answers = [
      await exchange(sandbox, fieldsOf({ ...session, id: 'A'.repeat(32) })),
      await exchange(sandbox, fieldsOf(session), { ...CREDENTIALS, client_id: 'somebody-else' }),
      await exchange(sandbox, { digilocker_code: session.code }),
    ];
    for (const answer of answers)
      expect(await envelopeOf(answer)).toMatchObject({
        responseKey: 'error_provider_error',
        message: 'No session of this client has this transaction ID.',
      });
  });

  test('before the end user has decided, and after they denied', async () => {
    const sandbox = await start();
    const { decentroTxnId, data } = await envelopeOf(await post(sandbox, GOOD_BODY));
    const fields = fieldsOf({ id: decentroTxnId, code: 'early' });
    expect((await envelopeOf(await exchange(sandbox, fields))).message).toBe(
      'The end user has not consented yet.',
    );
    sandbox.visit(data?.authorizationUrl ?? '', 'deny');
    expect((await envelopeOf(await exchange(sandbox, fields))).message).toBe(
      'The end user denied the consent.',
    );
  });

  test('with what every call needs wrong or missing, in the order of every call', async () => {
    const sandbox = await start();
    const steps: [object, string][] = [
      [{ reference_id: '' }, 'error_empty_reference_id'],
      [{ reference_id: 'a', consent: false }, 'error_consent_false'],
      [{ reference_id: 'a' }, 'error_duplicate_reference_id'],
      [{ reference_id: 'b', consent_purpose: 'short' }, 'error_short_purpose_length'],
      [{ reference_id: 'c' }, 'error_empty_code'],
    ];
    for (const [body, key] of steps)
      expect((await envelopeOf(await exchange(sandbox, body))).responseKey).toBe(key);
  });
});

test('A scenario plays it without a session', async () => {
  const body = { ...GOOD_BODY, reference_id: 'sbx-success_access_token-1' };
  const envelope = await envelopeOf(await post(await start(), body, CREDENTIALS, PATH));
  expect(envelope).toMatchObject({ status: 'SUCCESS', data: { name: 'Asha Example' } });
});
