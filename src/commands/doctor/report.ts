import type { Check, CheckGroup } from './check.js';
import { Failure } from '../../failure/failure.js';
import { errorDocument } from '../../output/failure-report.js';
import type { Block, Report } from '../../output/report.js';

export const DOCTOR_SCHEMA = 'digilocker.doctor/1';

/** The report of `doctor`, whatever it found. */
export function doctorReport(environment: string | null, groups: readonly CheckGroup[]): Report {
  const failure = failureOf(groups);
  return {
    document: documentOf(environment, groups, failure),
    blocks: [
      ...groups.flatMap(({ title, checks }): Block[] => [
        { type: 'title', text: title, tone: 'plain' },
        { type: 'checks', checks },
      ]),
      verdictOf(environment, groups),
    ],
  };
}

/** The last line, which says it all. */
function verdictOf(environment: string | null, groups: readonly CheckGroup[]): Block {
  const count = (status: Check['status']) =>
    groups.flatMap(({ checks }) => checks).filter((check) => check.status === status).length;
  const named = (number: number, what: string) => `${number} ${what}${number === 1 ? '' : 's'}`;
  const [problems, warnings] = [count('problem'), count('warning')];
  const found = [
    ...(problems === 0 ? [] : [named(problems, 'problem')]),
    ...(warnings === 0 ? [] : [named(warnings, 'warning')]),
  ].join(', ');
  const isReady = problems === 0;
  const what = `${isReady ? 'Ready' : 'Not ready'} to start a session on ${environment ?? 'an environment'}`;
  return {
    type: 'title',
    text: found === '' ? `${what}.` : `${what}: ${found}.`,
    tone: isReady ? 'good' : 'bad',
  };
}

/** The failure that the problems stand for, with the lowest of their exit codes; `undefined` if there are none. */
export function failureOf(groups: readonly CheckGroup[]): Failure | undefined {
  const problems = groups.flatMap(({ checks }) => checks).filter(({ status }) => status === 'problem');
  const kinds = problems.flatMap(({ kind }) => kind ?? []);
  const kind = (['config', 'access', 'network'] as const).find((one) => kinds.includes(one));
  if (kind === undefined) return undefined;
  const titles = problems.map(({ title }) => title).join(', ');
  const count = problems.length === 1 ? '1 problem was' : `${problems.length} problems were`;
  return new Failure(kind, `${count} found: ${titles}.`, {
    hint: 'Each check that is marked as a problem says what to do.',
  });
}

/** The document of a run that ended before anything was checked. */
export function unexamined(failure: Failure): Record<string, unknown> {
  return documentOf(null, [], failure);
}

function documentOf(
  environment: string | null,
  groups: readonly CheckGroup[],
  failure: Failure | undefined,
): Record<string, unknown> {
  return {
    schema: DOCTOR_SCHEMA,
    ok: failure === undefined,
    environment,
    checks: groups.flatMap(({ checks }) => checks).map(entryOf),
    error: failure === undefined ? null : errorDocument(failure),
  };
}

function entryOf({ id, title, status, detail, remedy }: Check): Record<string, unknown> {
  return { id, title, status, detail, remedy };
}
