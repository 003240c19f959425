import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { version } from '../../src/version.js';
import { createFakeHost, type FakeHost } from '../support/fake-host.js';
import { CANARIES, fails, runHost, runMain, succeeds } from '../support/run-main.js';

const QUIET = { stderr: [] };
const COMMANDS = ['init-session', 'sandbox', 'explain', 'config', 'config show', 'config path'];

describe('help', () => {
  test.each([[[]], [['--help']], [['-h']], [['help']]])('%j prints the commands on stdout', async (args) => {
    const { stdout } = await succeeds(args, QUIET);
    expect(stdout).toContain('Usage: digilocker [options] [command]');
    for (const name of ['init-session', 'sandbox', 'explain', 'config']) {
      expect(stdout).toMatch(new RegExp(`^ {2}${name} `, 'm'));
    }
    expect(stdout).toContain('digilocker init-session --env sandbox --consent');
  });

  test.each(COMMANDS)('%s has one of its own, with examples or flags', async (name) => {
    const { stdout } = await succeeds([...name.split(' '), '--help'], QUIET);
    expect(stdout).toMatch(new RegExp(`^Usage: digilocker ${name} \\[options\\]`));
    expect(stdout).toMatch(/^\s+-h, --help +print this help$/m);
    expect((await succeeds(['help', ...name.split(' ').slice(0, 1)], QUIET)).stdout).toContain('Usage:');
  });

  test('of init-session names every flag of the promise', async () => {
    const { stdout } = await succeeds(['init-session', '--help'], { ...QUIET, columns: 200 });
    const flags = [...stdout.matchAll(/^ {2}(?:-\w, )?(--[\w-]+)/gm)].map(([, flag]) => flag);
    expect(flags.sort()).toEqual(
      [
        '--abstract-access-token',
        '--allow-host',
        '--base-url',
        '--ca-file',
        '--clear-cookies',
        '--config',
        '--document',
        '--consent',
        '--consent-purpose',
        '--end-user',
        '--env',
        '--field',
        '--help',
        '--json',
        '--listen',
        '--no-abstract-access-token',
        '--no-clear-cookies',
        '--no-color',
        '--no-consent',
        '--no-input',
        '--no-open',
        '--no-pinless-signin',
        '--no-pinless-signup',
        '--no-redirect-to-signup',
        '--no-usernameless-signup',
        '--no-validate',
        '--open',
        '--output',
        '--param',
        '--pinless-signin',
        '--pinless-signup',
        '--print',
        '--qr',
        '--quiet',
        '--redirect-to-signup',
        '--redirect-url',
        '--reference-id',
        '--retries',
        '--suite',
        '--timeout',
        '--usernameless-signup',
        '--verbose',
        '--version',
        '--wait',
        '--yes',
      ].sort(),
    );
  });

  test('config alone prints its help', async () => {
    expect((await succeeds(['config'], QUIET)).stdout).toContain('Usage: digilocker config');
  });

  test.each([
    [80, 80],
    [400, 100],
  ])('of %i columns is at most %i wide', async (columns, width) => {
    const { stdout } = await succeeds(['init-session', '--help'], { columns });
    const [description = ''] = stdout.split('\nExamples:');
    const widest = Math.max(...description.split('\n').map((line) => line.length));
    expect(widest).toBeLessThanOrEqual(width);
    expect(widest).toBeGreaterThan(width - 20);
  });
});

test.each(['--version', '-V', '-v', 'version'])('%s prints the version', async (word) => {
  expect((await succeeds([word], QUIET)).stdout).toBe(`${version}\n`);
});

test.each(['--version', '-V'])('%s prints the version behind a command', async (flag) => {
  expect((await succeeds(['init-session', flag], QUIET)).stdout).toBe(`${version}\n`);
});

