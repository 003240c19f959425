import ordinary from './jest.config.js';

// These tests drive tinyproxy, which npm does not install: `npm run test:proxy`.
const { extensionsToTreatAsEsm, moduleNameMapper, transform, testTimeout } = ordinary;

export default {
  extensionsToTreatAsEsm,
  moduleNameMapper,
  transform,
  testMatch: ['<rootDir>/tests/proxy/**/*.test.ts'],
  globalSetup: '<rootDir>/tests/proxy/find-tinyproxy.js',
  testTimeout,
};
