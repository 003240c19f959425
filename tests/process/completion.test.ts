import { expect, test } from '@jest/globals';
import { succeeds } from '../support/run.js';

// `npm run test:shells` asks as the shells themselves do.
test('the script asks for words that are printed at once, with nothing else beside them', async () => {
  const { stdout } = await succeeds(['completion', 'suggest', 'zsh', '--', 'init-session', '--env', 's'], {
    stderr: [],
  });
  expect(stdout).toBe('sandbox\0\0\nstaging\0\0\n');
});
