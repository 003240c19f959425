import { expect, test } from '@jest/globals';
import process from 'node:process';
import { killBatch } from '../support/killed-batch.js';

/** All of it by itself; the gate sets a part. */
const SCALE = Number(process.env['DIGILOCKER_TEST_SCALE'] ?? 1);
const KILLS = Math.max(5, Math.round(100 * SCALE));

test(`${KILLS} kills of ${200 * KILLS} rows give no row two sessions, and forget none`, async () => {
  const reckoning = await killBatch({ rows: 200 * KILLS, kills: KILLS });
  process.stderr.write(`${JSON.stringify(reckoning)}\n`);
  expect(reckoning).toMatchObject({
    kills: KILLS,
    open: 0,
    rowsWithTwoSessions: 0,
    sessionsThatNobodyKnows: 0,
    wrongLinks: 0,
  });
  expect(reckoning.unknown).toBeLessThanOrEqual(reckoning.mostUnknown);
}, 3_600_000);
