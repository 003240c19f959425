import { readFileSync, realpathSync, statSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../failure/failure.js';

/** Larger files are no secret and no settings. */
export const MAX_FILE_BYTES = 64 * 1024;

/** Where a value stands: itself, an environment variable or a file that holds it. */
export type SecretSource =
  | { readonly type: 'literal'; readonly value: string }
  | { readonly type: 'variable'; readonly name: string }
  | { readonly type: 'file'; readonly path: string };

/** Reads `env:NAME` and `file:PATH`; anything else is the value itself. A relative path starts at `folder`. */
export function parseSecretSource(text: string, folder: string): SecretSource {
  if (text.startsWith('env:')) return { type: 'variable', name: text.slice('env:'.length) };
  if (text.startsWith('file:'))
    return { type: 'file', path: path.resolve(folder, text.slice('file:'.length)) };
  return { type: 'literal', value: text };
}

/** What a reference in a project file may not reach, or `undefined`: the file may come from somebody else. */
export function refuseForeignReference(source: SecretSource, folder: string): string | undefined {
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
  const inside = (inner: string, outer: string) => {
    const relative = path.relative(outer, inner);
    return relative !== '' && !/^\.\.($|[\\/])/.test(relative) && !path.isAbsolute(relative);
  };
  if (!inside(file, folder)) return false;
  try {
    return inside(realpathSync(file), realpathSync(folder));
  } catch {
    return true; // It does not exist: reading it says so.
  }
}

/**
 * Reads a secret from a file of one line, whose line end is not part of it.
 * Fails with `config`, naming the path, never the content.
 */
export function readSecretFile(file: string): string {
  const wrong = (what: string) => new Failure('config', `${file} ${what}.`);
  try {
    const stats = statSync(file);
    if (!stats.isFile()) throw wrong('is not a regular file');
    // What the system makes up as it is read, in /proc, has no size, and may never end.
    if (stats.size === 0) throw wrong('is empty');
    if (stats.size > MAX_FILE_BYTES) throw wrong('is larger than 64 KiB');
    const value = readFileSync(file, 'utf8')
      .replace(/^\uFEFF/, '')
      .replace(/\r?\n$/, '');
    if (value === '') throw wrong('is empty');
    if (/[\r\n]/.test(value)) throw wrong('holds more than one line');
    return value;
  } catch (error) {
    if (error instanceof Failure) throw error;
    throw wrong(`cannot be read (${(error as NodeJS.ErrnoException).code ?? 'unknown error'})`);
  }
}