describe('a wrong command line (rule 23)', () => {
  test.each([
    [['nonsense'], "Unknown command 'nonsense'", ''],
    [['init-sesion'], "Unknown command 'init-sesion'", 'Did you mean init-session? '],
    [['init'], "Unknown command 'init'", 'Did you mean init-session? '],
    [['session'], "Unknown command 'session'", /^Did you mean .*init-session/],
    [['configure'], "Unknown command 'configure'", 'Did you mean config? '],
    [['config', 'shwo'], "Unknown command 'shwo'", 'Did you mean show? '],
    [['--nonsense'], "Unknown option '--nonsense'", 'Flags follow a command, '],
    [['init-session', '--qr=1'], '--qr accepts no value.', 'Write --qr alone. '],
    [['init-session', '--no-open=yes'], '--no-open accepts no value.', 'Write --no-open alone. '],
    [['init-session', '--consnt'], "Unknown option '--consnt'", 'Did you mean --consent? '],
    [['init-session', '--purpose', 'x'], "Unknown option '--purpose'", 'Did you mean --consent-purpose? '],
    [['init-session', 'extra'], "Too many arguments for 'init-session'. Expected 0 arguments but got 1.", ''],
    [['init-session', '--env'], '--env needs a value.', ''],
    [
      ['init-session', '-o', 'xml'],
      'Invalid value "xml" for --output.',
      'Valid values: human, json, env, shell. ',
    ],
    [
      ['init-session', '--timeout', 'soon'],
      'Invalid value "soon" for --timeout. Give a duration such as 500ms, 30s, 10m or 1h.',
      '',
    ],
    [
      ['init-session', '--retries', '-1'],
      'Invalid value "-1" for --retries. Give a whole number from 0 to 20.',
      '',
    ],
    [['init-session', '--print', 'xml'], 'Invalid value "xml" for --print.', /^Valid values: curl, .*json/],
    [['explain', 'a', 'b'], "Too many arguments for 'explain'. Expected 1 argument but got 2.", ''],
    [
      ['completion', 'bsh'],
      'Invalid value "bsh" for shell.',
      /^Did you mean bash.*\? Valid values: bash, zsh, fish/,
    ],
  ])('%j is named, with its remedy and how to get help', async (args, message, remedy) => {
    const { stderr } = await fails(args, 2, { columns: 500 });
    const [, error, hint] = /^error: (.*) hint: (.*)$/.exec(stderr.replaceAll('\n', ' ').trim()) ?? [];
    expect(error).toBe(message);
    if (typeof remedy === 'string') expect(hint?.startsWith(remedy === '' ? 'Run' : remedy)).toBe(true);
    else expect(hint).toMatch(remedy);
    expect(hint).toMatch(/Run digilocker (\S+ )*--help for usage\.$/);
  });

  test('of a flag for credentials says where they belong', async () => {
    const stored = /^hint: Store credentials with digilocker config init, [^]*DECENTRO_CLIENT_SECRET/m;
    for (const flag of ['--client-secret', '--client-id', '--module-secret'])
      expect((await fails(['init-session', flag, 'x'], 2, { columns: 500 })).stderr).toMatch(stored);
    expect((await fails(['config', 'init', '--client-secret', 'x'], 2)).stderr).toContain(
      'Did you mean --client-secret-ref or --client-secret-stdin?',
    );
  });

  test.each([
    [['--nonsense', '--json'], 'digilocker.error/1'],
    [['nonsense', '--json'], 'digilocker.error/1'],
    [['init-session', '--nonsense', '--json'], 'digilocker.session/1'],
    [['explain', '--nonsense', '--json'], 'digilocker.explain/1'],
    [['config', '--nonsense', '--json'], 'digilocker.config/1'],
    [['config', 'show', '--nonsense', '--json'], 'digilocker.config/1'],
    [['sandbox', '--json'], 'digilocker.sandbox/1'],
  ])('%j ends in a JSON document', async (args, schema) => {
    const { document } = await fails(args, 2);
    expect(document).toMatchObject({
      schema,
      ok: false,
      error: { kind: 'usage', exitCode: 2, sent: 'no', retryable: false },
    });
  });

  test('does not repeat a secret that somebody gave to a flag of their own (rule 27)', async () => {
    const { stderr } = await fails(['init-session', `--client-secret=${CANARIES.clientSecret}`], 2);
    expect(stderr).toMatch(/^error: Unknown option '--client-secret'\nhint: /);
  });

  test.each(['__proto__', 'constructor', 'toString'])('%s is no command', async (name) => {
    await fails([name], 2);
  });
});

