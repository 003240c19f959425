import type { Callback } from '../failure/facts.js';
import type { FieldRows } from '../output/report.js';
import type { Shape } from '../output/scripted.js';

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

/** What a redirect brought, as rows. */
export function callbackRows(callback: Callback): FieldRows {
  const { status, code, codeExpiresAt, state, decentroTxnId, error, errorDescription } = callback;
  return [
    ['Redirect status', status],
    ['DigiLocker code', code],
    ['Valid until', codeExpiresAt],
    ['State', state],
    ['Transaction ID', decentroTxnId],
    ['Error', error],
    ['Description', errorDescription],
  ];
}
