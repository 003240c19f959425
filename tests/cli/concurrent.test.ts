import { expect, test } from '@jest/globals';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles } from '../support/fake-host.js';
import { runMain } from '../support/run-main.js';

const LINES = [
  [],
  ['--version'],
  ['--nonsense'],
  ['help', 'config'],
  ['help', 'exit-codes'],
  ['config'],
  ['config', '--help'],
  ['config', 'show', '--json'],
  ['config', 'show', '--env', 'gateway'],
  ['config', 'path'],
  ['config', 'sho'],
  ['config', 'init', '--help'],
  ['init-session', '--help'],
  ['init-session', '--json', '--no-such-flag'],
  ['init-session', '--env', 'sandbox', '--consent', '--field', 'responseKey', '--reference-id', 'ref-1'],
  ['init-session', '--env', 'sandbox', '--consent', '--print', 'json', '--reference-id', 'ref-2'],
  ['callback', '--json', 'https://app.example/return?code=4f1c&state=59F8'],
  ['explain', '--json'],
  ['explain', 'error_consent_false'],
  ['smoke', '--list'],
  ['doctor', '--help'],
  ['sandbox', '--help'],
  ['completion', 'zsh'],
  ['completion', 'suggest', 'fish', '--', 'config', ''],
  ['completion', 'suggest', 'fish', '--', 'config', 'show', '-'],
  ['completion', 'suggest', 'fish', '--', 'init-session', '--env', ''],
];

test('command lines that run at once in one process say what each says alone', async () => {
  const cwd = temporaryDirectory();
  const home = temporaryDirectory();
  writeFiles(cwd, { '.decentrorc': 'environments: { gateway: { baseUrl: "https://kyc-gateway.example" } }' });
  const run = async (args: readonly string[]) => {
    const { code, stdout, stderr } = await runMain(args, { cwd, home });
    return { args, code, stdout, stderr };
  };
  // One after another first: of modules that are asked for at once and for the first time, jest links some too late.
  const alone: unknown[] = [];
  for (const args of LINES) alone.push(await run(args));
  expect(await Promise.all(LINES.map(run))).toEqual(alone);
  expect((await Promise.all(LINES.toReversed().map(run))).reverse()).toEqual(alone);
});
