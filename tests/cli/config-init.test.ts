import { describe, expect, test } from '@jest/globals';
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { EXISTING, ID, INIT, isPosix, modeOf, readConfig, REFERENCE } from '../support/config-init.js';
import { createFakeHost, writeFiles } from '../support/fake-host.js';
import { CANARIES, credentials, fails, runHost, succeeds } from '../support/run-main.js';

describe('config init, unattended', () => {
  test('reads a line for each secret, in their order', async () => {
    const cwd = temporaryDirectory();
    const flags = ['--client-secret-stdin', '--module-secret-stdin'];
    await succeeds([...INIT, ...ID, ...flags], {
      cwd,
      input: `${CANARIES.clientSecret}\r\n${CANARIES.moduleSecret}\r\n`,
      stderr: [],
    });
    expect(readConfig(cwd)).toContain(
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
      'already has credentials for staging',
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
    expect(readConfig(cwd)).toBe(EXISTING);
    await succeeds([...INIT, ...ID, ...REFERENCE, '--force'], { ...world, stderr: [] });
    expect(readConfig(cwd)).toContain(`clientId: ${CANARIES.clientId}   # of the dashboard\n`);
  });

  test('stores credentials in an entry that has a base URL alone, without --force', async () => {
    const cwd = temporaryDirectory();
    const entry = 'environments:\n  gateway:\n    baseUrl: https://in.staging.decentro.tech\n';
    const args = [...INIT, '--env', 'gateway', '--client-id', CANARIES.clientId, '--client-secret-stdin'];
    await succeeds(args, {
      cwd,
      files: { '.decentrorc': entry },
      input: CANARIES.clientSecret,
      stderr: [/./],
    });
    expect(readConfig(cwd)).toContain(`${entry}    clientId: ${CANARIES.clientId}\n`);
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
      expect(readConfig(cwd, name)).toContain('DECENTRO_STAGING_SECRET');
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
      stderr: [`In this folder it replaces ${root}/.decentrorc.`],
    });
    expect(readConfig(root)).toBe(EXISTING);
    expect(readConfig(path.join(root, 'below'))).toContain('DECENTRO_STAGING_SECRET');
  });

  test('warns of a second source of the same credentials', async () => {
    await succeeds([...INIT, ...ID, ...REFERENCE], {
      env: credentials,
      stderr: [/^warning: Credentials and base URL of staging must come from one source/],
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

test('two at once both take effect', async () => {
  const cwd = temporaryDirectory();
  const init = (environment: string) =>
    succeeds(
      [...INIT, '--env', environment, ...ID, '--client-secret-ref', `env:DECENTRO_${environment}_KEY`],
      {
        cwd,
      },
    );
  await Promise.all(['staging', 'production'].map(init));
  expect(readConfig(cwd)).toMatch(/staging:[^]*production:|production:[^]*staging:/);
  expect(readdirSync(cwd)).toEqual(['.decentrorc']);
});

test('a file that would be larger than what is read is not written', async () => {
  const cwd = temporaryDirectory();
  writeFiles(cwd, { '.decentrorc': `environment: staging\n#${'x'.repeat(65_500)}\n` });
  const { stderr } = await fails([...INIT, ...ID, ...REFERENCE], 3, { cwd });
  expect(stderr.replaceAll('\n', ' ')).toContain('would be larger than 64 KiB.');
  expect(readConfig(cwd)).not.toContain('clientId');
});

describe('config init --global', () => {
  test('makes no home folder, but a folder that XDG_CONFIG_HOME names', async () => {
    const home = path.join(temporaryDirectory(), 'home');
    const line = [...INIT, '--global', ...ID, ...REFERENCE];
    for (const env of [{}, { XDG_CONFIG_HOME: path.join(home, '.config') }]) {
      const { stderr } = await fails(line, 3, { home, env });
      expect(stderr.replaceAll('\n', ' ')).toContain(`The home folder ${home} does not exist.`);
      expect(existsSync(home)).toBe(false);
    }
    const elsewhere = path.join(temporaryDirectory(), 'settings');
    await succeeds(line, { home, env: { XDG_CONFIG_HOME: elsewhere } });
    expect(readdirSync(path.join(elsewhere, 'decentro'))).toEqual(['config.yaml']);
    expect(existsSync(home)).toBe(false);
  });

  test('writes the user file, in a folder of the user alone, where references are free', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    const file = path.join(home, '.config', 'decentro', 'config.yaml');
    await succeeds([...INIT, '--global', ...ID, '--client-secret-ref', 'env:VAULT_SECRET'], {
      cwd,
      home,
      stderr: [],
    });
    expect(readFileSync(file, 'utf8')).toContain('clientSecret: env:VAULT_SECRET');
    if (isPosix) expect([modeOf(file), modeOf(path.dirname(file))]).toEqual([0o600, 0o700]);
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
  const reference = ['--client-secret-ref', 'env:DECENTRO_PRODUCTION_SECRET'];
  await succeeds([...INIT, '--env', 'production', ...ID, ...reference], { cwd, stderr: [] });
  if (isPosix) expect(modeOf(path.join(cwd, '.decentrorc'))).toBe(0o600);
});

test('a byte order mark before the secrets of standard input is dropped', async () => {
  const cwd = temporaryDirectory();
  await succeeds([...INIT, ...ID, '--client-secret-stdin'], {
    cwd,
    input: '\uFEFFmade-up\r\n',
    stderr: [],
  });
  expect(readConfig(cwd)).toContain('clientSecret: made-up\n');
});
