import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from './cleanup.js';
import { startDecentroServer, type DecentroServerOptions } from './decentro-server.js';
import type { FakeHostOptions } from './fake-host.js';
import { runMain, type MainRun } from './run-main.js';

/** Forty rows that tell their number by their redirect URL. */
export const ROWS = Array.from({ length: 40 }, (_, index) => `C${index + 1},https://app.test/?${index + 1}`);
export const CSV = `customer_no,redirect_url\n${ROWS.join('\n')}\n`;

/** A folder with rows.csv, a server, and what runs a batch on both. */
export async function setUpBatch(options: DecentroServerOptions = {}, csv = CSV) {
  const cwd = temporaryDirectory();
  writeFileSync(path.join(cwd, 'rows.csv'), csv);
  const server = await startDecentroServer(options);
  const target = ['--env', 'sandbox', '--base-url', server.url];
  const run = (args: readonly string[] = [], more: FakeHostOptions = {}): Promise<MainRun> =>
    runMain(
      ['batch', 'run', 'rows.csv', ...target, '--consent', '--key', 'customer_no', '--rate', 'none', ...args],
      { cwd, ...more },
    );
  const batch = (args: readonly string[], more: FakeHostOptions = {}): Promise<MainRun> =>
    runMain(['batch', ...args], { cwd, ...more });
  return { cwd, server, run, batch };
}

/** What was told, without the line breaks of its layout. */
export function told({ stderr }: MainRun): string {
  return stderr.replace(/\s+/g, ' ');
}

/** The rows that were printed as NDJSON. */
export function rowsOf({ stdout }: MainRun): Record<string, unknown>[] {
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}
