import { lstatSync } from 'node:fs';
import path from 'node:path';
import { readFileOnce } from './read-file.js';
import { makeFolders, replaceFile, replacingFault } from './replace-file.js';

const MAX_BYTES = 1024 * 1024;

/** A text file of the user, as it was when it was read. */
export interface TextFile {
  readonly lines: readonly string[];
  /**
   * Replaces the file by one that ends with this line; its other bytes, its mode and its line ends stay. Makes the folder
   * where there is none.
   *
   * @throws an Error with a `code`
   */
  readonly append: (line: string) => void;
}

/** Reads a text file, which need not exist; or says why it may not be replaced, as the end of a sentence. */
export function readTextFile(
  file: string,
  userId: number | undefined,
): TextFile | { readonly wrong: string } {
  const wrong = replacingFault(file, userId);
  if (wrong !== undefined) return { wrong };
  const stats = lstatSync(file, { throwIfNoEntry: false });
  const isEmpty = stats === undefined || stats.size === 0;
  const read = isEmpty ? { bytes: Buffer.alloc(0) } : readFileOnce(file, MAX_BYTES, false);
  if ('wrong' in read) return { wrong: read.wrong };
  const { bytes } = read;
  const text = bytes.toString('utf8');
  const newline = text.includes('\r\n') ? '\r\n' : '\n';
  return {
    lines: text.split(/\r?\n/),
    append: (line) => {
      const start = text === '' || text.endsWith('\n') ? '' : newline;
      const added = Buffer.from(`${start}${line}${newline}`);
      makeFolders(path.dirname(file));
      replaceFile(
        file,
        Buffer.concat([bytes, added]),
        stats === undefined ? 0o666 : { exact: stats.mode & 0o7777 },
      );
    },
  };
}
