export { createHost } from './host/host.js';
export { main } from './main.js';
