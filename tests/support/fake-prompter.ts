import { Failure } from '../../src/failure/failure.js';
import type { Prompter } from '../../src/host/prompter.js';

/** A question as it was asked. */
export interface AskedQuestion {
  readonly type: keyof Prompter;
  readonly message: string;
  readonly suggestion?: string | undefined;
  readonly choices?: readonly string[] | undefined;
  /** What was said about each answer that was not taken. */
  readonly objections: readonly string[];
  /** What stood before each answer while it was typed. */
  readonly progress: readonly string[];
}

/** Typed at a question that is never answered: it stays until it is taken off the screen. */
export const UNANSWERED = Symbol('unanswered');

type Typed = string | boolean | Failure | typeof UNANSWERED;

/**
 * Part of a question, and what is typed at it: every answer but the last one has to be refused. A `Failure` rejects
 * the question; `''` takes the suggestion.
 */
export type ScriptedAnswer = readonly [question: string | RegExp, ...typed: readonly [Typed, ...Typed[]]];

export interface FakePrompter extends Prompter {
  readonly questions: readonly AskedQuestion[];
  /** Throws when a question came that was not foreseen, or did not come although it was. */
  verify(): void;
}

interface Question {
  readonly message: string;
  readonly choices?: readonly string[];
  readonly suggestion?: string;
  readonly isOptional?: boolean;
  readonly check?: (answer: string) => string | undefined;
  readonly progress?: (answer: string) => string;
}

/** Creates a prompter that gives scripted answers, and answers nothing else. */
export function createFakePrompter(answers: readonly ScriptedAnswer[]): FakePrompter {
  const questions: AskedQuestion[] = [];
  const rest = [...answers];
  const complaints: string[] = [];

  const complain = (complaint: string): never => {
    complaints.push(complaint);
    throw new Error(complaint);
  };

  const ask = (type: keyof Prompter, question: Question): string | boolean | typeof UNANSWERED => {
    const { message, suggestion, choices, progress, isOptional = false } = question;
    const [pattern, ...typed] = rest.shift() ?? complain(`Unexpected question: ${message}`);
    const isForeseen = typeof pattern === 'string' ? message.includes(pattern) : pattern.test(message);
    if (!isForeseen) complain(`Asked “${message}” where “${String(pattern)}” was foreseen`);
    const objections: string[] = [];
    const shown: string[] = [];
    questions.push({
      type,
      message,
      suggestion,
      ...(choices && { choices }),
      objections,
      progress: shown,
    });
    for (const [index, answer] of typed.entries()) {
      if (answer === UNANSWERED) return answer;
      if (answer instanceof Failure) throw answer;
      const isLast = index === typed.length - 1;
      if (typeof answer === 'boolean') {
        if (type !== 'confirm' || !isLast) complain(`“${message}” was answered with ${String(answer)}`);
        return answer;
      }
      if (type === 'confirm') complain(`“${message}” was answered with a text`);
      const value = answer === '' ? (suggestion ?? '') : answer;
      if (progress !== undefined) shown.push(progress(value));
      const isOffered = question.choices?.includes(value) ?? true;
      const objection = !isOffered
        ? `No choice: ${value}.`
        : isOptional && value === ''
          ? undefined
          : question.check?.(value);
      if (objection === undefined && !isLast) complain(`“${message}” takes “${value}”`);
      if (objection === undefined) return value;
      if (isLast) complain(`“${message}” does not take “${value}”: ${objection}`);
      objections.push(objection);
    }
    return complain(`“${message}” was not answered`);
  };

  return {
    questions,
    text: async (question) => Promise.resolve(question).then((asked) => ask('text', asked) as string),
    secret: async (question) => Promise.resolve(question).then((asked) => ask('secret', asked) as string),
    choose: async (question) => Promise.resolve(question).then((asked) => ask('choose', asked) as string),
    confirm: async (question) => {
      const answer = await Promise.resolve(question).then((asked) => ask('confirm', asked));
      if (answer !== UNANSWERED) return answer as boolean;
      return new Promise<never>((_resolve, reject) => {
        for (const signal of [question.signal, question.gentleSignal]) {
          const takeOff = () => {
            reject(signal?.reason as Error);
          };
          if (signal?.aborted === true) takeOff();
          signal?.addEventListener('abort', takeOff);
        }
      });
    },
    verify: () => {
      const unused = rest.splice(0).map(([pattern]) => `Never asked: ${String(pattern)}`);
      const faults = [...complaints.splice(0), ...unused];
      if (faults.length > 0) throw new Error(faults.join('\n'));
    },
  };
}
