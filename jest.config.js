export default {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // Each has a configuration of its own, such as tests/browser/jest.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/(browser|package|proxy|shells)/'],
  extensionsToTreatAsEsm: ['.ts'],
  moduleNameMapper: { '^(\\.{1,2}/.*)\\.js$': '$1' },
  transform: {
    '^.+\\.ts$': [
      '@swc/jest',
      {
        jsc: {
          target: 'es2022',
          parser: { syntax: 'typescript' },
          experimental: { keepImportAttributes: true },
        },
        module: { type: 'es6' },
      },
    ],
  },
  // Process tests run the real binary, so the bundle has to be the source's own.
  globalSetup: '<rootDir>/tests/support/build.js',
  collectCoverageFrom: ['src/**/*.ts', '!src/**/*.d.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['text-summary', 'lcovonly', 'json-summary'],
  coverageThreshold: { global: { lines: 95, branches: 95 } },
  // The tests wait for processes more than they compute: left to itself, jest takes one worker of two cores.
  maxWorkers: '100%',
  testTimeout: 20_000,
};
