import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, chownSync, existsSync, mkdirSync, symlinkSync, truncateSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { CANARIES, fails, succeeds, temporaryDirectory } from '../support/run.js';
import { GIVEN, PAIR, privateFile } from './fixture.js';

const SESSION = ['init-session', ...GIVEN] as const;
const PATH = ['config', 'path'] as const;
const isRoot = process.getuid?.() === 0;

describe('nothing in a directory is executed, whatever it is called:', () => {
  const touch = (sentinel: string) => `require('node:fs').writeFileSync(${JSON.stringify(sentinel)}, '');`;
  const touchModule = (sentinel: string) =>
    `import { writeFileSync } from 'node:fs'; writeFileSync(${JSON.stringify(sentinel)}, ''); export default {};`;

  test.each(['.decentrorc', 'named.js', 'named.cjs', 'named.ts', 'named.json'])('%s', async (name) => {
    const cwd = temporaryDirectory();
    const sentinel = path.join(cwd, 'executed');
    for (const file of [
      '.config/config.js',
      '.config/config.cjs',
      '.config/decentrorc.js',
      '.decentrorc.js',
      '.decentrorc.cjs',
      'decentro.config.js',
      'decentro.config.cjs',
      'evil.cjs',
    ]) {
      privateFile(cwd, file, touch(sentinel));
    }
    for (const file of ['.config/config.mjs', '.decentrorc.mjs', '.decentrorc.ts', 'decentro.config.mjs']) {
      privateFile(cwd, file, touchModule(sentinel));
    }
    const decentro = { $import: './evil.cjs', environment: 'production' };
    privateFile(cwd, 'package.json', { name: 'evil', decentro, cosmiconfig: { searchPlaces: ['evil.cjs'] } });
    privateFile(cwd, '.config/config.json', { decentro, cosmiconfig: { $import: '../evil.cjs' } });
    const isCode = /\.(js|cjs|ts)$/.test(name);
    privateFile(cwd, name, isCode ? touch(sentinel) : { $import: './evil.cjs' });
    const flags = name === '.decentrorc' ? [] : ['--config', name];
    await fails([...SESSION, ...flags], 3, { cwd, env: PAIR });
    await fails(['config', 'show', ...flags], 3, { cwd, env: PAIR });
    expect(existsSync(sentinel)).toBe(false);
  });

  test('without a config file, such neighbours change nothing', async () => {
    const cwd = temporaryDirectory();
    const sentinel = path.join(cwd, 'executed');
    for (const file of ['.config/config.js', '.decentrorc.js']) privateFile(cwd, file, touch(sentinel));
    privateFile(cwd, 'package.json', { decentro: { environment: 'sandbox' } });
    const { stdout, stderr } = await succeeds([...PATH], { cwd, stderr: ['No config file is in force.'] });
    expect([stdout, stderr]).toEqual(['', 'No config file is in force.\n']);
    expect(existsSync(sentinel)).toBe(false);
  });
});

