import { expect, test } from '@jest/globals';
import { existsSync } from 'node:fs';
import { succeeds } from '../support/run.js';
import { describeCompletion } from '../support/shell-completion.js';

// `npm run test:shells` needs all three shells; here the one that most machines have is taken where it is.
if (existsSync('/bin/bash')) describeCompletion('bash');

test('the script asks for words that are printed at once, with nothing else beside them', async () => {
  const { stdout } = await succeeds(['completion', 'suggest', 'zsh', '--', 'init-session', '--env', 's'], {
    stderr: [],
  });
  expect(stdout).toBe('sandbox\0\0\nstaging\0\0\n');
});
