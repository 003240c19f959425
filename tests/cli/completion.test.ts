import { describe, expect, test } from '@jest/globals';
import path from 'node:path';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import { TOPICS } from '../../src/commands/help/topics.js';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { SCENARIOS } from '../../src/sandbox/api/scenarios.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles, type FakeHostOptions } from '../support/fake-host.js';
import { dealt } from '../support/generated.js';
import { COMMANDS } from '../support/program-outline.js';
import { fails, succeeds } from '../support/run-main.js';

const QUIET = { stderr: [] };
const BUILT_IN = ['sandbox', 'staging', 'production'];
const CONFIG = 'environments:\n  gateway: { baseUrl: "https://kyc-gateway.example" }\n';

/** What fish is offered behind these words, the last of which is being typed. */
async function offered(words: readonly string[], options: FakeHostOptions = {}): Promise<string[]> {
  const args = ['completion', 'suggest', 'fish', '--', ...words];
  const { stdout } = await succeeds(args, { ...QUIET, ...options });
  return stdout
    .split('\n')
    .slice(0, -1)
    .map((line) => line.replace(/\t.*/, ''));
}

describe('a line is completed with', () => {
  test('the commands that help lists, and their summaries', async () => {
    const { stdout } = await succeeds(['--help'], { ...QUIET, columns: 400 });
    const list = /^Commands:\n([^]*?)\n\n/m.exec(stdout)?.[1] ?? '';
    const listed = [...list.matchAll(/^ {2}([\w-]+)/gm)].map(([, name]) => name);
    expect(listed.length).toBeGreaterThan(5);
    expect(await offered([''])).toEqual(listed);
    const suggested = await succeeds(['completion', 'suggest', 'fish', '--', 'san'], QUIET);
    expect(suggested.stdout).toBe('sandbox\tImitate Decentro on this machine, offline, until Ctrl-C\n');
  });

  test.each(COMMANDS)('the flags of %j', async (names, { flags }) => {
    const all = flags.flatMap((flag) => flag.names);
    expect(all).toEqual(expect.arrayContaining(['--help', '-h', '--no-color']));
    expect((await offered([...names, '-'])).sort()).toEqual(all.sort());
  });

  test.each<[string, string[], string[]]>([
    ['subcommands', ['config', 'sh'], ['show']],
    ['the subcommands of a command that help is asked for', ['help', 'config', 'sh'], ['show']],
    ['nothing where help is asked for no command', ['help', 'nonsense', 'sh'], []],
    ['a flag by its beginning', ['init-session', '--abs'], ['--abstract-access-token']],
    ['no flag a second time', ['init-session', '--consent', '--consent'], ['--consent-purpose']],
    ['nor by its other name', ['init-session', '-q', '--qu'], []],
    ['nor with its value in the word', ['init-session', '--env=staging', '--env'], []],
    ['nor among letters that share a dash', ['init-session', '-yq', '--quie'], []],
    ['neither of two that contradict', ['init-session', '--no-open', '--o'], ['--output']],
    ['but a repeatable one', ['init-session', '--allow-host', 'a.example', '--al'], ['--allow-host']],
    ['of a batch, too', ['batch', 'run', 'rows.csv', '--column', 'consent=ok', '--col'], ['--column']],
    ['of its results, too', ['batch', 'results', 'job', '--only', 'lost', '--on'], ['--only']],
    ['choices', ['init-session', '--output', ''], ['human', 'json', 'env', 'shell']],
    ['choices of a short flag', ['init-session', '-o', 'j'], ['json']],
    ['choices behind letters that share a dash', ['init-session', '-qo', 'j'], ['json']],
    ['choices behind an equals sign', ['init-session', '--print=c'], ['--print=curl', '--print=curl-flags']],
    ['choices of an argument', ['completion', ''], ['install', 'bash', 'zsh', 'fish', 'pwsh']],
    ['choices of an optional argument', ['completion', 'install', 'p'], ['pwsh']],
    ['nothing where a value is free text', ['init-session', '--reference-id', ''], []],
    ['not even flags', ['init-session', '--reference-id', '--'], []],
    ['nothing behind an equals sign of a flag without value', ['init-session', '--consent=t'], []],
    ['nothing behind an unknown flag and an equals sign', ['init-session', '--nope=t'], []],
    ['flags behind one whose value is optional', ['init-session', '--wait', '--li'], ['--listen']],
    ['flags behind its value', ['init-session', '--wait', '5m', '--li'], ['--listen']],
    ['a command, although a value is called like one', ['--nope', 'config', 'sh'], ['show']],
    ['no command where a value is called like one', ['init-session', '--param', 'a=b', 'sandb'], []],
    ['nothing behind the last argument', ['explain', '5', 'e'], []],
    ['no flags once they have ended', ['explain', '--', '--j'], []],
    ['an argument once flags have ended', ['explain', '--', 'error_consent_f'], ['error_consent_false']],
    ['nothing behind a command that does not exist', ['nonsense', 'sh'], []],
    ['help of subcommands', ['help', 'config', 'p'], ['path']],
    ['no topic there', ['help', 'config', 'e'], []],
  ])('%s', async (_what, words, expected) => {
    expect(await offered(words)).toEqual(expected);
  });

  test('flags where nothing else is possible', async () => {
    expect(await offered(['init-session', ''])).toContain('--consent');
  });

  test('the response keys and exit codes that can be explained', async () => {
    const codes = EXIT_CODES.map(({ code }) => String(code));
    expect(await offered(['explain', ''])).toEqual([...Object.keys(RESPONSE_KEYS), ...codes]);
  });

  test('the scenarios of the sandbox', async () => {
    expect(await offered(['sandbox', '--scenario', ''])).toEqual(SCENARIOS);
    expect(await offered(['sandbox', '--scenario=http-42'])).toEqual(['--scenario=http-429']);
  });

  test('the cases of smoke, each once in a list', async () => {
    const { document } = await succeeds(['smoke', '--list', '--json'], QUIET);
    const ids = (document['cases'] as readonly { id: string }[]).map(({ id }) => id);
    expect(ids).toContain('session-starts');
    expect(await offered(['smoke', '--only', ''])).toEqual(ids);
    expect(await offered(['smoke', '--only', 'session-starts,consent-r'])).toEqual([
      'session-starts,consent-refused',
    ]);
    expect(await offered(['smoke', '--only=urn-is-transaction-id,'])).toEqual(
      ids.filter((id) => id !== 'urn-is-transaction-id').map((id) => `--only=urn-is-transaction-id,${id}`),
    );
    expect(await offered(['smoke', '--only', 'session-starts', '--only', 'purpose-too-s'])).toEqual([
      'purpose-too-short',
    ]);
  });

  test('the reports of smoke, of which one is a file', async () => {
    expect(await offered(['smoke', '--report', ''])).toEqual(['junit=', 'junit=smoke.xml', 'github']);
    expect(await offered(['smoke', '--report=g'])).toEqual(['--report=github']);
    expect(await offered(['smoke', '--report', 'junit=sm'])).toEqual(['__FILE__:file::junit=sm:1:junit=']);
    expect(await offered(['smoke', '--report=junit='])).toEqual([
      '__FILE__:file::--report=junit=:1:--report=junit=',
    ]);
  });

  test('the topics of help beside the commands', async () => {
    expect(await offered(['help', ''])).toEqual(
      expect.arrayContaining(['init-session', ...Object.keys(TOPICS)]),
    );
    expect(await offered(['help', 'exi'])).toEqual(['exit-codes']);
  });
});

