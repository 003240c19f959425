import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { CONFIG_KEYS } from '../../src/settings/config-schema.js';
import { EXIT_CODES } from '../../src/failure/exit-codes.js';
import { OUTPUT_FORMS } from '../../src/output/format.js';
import { TOPICS } from '../../src/commands/help/topics.js';
import { SCENARIOS } from '../../src/sandbox/api/scenarios.js';
import { SETTINGS, VARIABLES } from '../../src/settings/setting-tables.js';
import { COMMANDS, PROGRAM } from '../support/program-outline.js';
import { fails, succeeds } from '../support/run-main.js';

const QUIET = { stderr: [] };
const SRC = fileURLToPath(new URL('../../src', import.meta.url));
const ALL = [[[], PROGRAM] as const, ...COMMANDS];

const flat = (text: string) => text.replaceAll(/\s+/g, ' ');

test('the help of --env names the default', async () => {
  const { stdout } = await succeeds(['init-session', '--help'], QUIET);
  expect(flat(stdout)).toContain('staging (default), production, sandbox, or one of the config file');
});

describe.each(ALL)('the help of %j', (names, { examples, commands }) => {
  test('has examples, and each is of a command that exists', () => {
    const lines = examples.split('\n').filter((line) => line.includes('digilocker '));
    expect(lines).not.toEqual([]);
    for (const line of lines) {
      const [, words = ''] = /digilocker (.*)/.exec(line) ?? [];
      const found = COMMANDS.filter(
        ([path]) => path.length > 0 && `${words} `.startsWith(`${path.join(' ')} `),
      );
      expect([line, found.length > 0]).toEqual([line, true]);
    }
  });

  test('fits into 80 columns', async () => {
    const { stdout } = await succeeds([...names, '--help'], QUIET);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
  });

  test.each([30, 50, 70])(
    'breaks no word in %i columns, and leaves its examples as they are',
    async (columns) => {
      const wide = (await succeeds([...names, '--help'], { ...QUIET, columns: 400 })).stdout;
      const { stdout } = await succeeds([...names, '--help'], { ...QUIET, columns });
      const [body = '', shown = ''] = stdout.split(/^Examples:$/m);
      expect(shown.trim()).toBe(examples.trim());
      // Longer is only what has no blank to break it at.
      const long = body.split('\n').filter((line) => line.length > columns && / \S+ /.test(line.trim()));
      expect(long).toEqual([]);
      expect(flat(body)).toBe(flat(wide.split(/^Examples:$/m)[0] ?? ''));
    },
  );

  test('is what `help` prints as well', async () => {
    const { stdout } = await succeeds(['help', ...names], QUIET);
    expect(stdout.startsWith((await succeeds([...names, '--help'], QUIET)).stdout)).toBe(true);
    if (commands.length > 0) expect(stdout).toContain('\nCommands:\n');
  });
});

