import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../../src/failure/failure.js';
import { renderHuman } from '../../../../src/output/human.js';
import type { Shape } from '../../../../src/output/scripted.js';
import {
  SESSION_SHAPE,
  sessionFailure,
  sessionReport,
} from '../../../../src/commands/init-session/session-report.js';

const SCREEN = { columns: 100, hasColors: false };

const SESSION = {
  environment: 'staging',
  referenceId: 'ref-1',
  decentroTxnId: 'TXN',
  status: 'SUCCESS',
  responseCode: 'S00000',
  responseKey: 'success_initiate_session',
  message: 'Done.',
  authorizationUrl: 'https://d.example/x',
  effect: 'yes' as const,
  httpStatus: 200,
  durationMs: 41,
  attempts: [{ referenceId: 'ref-1', httpStatus: 200, sent: 'yes' as const }],
  callback: null,
  raw: { status: 'SUCCESS' },
};

test('--field may name exactly what a document has', () => {
  const { document } = sessionReport(SESSION, 'Next.', true);
  const { document: failed } = sessionFailure(new Failure('usage', 'x'));
  const keys = (shape: Shape): string[] => Object.keys(shape);
  expect(Object.keys(document)).toEqual(keys(SESSION_SHAPE));
  expect(Object.keys(failed)).toEqual(keys(SESSION_SHAPE));
  const { error, attempts } = SESSION_SHAPE as unknown as { error: Shape; attempts: [Shape] };
  expect(Object.keys(failed['error'] as object)).toEqual(keys(error));
  expect(keys(attempts[0])).toEqual(Object.keys(SESSION.attempts[0] ?? {}));
});

test('a session has variables for scripts', () => {
  expect(sessionReport(SESSION, 'Next.', true).variables).toEqual([
    ['DECENTRO_TXN_ID', 'TXN'],
    ['DECENTRO_REFERENCE_ID', 'ref-1'],
    ['DECENTRO_RESPONSE_KEY', 'success_initiate_session'],
    ['DECENTRO_AUTHORIZATION_URL', 'https://d.example/x'],
    ['DIGILOCKER_CODE', null],
  ]);
});

test('a session may lack what does not make it one', () => {
  const bare = { ...SESSION, environment: null, authorizationUrl: null, responseCode: null, message: null };
  const shown = renderHuman(sessionReport({ ...bare, responseKey: null }, 'Next.', true).blocks, SCREEN);
  expect(shown).toContain('Status          SUCCESS (HTTP 200)\n');
  expect(shown).not.toContain('Meaning');
});

describe('a failure', () => {
  const shownOf = (details: Record<string, unknown>) =>
    renderHuman(
      sessionFailure(new Failure('upstream', 'It broke.', { hint: 'Wait.', details })).blocks,
      SCREEN,
    );

  test('before there was anything holds nothing', () => {
    const { document, variables } = sessionFailure(new Failure('usage', 'Wrong.'));
    expect(document).toEqual({
      schema: 'digilocker.session/1',
      ok: false,
      environment: null,
      referenceId: null,
      decentroTxnId: null,
      status: null,
      responseCode: null,
      responseKey: null,
      message: null,
      authorizationUrl: null,
      sessionCreated: 'no',
      httpStatus: null,
      durationMs: null,
      attempts: [],
      callback: null,
      raw: null,
      error: { kind: 'usage', exitCode: 2, message: 'Wrong.', hint: null, sent: 'no', retryable: false },
    });
    expect(variables?.filter(([, value]) => value !== null)).toEqual([]);
    expect(shownOf({})).toBe('error: It broke.\nhint: Wait.\n');
  });

  test('shows what is known, the link included', () => {
    expect(shownOf(SESSION)).toContain('Link (works once)  https://d.example/x\n');
    expect(shownOf({ referenceId: 'ref-1' })).toBe(
      'error: It broke.\n\nReference ID  ref-1\n\nhint: Wait.\n',
    );
    expect(shownOf({ decentroTxnId: 'T', httpStatus: 500 })).toContain('Status          HTTP 500\n');
    expect(shownOf({ referenceId: 'r', status: 'FAILURE', responseCode: 'E1' })).toContain('FAILURE (E1)\n');
  });

  test('holds every fact in its document', () => {
    const { document } = sessionFailure(new Failure('output', 'x', { details: SESSION }));
    const { effect, ...rest } = SESSION;
    expect(document).toMatchObject({ ...rest, sessionCreated: effect, ok: false });
  });
});
