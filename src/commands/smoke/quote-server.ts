import { visible } from '../../safety/visible.js';

const MAX_LENGTH = 80;

/** A server's word within a sentence of ours: in one piece, and not too long. */
export function quoteServer(text: string): string {
  const characters = Array.from(visible(text).replaceAll('\t', ' '));
  return characters.length > MAX_LENGTH
    ? `${characters.slice(0, MAX_LENGTH).join('')}…`
    : characters.join('');
}