describe('the topic', () => {
  test.each(Object.entries(TOPICS))('%s is listed, and fits into 80 columns', async (name, { summary }) => {
    expect((await succeeds(['--help'], QUIET)).stdout).toMatch(new RegExp(`^  ${name} +${summary}$`, 'm'));
    const { stdout } = await succeeds(['help', name], QUIET);
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/[^\n]\n$/);
  });

  test('exit-codes names all of them', async () => {
    const { stdout } = await succeeds(['help', 'exit-codes'], QUIET);
    for (const { code, meaning, remedy } of EXIT_CODES) {
      expect(stdout).toMatch(new RegExp(`^${code} +\\w+: `, 'm'));
      expect(flat(stdout)).toContain(meaning);
      expect(flat(stdout)).toContain(remedy);
    }
  });

  test('environment names every variable that the program reads', async () => {
    const { stdout } = await succeeds(['help', 'environment'], QUIET);
    const listed = [...stdout.matchAll(/^([A-Z][A-Z_]+) {2}/gm)].map(([, name]) => name);
    expect(listed).toEqual(VARIABLES.map(([name]) => name));
    // What tells about the machine, or is Node's own, is not listed.
    const surroundings = [
      'HOME',
      'DISPLAY',
      'WAYLAND_DISPLAY',
      'WSL_DISTRO_NAME',
      'SSH_CONNECTION',
      'TERM',
      'SHELL',
      'NODE_DEBUG',
    ];
    const read = readdirSync(SRC, { recursive: true, encoding: 'utf8' })
      .filter((file) => file.endsWith('.ts'))
      .map((file) => readFileSync(path.join(SRC, file), 'utf8'))
      .flatMap((text) => [...text.matchAll(/\b(?:env|variables)\[['"](\w+)['"]\]/g)])
      .map(([, name = '']) => name);
    expect(read.length).toBeGreaterThan(5);
    expect(read.filter((name) => !listed.includes(name) && !surroundings.includes(name))).toEqual([]);
  });

  test('output names every form', async () => {
    const { stdout } = await succeeds(['help', 'output'], QUIET);
    for (const [flags, meaning] of OUTPUT_FORMS) {
      expect(stdout).toContain(flags.join(', '));
      expect(flat(stdout)).toContain(meaning);
    }
  });

  test('config stands below the help of the command, and names every key', async () => {
    const { stdout } = await succeeds(['help', 'config'], QUIET);
    expect(stdout).toMatch(/^Usage: digilocker config [^]*\n\nConfig files\n/);
    const documented = SETTINGS.flatMap(({ key }) => key ?? []);
    for (const key of documented) expect(stdout).toMatch(new RegExp(`^${key} {2}`, 'm'));
    const general = CONFIG_KEYS.filter((key) => !key.startsWith('environments.NAME.defaults.'));
    expect([...documented].sort()).toEqual([...general].sort());
  });
});

test('settings name flags and variables that exist', () => {
  const flags = ALL.flatMap(([, command]) => command.flags.flatMap(({ names }) => names));
  const variables = VARIABLES.map(([name]) => name);
  for (const setting of SETTINGS) {
    expect(flags).toEqual(expect.arrayContaining([...setting.flags]));
    if (setting.variable !== undefined) expect(variables).toContain(setting.variable);
  }
});

test('sandbox --help names every scenario that is no response key', async () => {
  const { stdout } = await succeeds(['sandbox', '--help'], QUIET);
  for (const name of SCENARIOS.filter((scenario) => !/^(error|success|invalid)_/.test(scenario))) {
    expect(stdout).toContain(name);
  }
});

describe('what there is no help for', () => {
  test.each([
    [['confg'], 'Did you mean config?'],
    [['exit-code'], 'Did you mean exit-codes?'],
    [['config', 'shwo'], 'Did you mean show?'],
    [['xyz'], 'Run digilocker help for all commands and topics.'],
    [['explain', 'error'], 'No command or help topic named "explain error"'],
    [['exit-codes', '5'], 'No command or help topic named "exit-codes 5"'],
    [['constructor'], 'No command or help topic named "constructor"'],
  ])('%j is said, with the near miss', async (names, message) => {
    const { stderr } = await fails(['help', ...names], 2);
    expect(flat(stderr)).toContain(message);
  });
});

describe('the near miss is named for', () => {
  test.each([
    ['a choice', ['init-session', '--output', 'jsno'], 'Did you mean json?'],
    ['a choice of an argument', ['completion', 'fihs'], 'Did you mean fish?'],
    ['a field', ['init-session', '--field', 'decentroTxnID'], 'Did you mean decentroTxnId?'],
    ['a field of the redirect', ['callback', 'x', '--field', 'callback.cod'], 'Did you mean callback.code?'],
    ['a field of an attempt', ['init-session', '--field', 'attempts.0.status'], 'attempts.0.httpStatus?'],
    ['a command', ['sandbx'], 'Did you mean sandbox?'],
    ['a flag', ['explain', '--jsn'], 'Did you mean --json?'],
    ['an environment', ['init-session', '--consent', '--env', 'sandbx'], 'Did you mean sandbox?'],
    ['a scenario', ['sandbox', '--scenario', 'error_consent_flase'], 'Did you mean error_consent_false?'],
  ])('%s', async (_what, args, message) => {
    expect(flat((await fails(args, 2)).stderr)).toContain(message);
  });

  test('nothing that is far from all choices', async () => {
    const { stderr } = await fails(['init-session', '--output', 'xml'], 2);
    expect(stderr).not.toContain('Did you mean');
  });

  test('no field that is far from all, whose keys are named instead', async () => {
    const { stderr } = await fails(['init-session', '--field', 'nope'], 2);
    expect(flat(stderr)).toContain('Its keys are schema, ok, environment, referenceId,');
  });
});

test('headings stand out where there is colour', async () => {
  const { stdout } = await succeeds(['explain', '--help'], { ...QUIET, hasColors: true });
  expect(stdout).toContain('\u001B[1mUsage:\u001B[22m digilocker explain');
  expect(stdout).toContain('\u001B[1mExamples:\u001B[22m\n');
  expect((await succeeds(['help', 'output'], { ...QUIET, hasColors: true })).stdout).toContain(
    '\u001B[1mOutput\u001B[22m\n',
  );
});
