import type { Suite } from '../../api/suite.js';
import { Failure } from '../../failure/failure.js';
import { nearMisses } from '../../failure/nearest.js';
import { CALLS, type SmokeCall } from './calls.js';
import { CASES, type SmokeCase } from './cases.js';

export interface SmokePlan {
  /** What was asked for, in the order of the catalogue. */
  readonly cases: readonly SmokeCase[];
  /** What only an end user can tell of the suite, and is not asked for. */
  readonly left: readonly SmokeCase[];
  /** Why some of them cannot be checked, by their IDs. */
  readonly unfit: ReadonlyMap<string, string>;
  readonly calls: readonly SmokeCall[];
  /** How many sessions the calls can create without contradicting what is documented. */
  readonly sessions: number;
}

/** Which cases are checked. */
export interface SmokeChoice {
  readonly only?: readonly string[] | undefined;
  /** Those that an end user has to go through a session for, in place of the others. */
  readonly interactive?: boolean | undefined;
  readonly suite: Suite;
}

/** Finds the calls that the cases need. Fails with `usage` for a case that does not exist, and where none is left. */
export function planSmoke(
  { only, interactive = false, suite }: SmokeChoice,
  hasModuleSecret: boolean,
): SmokePlan {
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
  const offered = casesFor(interactive, suite);
  if (offered.length === 0) throw new Failure('usage', 'The sso suite has no case for --interactive.');
  const other = only?.find((id) => !offered.some((one) => one.id === id));
  if (other !== undefined) {
    if (!suitesOf(CASES.find(({ id }) => id === other)).includes(suite))
      throw new Failure('usage', `--only ${other} is not checked in the ${suite} suite.`);
    const conflict = interactive ? 'cannot be combined with --interactive' : 'requires --interactive';
    throw new Failure('usage', `--only ${other} ${conflict}.`);
  }
  const cases = offered.filter(({ id }) => only?.includes(id) ?? true);
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
  const left = interactive ? [] : casesFor(true, suite);
  return {
    cases,
    left,
    unfit,
    calls,
    sessions: calls.filter(({ mayCreateSession }) => mayCreateSession).length,
  };
}

/** The cases of a suite that need an end user, or the others. */
export function casesFor(interactive: boolean, suite: Suite): SmokeCase[] {
  return CASES.filter((one) => isInteractive(one) === interactive && suitesOf(one).includes(suite));
}

function suitesOf(one: SmokeCase | undefined): readonly Suite[] {
  return one?.suites ?? ['classic'];
}

/** Whether a case needs an end user. */
export function isInteractive({ call }: SmokeCase): boolean {
  return callOf(call).isInteractive === true;
}

function callOf(id: SmokeCall['id']): SmokeCall {
  const call = CALLS.find((candidate) => candidate.id === id);
  if (call === undefined) throw new Error(`There is no call ${id}`);
  return call;
}
