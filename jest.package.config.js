import ordinary from './jest.config.js';

// These tests take long: `npm run test:package`.
const { extensionsToTreatAsEsm, moduleNameMapper, transform, globalSetup } = ordinary;

export default {
  extensionsToTreatAsEsm,
  moduleNameMapper,
  transform,
  globalSetup,
  testMatch: ['<rootDir>/tests/package/**/*.test.ts'],
  testTimeout: 60_000,
};
