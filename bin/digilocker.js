#!/usr/bin/env node
const { join } = require('node:path');
const { start } = require('../dist/start.cjs');

start(process, join(__dirname, '..', 'dist'), require).then((exitCode) => {
  // Every write has been awaited. A look-up of a name that --timeout gave up would keep the process alive.
  process.exit(exitCode);
});
