import { expect, test } from '@jest/globals';
import { createBurntIds } from '../../../../src/sandbox/api/burnt-ids.js';

test('an ID is new once, also after the table has grown', () => {
  const burn = createBurntIds();
  const ids = Array.from({ length: 5000 }, (_, index) => `id-${index}`);
  expect(ids.every((id) => burn(id))).toBe(true);
  expect(ids.some((id) => burn(id))).toBe(false);
  expect(burn('ID-1')).toBe(true);
});
