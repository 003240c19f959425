import type { Attempt, CallFacts, Effect, Sent } from '../failure/facts.js';
import type { Connection } from './http/connection.js';
import { Failure } from '../failure/failure.js';
import type { Host } from '../host/host.js';
import {
  createPersonalRedactor,
  createRedactors,
  redactJson,
  type Credentials,
  type Redactors,
} from '../safety/redact.js';
import { parseEnvelope, salvageTransactionIds, type Envelope } from './envelope.js';
import type { KeptConnections } from './http/kept-connections.js';
import { exchange, type Exchange, type HttpAnswer, type HttpRequest } from './http/exchange.js';
import {
  exposedSecret,
  failedExchange,
  firstTryArrived,
  naming,
  notRepeated,
  refusedAnswer,
  unpromisedAnswer,
} from './failures.js';
import { buildRequest, maskedRequest, personalValues, type Endpoint } from './endpoint.js';
import { delayBeforeRetry } from './retry.js';
import { shownAnswer, usedTexts } from './shown-answer.js';
import { judge } from './verdict.js';

export type CallEvent =
  | { readonly type: 'attempt'; readonly referenceId: string | null }
  /** `proxy`: host and port of the one that it goes through. */
  | { readonly type: 'request'; readonly request: HttpRequest; readonly proxy?: string | undefined }
  | { readonly type: 'response'; readonly answer: HttpAnswer }
  | { readonly type: 'retry'; readonly reason: string; readonly delayMs: number };

export interface CallOptions {
  readonly baseUrl: URL;
  readonly credentials: Credentials;
  /** What is masked: those credentials when absent, or more, where an earlier call has sent more. */
  readonly masked?: Credentials | undefined;
  /** The facts of a success are what was received: for programs. Else they are as they may be shown. */
  readonly handsOutReceived?: boolean;
  /** Direct, and with Node's own trust, when absent. */
  readonly connection?: Connection | undefined;
  /** Null for a call that has none. */
  readonly referenceId: string | null;
  /** Makes a fresh reference ID for a repetition; absent where the caller insists on the one given. */
  readonly createReferenceId?: (() => string) | undefined;
  /** For everything, repetitions and waits included. */
  readonly timeoutMs: number;
  /** How often a request may be repeated after a failure that lets it be. */
  readonly retries: number;
  /** Keeps connections from one call of a run to the next. */
  readonly connections?: KeptConnections | undefined;
  /** Of `masked`, kept from call to call: made for each when absent. */
  readonly redactors?: Redactors | undefined;
  readonly host: Pick<Host, 'signal' | 'now' | 'elapsed' | 'sleep' | 'random'>;
  /** Called with each event, credentials and personal data masked. The call awaits it. */
  readonly observe?: ((event: CallEvent) => Promise<void>) | undefined;
  /** Called with each answer as it came, unmasked. */
  readonly onAnswer?: (answer: HttpAnswer) => void;
}

/** One request and what came of it. */
interface Trial<Result> {
  readonly exchanged: Exchange;
  readonly attempt: Attempt;
  readonly facts: Omit<CallFacts, 'durationMs' | 'attempts'>;
  readonly end: { readonly result: Result } | { readonly failure: Failure };
}

/**
 * Calls an endpoint. Repeats by itself only what cannot have had an effect: a failure before anything was sent, with
 * the same reference ID; and HTTP 429 with a Retry-After that fits, with a fresh one, because Decentro uses up the
 * reference ID of every request it sees.
 *
 * Fails with `access`, `rejected`, `upstream`, `network`, `unknown`, or with the host signal's reason; the details of
 * the failure are the {@link CallFacts}.
 */
