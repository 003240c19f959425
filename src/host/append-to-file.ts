import { closeSync, constants, fstatSync, openSync, readSync, writeSync, type Stats } from 'node:fs';

// What is looked at of a file's end.
const TAIL_BYTES = 4096;

/**
 * Appends to a regular file, or makes one; through no link, even where one was put there a moment ago, and waiting for
 * no FIFO. Returns the objection of what was opened, as the end of a sentence that begins with its name.
 *
 * @param added says what to append to a text that ends like this
 * @param objection says what else keeps a file from being written
 * @throws an Error with a `code`
 */
export function appendToFile(
  file: string,
  added: (tail: string) => string,
  objection: (stats: Stats) => string | undefined = () => undefined,
): string | undefined {
  // Windows has neither; there a look before has to do.
  const { O_APPEND, O_CREAT, O_RDWR } = constants;
  const { O_NOFOLLOW = 0, O_NONBLOCK = 0 } = constants as Partial<typeof constants>;
  const descriptor = openSync(file, O_RDWR | O_CREAT | O_APPEND | O_NOFOLLOW | O_NONBLOCK, 0o666);
  try {
    const stats = fstatSync(descriptor);
    const fault = stats.isFile() ? objection(stats) : 'is not a regular file';
    if (fault !== undefined) return fault;
    let rest = Buffer.from(added(tailOf(descriptor, stats.size)));
    while (rest.length > 0) rest = rest.subarray(writeSync(descriptor, rest));
    return undefined;
  } finally {
    closeSync(descriptor);
  }
}

function tailOf(descriptor: number, size: number): string {
  const length = Math.min(size, TAIL_BYTES);
  const bytes = Buffer.alloc(length);
  const read = readSync(descriptor, bytes, 0, length, size - length);
  return bytes.toString('utf8', 0, read);
}
