import { Failure } from '../../failure/failure.js';
import { nearMisses } from '../../failure/nearest.js';
import { CALLS, CASES, type SmokeCall, type SmokeCase } from './cases.js';

export interface SmokePlan {
  /** What was asked for, in the order of the catalogue. */
  readonly cases: readonly SmokeCase[];
  /** Why some of them cannot be checked, by their IDs. */
  readonly unfit: ReadonlyMap<string, string>;
  readonly calls: readonly SmokeCall[];
  /** How many sessions the calls can create without contradicting what is documented. */
  readonly sessions: number;
}

/** Finds the calls that the cases need. Fails with `usage` for a case that does not exist, and where none is left. */
export function planSmoke(only: readonly string[] | undefined, hasModuleSecret: boolean): SmokePlan {
  const unknown = only?.find((id) => !CASES.some((known) => known.id === id));
  if (unknown !== undefined) {
    const near = nearMisses(
      unknown,
      CASES.map(({ id }) => id),
    );
    throw new Failure('usage', `--only knows no case "${unknown}".`, {
      hint: near.length > 0 ? `Did you mean ${near.join(' or ')}?` : 'digilocker smoke --list names them.',
    });
  }
  const cases = CASES.filter(({ id }) => only?.includes(id) ?? true);
  const isUnfit = ({ call }: SmokeCase) => !hasModuleSecret && callOf(call).withoutModuleSecret === true;
  const unfit = new Map(cases.filter(isUnfit).map(({ id }) => [id, 'no module secret is configured']));
  const needed = new Set(cases.filter(({ id }) => !unfit.has(id)).map(({ call }) => call));
  for (const id of [...needed]) {
    const { repeats } = callOf(id);
    if (repeats !== undefined) needed.add(repeats);
  }
  if (needed.size === 0)
    throw new Failure('usage', 'No case is left to check: no module secret is configured.');
  const calls = CALLS.filter(({ id }) => needed.has(id));
  return { cases, unfit, calls, sessions: calls.filter(({ mayCreateSession }) => mayCreateSession).length };
}

function callOf(id: SmokeCall['id']): SmokeCall {
  const call = CALLS.find((candidate) => candidate.id === id);
  if (call === undefined) throw new Error(`There is no call ${id}`);
  return call;
}
