import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { existsSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { createTrap, made, type Layout } from '../support/hostile-layout.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runShell, succeeds, temporaryDirectory } from '../support/run.js';
import { preload } from '../support/preload.js';
import { privateFile } from '../support/private-file.js';
import { GIVEN, PAIR } from '../support/session.js';

/** A file of the system, which `--config` names. */
const system = (file: string, message: RegExp): Layout => [
  file,
  () => ({ file, flags: ['--config', file] }),
  message,
];

const LAYOUTS: readonly Layout[] = [
  ['a FIFO', made((file) => void execFileSync('mkfifo', [file])), /not a regular file/],
  [
    'a link to a device',
    made((file) => {
      symlinkSync('/dev/zero', file);
    }),
    /is a link/,
  ],
  [
    'a link to a FIFO in YAML',
    made((file) => {
      execFileSync('mkfifo', [`${file}.fifo`]);
      symlinkSync(`${file}.fifo`, file);
    }, '.decentrorc.yaml'),
    /is a link/,
  ],
  [
    'a FIFO for a secret',
    ({ cwd }) => {
      const file = path.join(cwd, 'secret');
      execFileSync('mkfifo', [file]);
      return {
        file,
        env: { DECENTRO_CLIENT_ID: 'id', DECENTRO_CLIENT_SECRET: '', DECENTRO_CLIENT_SECRET_FILE: 'secret' },
      };
    },
    /not a regular file/,
  ],
  system('/dev/zero', /not a regular file/),
  system('/proc/self/mem', /is empty/),
  system('/proc/self/pagemap', /is empty/),
];

// The program would block the tests, were it in their process.
describe('a hostile file ends with 3, names its path, runs nothing and sends nothing (rules 1, 2, 6):', () => {
  test.each(LAYOUTS)('%s', async (_what, lay, message) => {
    const trap = createTrap();
    const { file, flags = [], env = {} } = lay(trap);
    const recorder = await createRecorder([]);
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
    const { stderr } = await fails(['init-session', ...GIVEN, ...target, ...flags], 3, {
      cwd: trap.cwd,
      home: trap.home,
      env: { ...PAIR, ...env },
    });
    expect(stderr).toContain(file);
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
    expect(stderr).not.toContain('Reference ID');
    expect([recorder.connections, existsSync(trap.mark)]).toEqual([0, false]);
  });
});

describe('a HOME that leads nowhere changes nothing (rules 1, 6):', () => {
  test.each(['', '.'])('%j', async (HOME) => {
    const { cwd, home, mark } = createTrap();
    privateFile(cwd, '.config/decentro/config.json', { allowHosts: ['127.0.0.1'] });
    const stderr = ['No config file is in use.'];
    const { stdout } = await succeeds(['config', 'path'], { cwd, home, env: { HOME }, stderr });
    expect(stdout).toBe('');
    expect(existsSync(mark)).toBe(false);
  });
});

test('a working directory that is gone is named where it matters, and nowhere else', async () => {
  const cwd = temporaryDirectory();
  const script = `mkdir gone && cd gone && rmdir ../gone
    digilocker config path 2>&1; echo "rc=$?"
    digilocker callback 'code=4f1c&state=x' --field callback.code; echo "rc=$?"`;
  const { stdout } = await runShell(script, { cwd });
  expect(stdout).toMatch(/^error: The working directory does not exist any more.\nrc=3\n4f1c\nrc=0\n$/m);
});

test('a user who has no home can work', async () => {
  const cwd = temporaryDirectory();
  const file = privateFile(cwd, '.decentrorc', 'environment: sandbox');
  const homeless = preload(
    "import os from 'node:os';",
    "const none = () => { throw new Error('uv_os_homedir returned ENOENT'); };",
    'delete process.env.HOME;',
    'os.homedir = () => process.env.HOME ?? none();',
    'os.userInfo = none;',
  );
  expect((await succeeds(['config', 'path'], { cwd, env: homeless, stderr: [] })).stdout).toBe(`${file}\n`);
});