describe('files are left to the shell:', () => {
  const flags = COMMANDS.flatMap(([names, command]) =>
    command.flags
      .filter(({ placeholder }) => placeholder === 'file')
      .map((flag) => [[...names, flag.names[0] ?? ''], flag.declaration] as const),
  );

  test('there are such flags', () => {
    expect(flags.map(([, declaration]) => declaration)).toContain('--config <file>');
  });

  test.each(dealt(flags, 0, 2))('%j', async (words) => {
    expect(await offered([...words, 'de'])).toEqual(['__FILE__:file::de:1']);
  });

  test.each(dealt(flags, 1, 2))('%j and an equals sign', async ([...words]) => {
    const flag = words.pop() ?? '';
    expect(await offered([...words, `${flag}=de`])).toEqual([`__FILE__:file::${flag}=de:1:${flag}=`]);
  });
});

describe('environments are those', () => {
  const words = ['init-session', '--env', ''];

  test('that are built in', async () => {
    expect(await offered(words)).toEqual(BUILT_IN);
    expect(await offered(['config', 'show', '-e', 'st'])).toEqual(['staging']);
  });

  test('of the nearest config file', async () => {
    const root = temporaryDirectory();
    writeFiles(root, { '.decentrorc': CONFIG, '.git/HEAD': '', 'below/file': '' });
    expect(await offered(words, { cwd: path.join(root, 'below') })).toEqual([...BUILT_IN, 'gateway']);
  });

  test('of the file that the line itself names', async () => {
    const files = { '.decentrorc': CONFIG, 'other.yaml': CONFIG.replace('gateway', 'elsewhere') };
    expect(await offered(['init-session', '--config', 'other.yaml', '--env', ''], { files })).toEqual([
      ...BUILT_IN,
      'elsewhere',
    ]);
    expect(await offered(['init-session', '--config=other.yaml', '--env=e'], { files })).toEqual([
      '--env=elsewhere',
    ]);
  });

  test.each([
    ['is broken', 'environments: ['],
    ['has names that a shell would act upon', 'environments: {"$(touch here)": {}}'],
    ['has names with a line break', 'environments: {"a\\nb": {}}'],
    ['imports', '{"$import": "./evil.cjs", "environments": {"other": {}}}'],
  ])('that are built in when the file %s, and nobody is told (rules 1, 5)', async (_what, content) => {
    const files = { '.decentrorc': content, 'evil.cjs': 'throw new Error("executed")' };
    expect(await offered(words, { files })).toEqual(BUILT_IN);
  });
});

