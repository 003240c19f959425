import { availableParallelism } from 'node:os';

export default {
  testMatch: ['<rootDir>/tests/**/*.test.ts'],
  // Each has a configuration of its own, such as tests/browser/jest.config.js.
  testPathIgnorePatterns: ['/node_modules/', '<rootDir>/tests/(browser|crash|groups|package|proxy|shells)/'],
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
  // Many a test waits for a process or a time limit: with one worker for each core, a quarter of them would idle.
  maxWorkers: Math.ceil(availableParallelism() * 1.5),
  // Node 20 lets go of ES modules only when the process ends, and a large heap makes every test slower: a fresh worker
  // takes over. An old one frees its memory for longer than the 500 ms that jest waits by itself.
  workerIdleMemoryLimit: '250MB',
  workerGracefulExitTimeout: 10_000,
  restoreMocks: true,
  testTimeout: 20_000,
};
