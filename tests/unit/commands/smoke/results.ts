import type { SmokeDocument } from '../../../../src/commands/smoke/report.js';
import type { CaseResult, CaseStatus } from '../../../../src/commands/smoke/run-smoke.js';

/** A case as a run could have ended it. */
export function caseResult(id: string, status: CaseStatus, observed = 'as documented'): CaseResult {
  return {
    id,
    title: 'A title',
    mark: status === 'recorded' ? 'assumed' : 'documented',
    status,
    expected: 'a <b> & "c"',
    observed,
    decentroTxnId: status === 'skipped' ? null : 'TXN1',
    referenceId: status === 'skipped' ? null : 'ref-1',
    httpStatus: 200,
    responseKey: null,
    durationMs: status === 'skipped' ? null : 1234,
  };
}

/** A run of such cases on staging. */
export function smokeDocument(...cases: readonly CaseResult[]): SmokeDocument {
  return {
    environment: 'staging',
    host: 'in.staging.decentro.tech',
    plan: { calls: 1, sessions: 1 },
    cases,
    settled: [],
    unsettled: [],
  };
}
