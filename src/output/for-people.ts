import type { Output } from '../host/output.js';
import { jsonText } from '../safety/visible.js';
import type { Report } from './report.js';

/**
 * Lays a report out for people. Where the code for it cannot be read, as while the package is replaced during a wait,
 * it is the document as JSON: no ID is lost.
 */
export async function renderForPeople(
  { blocks, document }: Pick<Report, 'blocks' | 'document'>,
  screen: Pick<Output, 'columns' | 'hasColors'>,
): Promise<string> {
  const human = await import('./human.js').catch(() => undefined);
  return human === undefined ? `${jsonText(document)}\n` : human.renderHuman(blocks, screen);
}
