import { describe, expect, test } from '@jest/globals';
import { credentials, fails, succeeds } from '../support/run-main.js';
import {
  ALL_OK,
  casesOf,
  changed,
  CHATTER,
  createImitatedStaging,
  statusesOf,
  without,
} from '../support/smoke.js';

const NO_SESSION = Object.keys(ALL_OK).filter((id) => id.startsWith('no-session-'));

describe('marks that nobody documents', () => {
  test('are settled by what Decentro answers', async () => {
    const { json } = await createImitatedStaging();
    const { document } = await succeeds(json, { env: credentials, ...CHATTER });
    const settled = document['settled'] as { case: string; mark: string; finding: string }[];
    expect(settled.map((one) => [one.case, one.mark, one.finding])).toEqual([
      ['answer-spelling', 'observed', 'camel case'],
      ['urn-is-transaction-id', 'assumed', 'it does'],
      ['redirect-to-localhost', 'observed', 'accepted'],
      ['consent-of-wrong-type', 'assumed', 'error_invalid_consent_type (HTTP 400)'],
      ['refusal-burns-id', 'observed', 'error_duplicate_reference_id (HTTP 400)'],
      ['module-secret-missing', 'observed', 'a session: the account does not need it'],
      ...NO_SESSION.map((id) => [id, 'assumed', 'error_provider_error (HTTP 400)']),
    ]);
    const unsettled = document['unsettled'] as { case: string | null; mark: string; reason: string }[];
    expect(unsettled.length).toBeGreaterThan(3);
    for (const one of unsettled) {
      expect(one).toEqual({
        case: one.case === null ? null : expect.stringMatching(/^re(direct|fusal)-/),
        mark: expect.stringMatching(/^(observed|assumed)$/),
        question: expect.stringMatching(/\S/),
        reason: expect.stringMatching(/\S/),
      });
    }
  });

  test('are recorded, and fail nothing, when the answer is another one', async () => {
    const { json } = await createImitatedStaging((request, answer, index) => {
      const body = request.json() as { consent: unknown };
      const created = {
        status: 200,
        body: {
          decentro_txn_id: 'T1',
          status: 'SUCCESS',
          response_code: 'S',
          message: 'm',
          data: { authorizationUrl: 'https://a.example' },
          response_key: 'success_initiate_session',
        },
      };
      if (body.consent === 'true' || index === 6) return created;
      if (request.header('module_secret') === undefined)
        return {
          status: 401,
          body: { ...(answer.body as object), status: 'FAILURE', responseKey: 'error_empty_module_secret' },
        };
      return index === 0 ? { ...answer, headers: { 'X-DECENTRO-URN': 'another' } } : undefined;
    });
    const run = await succeeds([...json, '--redirect-url', 'https://app.example/'], {
      env: credentials,
      ...CHATTER,
    });
    expect(
      Object.values(casesOf(run))
        .filter(({ mark }) => mark !== 'documented')
        .map(({ observed }) => observed),
    ).toEqual([
      'camel case',
      'it holds another ID',
      'the redirect URL is not on localhost',
      'accepted as consent',
      'not used up: the same ID started a session',
      'error_empty_module_secret (HTTP 401)',
      ...NO_SESSION.map(() => 'error_provider_error (HTTP 400)'),
    ]);
    expect(run.document['unsettled']).toContainEqual(
      expect.objectContaining({
        case: 'redirect-to-localhost',
        reason: 'the redirect URL is not on localhost',
      }),
    );
  });
});

test('a refusal for another reason settles nothing', async () => {
  const { json } = await createImitatedStaging((_request, answer, index) =>
    index === 2 || index > 5
      ? {
          ...answer,
          status: 400,
          body: {
            ...(answer.body as object),
            status: 'FAILURE',
            responseKey: 'error_module_credits_exhausted',
          },
        }
      : undefined,
  );
  const run = await succeeds(json, { env: credentials, ...CHATTER });
  expect(statusesOf(run)).toEqual(ALL_OK);
  const open = (run.document['unsettled'] as { case: string | null; reason: string }[]).filter(
    ({ case: id, reason }) => id !== null && !reason.includes('--interactive'),
  );
  expect(open.map((one) => one.case)).toEqual([
    'consent-of-wrong-type',
    'refusal-burns-id',
    'module-secret-missing',
    ...NO_SESSION,
  ]);
  expect(open[0]?.reason).toBe('error_module_credits_exhausted (HTTP 400)');
});

describe('drift', () => {
  test('is named key by key, and fails', async () => {
    const { json } = await createImitatedStaging(
      changed(
        ({ consent, consent_purpose: purpose }) => consent === true && String(purpose).startsWith('Smoke'),
        (body) => {
          if (!('data' in body)) return body;
          const { decentroTxnId, ...others } = body as Record<string, unknown>;
          const rest = without(others, 'responseKey', 'message');
          return {
            ...rest,
            decentro_txn_id: decentroTxnId,
            message: 7,
            traceId: 'x',
            data: { authorizationUrl: 'https://a.example/', expiresIn: 600 },
          };
        },
      ),
    );
    const run = await fails(json, 10, { env: credentials });
    expect(casesOf(run)['answer-shape']).toMatchObject({
      status: 'failed',
      observed:
        'decentroTxnId is called decentro_txn_id; message is a number, not a text; responseKey is missing; data.expiresIn is not documented; traceId is not documented',
    });
    expect(run.document).toMatchObject({
      ok: false,
      error: {
        kind: 'partial',
        exitCode: 10,
        message: '18 cases: 6 ok, 1 failed, 11 recorded, 0 skipped. Failed: answer-shape.',
      },
    });
  });

  test('is told of, and fails nothing, where keys were added', async () => {
    const { json } = await createImitatedStaging(
      changed(
        () => true,
        (body) => ({ ...body, traceId: 'x' }),
      ),
    );
    const run = await succeeds(json, { env: credentials, ...CHATTER });
    expect(casesOf(run)['refusal-shape']).toMatchObject({
      status: 'ok',
      observed: 'traceId is not documented',
    });
  });

  test('of the status of a refusal is drift as well', async () => {
    const { json } = await createImitatedStaging((_request, answer) =>
      answer.status === 400 ? { ...answer, status: 422 } : undefined,
    );
    const run = await fails(json, 10, { env: credentials });
    expect(casesOf(run)['refusal-shape']).toMatchObject({
      status: 'failed',
      observed: 'HTTP 422; as documented',
    });
    expect(casesOf(run)['consent-refused']?.status).toBe('ok');
  });
});
