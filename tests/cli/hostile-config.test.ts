import { describe, expect, test } from '@jest/globals';
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createTrap, made, named, project, user, type Layout, type Trap } from '../support/hostile-layout.js';
import { privateFile } from '../support/private-file.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, succeeds } from '../support/run-main.js';

const canary = CANARIES.clientSecret;
const isRoot = process.getuid?.() === 0;
const IMPORT = { $import: './evil.cjs' };
const UNKNOWN_IMPORT = /unknown key "\$import"/;
const NO_PAIR = { DECENTRO_CLIENT_ID: '', DECENTRO_CLIENT_SECRET: '', DECENTRO_MODULE_SECRET: '' };
const environment = (entry: unknown) => ({ environments: { staging: entry } });
const BOMB = [
  'a0: &a0 x',
  ...Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`),
].join('\n');

const CODE: readonly Layout[] = [
  ['$import in YAML', project('.decentrorc', '$import: ./evil.cjs'), UNKNOWN_IMPORT],
  ['$import in .json', project('.decentrorc.json', IMPORT), UNKNOWN_IMPORT],
  ['$import in .yaml', project('.decentrorc.yaml', '$import: [./evil.cjs]'), UNKNOWN_IMPORT],
  ['$import in .yml', project('.decentrorc.yml', '"$import": ./evil.cjs'), UNKNOWN_IMPORT],
  ['$import below a key', project('.decentrorc', environment(IMPORT)), UNKNOWN_IMPORT],
  ['$import in the user file', user('config.json', IMPORT), UNKNOWN_IMPORT],
  ['$import in the user file in YAML', user('config.yml', '$import: ./evil.cjs'), UNKNOWN_IMPORT],
  ['--config .config/config.json', named('.config/config.json', () => IMPORT), UNKNOWN_IMPORT],
  ['$import in JSON', project('.decentrorc', IMPORT), /unknown key "\$import"/],
  ...['named.js', 'named.cjs', '.decentrorc.cjs', 'evil'].map((name): Layout => [
    `--config ${name}`,
    named(name, ({ code }) => code),
    /uses a tag|not valid YAML|must be a mapping/,
  ]),
  ...['named.mjs', 'named.ts', 'named.mts'].map((name): Layout => [
    `--config ${name}`,
    named(name, ({ module }) => module),
    /uses a tag|not valid YAML|must be a mapping/,
  ]),
  ['--config package.json', named('package.json', () => ({ decentro: IMPORT })), /unknown key "decentro"/],
  ['a function of YAML', project('.decentrorc.yml', `environment: !!js/function "${canary}"`), /uses a tag/],
  ['a tag of its own', project('.decentrorc', `environment: !evil ${canary}`), /uses a tag/],
];

const TEXT: readonly Layout[] = [
  ['an empty file', project('.decentrorc', ''), /is empty/],
  ['nothing but space', project('.decentrorc.yaml', ' \n\n'), /is empty/],
  ['nothing but a comment', project('.decentrorc', `# ${canary}`), /must be a mapping/],
  ['null', project('.decentrorc.json', 'null'), /must be a mapping/],
  ['a list', project('.decentrorc', `- ${canary}`), /must be a mapping/],
  ['a text', project('.decentrorc.json', `"${canary}"`), /must be a mapping/],
  [
    'broken JSON',
    project('.decentrorc.json', `{"clientSecret": "${canary}" oops}`),
    /not valid JSON \(line 1/,
  ],
  ['broken YAML', project('.decentrorc', `a: {\n  b: ${canary}\n c: ]`), /not valid YAML \(line \d+/],
  [
    'two documents',
    project('.decentrorc', `environment: a\n---\nclientId: ${canary}`),
    /more than one YAML document/,
  ],
  [
    'a key twice in YAML',
    project('.decentrorc', `environment: a\nenvironment: ${canary}`),
    /names a key twice/,
  ],
  [
    'a key twice in JSON',
    project('.decentrorc.json', `{"environment":"a","environment":"${canary}"}`),
    /names a key twice/,
  ],
  [
    'a key twice, escaped',
    project('.decentrorc', '{"environment":"a","\\u0065nvironment":"b"}'),
    /names a key twice|not valid/,
  ],
  ['a bomb of aliases', project('.decentrorc', BOMB), /unknown key/],
  [
    'a merge key',
    project('.decentrorc', 'defaults: &d { open: never }\nenvironments: { x: { <<: *d } }'),
    /the merge key "<<"/,
  ],
  ['a nest of lists', project('.decentrorc.yaml', '['.repeat(60_000)), /not valid YAML/],
  [
    'a nest of objects',
    project('.decentrorc.json', `${'{"defaults":'.repeat(4000)}1${'}'.repeat(4000)}`),
    /unknown key "defaults" in defaults/,
  ],
  ['UTF-16', project('.decentrorc', Buffer.from(`\uFEFFenvironment: ${canary}`, 'utf16le')), /not in UTF-8/],
  [
    'latin1',
    project('.decentrorc', Buffer.from('defaults: { consentPurpose: caf\xe9 }', 'latin1')),
    /not in UTF-8/,
  ],
  ['NULs in YAML', project('.decentrorc', `environment: "a\0${canary}"`), /not valid YAML/],
  ['NULs in JSON', project('.decentrorc.json', `{"environment": "a\0${canary}"}`), /not valid JSON/],
  [
    'a NUL in a path',
    (trap) => {
      const { env } = project('.decentrorc', environment({ clientSecret: 'file:a\0b' }), NO_PAIR)(trap);
      return { file: path.join(trap.cwd, 'a\\u0000b'), env: env ?? {} };
    },
    /cannot be read/,
  ],
  [
    '__proto__',
    project('.decentrorc.json', '{"__proto__": {"environment": "sandbox"}}'),
    /unknown key "__proto__"/,
  ],
  [
    '__proto__ in YAML',
    project('.decentrorc', '__proto__: { environment: sandbox }'),
    /unknown key "__proto__"/,
  ],
  [
    'constructor',
    project('.decentrorc', 'constructor: { prototype: { x: y } }'),
    /unknown key "constructor"/,
  ],
  ['prototype in defaults', project('.decentrorc', 'defaults: { prototype: {} }'), /"prototype" in defaults/],
  [
    '__proto__ in an environment',
    project('.decentrorc', 'environments: { staging: { __proto__: {} } }'),
    /"__proto__" in environments\.staging/,
  ],
  ...['__proto__', 'constructor', 'prototype', '../staging', canary].map((name): Layout => [
    `an environment called ${name.slice(0, 12)}`,
    project('.decentrorc.json', `{"environments": {"${name}": {"clientId": "x"}}}`),
    /name of an environment/,
  ]),
  ['a sandbox of its own', project('.decentrorc', 'environments: { sandbox: {} }'), /"sandbox" is built in/],
  ['a secret for a key', project('.decentrorc', `${canary}: x`), /unknown key\./],
  ['a secret for a mapping', project('.decentrorc', `environments: ${canary}`), /has to be a mapping/],
  ['a misspelt key', project('.decentrorc', 'enviroments: {}'), /"enviroments".*Did you mean "environments"/],
  [
    'a number for a text',
    project('.decentrorc.json', '{"environment": 7}'),
    /environment has to be a string/,
  ],
  ['an empty value', project('.decentrorc', 'environments: { staging: { clientId: } }'), /clientId is empty/],
  ['a consent', project('.decentrorc', 'defaults: { consent: true }'), /"consent" in defaults/],
  ['allowHosts', project('.decentrorc', 'allowHosts: [127.0.0.1]'), /may only be set in the user file/],
  [
    'the variables of others',
    project('.decentrorc', environment({ clientSecret: 'env:HOME' }), NO_PAIR),
    /begin with DECENTRO_/,
  ],
  [
    'a file above',
    project('.decentrorc', environment({ clientSecret: 'file:../../etc/hostname' }), NO_PAIR),
    /below the config file/,
  ],
];

const KINDS: readonly Layout[] = [
  [
    'a directory',
    made((file) => {
      mkdirSync(file);
    }),
    /not a regular file/,
  ],
  [
    '50 MB of nothing',
    made((file) => {
      privateFile(path.dirname(file), '.decentrorc', 'a: b');
      truncateSync(file, 50_000_000);
    }),
    /64 KiB/,
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
    '50 MB for a secret',
    ({ cwd }) => {
      const file = privateFile(cwd, 'secret', 'x');
      truncateSync(file, 50_000_000);
      return { file, env: { DECENTRO_CLIENT_SECRET: '', DECENTRO_CLIENT_SECRET_FILE: 'secret' } };
    },
    /64 KiB/,
  ],
  [
    'a link',
    made((file, { cwd }) => {
      symlinkSync(privateFile(cwd, 'real', 'environment: sandbox'), file);
    }),
    /is a link/,
  ],
  [
    'a link to nowhere',
    made((file) => {
      symlinkSync('/does/not/exist', file);
    }),
    /is a link/,
  ],
  [
    'a link to itself',
    made((file) => {
      symlinkSync(file, file);
    }),
    /is a link/,
  ],
  [
    'two spellings',
    ({ cwd }) => {
      privateFile(cwd, '.decentrorc.yml', '{}');
      return { file: privateFile(cwd, '.decentrorc', '{}') };
    },
    /Found both/,
  ],
  [
    'two spellings, one of them a link to nowhere',
    ({ cwd }) => {
      symlinkSync('nowhere', path.join(cwd, '.decentrorc.json'));
      return { file: privateFile(cwd, '.decentrorc', '{}') };
    },
    /Found both/,
  ],
  [
    'two user files',
    ({ home }) => {
      privateFile(home, '.config/decentro/config.yml', '{}');
      return { file: privateFile(home, '.config/decentro/config.json', '{}') };
    },
    /Found both/,
  ],
  [
    'a user file that is a link',
    ({ home, cwd }) => {
      const file = path.join(home, '.config/decentro/config.json');
      mkdirSync(path.dirname(file));
      symlinkSync(privateFile(cwd, 'real', '{}'), file);
      return { file };
    },
    /is a link/,
  ],
];

describe('a hostile file ends with 3, names its path, runs nothing and sends nothing (rules 1, 2, 3, 4, 5, 6):', () => {
  test.each([...CODE, ...TEXT, ...KINDS])('%s', async (_what, lay, message) => {
    const trap = createTrap();
    const { file, flags = [], env = {} } = lay(trap);
    const recorder = await createRecorder([]);
    const given = [
      '--consent',
      '--consent-purpose',
      'KYC for opening a bank account',
      '--redirect-url',
      'https://a.example',
    ];
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
    const { stderr } = await fails(['init-session', ...given, ...target, ...flags], 3, {
      cwd: trap.cwd,
      home: trap.home,
      env: { ...credentials, ...env },
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
  ];

  test.each(nothing)('%s', async (_what, change) => {
    const trap = createTrap();
    const options = { cwd: trap.cwd, home: trap.home, ...change(trap) };
    const { stdout } = await succeeds(['config', 'path'], {
      ...options,
      stderr: ['No config file is in use.'],
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
});
