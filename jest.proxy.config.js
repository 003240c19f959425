import { apart } from './tests/support/apart.js';

// tinyproxy is needed, which npm does not install.
export default apart('proxy', { globalSetup: '<rootDir>/tests/proxy/find-tinyproxy.js' });
