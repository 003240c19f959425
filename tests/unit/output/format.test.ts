import { expect, test } from '@jest/globals';
import { chooseOutput, type OutputFlags } from '../../../src/output/format.js';

test.each<[flags: OutputFlags, choice: object]>([
  [{}, { format: 'human', field: undefined, isQuiet: false, isVerbose: false }],
  [{ json: true }, { format: 'json' }],
  [{ json: true, output: 'json' }, { format: 'json' }],
  [
    { output: 'env', quiet: true },
    { format: 'env', isQuiet: true },
  ],
  [
    { output: 'shell', verbose: true },
    { format: 'shell', isVerbose: true },
  ],
  [{ field: 'ok' }, { format: 'human', field: 'ok' }],
])('%j is %j', (flags, choice) => {
  expect(chooseOutput(flags)).toMatchObject(choice);
});

test.each<[flags: OutputFlags, message: string]>([
  [{ json: true, output: 'human' }, '--json cannot be combined with --output human.'],
  [{ json: true, output: 'env' }, '--json cannot be combined with --output env.'],
  [{ json: true, field: 'ok' }, '--field cannot be combined with --json.'],
  [{ output: 'json', field: 'ok' }, '--field cannot be combined with --output.'],
  [{ quiet: true, verbose: true }, '--quiet cannot be combined with --verbose.'],
])('%j contradicts itself', (flags, message) => {
  expect(() => chooseOutput(flags)).toThrow(expect.objectContaining({ kind: 'usage', message }));
});
