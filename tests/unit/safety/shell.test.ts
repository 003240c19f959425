import { describe, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { shellWord } from '../../../src/safety/shell.js';
import { TRICKY_STRINGS } from '../../support/hostile-strings.js';

describe('a word of a command that is shown', () => {
  test.each([
    ['/home/me/.decentrorc', '/home/me/.decentrorc'],
    ['my folder/a', "'my folder/a'"],
    ["it's", "'it'\\''s'"],
    ['-rf', "'-rf'"],
    ['~/a', "'~/a'"],
    ['a;b', "'a;b'"],
    ['', "''"],
  ])('%j is shown as %s (rule 43)', (word, shown) => {
    expect(shellWord(word)).toBe(shown);
  });

  test('is read back by a shell as it was (rule 43)', () => {
    const script = TRICKY_STRINGS.map((word) => `printf '%s\\0' ${shellWord(word)}`).join('\n');
    const { stdout } = spawnSync('bash', ['-c', script], { encoding: 'utf8' });
    expect(stdout.split('\0').slice(0, -1)).toEqual(TRICKY_STRINGS);
  });
});
