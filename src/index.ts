export { createHost } from './host.js';
export { main } from './main.js';
