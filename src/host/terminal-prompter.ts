import { visible } from '../safety/visible.js';
import type { Prompter, PromptStreams } from './prompter.js';

/** Creates the prompter of a terminal. What asks there is loaded with the first question. */
export function createPrompter(streams: PromptStreams): Prompter {
  const shown = (message: string) => shownOn(streams.output, message);
  const load = async (): Promise<Prompter> =>
    streams.isDumb === true
      ? (await import('./plain-prompter.js')).createPlainPrompter(streams, shown)
      : (await import('./inquirer-prompter.js')).createInquirerPrompter(streams, shown);
  return {
    text: async (question) => (await load()).text(question),
    secret: async (question) => (await load()).secret(question),
    choose: async (question) => (await load()).choose(question),
    confirm: async (question) => (await load()).confirm(question),
  };
}

// Line breaks are our own: those of a text from elsewhere are made visible before it comes into a message. Where it is too
// long for its line, beside the mark and the choice of answers, it breaks between words: inquirer would break words.
function shownOn(output: PromptStreams['output'], message: string): string {
  const width = Math.max(20, (output.columns ?? 80) - '?  (y/N) '.length);
  const words = new RegExp(`(.{1,${width}})(?: +|$)`, 'g');
  return message
    .split('\n')
    .flatMap((line) => visible(line).replace(words, '$1\n').trimEnd().split('\n'))
    .join('\n  ');
}
