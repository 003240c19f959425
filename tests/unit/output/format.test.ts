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
  [{ json: true, output: 'human' }, '--json and --output human contradict each other.'],
  [{ json: true, output: 'env' }, '--json and --output env contradict each other.'],
  [{ json: true, field: 'ok' }, '--field and --json contradict each other.'],
  [{ output: 'json', field: 'ok' }, '--field and --output contradict each other.'],
  [{ quiet: true, verbose: true }, '--quiet and --verbose contradict each other.'],
])('%j contradicts itself', (flags, message) => {
  expect(() => chooseOutput(flags)).toThrow(expect.objectContaining({ kind: 'usage', message }));
});
