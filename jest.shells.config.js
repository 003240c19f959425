import ordinary from './jest.config.js';

// These tests need zsh and fish, which npm does not install: `npm run test:shells`.
const { extensionsToTreatAsEsm, moduleNameMapper, transform, globalSetup } = ordinary;

export default {
  extensionsToTreatAsEsm,
  moduleNameMapper,
  transform,
  globalSetup,
  testMatch: ['<rootDir>/tests/shells/**/*.test.ts'],
  testTimeout: 60_000,
};
