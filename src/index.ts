export { createSandbox } from './sandbox/server.js';
