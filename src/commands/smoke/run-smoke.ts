import type { Failure } from '../../failure/failure.js';
import type { FailureKind } from '../../failure/exit-codes.js';
import type { CallId, SmokeCall } from './calls.js';
import { BEYOND_A_CALL, type Mark, type SmokeCase } from './cases.js';
import { describeAnswer, type CallAnswer } from './judge.js';
import type { SmokePlan } from './plan.js';

export type CaseStatus = 'ok' | 'failed' | 'recorded' | 'skipped';

/** One case of the report, every key always present; `status` is null where nothing was to be sent. */
export interface CaseResult {
  readonly id: string;
  readonly title: string;
  readonly mark: Mark;
  readonly status: CaseStatus | null;
  readonly expected: string;
  readonly observed: string | null;
  readonly decentroTxnId: string | null;
  readonly referenceId: string | null;
  readonly httpStatus: number | null;
  readonly responseKey: string | null;
  /** Of the call, told by the first of its cases. */
  readonly durationMs: number | null;
}

export interface SettledMark {
  readonly case: string;
  readonly mark: Mark;
  readonly question: string;
  readonly finding: string;
}

export interface UnsettledMark {
  /** The case that could have settled it; `null` for what no session call can. */
  readonly case: string | null;
  readonly mark: Mark;
  readonly question: string;
  readonly reason: string;
}

export interface SmokeRun {
  readonly cases: readonly CaseResult[];
  readonly settled: readonly SettledMark[];
  readonly unsettled: readonly UnsettledMark[];
  /** What ended the run before its end. */
  readonly end: Failure | undefined;
}

export interface SmokeRules {
  /** A slower call fails its first case. */
  readonly budgetMs: number | undefined;
  /** What answers is Decentro, not an imitation of it. */
  readonly isGenuine: boolean;
  /** Makes one call, with the reference ID of an earlier one where it repeats that. Rejects with a bug alone. */
  readonly send: (call: SmokeCall, referenceId: string | undefined) => Promise<CallAnswer>;
}

/** Without access or a connection, no case says anything about the API. */
const HOPELESS: readonly FailureKind[] = ['config', 'access', 'network'];

/** Makes the calls of a plan, one after another, and judges what they brought. */
export async function runSmoke(plan: SmokePlan, rules: SmokeRules): Promise<SmokeRun> {
  const answers = new Map<CallId, CallAnswer>();
  let end: Failure | undefined;
  for (const call of plan.calls) {
    const earlier = call.repeats && answers.get(call.repeats);
    if (call.repeats !== undefined && !isAnswered(earlier)) continue;
    const answer = await rules.send(call, earlier?.facts.referenceId ?? undefined);
    const { failure } = answer;
    const isHopeless =
      answers.size === 0 &&
      call.withoutModuleSecret !== true &&
      HOPELESS.includes(failure?.kind ?? 'unknown');
    answers.set(call.id, answer);
    if (failure === undefined || (failure.kind !== 'interrupted' && !isHopeless)) continue;
    end = failure;
    break;
  }

  const judged = plan.cases.map((one) => judgeCase(one, plan, answers, end, rules));
  return {
    cases: judged.map(({ result }) => result),
    settled: judged.flatMap(({ settled }) => settled ?? []),
    unsettled: [
      ...judged.flatMap(({ unsettled }) => unsettled ?? []),
      ...plan.left.flatMap(withoutEndUser),
      ...BEYOND_A_CALL.map((open) => ({ case: null, ...open })),
    ],
    end,
  };
}

/** The cases of a plan, of which nothing is known yet. */
export function unjudged(plan: Pick<SmokePlan, 'cases'>): CaseResult[] {
  return plan.cases.map((one) => resultOf(one, null, null));
}

interface JudgedCase {
  readonly result: CaseResult;
  readonly settled?: SettledMark;
  readonly unsettled?: UnsettledMark;
}

function judgeCase(
  one: SmokeCase,
  { cases, unfit, calls }: SmokePlan,
  answers: ReadonlyMap<CallId, CallAnswer>,
  end: Failure | undefined,
  { budgetMs, isGenuine }: SmokeRules,
): JudgedCase {
  const answer = answers.get(one.call);
  const skip = (reason: string): JudgedCase => ({
    result: resultOf(one, 'skipped', reason, answer),
    ...openMark(one, reason),
  });
  const why = unfit.get(one.id);
  if (why !== undefined) return skip(why);
  if (answer === undefined) {
    const { repeats } = calls.find(({ id }) => id === one.call) ?? {};
    return skip(end === undefined ? `${repeats ?? one.call} brought no answer` : 'the run ended before it');
  }
  if (answer.failure?.kind === 'interrupted') return skip('interrupted');

  const isFirst = cases.find(({ call }) => call === one.call) === one;
  const judgement = isAnswered(answer) ? one.judge(answer) : undefined;
  if (!isFirst && (judgement === undefined || (end !== undefined && end === answer.failure)))
    return skip('the call brought another answer');
  const { isMet, observed, isSettled } = judgement ?? {
    isMet: false,
    observed: describeAnswer(answer),
    isSettled: false,
  };
  const { durationMs = 0 } = answer.facts;
  const isLate = isFirst && budgetMs !== undefined && durationMs > budgetMs;
  const slow = isLate ? [`took ${durationMs} ms, over the budget of ${budgetMs} ms`] : [];
  // What was expected and came is not told again where only its time is wrong.
  const told = [...(isLate && isMet ? [] : [observed]), ...slow].join('; ');
  const isRecorded = one.mark !== 'documented' && judgement !== undefined;
  const hasFailed = isLate || (!isRecorded && !isMet);
  const status = hasFailed ? 'failed' : isRecorded ? 'recorded' : 'ok';
  const whole = resultOf(one, status, told, answer);
  const result = isFirst ? whole : { ...whole, durationMs: null };
  if (!isSettled) return { result, ...openMark(one, observed) };
  if (!isGenuine) return { result, ...openMark(one, 'a sandbox says nothing about Decentro') };
  return { result, ...settledMark(one, observed) };
}

/** Whether the API itself said something. */
function isAnswered(answer: CallAnswer | undefined): answer is CallAnswer {
  return answer !== undefined && answer.facts.raw !== null;
}

function openMark({ id, mark, question }: SmokeCase, reason: string): Pick<JudgedCase, 'unsettled'> {
  return question === undefined ? {} : { unsettled: { case: id, mark, question, reason } };
}

function withoutEndUser(one: SmokeCase): UnsettledMark[] {
  const { unsettled } = openMark(one, 'an end user has to come back: digilocker smoke --interactive');
  return unsettled === undefined ? [] : [unsettled];
}

function settledMark({ id, mark, question }: SmokeCase, finding: string): Pick<JudgedCase, 'settled'> {
  return question === undefined ? {} : { settled: { case: id, mark, question, finding } };
}

function resultOf(
  { id, title, mark, expected }: SmokeCase,
  status: CaseStatus | null,
  observed: string | null,
  answer?: CallAnswer,
): CaseResult {
  const { decentroTxnId, referenceId, httpStatus, responseKey, durationMs } = answer?.facts ?? {};
  return {
    id,
    title,
    mark,
    status,
    expected,
    observed,
    decentroTxnId: decentroTxnId ?? null,
    referenceId: referenceId ?? null,
    httpStatus: httpStatus ?? null,
    responseKey: responseKey ?? null,
    durationMs: durationMs ?? null,
  };
}
