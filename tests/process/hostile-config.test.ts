import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createTrap, made, named, project, type Layout, type Trap } from '../support/hostile-layout.js';
import { createRecorder } from '../support/recorder.js';
import { fails, runShell, succeeds, temporaryDirectory } from '../support/run.js';
import { GIVEN, PAIR, preload, privateFile } from './fixture.js';

const isRoot = process.getuid?.() === 0;
const IMPORT = { $import: './evil.cjs' };

/** A file of the system, which `--config` names. */
const system = (file: string, message: RegExp): Layout => [
  file,
  () => ({ file, flags: ['--config', file] }),
  message,
];

const LAYOUTS: readonly Layout[] = [
  ['$import in JSON', project('.decentrorc', IMPORT), /unknown key "\$import"/],
  ...['named.js', 'named.cjs', '.decentrorc.cjs', 'evil'].map((name): Layout => [
    `--config ${name}`,
    named(name, ({ code }) => code),
    /not valid YAML|no mapping/,
  ]),
  ...['named.mjs', 'named.ts', 'named.mts'].map((name): Layout => [
    `--config ${name}`,
    named(name, ({ module }) => module),
    /not valid YAML|no mapping/,
  ]),
  ['--config package.json', named('package.json', () => ({ decentro: IMPORT })), /unknown key "decentro"/],
  ['a FIFO', made((file) => void execFileSync('mkfifo', [file])), /not a regular file/],
  [
    '50 MB of nothing',
    made((file) => {
      privateFile(path.dirname(file), '.decentrorc', 'a: b');
      truncateSync(file, 50_000_000);
    }),
    /64 KiB/,
  ],
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
  ...(isRoot
    ? [
        [
          'another user',
          made((file) => {
            privateFile(path.dirname(file), '.decentrorc', 'environment: sandbox');
            chownSync(file, 12_345, 12_345);
          }),
          /uid 12345.*--config/,
        ] as Layout,
      ]
    : [
        [
          'no right to read',
          made((file) => {
            chmodSync(privateFile(path.dirname(file), '.decentrorc', '{}'), 0);
          }),
          /EACCES/,
        ] as Layout,
      ]),
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
  [
    '50 MB for a secret',
    ({ cwd }) => {
      const file = privateFile(cwd, 'secret', 'x');
      truncateSync(file, 50_000_000);
      return { file, env: { DECENTRO_CLIENT_SECRET: '', DECENTRO_CLIENT_SECRET_FILE: 'secret' } };
    },
    /64 KiB/,
  ],
  system('/dev/zero', /not a regular file/),
  system('/proc/self/mem', /is empty/),
  system('/proc/self/pagemap', /is empty/),
];

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

describe('what is no config file changes nothing (rules 1, 6):', () => {
  type Change = (trap: Trap) => {
    readonly env?: Record<string, string>;
    readonly cwd?: string;
    readonly home?: string;
  };
  const nothing: readonly (readonly [what: string, change: Change])[] = [
    ['code and package.json beside it', () => ({})],
    [
      'other cases of its name',
      ({ cwd }) => {
        for (const name of ['.DECENTRORC', '.decentroRC.json', 'decentrorc']) privateFile(cwd, name, IMPORT);
        return {};
      },
    ],
    [
      'a file above the root of a repository whose .git is a file',
      ({ cwd, home }) => {
        privateFile(home, '.decentrorc', IMPORT);
        return { home: path.dirname(cwd), cwd: path.dirname(privateFile(cwd, 'inner/.git', 'gitdir: x')) };
      },
    ],
    [
      'a .git that is a link to nowhere',
      ({ cwd, home }) => {
        privateFile(cwd, '.decentrorc', IMPORT);
        const inner = path.join(cwd, 'inner');
        mkdirSync(inner);
        symlinkSync('nowhere', path.join(inner, '.git'));
        return { cwd: inner, home };
      },
    ],
    [
      'an XDG_CONFIG_HOME that is relative',
      ({ cwd }) => {
        privateFile(cwd, 'xdg/decentro/config.json', IMPORT);
        return { env: { XDG_CONFIG_HOME: 'xdg' } };
      },
    ],
    [
      'a HOME that is empty',
      ({ cwd }) => {
        privateFile(cwd, '.config/decentro/config.json', { allowHosts: ['127.0.0.1'] });
        return { env: { HOME: '' } };
      },
    ],
    [
      'a HOME that is the working directory, relative',
      ({ cwd }) => {
        privateFile(cwd, '.config/decentro/config.json', { allowHosts: ['127.0.0.1'] });
        return { env: { HOME: '.' } };
      },
    ],
  ];

  test.each(nothing)('%s', async (_what, change) => {
    const trap = createTrap();
    const options = { cwd: trap.cwd, home: trap.home, ...change(trap) };
    const { stdout } = await succeeds(['config', 'path'], {
      ...options,
      stderr: ['No config file is in force.'],
    });
    expect(stdout).toBe('');
    expect(existsSync(trap.mark)).toBe(false);
  });

  test('a HOME that is a link ends the search all the same', async () => {
    const { cwd, home } = createTrap();
    const link = path.join(cwd, 'home');
    symlinkSync(home, link);
    const inner = path.join(home, 'project');
    mkdirSync(inner);
    const file = privateFile(home, '.decentrorc', 'environment: sandbox');
    const { stdout } = await succeeds(['config', 'path'], { cwd: inner, home: link, stderr: [] });
    expect(stdout).toBe(`${file}\n`);
  });

  test('a working directory that is gone is named where it matters, and nowhere else', async () => {
    const cwd = temporaryDirectory();
    const script = `mkdir gone && cd gone && rmdir ../gone
      digilocker config path 2>&1; echo "rc=$?"
      digilocker callback 'code=4f1c&state=x' --field callback.code; echo "rc=$?"`;
    const { stdout } = await runShell(script, { cwd });
    expect(stdout).toMatch(/^error: The working directory does not exist any more.\nrc=3\n4f1c\nrc=0\n$/m);
  });
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
