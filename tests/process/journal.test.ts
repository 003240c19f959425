import { expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { dealt } from '../support/generated.js';
import { credentials, run, start, succeeds, temporaryDirectory } from '../support/run.js';
import { heldRecorder, sessionAt } from '../support/session.js';

const LIMIT_BYTES = 2 * 1024 * 1024;
const PROCESSES = dealt(
  Array.from({ length: 20 }, (_, index) => index),
  0,
  2,
);

const folderOf = (home: string) => path.join(home, '.local', 'state', 'digilocker-cli');

function linesOf(home: string, name: string): string[] {
  const file = path.join(folderOf(home), name);
  return existsSync(file) ? readFileSync(file, 'utf8').split('\n').slice(0, -1) : [];
}

test('many processes at once lose no line, nor mix any, while the file is put aside', async () => {
  const home = temporaryDirectory();
  mkdirSync(folderOf(home), { recursive: true, mode: 0o700 });
  const old = `${JSON.stringify({ old: 'x'.repeat(1000) })}\n`;
  const earlier = Math.floor((LIMIT_BYTES - 3000) / old.length);
  writeFileSync(path.join(folderOf(home), 'sessions.ndjson'), old.repeat(earlier), { mode: 0o600 });
  const ids = PROCESSES.map((index) => `ref-${index}`);
  const nowhere = sessionAt({ url: 'http://127.0.0.1:1' }, '--retries', '0');
  const runs = await Promise.all(
    ids.map((id) => run([...nowhere, '--reference-id', id], { env: credentials, home, timeoutMs: 60_000 })),
  );
  expect(runs.map(({ code }) => code)).toEqual(ids.map(() => 7));

  const [older, newer] = [linesOf(home, 'sessions.1.ndjson'), linesOf(home, 'sessions.ndjson')];
  expect(older.length).toBeGreaterThan(earlier);
  expect(newer.length).toBeGreaterThan(0);
  const own = [...older, ...newer].map((line) => JSON.parse(line) as { old?: string; referenceId?: string });
  expect(own.filter(({ old: text }) => text !== undefined)).toHaveLength(earlier);
  const written = own.flatMap(({ referenceId }) => referenceId ?? []);
  expect(written.sort()).toEqual(ids.flatMap((id) => [id, id]).sort());
});

test('the reference ID of a killed process is in the journal', async () => {
  const home = temporaryDirectory();
  const { recorder, arrived, release } = await heldRecorder();
  const program = start(sessionAt(recorder, '--reference-id', 'ref-killed'), { env: credentials, home });
  await arrived;
  program.kill('SIGKILL');
  await program.done;
  release();
  const { document } = await succeeds(['sessions', '--json'], { home, stderr: [] });
  expect(document).toMatchObject({
    sessions: [{ referenceId: 'ref-killed', effect: 'unknown', time: expect.stringMatching(/T.*Z$/) }],
  });
  const { stdout } = await succeeds(['sessions'], { home, stderr: [], env: { TZ: 'Asia/Kolkata' } });
  expect(stdout).toMatch(/\d\d:\d\d IST, (?:now|\d+ s ago) /);
});
