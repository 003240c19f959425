import ordinary from '../../jest.config.js';

const { extensionsToTreatAsEsm, moduleNameMapper, transform, globalSetup, workerGracefulExitTimeout } =
  ordinary;

/** The configuration of jest for a suite that `npm test` leaves out: the tests of one folder below tests/. */
export const configOf = (folder, settings = {}) => ({
  rootDir: '../..',
  extensionsToTreatAsEsm,
  moduleNameMapper,
  transform,
  globalSetup,
  workerGracefulExitTimeout,
  testMatch: [`<rootDir>/tests/${folder}/**/*.test.ts`],
  // They start programs that take their time on a machine that does other things as well.
  testTimeout: 60_000,
  ...settings,
});
