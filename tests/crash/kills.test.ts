import { expect, test } from '@jest/globals';
import { killBatch } from '../support/killed-batch.js';

test('a hundred kills of 20,000 rows give no row two sessions, and forget none', async () => {
  const reckoning = await killBatch({ rows: 20_000, kills: 100 });
  expect(reckoning).toMatchObject({
    kills: 100,
    open: 0,
    rowsWithTwoSessions: 0,
    sessionsThatNobodyKnows: 0,
    wrongLinks: 0,
  });
  expect(reckoning.unknown).toBeLessThanOrEqual(reckoning.mostUnknown);
}, 3_600_000);