describe('standard output that cannot be written (rule 24)', () => {
  const stdoutError = new Failure('output', 'Standard output could not be written (ENOSPC).');
  const SANDBOX = ['init-session', '--env', 'sandbox', '--consent', '--reference-id', 'my-own-1'];

  test.each([[[]], [['--json']], [['-o', 'env']], [['--field', 'decentroTxnId']]])(
    'is told on stderr with everything that is known (%j)',
    async (flags) => {
      const { code, stdout, stderr } = await runMain([...SANDBOX, ...flags], { stdoutError });
      expect([code, stdout]).toEqual([74, '']);
      expect(stderr).toContain('error: Standard output could not be written (ENOSPC).\n');
      expect(stderr).toMatch(/^Transaction ID +[0-9A-F]{32}$/m);
      expect(stderr).toMatch(/^Reference ID +my-own-1$/m);
      expect(stderr).toMatch(/^Link \(works once\) +http:\/\/127\.0\.0\.1:\d+\/digilocker\/\S+$/m);
    },
  );

  test.each([[[]], [['--json']], [['-o', 'env']], [['--field', 'callback.code']]])(
    'is told with what the redirect brought, in place of the used link (%j)',
    async (flags) => {
      const args = [...SANDBOX, '--wait', '--end-user', 'allow', '--no-abstract-access-token', ...flags];
      const { code, stdout, stderr } = await runMain(args, { stdoutError });
      expect([code, stdout]).toEqual([74, '']);
      expect(stderr).toMatch(/^DigiLocker code +[0-9a-f]{40}$/m);
      expect(stderr).not.toMatch(/^Link \(works once\) /m);
    },
  );

  test('is told with what a redirect that was pasted brought', async () => {
    const args = ['callback', 'https://app.example/?code=4f1c&state=59F864A69B6E4DE0BCD4DD927A5D6160'];
    const { code, stderr } = await runMain(args, { stdoutError });
    expect(code).toBe(74);
    expect(stderr).toMatch(/^DigiLocker code +4f1c\nState +59F864A69B6E4DE0BCD4DD927A5D6160$/m);
  });

  test('is told for a failure as well, with its facts', async () => {
    const args = ['init-session', '--env', 'sandbox', '--consent', '--json'];
    const { code, stderr } = await runMain([...args, '--reference-id', 'sbx-error_provider_error-1'], {
      stdoutError,
    });
    expect(code).toBe(74);
    expect(stderr).toMatch(/^Response key +error_provider_error$/m);
  });

  test('is told after the failure whose document is lost', async () => {
    const { code, stderr } = await runMain(['init-session', '--json'], { stdoutError });
    expect(code).toBe(74);
    expect(stderr).toMatch(/^- the client ID: [^]*\nerror: Standard output could not be written/m);
  });

  test('is told for help', async () => {
    expect((await runMain(['--help'], { stdoutError })).code).toBe(74);
  });
});

describe('a bug (rule 27)', () => {
  class Broken extends Error {
    override readonly name = 'BrokenError';
  }

  function brokenHost(args: readonly string[], bug: unknown = new Broken(CANARIES.clientSecret)): FakeHost {
    return {
      ...createFakeHost(args),
      get env(): never {
        AbortSignal.abort(bug).throwIfAborted();
        throw new Error('not reached');
      },
    };
  }

  test('is told by its name alone, and how to report it', async () => {
    const { code, stderr } = await runHost(brokenHost(['config', 'show']));
    expect(code).toBe(1);
    expect(stderr.replaceAll('\n', ' ')).toContain(
      `error: Internal error in digilocker ${version} (BrokenError). This is a bug. hint: Please report it`,
    );
    expect(stderr).not.toContain('    at ');
  });

  test('leaves open whether a session exists', async () => {
    const { document } = await runHost(brokenHost(['init-session', '--json']));
    expect(document).toMatchObject({
      sessionCreated: 'unknown',
      error: { kind: 'internal', exitCode: 1, sent: 'unknown' },
    });
  });

  test.each(['--verbose', '-v'])('shows its frames with %s, without its message', async (flag) => {
    const { stderr } = await runHost(brokenHost(['init-session', flag]));
    expect(stderr).toMatch(/^ {4}at .*main\.test/m);
  });

  test.each([
    ['a text', 'string'],
    [42, 'number'],
  ])('may even throw %p', async (thrown, name) => {
    const { code, stderr } = await runHost(brokenHost(['init-session', '-v'], thrown));
    expect(code).toBe(1);
    expect(stderr).toContain(`Internal error in digilocker ${version} (${name}). This is a bug.`);
    expect(stderr).not.toContain(String(thrown));
  });
});
