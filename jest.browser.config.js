import ordinary from './jest.config.js';

// These tests drive Chromium, which npm does not install: `npm run test:browser`.
const { extensionsToTreatAsEsm, moduleNameMapper, transform } = ordinary;

export default {
  extensionsToTreatAsEsm,
  moduleNameMapper,
  transform,
  testMatch: ['<rootDir>/tests/browser/**/*.test.ts'],
  globalSetup: '<rootDir>/tests/browser/find-chromium.js',
  // Starting a browser takes its time on a machine that does other things as well.
  testTimeout: 60_000,
};
