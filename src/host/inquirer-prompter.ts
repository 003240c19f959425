// Questions on a terminal that moves its cursor.
import { createPromptModule } from 'inquirer';
import { Transform } from 'node:stream';
import { Failure } from '../failure/failure.js';
import type { Prompter, PromptStreams } from './prompter.js';

interface InquirerQuestion {
  readonly type: 'input' | 'password' | 'confirm' | 'select';
  readonly message: string;
  readonly [setting: string]: unknown;
}

type PromptModule = Pick<ReturnType<typeof createPromptModule<never>>, 'prompts' | 'registerPrompt'>;

type ConfirmPrompt = (
  config: { readonly message: string },
  context: { clearPromptOnDone?: boolean },
) => Promise<boolean>;

/** Creates it. @param shown makes a message safe to show */
export function createInquirerPrompter(
  { input, output, hasColors, signal, signals }: PromptStreams,
  shown: (message: string) => string,
): Prompter {
  const ask = async <Answer>(question: InquirerQuestion, takenOff?: AbortSignal): Promise<Answer> => {
    const ended = new AbortController();
    const stopWatching = watchEnd({ input, signals }, () => {
      ended.abort();
    });
    const prompt = createPromptModule({
      input,
      output: hasColors ? output : withoutColors(output),
      signal: AbortSignal.any([signal, ended.signal, ...(takenOff === undefined ? [] : [takenOff])]),
    });
    if (takenOff !== undefined) clearWhenTakenOff(prompt, takenOff);
    try {
      const answers: Record<string, unknown> = await prompt([{ ...question, name: 'answer' }]);
      return answers['answer'] as Answer;
    } catch (error) {
      if (takenOff?.aborted === true && !signal.aborted) throw takenOff.reason;
      const hasEnded = ended.signal.aborted;
      // A signal that ends the input as well may be noticed after it.
      await new Promise(setImmediate);
      throw translate(error, signal, hasEnded);
    } finally {
      stopWatching();
    }
  };

  return {
    // What is pasted often brings a space along, which is not seen.
    text: async ({ message, suggestion, check, progress }) => {
      const answer = await ask<string>({
        type: 'input',
        message: shown(message),
        default: suggestion,
        validate: (typed: string) => check?.(typed.trim()) ?? true,
        transformer: (typed: string, { isFinal }: { isFinal: boolean }) =>
          isFinal || progress === undefined ? typed : `${progress(typed.trim())} ${typed}`,
      });
      return answer.trim();
    },
    secret: async ({ message, check, isOptional }) => {
      const answer = await ask<string>({
        type: 'password',
        message: shown(message),
        mask: '*',
        // inquirer would show the secret on Ctrl-T.
        toggleMask: false,
        validate: (typed: string) =>
          isOptional && typed.trim() === '' ? true : (check?.(typed.trim()) ?? true),
      });
      return answer.trim();
    },
    choose: ({ message, choices, suggestion }) =>
      ask<string>({ type: 'select', message: shown(message), choices, default: suggestion }),
    confirm: async ({ message, isDefaultYes = false, signal: takenOff, gentleSignal }) => {
      const typing = new AbortController();
      const onKey = () => {
        typing.abort();
      };
      input.on('keypress', onKey);
      try {
        const both = either(takenOff, gentleSignal && unless(typing.signal, gentleSignal));
        return await ask<boolean>({ type: 'confirm', message: shown(message), default: isDefaultYes }, both);
      } finally {
        input.off('keypress', onKey);
      }
    },
  };
}

function either(...signals: readonly (AbortSignal | undefined)[]): AbortSignal | undefined {
  const given = signals.filter((signal) => signal !== undefined);
  return given.length === 0 ? undefined : AbortSignal.any(given);
}

/** Aborts with a signal, unless the other one did before. */
function unless(other: AbortSignal, signal: AbortSignal): AbortSignal {
  const controller = new AbortController();
  const follow = () => {
    if (!other.aborted) controller.abort(signal.reason);
  };
  if (signal.aborted) follow();
  signal.addEventListener('abort', follow, { once: true });
  return controller.signal;
}

// inquirer leaves an aborted question on the screen, unless its context says otherwise as it ends.
function clearWhenTakenOff(prompt: PromptModule, takenOff: AbortSignal): void {
  const { confirm } = prompt.prompts as unknown as Record<'confirm', ConfirmPrompt>;
  prompt.registerPrompt('confirm', ((config, context) => {
    const own = { ...context };
    takenOff.addEventListener('abort', () => {
      own.clearPromptOnDone = true;
    });
    return confirm(config, own);
  }) satisfies ConfirmPrompt);
}

/**
 * Calls `onEnd` when nothing can be answered any more. readline answers Ctrl-D, and a terminal that goes away, by pausing
 * its input: the prompt itself would wait until the process drains. A prompt that was answered pauses as well, but has
 * settled by then; and so does one that goes on after Ctrl-Z, for which readline leaves it to others to resume.
 */
function watchEnd(
  { input, signals }: Pick<PromptStreams, 'input' | 'signals'>,
  onEnd: () => void,
): () => void {
  let continued = false;
  const onContinue = () => {
    continued = true;
  };
  const onPause = () =>
    setImmediate(() => {
      if (continued) input.resume();
      else onEnd();
      continued = false;
    });
  // Once it was paused, readline does not pause it again: what is left of Ctrl-D is that it leaves raw mode.
  const onKey = (_text: unknown, key?: { readonly ctrl?: boolean; readonly name?: string }) => {
    if (key?.ctrl !== true || key.name !== 'd') return;
    setImmediate(() => {
      if ((input as Partial<NodeJS.ReadStream>).isRaw === false) onEnd();
    });
  };
  signals.on('SIGCONT', onContinue);
  input.on('pause', onPause).on('end', onPause).on('keypress', onKey);
  return () => {
    signals.off('SIGCONT', onContinue);
    input.off('pause', onPause).off('end', onPause).off('keypress', onKey);
  };
}

function translate(error: unknown, interrupted: AbortSignal, hasEnded: boolean): unknown {
  if (interrupted.aborted) return interrupted.reason;
  if (hasEnded) return new Failure('usage', 'Input ended before the question was answered.');
  if (error instanceof Error && error.name === 'ExitPromptError')
    return new Failure('interrupted', 'Interrupted.');
  return error;
}

// inquirer colours whatever NO_COLOR says (on Node 20); its cursor movements have to pass.
function withoutColors(output: PromptStreams['output']): NodeJS.WritableStream {
  const plain = new Transform({
    transform(chunk: Buffer, _encoding, done) {
      done(null, chunk.toString().replace(/\p{Cc}\[[\d;]*m/gu, ''));
    },
  });
  plain.pipe(output, { end: false });
  return Object.assign(plain, { isTTY: true, columns: output.columns });
}
