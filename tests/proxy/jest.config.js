import { configOf } from '../support/jest-config.js';

// tinyproxy is needed, which npm does not install.
export default configOf('proxy', { globalSetup: '<rootDir>/tests/proxy/find-tinyproxy.js' });