describe('the settings of config set and config unset are', () => {
  test('defaults by their keys, and those of each environment of the files', async () => {
    const files = { '.decentrorc': CONFIG };
    expect(await offered(['config', 'set', 'defaults.redirectU'], { files })).toEqual([
      'defaults.redirectUrl',
    ]);
    const named = ['staging', 'production', 'gateway'].map((name) => `environments.${name}.clientId`);
    const offers = await offered(['config', 'unset', 'environments.'], { files });
    expect(offers.filter((key) => key.endsWith('.clientId'))).toEqual(named);
  });

  test('those of the built-in environments where a file is broken', async () => {
    const offers = await offered(['config', 'set', 'environments.'], { files: { '.decentrorc': 'x: [' } });
    expect(new Set(offers.map((key) => key.split('.')[1]))).toEqual(new Set(['staging', 'production']));
  });

  test('none in place of the value', async () => {
    expect(await offered(['config', 'set', 'defaults.redirectUrl', ''])).not.toContain(
      'defaults.redirectUrl',
    );
  });
});

test('words of the line are neither run nor taken for flags of this command', async () => {
  const typed = ['--json', '--version', '--help', '$(touch here)', '`touch here`', '--', 'x'];
  expect(await offered(['init-session', ...typed])).toEqual([]);
});

test('nobody is asked, whoever sits there', async () => {
  expect(await offered(['init-session', '--env', 's'], { isInteractive: true })).toEqual([
    'sandbox',
    'staging',
  ]);
});

test.each([
  [[], "Missing required argument 'shell'"],
  [['tcsh'], 'Valid values: bash, zsh, fish, pwsh.'],
])('completion %j is wrong usage', async (args, message) => {
  const { stderr } = await fails(['completion', ...args], 2);
  expect(stderr.replaceAll('\n', ' ')).toContain(message);
});

test('what the script asks is no command for people', async () => {
  expect((await succeeds(['completion', '--help'], QUIET)).stdout).not.toContain('suggest');
  expect(await offered(['completion', 'su'])).toEqual([]);
});

test('a suggestion for an unknown shell is wrong usage', async () => {
  await fails(['completion', 'suggest', 'nosuchshell', '--', 'init-session', ''], 2);
});
