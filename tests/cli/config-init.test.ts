import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Failure } from '../../src/errors.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { createFakeHost, writeFiles } from '../support/fake-host.js';
import { CANARIES, credentials, fails, runHost, runMain, succeeds } from '../support/run-main.js';

const INIT = ['config', 'init'] as const;
const ID = ['--client-id', CANARIES.clientId] as const;
const REFERENCE = ['--client-secret-ref', 'env:DECENTRO_STAGING_SECRET'] as const;
const isPosix = process.platform !== 'win32';

const EXISTING = `# ours
environment: staging
environments:
  staging:
    clientId: old-id   # of the dashboard
    clientSecret: env:DECENTRO_OLD
    moduleSecret: env:DECENTRO_OLD_MODULE
  gateway: { baseUrl: 'https://gateway.example' }
`;

function read(folder: string, name = '.decentrorc'): string {
  return readFileSync(path.join(folder, name), 'utf8');
}

function mode(file: string): number {
  return statSync(file).mode & 0o777;
}

describe('config init, asking', () => {
  test('refers to variables by default, and says how to set them', async () => {
    const cwd = temporaryDirectory();
    const { questions, stdout, stderr } = await runMain(INIT, {
      cwd,
      answers: [
        ['Environment', ''],
        ['Client ID (staging)', CANARIES.clientId],
        ['Keep the secret in a variable', true],
        ['Variable of the client secret', ''],
        ['Variable of the module secret', ''],
      ],
    });
    expect(questions.map(({ suggestion }) => suggestion)).toEqual([
      'staging',
      undefined,
      undefined,
      'DECENTRO_STAGING_SECRET',
      undefined,
    ]);
    expect(read(cwd)).toBe(
      `environment: staging\nenvironments:\n  staging:\n    clientId: ${CANARIES.clientId}\n    clientSecret: env:DECENTRO_STAGING_SECRET\n`,
    );
    expect(stdout).toContain(`Created ${cwd}/.decentrorc\n`);
    expect(stdout).toContain('Client ID      ****4wm0\n');
    expect(stdout).toContain(
      "- export DECENTRO_STAGING_SECRET='…'\n- digilocker doctor\n- digilocker init-session --consent\n",
    );
    expect(stderr).toBe('');
    if (isPosix) expect(mode(path.join(cwd, '.decentrorc'))).toBe(0o600);
    expect(readdirSync(cwd)).toEqual(['.decentrorc']);
  });

  test('takes the secrets themselves, masked, and shows neither', async () => {
    const cwd = temporaryDirectory();
    const { questions, stdout } = await runMain([...INIT, '--env', 'production'], {
      cwd,
      answers: [
        ['Client ID (production)', ' ', CANARIES.clientId],
        ['Keep the secret in a variable', false],
        ['Client secret', '', 'env:NAME', CANARIES.clientSecret],
        ['Module secret (Enter if the account has none)', CANARIES.moduleSecret],
      ],
    });
    expect(questions.map(({ type }) => type)).toEqual(['text', 'confirm', 'secret', 'secret']);
    expect(questions[2]?.objections).toEqual([
      'That is empty.',
      'That begins with env:, which a config file takes for a reference: keep it in a variable, and refer to that.',
    ]);
    expect(read(cwd)).toBe(
      `environments:\n  production:\n    clientId: ${CANARIES.clientId}\n    clientSecret: ${CANARIES.clientSecret}\n    moduleSecret: ${CANARIES.moduleSecret}\n`,
    );
    expect(stdout).toContain('in the file, which only you can read');
    expect(stdout).toContain('- digilocker init-session --env production --consent');
  });

  test('checks names of environments and variables', async () => {
    const { questions } = await runMain(INIT, {
      answers: [
        ['Environment', 'sandbox', 'a b', 'gateway', 'production'],
        ['Client ID', CANARIES.clientId],
        ['Keep', true],
        ['client secret', 'HOME', 'DECENTRO_A B', 'DECENTRO_CLIENT_SECRET', 'DECENTRO_PRODUCTION_SECRET'],
        ['module secret', 'DECENTRO_M'],
      ],
    });
    expect(questions[0]?.objections.map((text) => text.slice(0, 22))).toEqual([
      'That names the sandbox',
      'That takes a name of l',
      'That names neither sta',
    ]);
    expect(questions[3]?.objections).toEqual([
      'That may only name variables that begin with DECENTRO_ (the user file and --config are free).',
      'That names no variable: letters, digits and _ make one.',
      'That names DECENTRO_CLIENT_SECRET, which is a source of credentials of its own: choose another name.',
    ]);
  });

  test('asks before it replaces, and keeps the rest with its comments', async () => {
    const cwd = temporaryDirectory();
    const answers = [
      ['staging already. Replace its credentials?', true],
      ['Keep', true],
      ['client secret', ''],
      ['module secret', ''],
    ] as const;
    const { stdout } = await runMain([...INIT, '--env', 'staging', ...ID], {
      cwd,
      files: { '.decentrorc': EXISTING },
      answers,
    });
    expect(stdout).toContain(`Updated ${cwd}/.decentrorc`);
    expect(read(cwd)).toBe(
      EXISTING.replace('old-id', CANARIES.clientId)
        .replace('DECENTRO_OLD\n', 'DECENTRO_STAGING_SECRET\n')
        .replace('    moduleSecret: env:DECENTRO_OLD_MODULE\n', ''),
    );
  });

  test('changes nothing where the answer is no', async () => {
    const cwd = temporaryDirectory();
    await fails([...INIT, '--env', 'staging'], 2, {
      cwd,
      files: { '.decentrorc': EXISTING },
      answers: [['Replace', false]],
    });
    expect(read(cwd)).toBe(EXISTING);
  });

  test('does not overwrite what was edited while it asked', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': EXISTING });
    const host = createFakeHost([...INIT, '--env', 'production', ...ID], {
      cwd,
      answers: [
        ['Keep', true],
        ['client secret', ''],
        ['module secret', ''],
      ],
    });
    const { prompter } = host;
    const confirm = (question: Parameters<typeof prompter.confirm>[0]) => {
      writeFiles(cwd, { '.decentrorc': EXISTING.replace('# ours', '# yours') });
      return prompter.confirm(question);
    };
    await runHost({ ...host, prompter: { ...prompter, confirm } });
    expect(read(cwd)).toMatch(/^# yours\n/);
    expect(read(cwd)).toContain('DECENTRO_PRODUCTION_SECRET');
  });

  test.each([
    ['interrupted', 130],
    ['usage', 2],
  ] as const)('leaves no trace when a question ends as %s', async (kind, code) => {
    const cwd = temporaryDirectory();
    await fails([...INIT, '--env', 'staging', ...ID], code, {
      cwd,
      answers: [
        ['Keep', false],
        ['Client secret', new Failure(kind, 'The question was left.')],
      ],
    });
    expect(readdirSync(cwd)).toEqual([]);
  });
});

