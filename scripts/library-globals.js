// Globals that jest-environment-jsdom takes away, from the modules of Node.js that have them.
export { clearImmediate, setImmediate } from 'node:timers';
export { TextDecoder, TextEncoder } from 'node:util';
