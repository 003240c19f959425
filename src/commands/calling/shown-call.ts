// A call as a person sees it: after a second, one line says what is waited for and how long at most.
import type { CallEvent, CallOptions } from '../../api/call.js';
import type { Endpoint } from '../../api/endpoint.js';
import { durationText } from '../../failure/duration.js';
import type { CallFacts } from '../../failure/facts.js';
import { Failure } from '../../failure/failure.js';
import { startCountdown, type Countdown } from '../../output/countdown.js';
import type { Caller } from './caller.js';
import type { Target } from './target.js';

const PATIENCE_MS = 1_000;

/** Makes a call. Fails as `call` does; a failure for want of time names the time limit and its flag. */
export async function callShown<Params, Result>(
  { host, choice }: Pick<Caller, 'host' | 'choice'>,
  { baseUrl, sandbox }: Pick<Target, 'baseUrl' | 'sandbox'>,
  endpoint: Endpoint<Params, Result>,
  params: Params,
  options: CallOptions,
): Promise<{ readonly facts: CallFacts; readonly result: Result }> {
  const { call } = await import('../../api/call.js');
  const untilMs = host.elapsed() + options.timeoutMs;
  const what = `Waiting for ${sandbox === undefined ? baseUrl.host : 'the sandbox'}`;
  let countdown: Countdown | undefined;
  let timer: NodeJS.Timeout | undefined;
  const hide = async (): Promise<void> => {
    clearTimeout(timer);
    const shown = countdown;
    countdown = undefined;
    await shown?.end();
  };
  const observe = async (event: CallEvent): Promise<void> => {
    await hide();
    await options.observe?.(event);
    if (!host.stderr.isTerminal || choice.isQuiet || event.type === 'response') return;
    timer = setTimeout(() => {
      countdown = startCountdown(host, what, untilMs);
    }, PATIENCE_MS);
  };
  try {
    return await call(endpoint, params, { ...options, observe });
  } catch (error) {
    throw error instanceof Failure && host.elapsed() >= untilMs ? timedOut(error, options.timeoutMs) : error;
  } finally {
    await hide();
  }
}

function timedOut(failure: Failure, timeoutMs: number): Failure {
  const { kind, message, hint, sent, retryable, details } = failure;
  if (kind !== 'network' && kind !== 'unknown') return failure;
  const limit = `The time limit was ${durationText(timeoutMs)}; --timeout sets it.`;
  return new Failure(kind, message, {
    hint: hint === null ? limit : `${limit} ${hint}`,
    sent,
    retryable,
    details,
  });
}