export async function call<Params, Result>(
  endpoint: Endpoint<Params, Result>,
  params: Params,
  options: CallOptions,
): Promise<{ readonly facts: CallFacts; readonly result: Result }> {
  const { host, observe } = options;
  const startedAt = host.elapsed();
  const remainingMs = () => startedAt + options.timeoutMs - host.elapsed();
  const attempts: Attempt[] = [];
  let answered: Standing | undefined;
  let { referenceId } = options;

  for (;;) {
    await observe?.({ type: 'attempt', referenceId });
    const request = buildRequest(endpoint, params, referenceId ?? '', options.baseUrl, options.credentials);
    const trial = await tryOnce(endpoint, request, referenceId, remainingMs(), options);
    const { exchanged, attempt, end } = trial;
    const isRepeated = attempts.some((earlier) => earlier.referenceId === referenceId);
    attempts.push(attempt);
    const standing = standingAfter(trial, answered);
    const facts = { ...standing.facts, durationMs: Math.round(host.elapsed() - startedAt), attempts };
    if ('result' in end) return { facts, result: end.result };

    const failure = standing.failure ?? end.failure;
    const interrupted = () => {
      const reason: unknown = host.signal.reason;
      const doubt = facts.effect === 'unknown' ? endpoint.doubt : undefined;
      return reason instanceof Failure ? reason.with(facts, failure.sent, doubt) : reason;
    };
    if (exchanged.type === 'failed' && host.signal.aborted) throw interrupted();
    if (isRepeated && facts.responseKey === 'error_duplicate_reference_id')
      throw firstTryArrived(endpoint.doubt).with(facts);
    const state = {
      attempts: attempts.length,
      canRenewId: options.createReferenceId !== undefined,
      now: host.now(),
      random: host.random(),
    };
    const delayMs =
      attempts.length > options.retries ? undefined : delayBeforeRetry(exchanged, end.failure, state);
    if (delayMs === undefined || delayMs >= remainingMs()) throw failure.with(facts);
    await observe?.({ type: 'retry', reason: end.failure.message, delayMs });
    await host.sleep(delayMs).catch(() => {
      throw interrupted();
    });
    if (exchanged.type !== 'answered') continue;
    answered = { facts: trial.facts, failure: end.failure };
    // A call that has none needs no fresh one.
    if (referenceId !== null) referenceId = options.createReferenceId?.() ?? referenceId;
  }
}

/** What is known of the server's side. */
interface Standing {
  readonly facts: Trial<never>['facts'];
  readonly failure: Failure | undefined;
}

// A repetition that never left changes nothing: what the server said before it stands.
function standingAfter({ facts, attempt, end }: Trial<unknown>, answered: Standing | undefined): Standing {
  const failure = 'failure' in end ? end.failure : undefined;
  if (answered?.failure === undefined || failure === undefined || attempt.sent !== 'no')
    return { facts, failure };
  return { facts: answered.facts, failure: notRepeated(answered.failure, failure) };
}

