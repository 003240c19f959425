import { expect, test } from '@jest/globals';
import { chmodSync, readdirSync, readFileSync, statSync, truncateSync } from 'node:fs';
import path from 'node:path';
import { CANARIES } from '../support/canaries.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, run, succeeds, temporaryDirectory, type CheckedRun } from '../support/run.js';
import { sessionAt } from '../support/session.js';

const OWN_HOME = { XDG_CACHE_HOME: '' };

function cacheOf(home: string): { readonly folder: string; readonly files: string[] } {
  const folder = path.join(home, '.cache', 'digilocker-cli');
  return { folder, files: readdirSync(folder).map((name) => path.join(folder, name)) };
}

/** The code of a command is kept from its second run on. */
async function runTwice(args: readonly string[], home: string, env = OWN_HOME): Promise<CheckedRun> {
  const first = await succeeds(args, { home, env });
  await succeeds(args, { home, env });
  return first;
}

test('the second run of a command keeps what V8 compiled, without a word', async () => {
  const home = temporaryDirectory();
  const first = await succeeds(['--version'], { home, env: OWN_HOME });
  const { folder, files } = cacheOf(home);
  const [file = ''] = files;
  expect(path.basename(file)).toMatch(/^\d+\.\d+\.\d+-[0-9a-f]{16}-v\d+.*-version$/);
  expect(statSync(file).size).toBeLessThan(1_000);
  await expect(succeeds(['--version'], { home, env: OWN_HOME })).resolves.toEqual(first);
  const kept = statSync(file);
  expect(kept.size).toBeGreaterThan(10_000);
  await expect(succeeds(['--version'], { home, env: OWN_HOME })).resolves.toEqual(first);
  expect(statSync(file).mtimeMs).toBe(kept.mtimeMs);
  expect(readdirSync(folder)).toHaveLength(1);
});

test('what is damaged is made anew, without a word', async () => {
  const home = temporaryDirectory();
  const first = await runTwice(['explain', '5'], home);
  const [file = ''] = cacheOf(home).files;
  const { size } = statSync(file);
  truncateSync(file, size / 2);
  await expect(runTwice(['explain', '5'], home)).resolves.toEqual(first);
  expect(statSync(file).size).toBeGreaterThan(size / 2);
});

test('what others may write to is left alone, without a word', async () => {
  const home = temporaryDirectory();
  const first = await succeeds(['explain', '5'], { home, env: OWN_HOME });
  const { folder, files } = cacheOf(home);
  truncateSync(files[0] ?? '', 0);
  chmodSync(folder, 0o777);
  await expect(succeeds(['explain', '5'], { home, env: OWN_HOME })).resolves.toEqual(first);
  expect(statSync(files[0] ?? '').size).toBe(0);
});

test('DIGILOCKER_NO_CACHE leaves nothing behind', async () => {
  const home = temporaryDirectory();
  await run(['--version'], { home, env: { ...OWN_HOME, DIGILOCKER_NO_CACHE: '1' } });
  expect(readdirSync(home)).toEqual([]);
});

test('nothing of a session is in it (rule 27)', async () => {
  const home = temporaryDirectory();
  const recorder = await createRecorder([{}, {}]);
  await runTwice(sessionAt(recorder, '--json'), home, { ...OWN_HOME, ...credentials });
  const { files } = cacheOf(home);
  expect(files).toHaveLength(1);
  const text = readFileSync(files[0] ?? '', 'latin1');
  expect(text.length).toBeGreaterThan(100_000);
  for (const secret of [...Object.values(CANARIES), 'KYC for opening']) expect(text).not.toContain(secret);
});
