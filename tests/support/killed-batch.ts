import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { cleanUp, temporaryDirectory } from './cleanup.js';
import { startDecentroServer, type RememberedSession } from './decentro-server.js';
import { cleanEnvironment } from './environment.js';

const BIN = fileURLToPath(new URL('../../bin/digilocker.js', import.meta.url));
const CONCURRENCY = 32;
/** Intents that are made durable before they have a slot. */
const AHEAD = 4;

export interface KilledBatch {
  readonly rows: number;
  readonly kills: number;
}

/** What came of it, by the server's own log. */
export interface Reckoning {
  readonly kills: number;
  readonly requests: number;
  readonly created: number;
  readonly unknown: number;
  readonly open: number;
  /** The most that may be unknown: what was in flight or ahead at each kill, and the answers that never came. */
  readonly mostUnknown: number;
  readonly rowsWithTwoSessions: number;
  readonly sessionsThatNobodyKnows: number;
  readonly wrongLinks: number;
}

interface ResultRow {
  readonly row: number;
  readonly end: string;
  readonly authorizationUrl: string | null;
  readonly attempts: readonly { readonly referenceId: string }[];
}

/**
 * Runs a batch over and over, kills it at moments that nobody chose, and reckons afterwards. The server answers 2 % of
 * the requests with HTTP 429, and drops 1 % of its answers.
 */
export async function killBatch({ rows, kills }: KilledBatch): Promise<Reckoning> {
  const folder = temporaryDirectory();
  const server = await startDecentroServer({ latencyMs: 3, throttled: 0.02, retryAfter: '0', dropped: 0.01 });
  const lines = Array.from({ length: rows }, (_, index) => `C${index + 1},https://app.test/?${index + 1}`);
  writeFileSync(path.join(folder, 'rows.csv'), `id,redirect_url\n${lines.join('\n')}\n`);
  const args = ['run', 'rows.csv', '--env', 'sandbox', '--base-url', server.url, '--consent', '--key', 'id'];
  const pace = ['--rate', 'none', '--concurrency', String(CONCURRENCY), '--retries', '0', '-q'];
  let killed = 0;
  for (let starts = 0; killed < kills && starts < 4 * kills; starts += 1) {
    const child = start(folder, [...args, ...pace]);
    const ended = once(child, 'exit');
    const share = rows / kills;
    const isOver = await Promise.race([
      ended.then(() => true),
      server.reached(server.arrivals.length + 1 + Math.floor(share * 0.8 * Math.random())).then(() => false),
    ]);
    if (isOver) break;
    await delay(20 * Math.random());
    child.kill('SIGKILL');
    await ended;
    if (child.signalCode === 'SIGKILL') killed += 1;
  }
  const last = await run(folder, [...args, ...pace]);
  if (last.code !== 0 && last.code !== 10)
    throw new Error(`the last run ended with ${last.code}: ${last.stderr}`);
  const results = await run(folder, ['results', 'rows.csv.batch', '-o', 'ndjson']);
  const ends = results.stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as ResultRow);
  return {
    kills: killed,
    ...reckon(ends, server.sessions),
    requests: server.arrivals.length,
    mostUnknown: killed * (CONCURRENCY + AHEAD) + server.dropped(),
  };
}

function reckon(rows: readonly ResultRow[], sessions: readonly RememberedSession[]) {
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

function start(cwd: string, args: readonly string[]) {
  const child = spawn(process.execPath, [BIN, 'batch', ...args], {
    cwd,
    env: cleanEnvironment(cwd),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  cleanUp(() => void child.kill('SIGKILL'));
  child.stdout.resume();
  child.stderr.resume();
  return child;
}

async function run(cwd: string, args: readonly string[]) {
  const child = start(cwd, args);
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
