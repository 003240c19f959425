import { appendFileSync, closeSync, constants, fstatSync, openSync, readFileSync } from 'node:fs';

/**
 * Appends to a regular file, or makes one; through no link, even where one was put there a moment ago.
 *
 * @param added says what to append to the text that is there
 * @throws an Error with a `code`
 */
export function appendToFile(file: string, added: (text: string) => string): void {
  // Windows has no O_NOFOLLOW; there a look before has to do.
  const { O_APPEND, O_CREAT, O_RDWR } = constants;
  const noFollow = (constants as Partial<typeof constants>).O_NOFOLLOW ?? 0;
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_APPEND | noFollow, 0o666);
  try {
    appendFileSync(
      descriptor,
      added(fstatSync(descriptor).size === 0 ? '' : readFileSync(descriptor, 'utf8')),
    );
  } finally {
    closeSync(descriptor);
  }
}
