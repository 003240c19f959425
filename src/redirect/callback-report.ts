import type { Callback } from '../failure/facts.js';
import type { FieldRows } from '../output/report.js';
import type { Shape } from '../output/scripted.js';
import { isSameId } from './same-id.js';

/** Where `--field` may lead in a redirect. */
export const CALLBACK_SHAPE: Shape = {
  status: 'value',
  code: 'value',
  codeExpiresAt: 'value',
  state: 'value',
  decentroTxnId: 'value',
  error: 'value',
  errorDescription: 'value',
};

/** What a redirect brought, as rows. The ID of a session that is shown already is named where the redirect has another. */
export function callbackRows(callback: Callback, nowMs?: number, sessionId: string | null = null): FieldRows {
  const { status, code, codeExpiresAt, state, decentroTxnId, error, errorDescription } = callback;
  return [
    ['Redirect status', status],
    ['DigiLocker code', code],
    ['Valid until', codeExpiresAt === null ? null : { atMs: Date.parse(codeExpiresAt), nowMs }],
    ['State', state],
    sessionId === null
      ? ['Transaction ID', decentroTxnId]
      : ['ID of the redirect', isSameId(decentroTxnId, sessionId) ? null : decentroTxnId],
    ['Error', error],
    ['Description', errorDescription],
  ];
}
