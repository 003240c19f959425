import { lstatSync, realpathSync, type Stats } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure/failure.js';
import { readFileOnce } from '../host/read-file.js';
import { shellWord } from '../safety/shell.js';

/** A larger file holds neither a secret nor settings. */
export const MAX_FILE_BYTES = 64 * 1024;

const OPEN_TO_OTHERS = 'can be changed by other users';

/** Where a value stands: itself, an environment variable or a file that holds it. */
export type SecretSource =
  | { readonly type: 'literal'; readonly value: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'file'; readonly path: string; readonly within?: string }
  /** A program that prints it, with its arguments; `undefined` where the command cannot be read. */
  | { readonly type: 'command'; readonly words: readonly [string, ...string[]] | undefined };

/** Reads `env:NAME`, `file:PATH` and `exec:COMMAND ARG…`; anything else is the value itself. A relative path starts at `folder`. */
export function parseSecretSource(text: string, folder: string): SecretSource {
  if (text.startsWith('env:')) return { type: 'variable', name: text.slice('env:'.length) };
  if (text.startsWith('file:'))
    return { type: 'file', path: path.resolve(folder, text.slice('file:'.length)) };
  if (text.startsWith('exec:')) return { type: 'command', words: wordsOf(text.slice('exec:'.length)) };
  return { type: 'literal', value: text };
}

/** Splits a command at blanks that are not between `'…'` or `"…"`. Nothing is expanded. */
function wordsOf(command: string): readonly [string, ...string[]] | undefined {
  if (!/^(?:[^'"]|'[^']*'|"[^"]*")*$/.test(command)) return undefined;
  const [first, ...rest] = (command.match(/(?:[^\s'"]|'[^']*'|"[^"]*")+/g) ?? []).map((word) =>
    word.replace(
      /'([^']*)'|"([^"]*)"/g,
      (_quoted, single?: string, double?: string) => single ?? double ?? '',
    ),
  );
  return first === undefined || first === '' ? undefined : [first, ...rest];
}

/** Says why a command may not be run, as the end of a sentence, or `undefined`: it is one of the user file alone. */
export function commandFault(source: SecretSource, isOfUserFile: boolean): string | undefined {
  if (source.type !== 'command') return undefined;
  if (!isOfUserFile) return 'runs a program, which only the user file may do';
  return source.words === undefined ? 'names no program, or has a quote without its end' : undefined;
}

/** What a reference in a project file may not reach, or `undefined`: the file may come from another person. */
export function foreignReferenceFault(source: SecretSource, folder: string): string | undefined {
  if (source.type === 'variable' && !source.name.startsWith('DECENTRO_')) {
    return 'may only name variables that begin with DECENTRO_ (the user file and --config are free)';
  }
  if (source.type === 'file' && !isBelow(source.path, folder)) {
    return "may only name files below the config file's own folder (the user file and --config are free)";
  }
  return undefined;
}

// A link inside the folder may lead out of it.
function isBelow(file: string, folder: string): boolean {
  if (!isInside(file, folder)) return false;
  try {
    return isInside(realpathSync(file), realpathSync(folder));
  } catch {
    return true; // It does not exist: reading it says so.
  }
}

/** The file or folder that a path leads to; the path itself where nothing is. */
export function realFile(file: string): string {
  try {
    return realpathSync(file);
  } catch {
    return file;
  }
}

function isInside(inner: string, outer: string): boolean {
  const relative = path.relative(outer, inner);
  return relative !== '' && !/^\.\.($|[\\/])/.test(relative) && !path.isAbsolute(relative);
}

/**
 * Reads a secret from a file of one line, whose line end is not part of it.
 * Fails with `config`, naming the path, never the content.
 *
 * @param userId `undefined` where the system has no such numbers (Windows)
 * @param within the folder that the file has to be in, wherever links lead meanwhile
 */
export function readSecretFile(file: string, userId: number | undefined, within?: string): string {
  const wrong = (what: string, hint?: string) => new Failure('config', `${file} ${what}.`, { hint });
  const read = readFileOnce(file, MAX_FILE_BYTES, true, (stats) => {
    if (userId !== undefined && (stats.mode & 0o022) !== 0) return OPEN_TO_OTHERS;
    return within === undefined || isWhatLiesBelow(stats, file, within)
      ? undefined
      : 'leads out of its folder';
  });
  if ('wrong' in read)
    throw wrong(read.wrong, read.wrong === OPEN_TO_OTHERS ? `chmod go-w ${shellWord(file)}` : undefined);
  const value = read.bytes
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .replace(/\r?\n$/, '');
  if (value === '') throw wrong('is empty');
  if (/[\r\n]/.test(value)) throw wrong('holds more than one line');
  return value;
}

// Between two looks at a path, a link in it may have been exchanged.
function isWhatLiesBelow(opened: Stats, file: string, folder: string): boolean {
  const real = realpathSync(file);
  const { dev, ino } = lstatSync(real);
  return opened.dev === dev && opened.ino === ino && isInside(real, realpathSync(folder));
}
