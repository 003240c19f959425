import type { IntentRecord, OutcomeRecord } from '../../../../src/commands/batch/journal.js';

export function intent(row: number, attempt: number): IntentRecord {
  return { t: 'i', r: row, n: attempt, k: `C${row}`, id: `id-${row}-${attempt}`, at: 1000 * row };
}

export function outcome(row: number, attempt: number, fields: Partial<OutcomeRecord> = {}): OutcomeRecord {
  return {
    t: 'o',
    r: row,
    n: attempt,
    k: `C${row}`,
    id: `id-${row}-${attempt}`,
    end: 'created',
    txn: `TXN${row}`,
    link: `https://example.test/${row}`,
    key: 'success_initiate_session',
    http: 200,
    kind: null,
    sent: 'yes',
    at: 1000 * row + 1,
    ...fields,
  };
}
