import { apart } from './tests/support/apart.js';

// Chromium is needed, which npm does not install.
export default apart('browser', { globalSetup: '<rootDir>/tests/browser/find-chromium.js' });
