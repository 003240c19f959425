#!/usr/bin/env node
const { join } = require('node:path');

const folder = join(__dirname, '..', 'dist');

// For an event loop that runs empty while the program still waits for something: success is what main says, never that
// nothing is left to do.
process.exitCode = 1;
process.once('beforeExit', () => {
  console.error('error: digilocker ended before its work was done. This is a bug.');
});

run().then((exitCode) => {
  // To set process.exitCode would wait for a name look-up that --timeout gave up: nothing can cancel one. All that
  // the program writes has been taken by then, because each write is awaited.
  process.exit(exitCode);
});

async function run() {
  try {
    const { start } = require('../dist/start.cjs');
    return await start(process, folder, require);
  } catch ({ name, code }) {
    const isDenied = code === 'ERR_ACCESS_DENIED';
    const fault = isDenied ? 'may not be read' : 'is incomplete';
    console.error(`error: This digilocker installation ${fault} (${code ?? name}).`);
    console.error(
      isDenied
        ? 'hint: Start Node with --allow-fs-read=PATH as well, or without --permission.'
        : 'hint: Reinstall it; in a clone of the repository, run npm run build.',
    );
    return 1;
  }
}
