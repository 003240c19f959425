#!/usr/bin/env node
const { join } = require('node:path');
const { start } = require('../dist/start.cjs');

// Whatever the reason: a program that ends before its work is done has not succeeded.
process.exitCode = 1;

start(process, join(__dirname, '..', 'dist'), require)
  .catch(({ name, code }) => {
    console.error(`error: digilocker is not whole (${code ?? name}): install it again.`);
    return 1;
  })
  .then((exitCode) => {
    // To set process.exitCode would wait for a name look-up that --timeout gave up: nothing can cancel one. All that
    // the program writes has been taken by then, because each write is awaited.
    process.exit(exitCode);
  });
