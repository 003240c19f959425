import { expect, test } from '@jest/globals';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { runProgram } from '../../../src/host/run-program.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { writeFiles } from '../../support/fake-host.js';

// The programs are shell scripts.
const onPosix = process.platform === 'win32' ? test.skip : test;

function vault(script: string) {
  const folder = temporaryDirectory();
  writeFiles(folder, { vault: `#!/bin/sh\n${script}\n` }, 0o755);
  const run = (timeoutMs: number, signal = new AbortController().signal) =>
    runProgram(
      {
        cwd: temporaryDirectory(),
        env: { PATH: `${folder}/none:${folder}:/usr/bin:/bin` },
        platform: process.platform,
        signal,
      },
      { words: ['vault'], folder, hiddenVariables: [], timeoutMs },
    );
  return { folder, run };
}

/** Where nobody collects what has ended, it stays as a zombie. */
function isRunning(pid: number): boolean {
  const file = `/proc/${pid}/stat`;
  return existsSync(file) && !/\) [ZX] /.test(readFileSync(file, 'utf8'));
}

onPosix('a program that goes on is ended with all that it started', async () => {
  const { folder, run } = vault('sleep 600 & echo $! > "$0.pid"; wait');
  expect(await run(2_000)).toEqual({ fault: 'names a program that did not end within 2 s: vault' });
  const started = Number(readFileSync(path.join(folder, 'vault.pid'), 'utf8'));
  // The system ends what is killed when it comes to it; what it never ends, the time limit of the test does.
  while (isRunning(started)) await new Promise(setImmediate);
});

onPosix('what a program leaves running holds nothing up', async () => {
  const { run } = vault('sleep 600 & echo secret');
  expect(await run(10_000)).toEqual({ line: 'secret' });
});

onPosix('a program ends with the signal, whose reason is thrown', async () => {
  const { folder, run } = vault('touch "$0.ran"; sleep 600');
  const controller = new AbortController();
  const ended = run(60_000, controller.signal);
  while (!existsSync(path.join(folder, 'vault.ran'))) await new Promise(setImmediate);
  controller.abort(new Error('Ctrl-C'));
  await expect(ended).rejects.toThrow('Ctrl-C');
});

onPosix('a program that cannot be started is named', async () => {
  const folder = temporaryDirectory();
  writeFiles(folder, { vault: '#!/no/such/shell\n' }, 0o755);
  const host = {
    cwd: temporaryDirectory(),
    env: { PATH: folder },
    platform: process.platform,
    signal: new AbortController().signal,
  };
  const run = { words: ['vault'], folder, hiddenVariables: [], timeoutMs: 1_000 } as const;
  expect(await runProgram(host, run)).toEqual({ fault: 'names a program that cannot be started: vault' });
});

onPosix('a folder of PATH that does not exist keeps nothing from being found, and is handed on', async () => {
  const { folder, run } = vault('echo "$PATH"');
  expect(await run(10_000)).toEqual({ line: `${folder}/none:${folder}:/usr/bin:/bin` });
});
