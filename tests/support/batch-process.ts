// Batches as processes of their own, and what came of them by the log of the server.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { cleanUp, temporaryDirectory } from './cleanup.js';
import type { DecentroServer, RememberedSession } from './decentro-server.js';
import { cleanEnvironment } from './environment.js';

const BIN = fileURLToPath(new URL('../../bin/digilocker.js', import.meta.url));

/** A folder with rows.csv, whose redirect URLs tell the number of their row. */
export function folderWithRows(rows: number): string {
  const folder = temporaryDirectory();
  const lines = Array.from({ length: rows }, (_, index) => `C${index + 1},https://app.test/?${index + 1}`);
  writeFileSync(path.join(folder, 'rows.csv'), `id,redirect_url\n${lines.join('\n')}\n`);
  return folder;
}

/** The arguments of a run of rows.csv that goes as fast as it can. */
export function runArgs({ url }: Pick<DecentroServer, 'url'>, concurrency = 32): string[] {
  const target = ['--env', 'sandbox', '--base-url', url, '--consent', '--key', 'id'];
  return ['run', 'rows.csv', ...target, '--rate', 'none', '--concurrency', String(concurrency), '-q'];
}

export interface ResultRow {
  readonly row: number;
  readonly end: string;
  readonly authorizationUrl: string | null;
  readonly attempts: readonly { readonly referenceId: string }[];
}

/** Every row, as `batch results` tells it. */
export async function resultsIn(cwd: string, job = 'rows.csv.batch'): Promise<ResultRow[]> {
  const { stdout } = await runBatch(cwd, ['results', job, '-o', 'ndjson']);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultRow);
}

/** What must be zero in any case, and the counts of the rows. */
export function reckon(rows: readonly ResultRow[], sessions: readonly RememberedSession[]) {
  const byRow = new Map<number, RememberedSession[]>();
  for (const session of sessions) {
    const row = Number(session.row.slice(1));
    byRow.set(row, [...(byRow.get(row) ?? []), session]);
  }
  const count = (is: (row: ResultRow) => boolean) => rows.filter(is).length;
  return {
    created: count(({ end }) => end === 'created'),
    unknown: count(({ end }) => end === 'unknown'),
    open: count(({ end }) => end === 'open'),
    rowsWithTwoSessions: [...byRow.values()].filter(({ length }) => length > 1).length,
    sessionsThatNobodyKnows: count(
      ({ row, end, attempts }) =>
        byRow.has(row) &&
        ((end !== 'created' && end !== 'unknown') ||
          byRow
            .get(row)
            ?.some((session) => attempts.every(({ referenceId }) => referenceId !== session.referenceId)) ===
            true),
    ),
    wrongLinks: count(
      ({ row, end, authorizationUrl }) => end === 'created' && authorizationUrl !== byRow.get(row)?.[0]?.link,
    ),
  };
}

/** @param through a command line that runs the one behind it, in its own process */
export function startBatch(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
) {
  const [program, ...rest] = [...through, process.execPath, BIN, 'batch', ...args] as [string, ...string[]];
  const child = spawn(program, rest, {
    cwd,
    env: cleanEnvironment(cwd, env),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanUp(() => void child.kill('SIGKILL'));
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

export async function runBatch(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
  through: readonly string[] = [],
) {
  const child = startBatch(cwd, args, env, through);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code, signal] = (await once(child, 'close')) as [number | null, NodeJS.Signals | null];
  return { code, signal, stdout, stderr };
}
