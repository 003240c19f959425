import { configOf } from '../support/jest-config.js';

// Chromium is needed, which npm does not install.
export default configOf('browser', { globalSetup: '<rootDir>/tests/browser/find-chromium.js' });
