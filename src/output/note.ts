import type { Output } from '../host/output.js';
import { visible } from '../safety/visible.js';

/** One line of chatter, which stays one line wherever it is written. */
export function renderNote(text: string): string {
  return `${visible(text)}\n`;
}

/** The same, for a terminal broken between words. A word that is longer than a line, such as a link, stays whole. */
export function renderWrapped(text: string, { isTerminal, columns }: Output): string {
  if (!isTerminal) return renderNote(text);
  let column = 0;
  // Not by the library of the human form: runs that write nothing but notes do not load it.
  const parts = visible(text)
    .split(' ')
    .map((word, index) => {
      const isNext = index > 0 && column + 1 + word.length <= columns;
      column = isNext ? column + 1 + word.length : word.length;
      return index === 0 ? word : `${isNext ? ' ' : '\n'}${word}`;
    });
  return `${parts.join('')}\n`;
}

/** Writes a line of chatter to standard error. */
export async function writeNote(stderr: Output, text: string): Promise<void> {
  await stderr.write(renderWrapped(text, stderr));
}
