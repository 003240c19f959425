import { expect, test } from '@jest/globals';
import { readFileSync, writeFileSync } from 'node:fs';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { COMMANDS, PROGRAM } from '../support/program-outline.js';
import { keysOf, renderReference } from '../support/reference.js';
import { runMain } from '../support/run-main.js';

const PAGE = fileURLToPath(new URL('../../docs/reference.md', import.meta.url));

const FILES = { '.decentrorc': 'environments: {staging: {clientId: "made-up"}}' };

// A run that shows every key of its document. What every run of a command shows needs none.
const TELLING_RUNS: readonly (readonly string[])[] = [
  ['init-session', '--env', 'sandbox', '--consent', '--wait', '--end-user', 'allow'],
  ['callback', 'https://app.example/return?code=4f1c&state=59F8'],
  ['explain'],
  ['config', 'show'],
  ['config', 'path'],
  ['config', 'init', '--client-id', 'made-up', '--client-secret-ref', 'env:DECENTRO_MADE_UP', '--force'],
  ['smoke', '--env', 'sandbox', '--consent'],
];

/** The keys of every document, by its schema, from failures and from what succeeds. */
async function documents(): Promise<Map<string, readonly string[]>> {
  const withJson = COMMANDS.filter(([, { flags }]) => flags.some(({ names }) => names.includes('--json')));
  const exist = (args: readonly string[]) =>
    COMMANDS.some(([names]) => names.every((name, index) => args[index] === name));
  const failures = withJson.map(([names]) => [...names, '--no-such-flag']);
  const found = new Map<string, readonly string[]>();
  for (const args of [...TELLING_RUNS.filter(exist), ...failures]) {
    const { document } = await runMain([...args, '--json'], { files: FILES });
    const schema = String(document['schema']);
    found.set(schema, [...new Set([...(found.get(schema) ?? []), ...keysOf(document)])]);
  }
  return found;
}

test('docs/reference.md is what the program says of itself (npm run docs)', async () => {
  const page = renderReference(PROGRAM, await documents());
  if (process.env['WRITE_REFERENCE'] !== undefined) writeFileSync(PAGE, page);
  expect(readFileSync(PAGE, 'utf8')).toBe(page);
});
