// Preloaded where memory is measured: the most that the process ever held, in KiB, as the last line of standard error.
const { writeSync } = require('node:fs');

process.on('exit', () => {
  writeSync(2, `\n${process.resourceUsage().maxRSS}\n`);
});
