// Questions on a terminal that moves no cursor (TERM=dumb, as in a shell inside Emacs): the terminal itself echoes and edits
// the line. What is a secret is read without an echo.
import { createInterface } from 'node:readline';
import type { Prompter, PromptStreams } from './prompter.js';
import { Failure } from '../failure/failure.js';

type PlainStreams = Pick<PromptStreams, 'input' | 'output' | 'signal'>;

/** Creates it. @param shown makes a message safe to show */
export function createPlainPrompter(streams: PlainStreams, shown: (message: string) => string): Prompter {
  const { output } = streams;

  /** Asks until an answer has no fault. */
  const ask = async <Answer>(
    message: string,
    read: (prompt: string) => Promise<string>,
    parse: (typed: string) => { readonly answer: Answer } | { readonly fault: string },
  ): Promise<Answer> => {
    for (;;) {
      const parsed = parse((await read(`? ${shown(message)} `)).trim());
      if ('answer' in parsed) return parsed.answer;
      output.write(`> ${shown(parsed.fault)}\n`);
    }
  };
  const checked = (answer: string, fault: string | undefined) =>
    fault === undefined ? { answer } : { fault };

  return {
    text: ({ message, suggestion, check }) =>
      ask(
        suggestion === undefined ? message : `${message} (${suggestion})`,
        (prompt) => readLine(streams, prompt),
        (typed) => {
          const answer = typed === '' ? (suggestion ?? '') : typed;
          return checked(answer, check?.(answer));
        },
      ),
    secret: ({ message, check, isOptional }) =>
      ask(
        message,
        (prompt) => readUnseen(streams, prompt),
        (typed) => checked(typed, isOptional && typed === '' ? undefined : check?.(typed)),
      ),
    choose: ({ message, choices, suggestion }) =>
      ask(
        `${message} ${choices.join(', ')}${suggestion === undefined ? '' : ` (${suggestion})`}`,
        (prompt) => readLine(streams, prompt),
        (typed) => {
          const answer = typed === '' ? suggestion : choices.find((choice) => choice === typed);
          return answer === undefined ? { fault: `Answer with one of ${choices.join(', ')}.` } : { answer };
        },
      ),
    confirm: ({ message, isDefaultYes = false, signal }) =>
      ask(
        `${message} (${isDefaultYes ? 'Y/n' : 'y/N'})`,
        (prompt) => readLine(streams, prompt, signal),
        (typed) => {
          if (typed === '') return { answer: isDefaultYes };
          if (/^y(es)?$/i.test(typed)) return { answer: true };
          return /^no?$/i.test(typed) ? { answer: false } : { fault: 'Answer yes or no.' };
        },
      ),
  };
}

const ended = () => new Failure('usage', 'Input ended before the question was answered.');

async function readLine(
  { input, output, signal }: PlainStreams,
  prompt: string,
  takenOff?: AbortSignal,
): Promise<string> {
  const either = takenOff === undefined ? signal : AbortSignal.any([signal, takenOff]);
  either.throwIfAborted();
  output.write(prompt);
  const lines = createInterface({ input, terminal: false });
  try {
    return await new Promise<string>((resolve, reject) => {
      let isOver = false;
      const leave = (reason: Error) => {
        if (isOver) return;
        isOver = true;
        output.write('\n');
        reject(reason);
      };
      lines
        .once('line', (line) => {
          isOver = true;
          resolve(line);
        })
        .once('close', () => {
          leave(ended());
        });
      either.addEventListener('abort', () => {
        leave(either.reason as Error);
      });
    });
  } finally {
    lines.close();
  }
}

async function readUnseen({ input, output, signal }: PlainStreams, prompt: string): Promise<string> {
  signal.throwIfAborted();
  output.write(prompt);
  const terminal = input as unknown as { readonly setRawMode: (isRaw: boolean) => unknown };
  let typed = '';
  let onData: (chunk: Buffer | string) => void = () => undefined;
  terminal.setRawMode(true);
  try {
    return await new Promise<string>((resolve, reject) => {
      onData = (chunk) => {
        for (const key of chunk.toString()) {
          if (key === '\r' || key === '\n') resolve(typed);
          else if (key === '\u0003') reject(new Failure('interrupted', 'Interrupted.'));
          else if (key === '\u0004') reject(ended());
          else if (key === '\u007f' || key === '\b') typed = typed.slice(0, -1);
          else if (key === '\u0015') typed = '';
          else typed += key;
        }
      };
      input
        .on('data', onData)
        .once('end', () => {
          reject(ended());
        })
        .resume();
      signal.addEventListener('abort', () => {
        reject(signal.reason as Error);
      });
    });
  } finally {
    input.off('data', onData).pause();
    terminal.setRawMode(false);
    output.write('\n');
  }
}