async function tryOnce<Params, Result>(
  endpoint: Endpoint<Params, Result>,
  request: HttpRequest,
  referenceId: string | null,
  timeoutMs: number,
  options: CallOptions,
): Promise<Trial<Result>> {
  const { credentials, masked = credentials, connection, host, observe } = options;
  const { personal, maxAnswerBytes: maxBytes } = endpoint;
  const { redact: redactCredentials, redactSecrets } = options.redactors ?? createRedactors(masked);
  // What was sent of a person is shown in the result alone, also where the answer repeats it.
  const redactPersonal = createPersonalRedactor(personalValues(request, personal));
  const redact = (text: string) => redactPersonal(redactCredentials(text));
  const proxy = connection?.proxy?.label;
  await observe?.({ type: 'request', request: maskedRequest(request, redact, personal), proxy });
  const limits = { connections: options.connections, maxBytes };
  const exchanged = await exchange(request, timeoutMs, host.signal, connection, limits);
  const { answer } = exchanged;
  if (answer !== undefined) options.onAnswer?.(answer);
  const envelope = answer && (endpoint.readAnswer ?? parseEnvelope)(answer.body);
  const transactionIds = findTransactionIds(exchanged, envelope);
  const { effect, ...end } = conclude(endpoint, request, exchanged, envelope, redact, options);
  const used = [
    ...transactionIds,
    ...('result' in end && personal === undefined ? usedTexts(end.result) : []),
  ];
  const kept = used.filter((text) => redactSecrets(text) === text);
  if (answer !== undefined)
    await observe?.({ type: 'response', answer: shownAnswer(answer, redact, kept, personal, envelope?.raw) });
  // A failure may end up in a log, so it is masked.
  const isShown = options.handsOutReceived !== true || 'failure' in end;
  const told = isShown ? shownEnvelope(envelope, redact, kept, personal !== undefined) : envelope;
  const ids = isShown ? transactionIds.map(redactSecrets) : transactionIds;
  const isExposed = isShown && kept.length < used.length;
  const httpStatus = answer?.status ?? null;
  return {
    exchanged,
    attempt: { referenceId, httpStatus, sent: sentOf(exchanged) },
    facts: {
      referenceId,
      decentroTxnId: ids.length === 1 ? (ids[0] ?? null) : null,
      status: told?.status ?? null,
      responseCode: told?.responseCode ?? null,
      responseKey: told?.responseKey ?? null,
      message: told?.message ?? null,
      effect,
      httpStatus,
      raw: personal === undefined ? (told?.raw ?? null) : null,
    },
    end:
      'failure' in end
        ? { failure: naming(end.failure, transactionIds.map(redactSecrets)) }
        : isExposed
          ? { failure: exposedSecret() }
          : isShown && personal !== undefined
            ? { result: redactJson(end.result, redactCredentials) as Result }
            : end,
  };
}

function shownEnvelope(
  envelope: Envelope | undefined,
  redact: (text: string) => string,
  kept: readonly string[],
  isPersonal: boolean,
): Envelope | undefined {
  const shown = envelope && isPersonal ? { ...envelope, data: null, raw: null } : envelope;
  return shown && (redactJson(shown, redact, kept) as Envelope);
}

function findTransactionIds(exchanged: Exchange, envelope: Envelope | undefined): string[] {
  if (envelope?.decentroTxnId != null) return [envelope.decentroTxnId];
  const stray = exchanged.type === 'failed' ? exchanged.stray : undefined;
  const found = [exchanged.answer?.body, stray].filter((bytes) => bytes !== undefined);
  return salvageTransactionIds(Buffer.concat(found));
}

type Conclusion<Result> = Trial<Result>['end'] & { readonly effect: Effect };

function conclude<Result>(
  endpoint: Endpoint<never, Result>,
  request: HttpRequest,
  exchanged: Exchange,
  envelope: Envelope | undefined,
  redact: (text: string) => string,
  { baseUrl, createReferenceId, referenceId }: CallOptions,
): Conclusion<Result> {
  const { answer } = exchanged;
  // What a failure quotes is shown.
  const shown = () => answer && shownAnswer(answer, redact, [], []);
  if (exchanged.type === 'failed') {
    const failure = failedExchange({ ...exchanged, answer: shown() }, endpoint.doubt, referenceId !== null);
    return { failure, effect: exchanged.sent ? 'unknown' : 'no' };
  }
  const verdict = judge(exchanged.answer.status, envelope, endpoint.isSuccess);
  if (verdict.type === 'refusal') {
    const isIdGiven = createReferenceId === undefined && referenceId !== null;
    const quoted = shownEnvelope(envelope, redact, [], endpoint.personal !== undefined);
    const failure = refusedAnswer(verdict, shown() ?? exchanged.answer, quoted, request, endpoint, isIdGiven);
    return { failure, effect: verdict.effect };
  }
  const parsed = endpoint.parse(verdict.envelope, baseUrl);
  return 'lack' in parsed
    ? { failure: unpromisedAnswer(parsed.lack, endpoint.doubt), effect: 'unknown' }
    : { result: parsed.result, effect: 'yes' };
}

function sentOf(exchanged: Exchange): Sent {
  if (exchanged.answer !== undefined) return 'yes';
  return exchanged.type === 'failed' && exchanged.sent ? 'unknown' : 'no';
}
