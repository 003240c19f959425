import { visible } from '../../safety/visible.js';

const MAX_LENGTH = 80;

/**
 * A server's word within a sentence of ours: in one piece, not too long, and harmless where a CI system reads commands
 * out of what is printed (`::error::`, `##[error]`).
 */
export function quoteServer(text: string): string {
  const shown = visible(text)
    .replaceAll('\t', ' ')
    .replaceAll('::', ':\\u003a')
    .replaceAll('##[', '#\\u0023[');
  const characters = Array.from(shown);
  return characters.length > MAX_LENGTH ? `${characters.slice(0, MAX_LENGTH).join('')}…` : shown;
}