describe('config init, unattended', () => {
  test('reads a line for each secret, in their order', async () => {
    const cwd = temporaryDirectory();
    const flags = ['--client-secret-stdin', '--module-secret-stdin'];
    await succeeds([...INIT, ...ID, ...flags], {
      cwd,
      input: `${CANARIES.clientSecret}\r\n${CANARIES.moduleSecret}\r\n`,
      stderr: [],
    });
    expect(read(cwd)).toContain(
      `    clientSecret: ${CANARIES.clientSecret}\n    moduleSecret: ${CANARIES.moduleSecret}\n`,
    );
  });

  test('says as JSON what was written', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(path.join(cwd, '.git'));
    const { document } = await succeeds([...INIT, ...ID, ...REFERENCE, '--json'], {
      cwd,
      env: { PATH: '/nonexistent' },
      stderr: [`Added .decentrorc to ${cwd}/.gitignore.`],
    });
    expect(document).toEqual({
      schema: 'digilocker.config/1',
      ok: true,
      path: path.join(cwd, '.decentrorc'),
      environment: 'staging',
      action: 'created',
      gitignore: path.join(cwd, '.gitignore'),
      variables: ['DECENTRO_STAGING_SECRET'],
      notes: [`Added .decentrorc to ${cwd}/.gitignore.`],
      error: null,
    });
  });

  test('has every key in the document of a failure as well', async () => {
    const { document } = await fails([...INIT, '--json', '--no-input'], 3);
    expect(document).toMatchObject({
      schema: 'digilocker.config/1',
      ok: false,
      path: null,
      environment: null,
      action: null,
      gitignore: null,
      variables: [],
      notes: [],
      error: { kind: 'config' },
    });
  });

  test('names all that is missing at once (rule 26)', async () => {
    const { stderr } = await fails([...INIT], 3, { files: { '.decentrorc': EXISTING } });
    for (const part of [
      'has credentials of staging already',
      '--force',
      '--client-id',
      '--client-secret-stdin',
    ])
      expect(stderr.replaceAll('\n', ' ')).toContain(part);
  });

  test('needs --force to replace, and then does', async () => {
    const cwd = temporaryDirectory();
    const world = { cwd, files: { '.decentrorc': EXISTING } };
    const { stderr } = await fails([...INIT, ...ID, ...REFERENCE], 2, world);
    expect(stderr).toContain('--force replaces them, and keeps everything else.');
    expect(read(cwd)).toBe(EXISTING);
    await succeeds([...INIT, ...ID, ...REFERENCE, '--force'], { ...world, stderr: [] });
    expect(read(cwd)).toContain(`clientId: ${CANARIES.clientId}   # of the dashboard\n`);
  });

  test.each(['.decentrorc.json', '.decentrorc.yaml', '.decentrorc.yml'])(
    'writes to %s where that is in force',
    async (name) => {
      const cwd = temporaryDirectory();
      await succeeds([...INIT, ...ID, ...REFERENCE], {
        cwd,
        files: { [name]: '{"environment":"staging"}' },
        stderr: [],
      });
      expect(readdirSync(cwd)).toEqual([name]);
      expect(read(cwd, name)).toContain('DECENTRO_STAGING_SECRET');
    },
  );

  test('never writes to the file of a folder above, and says that the new one takes its place', async () => {
    const root = temporaryDirectory();
    mkdirSync(path.join(root, '.git'));
    mkdirSync(path.join(root, 'below'));
    writeFiles(root, { '.decentrorc': EXISTING, '.gitignore': '.decentrorc\n' });
    await succeeds([...INIT, ...ID, ...REFERENCE], {
      cwd: path.join(root, 'below'),
      env: { PATH: '/nonexistent' },
      stderr: [`In this folder, it takes the place of ${root}/.decentrorc.`],
    });
    expect(read(root)).toBe(EXISTING);
    expect(read(path.join(root, 'below'))).toContain('DECENTRO_STAGING_SECRET');
  });

  test('warns of a second source of the same credentials', async () => {
    await succeeds([...INIT, ...ID, ...REFERENCE], {
      env: credentials,
      stderr: [/^warning: Credentials and base URL of staging have to come from one source/],
    });
  });

  test('what it writes, the other commands take', async () => {
    const cwd = temporaryDirectory();
    await succeeds([...INIT, ...ID, '--client-secret-stdin'], {
      cwd,
      input: `${CANARIES.clientSecret}\n`,
      stderr: [],
    });
    const { document } = await succeeds(['config', 'show', '--json'], { cwd, stderr: [] });
    expect(document['settings']).toContainEqual({
      name: 'clientSecret',
      value: '********',
      source: `${cwd}/.decentrorc (environments.staging.clientSecret)`,
    });
  });
});

