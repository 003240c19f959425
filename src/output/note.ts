import { visible } from '../safety/visible.js';

/** One line of chatter for standard error. */
export function renderNote(text: string): string {
  return `${visible(text)}\n`;
}
