// Words of commands that are shown to be pasted into a POSIX shell. Pure.

/** A word in single quotes, whatever it holds. */
export function quotedForShell(word: string): string {
  return `'${word.replaceAll("'", "'\\''")}'`;
}

/** A word as it is where a shell reads it as one, else quoted. */
export function shellWord(word: string): string {
  return /^[\w./@%+=,][\w./@%+=:,-]*$/.test(word) ? word : quotedForShell(word);
}