describe('config init --global', () => {
  test('writes the user file, in a folder of the user alone, where references are free', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    const file = path.join(home, '.config', 'decentro', 'config.yaml');
    await succeeds([...INIT, '--global', ...ID, '--client-secret-ref', 'env:VAULT_SECRET'], {
      cwd,
      home,
      stderr: [],
    });
    expect(readFileSync(file, 'utf8')).toContain('clientSecret: env:VAULT_SECRET');
    if (isPosix) expect([mode(file), mode(path.dirname(file))]).toEqual([0o600, 0o700]);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('refuses a folder that is a link (rule 8)', async () => {
    const [home, elsewhere] = [temporaryDirectory(), temporaryDirectory()];
    mkdirSync(path.join(home, '.config'));
    symlinkSync(elsewhere, path.join(home, '.config', 'decentro'));
    const { stderr } = await fails([...INIT, '--global', ...ID, ...REFERENCE], 3, { home });
    expect(stderr.replaceAll('\n', ' ')).toContain('decentro is a link, which is never written through.');
    expect(readdirSync(elsewhere)).toEqual([]);
  });
});

describe('config init refuses', () => {
  test.each<[what: string, args: readonly string[], input: string, message: string]>([
    [
      'a secret in place of a reference',
      [...ID, '--client-secret-ref', CANARIES.clientSecret],
      '',
      'takes env:NAME or file:PATH, and never a secret itself',
    ],
    [
      'a reference out of the folder',
      [...ID, '--client-secret-ref', 'file:../secret'],
      '',
      'may only name files below',
    ],
    ['both ways at once', [...ID, ...REFERENCE, '--client-secret-stdin'], 'x', 'contradict each other'],
    [
      'too few lines',
      [...ID, '--client-secret-stdin', '--module-secret-stdin'],
      'one\n',
      'the client secret, then the module secret, a line each',
    ],
    [
      'too many lines',
      [...ID, '--client-secret-stdin'],
      'one\ntwo\n',
      'Standard input has to hold the client secret, a line each, and nothing else.',
    ],
    ['an empty secret', [...ID, '--client-secret-stdin'], '', 'The client secret is empty.'],
    [
      'a secret that reads as a reference',
      [...ID, '--client-secret-stdin'],
      `file:${CANARIES.clientSecret}`,
      'begins with file:, which a config file takes for a reference',
    ],
    [
      'an ID that no header can carry',
      ['--client-id', 'é', ...REFERENCE],
      '',
      '--client-id holds a character',
    ],
    ['the sandbox', ['--env', 'sandbox', ...ID, ...REFERENCE], '', '--env names the sandbox'],
    [
      'an environment without a host',
      ['--env', 'gateway', ...ID, ...REFERENCE],
      '',
      '--env names neither staging nor production',
    ],
  ])('%s', async (_what, args, input, message) => {
    const cwd = temporaryDirectory();
    const { stderr } = await fails([...INIT, ...args], 2, { cwd, input });
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(readdirSync(cwd)).toEqual([]);
  });

  test('secrets that would be typed in the open', async () => {
    const { stderr } = await fails([...INIT, ...ID, '--client-secret-stdin'], 2, { isInteractive: true });
    expect(stderr.replaceAll('\n', ' ')).toContain('standard input is a terminal');
  });

  test('a wrong DECENTRO_ENV as a setting', async () => {
    await fails([...INIT, ...ID, ...REFERENCE], 3, { env: { DECENTRO_ENV: 'nonsense' } });
  });

  test('a link, whatever it leads to (rule 8)', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { target: EXISTING });
    symlinkSync(path.join(cwd, 'target'), path.join(cwd, '.decentrorc'));
    const { stderr } = await fails([...INIT, ...ID, ...REFERENCE, '--force'], 3, { cwd });
    expect(stderr.replaceAll('\n', ' ')).toContain('.decentrorc is a link, which is never written through.');
    expect(read(cwd, 'target')).toBe(EXISTING);
  });

  test('a FIFO, without waiting for it (rule 2)', async () => {
    const cwd = temporaryDirectory();
    execFileSync('mkfifo', [path.join(cwd, '.decentrorc')]);
    const { stderr } = await fails([...INIT, ...ID, ...REFERENCE], 3, { cwd });
    expect(stderr).toContain('.decentrorc is not a regular file.');
  });

  test('a file that is not UTF-8', async () => {
    const cwd = temporaryDirectory();
    const bytes = Buffer.from(`${EXISTING}# caf\xe9\n`, 'latin1');
    writeFileSync(path.join(cwd, '.decentrorc'), bytes);
    await fails([...INIT, '--env', 'production', ...ID, ...REFERENCE], 3, { cwd });
    expect(readFileSync(path.join(cwd, '.decentrorc')).equals(bytes)).toBe(true);
  });

  test.each(['environments: [', '- a', ''])('a file that holds %j, and leaves it', async (text) => {
    const cwd = temporaryDirectory();
    await fails([...INIT, ...ID, ...REFERENCE, '--force'], 3, { cwd, files: { '.decentrorc': text } });
    expect(read(cwd)).toBe(text);
  });

  test('two spellings side by side', async () => {
    const files = { '.decentrorc': EXISTING, '.decentrorc.yml': EXISTING };
    await fails([...INIT, ...ID, ...REFERENCE], 3, { files });
  });
});

test('an interrupt before the file is written leaves nothing', async () => {
  const cwd = temporaryDirectory();
  const host = createFakeHost([...INIT, ...ID, '--client-secret-stdin'], { cwd, input: 'made-up\n' });
  host.interrupt('SIGTERM');
  expect((await runHost(host)).code).toBe(143);
  expect(readdirSync(cwd)).toEqual([]);
});

test('modes that let others read are taken away', async () => {
  const cwd = temporaryDirectory();
  writeFiles(cwd, { '.decentrorc': EXISTING });
  chmodSync(path.join(cwd, '.decentrorc'), 0o644);
  await succeeds([...INIT, '--env', 'production', ...ID, ...REFERENCE], { cwd, stderr: [] });
  if (isPosix) expect(mode(path.join(cwd, '.decentrorc'))).toBe(0o600);
});
