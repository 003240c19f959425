import type { Callback } from '../failure/facts.js';
import type { FieldRows } from '../output/report.js';
import type { Shape } from '../output/scripted.js';

/** Where `--field` may lead in a redirect. */
export const CALLBACK_SHAPE: Shape = {
  code: 'value',
  codeExpiresAt: 'value',
  state: 'value',
  error: 'value',
  errorDescription: 'value',
};

/** What a redirect brought, as rows. */
export function callbackRows({ code, codeExpiresAt, state, error, errorDescription }: Callback): FieldRows {
  return [
    ['DigiLocker code', code],
    ['Valid until', codeExpiresAt],
    ['State', state],
    ['Error', error],
    ['Description', errorDescription],
  ];
}
