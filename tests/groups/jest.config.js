import ordinary from '../../jest.config.js';
import { ALONE } from './alone.js';

/** The configuration of `npm test`: the files of cli/ and unit/ in groups, and each of process/ by itself. */
export default {
  ...ordinary,
  rootDir: '../..',
  testPathIgnorePatterns: ['/node_modules/'],
  testMatch: [
    '<rootDir>/tests/groups/*.test.ts',
    '<rootDir>/tests/process/**/*.test.ts',
    ...ALONE.map((name) => `<rootDir>/tests/${name}`),
  ],
};
