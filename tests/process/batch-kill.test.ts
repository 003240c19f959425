import { expect, test } from '@jest/globals';
import { killBatch } from '../support/killed-batch.js';

test('three kills of a batch give no row two sessions, and forget none', async () => {
  const reckoning = await killBatch({ rows: 300, kills: 3 });
  expect(reckoning).toMatchObject({
    kills: 3,
    open: 0,
    rowsWithTwoSessions: 0,
    sessionsThatNobodyKnows: 0,
    wrongLinks: 0,
  });
  expect(reckoning.unknown).toBeLessThanOrEqual(reckoning.mostUnknown);
});
