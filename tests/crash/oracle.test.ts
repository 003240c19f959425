import { expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { randomInt } from 'node:crypto';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { runArgs, runBatch } from '../support/batch-process.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { startDecentroServer } from '../support/decentro-server.js';

const ORACLE = fileURLToPath(new URL('csv_oracle.py', import.meta.url));

test.each(['1', String(randomInt(2 ** 31))])(
  'every cell of 20,000 hostile rows is read as Python reads it (seed %s)',
  async (seed) => {
    const cwd = temporaryDirectory();
    const oracle = (...args: string[]) => execFileSync('python3', [ORACLE, ...args], { cwd });
    oracle('write', 'rows.csv', '20000', seed);
    const server = await startDecentroServer();
    expect(await runBatch(cwd, [...runArgs(server), '--limit', '1'])).toMatchObject({ code: 10 });
    expect(server.sessions).toMatchObject([{ row: '?1' }]);
    const args = ['results', 'rows.csv.batch', '-o', 'ndjson', '--with', 'rows.csv', '--to', 'all.ndjson'];
    expect(await runBatch(cwd, args)).toMatchObject({ code: 10 });
    oracle('check', 'rows.csv', path.join(cwd, 'all.ndjson'));
  },
);