describe('a file that cannot be trusted or understood ends with 3 and names its path:', () => {
  const canary = CANARIES.clientSecret;

  test.each<[string, string, string, RegExp]>([
    ['empty', '.decentrorc', '', /is empty/],
    ['empty but for space', '.decentrorc.yaml', ' \n\n', /empty|no mapping/],
    ['null', '.decentrorc', 'null', /no mapping/],
    ['a list', '.decentrorc', '- a\n- b\n', /no mapping/],
    ['a text', '.decentrorc.json', `"${canary}"`, /no mapping/],
    ['broken JSON', '.decentrorc.json', `{"clientSecret": "${canary}" oops}`, /not valid JSON \(line 1/],
    ['broken YAML', '.decentrorc', `a: {\n  b: ${canary}\n c: ]`, /not valid YAML \(line \d+/],
    ['an unknown tag', '.decentrorc.yml', `a: !!js/function "${canary}"`, /YAML|unknown key/],
    ['a secret in place of a key', '.decentrorc', `${canary}: x`, /unknown key\./],
    ['a secret in place of a mapping', '.decentrorc', `environments: ${canary}`, /has to be a mapping/],
    ['a misspelt key', '.decentrorc', 'enviroments: {}', /"enviroments"[^]*Did you mean "environments"/],
    [
      'a misspelt key of an environment',
      '.decentrorc',
      `environments: { staging: { clientsecret: ${canary} } }`,
      /"clientsecret" in environments\.staging[^]*Did you mean "clientSecret"/,
    ],
    ['a number for a text', '.decentrorc.json', '{"environment": 7}', /environment has to be a string/],
    ['an empty value', '.decentrorc', 'environments: { staging: { clientId: } }', /clientId is empty/],
    ['a list for a mapping', '.decentrorc', 'defaults: [1]', /defaults has to be a mapping/],
    ['$import', '.decentrorc', '$import: ./other.yaml', /"\$import"/],
    ['__proto__', '.decentrorc.json', '{"__proto__": {"environment": "sandbox"}}', /"__proto__"/],
    [
      '__proto__ for an environment',
      '.decentrorc.json',
      '{"environments": {"__proto__": {"clientId": "x"}}}',
      /name of an environment/,
    ],
    ['constructor', '.decentrorc', 'constructor: { prototype: { x: y } }', /"constructor"/],
    [
      'a consent, which no file may give',
      '.decentrorc',
      'defaults: { consent: true }',
      /"consent" in defaults/,
    ],
  ])('%s', async (_what, name, content, message) => {
    const cwd = temporaryDirectory();
    const file = privateFile(cwd, name, content);
    const { stderr } = await fails(['config', 'show'], 3, { cwd });
    const text = stderr.replace(/\s+/g, ' ');
    expect(text).toContain(file);
    expect(text).toMatch(message);
  });

  test('a bomb of YAML aliases', async () => {
    const cwd = temporaryDirectory();
    const lines = Array.from({ length: 30 }, (_, n) => `a${n + 1}: &a${n + 1} [${`*a${n},`.repeat(9)}]`);
    privateFile(cwd, '.decentrorc', ['a0: &a0 x', ...lines].join('\n'));
    await fails([...PATH], 3, { cwd });
  });

  test.each<[string, (file: string) => void, RegExp]>([
    [
      'a FIFO',
      (file) => {
        execFileSync('mkfifo', [file]);
      },
      /not a regular file/,
    ],
    [
      'a directory',
      (file) => {
        mkdirSync(file);
      },
      /not a regular file/,
    ],
    [
      'over 64 KiB',
      (file) => {
        privateFile(path.dirname(file), '.decentrorc', 'a: b');
        truncateSync(file, 65_537);
      },
      /64 KiB/,
    ],
    [
      'a link',
      (file) => {
        symlinkSync(privateFile(path.dirname(file), 'real', 'environment: sandbox'), file);
      },
      /is a link/,
    ],
    [
      'a link to nowhere',
      (file) => {
        symlinkSync('/does/not/exist', file);
      },
      /is a link/,
    ],
    [
      'a link to itself',
      (file) => {
        symlinkSync(file, file);
      },
      /is a link/,
    ],
    [
      'a link to a device',
      (file) => {
        symlinkSync('/dev/zero', file);
      },
      /is a link/,
    ],
  ])('%s', async (_what, make, message) => {
    const cwd = temporaryDirectory();
    const file = path.join(cwd, '.decentrorc');
    make(file);
    const { stderr } = await fails([...PATH], 3, { cwd });
    expect(stderr.replace(/\s+/g, ' ')).toMatch(message);
    expect(stderr).toContain(file);
  });

  test.each([
    ['/dev/zero', /not a regular file/],
    ['/does/not/exist', /does not exist/],
    ['.', /not a regular file/],
    ['/proc/self/mem', /cannot be read \(EIO\)/],
  ])('%s for --config', async (file, message) => {
    expect((await fails([...PATH, '--config', file], 3)).stderr).toMatch(message);
  });

  (isRoot ? test : test.skip)('one of another user, with its owner and the way through', async () => {
    const cwd = temporaryDirectory();
    const file = privateFile(cwd, '.decentrorc', 'environment: sandbox');
    chownSync(file, 12_345, 12_345);
    const { stderr } = await fails([...PATH], 3, { cwd });
    const text = stderr.replace(/\s+/g, ' ');
    expect(text).toContain('(uid 12345)');
    expect(text).toContain(`--config ${file}`);
    expect((await succeeds([...PATH, '--config', file], { stderr: [] })).stdout).toBe(`${file}\n`);
  });

  (isRoot ? test.skip : test)('one that cannot be read', async () => {
    const cwd = temporaryDirectory();
    chmodSync(privateFile(cwd, '.decentrorc', 'environment: sandbox'), 0);
    expect((await fails([...PATH], 3, { cwd })).stderr).toContain('EACCES');
  });

  test('two spellings side by side, in the project and for the user', async () => {
    const cwd = temporaryDirectory();
    privateFile(cwd, '.decentrorc', 'environment: sandbox');
    privateFile(cwd, '.decentrorc.json', '{}');
    const project = await fails([...PATH], 3, { cwd });
    expect(project.stderr).toMatch(/\.decentrorc\s+and\s+[^]*\.decentrorc\.json\s+stand side by side/);
    const home = temporaryDirectory();
    privateFile(home, '.config/decentro/config.json', '{}');
    privateFile(home, '.config/decentro/config.yml', '{}');
    expect((await fails([...PATH], 3, { home })).stderr).toContain('side by side');
  });
});

describe('the search', () => {
  test('ends at the root of the repository and at the home folder; elsewhere it is the folder alone', async () => {
    const top = temporaryDirectory();
    privateFile(top, '.decentrorc', 'environment: sandbox');
    const repository = path.join(top, 'repository');
    const inner = path.join(repository, 'packages', 'app');
    mkdirSync(inner, { recursive: true });
    await succeeds([...PATH], { cwd: inner, stderr: [/No config file/] });
    expect((await succeeds([...PATH], { cwd: inner, home: top, stderr: [] })).stdout).toBe(
      `${top}/.decentrorc\n`,
    );
    mkdirSync(path.join(repository, '.git'));
    await succeeds([...PATH], { cwd: inner, home: top, stderr: [/No config file/] });
    const file = privateFile(repository, '.decentrorc.yml', 'environment: sandbox');
    expect((await succeeds([...PATH], { cwd: inner, stderr: [] })).stdout).toBe(`${file}\n`);
  });

  test('finds the user file in XDG_CONFIG_HOME, and --config replaces both', async () => {
    const [cwd, config] = [temporaryDirectory(), temporaryDirectory()];
    const project = privateFile(cwd, '.decentrorc', '{}');
    const user = privateFile(config, 'decentro/config.yaml', 'environment: sandbox');
    const named = privateFile(cwd, 'named', 'environment: sandbox');
    symlinkSync(named, path.join(cwd, 'link'));
    const options = { cwd, env: { XDG_CONFIG_HOME: config }, stderr: [] };
    expect((await succeeds([...PATH], options)).stdout).toBe(`${project}\n${user}\n`);
    const { stdout } = await succeeds([...PATH, '--config', 'link'], options);
    expect(stdout).toBe(`${path.join(cwd, 'link')}\n`);
  });
});
