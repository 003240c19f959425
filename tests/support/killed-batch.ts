import { once } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';
import { folderWithRows, reckon, resultsIn, runArgs, runBatch, startBatch } from './batch-process.js';
import { startDecentroServer } from './decentro-server.js';

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

/**
 * Runs a batch over and over, kills it at moments that nobody chose, and reckons afterwards. The server answers 2 % of
 * the requests with HTTP 429, and drops 1 % of its answers.
 */
export async function killBatch({ rows, kills }: KilledBatch): Promise<Reckoning> {
  const folder = folderWithRows(rows);
  const server = await startDecentroServer({ latencyMs: 3, throttled: 0.02, retryAfter: '0', dropped: 0.01 });
  const args = [...runArgs(server, CONCURRENCY), '--retries', '0'];
  let killed = 0;
  for (let starts = 0; killed < kills && starts < 4 * kills; starts += 1) {
    const child = startBatch(folder, args);
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
  const last = await runBatch(folder, args);
  if (last.code !== 0 && last.code !== 10)
    throw new Error(`the last run ended with ${last.code}: ${last.stderr}`);
  const ends = await resultsIn(folder);
  return {
    kills: killed,
    ...reckon(ends, server.sessions),
    requests: server.arrivals.length,
    mostUnknown: killed * (CONCURRENCY + AHEAD) + server.dropped(),
  };
}
