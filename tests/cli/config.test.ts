import { describe, expect, test } from '@jest/globals';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { writeFiles } from '../support/fake-host.js';
import { CANARIES, credentials, fails, succeeds } from '../support/run-main.js';

const CONFIG = `environment: staging
defaults:
  consentPurpose: KYC for opening a bank account
  redirectToSignup: false
environments:
  staging:
    clientId: ${CANARIES.clientId}
    clientSecret: ${CANARIES.clientSecret}
    moduleSecret: env:DECENTRO_STAGING_MODULE
`;

function setting(name: string, value: unknown, source: string | null): object {
  return { name, value, source };
}

describe('config show', () => {
  test('prints every setting, its value or a mask, and where it came from (rule 27)', async () => {
    const cwd = temporaryDirectory();
    const { stdout } = await succeeds(['config', 'show'], {
      cwd,
      files: { '.decentrorc': CONFIG },
      env: { DECENTRO_REDIRECT_URL: 'https://app.example/return' },
      columns: 200,
      stderr: [],
    });
    const file = path.join(cwd, '.decentrorc');
    const lines = stdout
      .replaceAll(/\n {2,}/g, ' ')
      .split('\n')
      .map((line) => line.replace(/\s{2,}/, ': '));
    expect(lines).toEqual(
      [
        `environment: staging  (${file} (environment))`,
        'baseUrl: https://in.staging.decentro.tech/  (built in)',
        `clientId: ****4wm0  (${file} (environments.staging.clientId))`,
        `clientSecret: ********  (${file} (environments.staging.clientSecret))`,
        'moduleSecret: not set',
        `consentPurpose: KYC for opening a bank account  (${file} (defaults.consentPurpose))`,
        'redirectUrl: https://app.example/return  (DECENTRO_REDIRECT_URL)',
        `redirectToSignup: false  (${file} (defaults.redirectToSignup))`,
        'abstractAccessToken: true  (built in)',
        'suite: classic  (built in)',
        'open: ask  (built in)',
        'journal: always  (built in)',
        'allowHosts: not set',
        'proxy: not set',
        'caFile: not set',
        '',
        `${file} (environments.staging.moduleSecret) refers to a variable`,
        'that is not set: DECENTRO_STAGING_MODULE.',
        '',
      ].flatMap((line) => line),
    );
  });

  test('prints the same as JSON (rule 27)', async () => {
    const cwd = temporaryDirectory();
    const file = path.join(cwd, 'my.yaml');
    const { document } = await succeeds(['config', 'show', '--json', '--config', 'my.yaml'], {
      cwd,
      files: { 'my.yaml': CONFIG },
      env: { DECENTRO_STAGING_MODULE: CANARIES.moduleSecret },
      stderr: [],
    });
    expect(document).toEqual({
      schema: 'digilocker.config/1',
      ok: true,
      files: [{ role: 'named', path: file }],
      settings: [
        setting('environment', 'staging', `${file} (environment)`),
        setting('baseUrl', 'https://in.staging.decentro.tech/', 'built in'),
        setting('clientId', '****4wm0', `${file} (environments.staging.clientId)`),
        setting('clientSecret', '********', `${file} (environments.staging.clientSecret)`),
        setting('moduleSecret', '********', `${file} (environments.staging.moduleSecret)`),
        setting('consentPurpose', 'KYC for opening a bank account', `${file} (defaults.consentPurpose)`),
        setting('redirectUrl', null, null),
        setting('redirectToSignup', false, `${file} (defaults.redirectToSignup)`),
        setting('abstractAccessToken', true, 'built in'),
        setting('suite', 'classic', 'built in'),
        setting('open', 'ask', 'built in'),
        setting('journal', 'always', 'built in'),
        setting('allowHosts', null, null),
        setting('proxy', null, null),
        setting('caFile', null, null),
      ],
      notes: [],
      error: null,
    });
  });

  test('knows the sandbox that runs inside the command', async () => {
    const { document } = await succeeds(['config', 'show', '--env', 'sandbox', '--json'], {
      env: credentials,
    });
    expect(document['settings']).toContainEqual(
      setting('baseUrl', 'the sandbox inside the command', 'built in'),
    );
    expect(document['settings']).toContainEqual(setting('environment', 'sandbox', '--env'));
  });

  test('shows what it can when something is wrong, and fails', async () => {
    const files = { '.decentrorc': CONFIG };
    const { stdout, stderr } = await fails(['config', 'show'], 3, {
      files,
      env: credentials,
      stdout: /clientId/,
    });
    expect(stdout).toMatch(/^clientId +not set$/m);
    expect(stderr.replaceAll('\n', ' ')).toContain('must come from one source; found two');
  });

  test('says so in JSON with what is known', async () => {
    const { document } = await fails(['config', 'show', '--env', 'nonsense', '--json'], 2);
    expect(document).toMatchObject({
      schema: 'digilocker.config/1',
      ok: false,
      settings: expect.arrayContaining([setting('environment', 'nonsense', '--env')]),
      error: { kind: 'usage' },
    });
  });

  test('names proxy and CA file in force, without the user name and password of the proxy (rule 27)', async () => {
    const env = {
      HTTPS_PROXY: `http://user:${CANARIES.clientSecret}@proxy.example:3128`,
      NODE_EXTRA_CA_CERTS: '/etc/ca.pem',
    };
    const { document } = await succeeds(['config', 'show', '--json'], { env });
    expect(document['settings']).toEqual(
      expect.arrayContaining([
        setting('proxy', 'http://********@proxy.example:3128', 'HTTPS_PROXY'),
        setting('caFile', '/etc/ca.pem', 'NODE_EXTRA_CA_CERTS'),
      ]),
    );
  });

  test('names a proxy that cannot be used, but for the sandbox, which needs none', async () => {
    const env = { ...credentials, ALL_PROXY: 'socks5://proxy.example' };
    const { document } = await fails(['config', 'show', '--json'], 3, { env });
    expect(document).toMatchObject({
      settings: expect.arrayContaining([setting('proxy', null, null)]),
      error: { message: 'ALL_PROXY names a proxy of a kind that is not supported.' },
    });
    await succeeds(['config', 'show', '--env', 'sandbox'], { env });
  });

  test('warns of secrets that others can read (rule 7)', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': CONFIG });
    chmodSync(path.join(cwd, '.decentrorc'), 0o644);
    await succeeds(['config', 'show'], {
      cwd,
      stderr: [`warning: ${cwd}/.decentrorc holds secrets and can be read by other users: chmod 600 it.`],
    });
  });

  test('names a file that cannot be used', async () => {
    const { document } = await fails(['config', 'show', '--json'], 3, { files: { '.decentrorc': '- a' } });
    expect(document).toMatchObject({
      schema: 'digilocker.config/1',
      ok: false,
      files: [],
      settings: [],
      notes: [],
      error: {
        message: expect.stringContaining(
          '.decentrorc: the file must be a mapping of settings (key: value lines).',
        ),
      },
    });
  });
});

describe('config path', () => {
  test('prints the files in force, the stronger first', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    writeFiles(home, { '.config/decentro/config.json': '{}' });
    const world = { cwd, home, files: { '.decentrorc': 'environment: staging' } };
    const paths = [path.join(cwd, '.decentrorc'), path.join(home, '.config/decentro/config.json')];
    expect((await succeeds(['config', 'path'], { ...world, stderr: [] })).stdout).toBe(
      `${paths.join('\n')}\n`,
    );
    expect((await succeeds(['config', 'path', '--json'], { ...world, stderr: [] })).document).toEqual({
      schema: 'digilocker.config/1',
      ok: true,
      files: [
        { role: 'project', path: paths[0] },
        { role: 'user', path: paths[1] },
      ],
      error: null,
    });
  });

  test('says when there is none', async () => {
    const { stdout } = await succeeds(['config', 'path'], { stderr: ['No config file is in use.'] });
    expect(stdout).toBe('');
  });

  test('fails for a named file that is not there', async () => {
    const { stderr } = await fails(['config', 'path', '--config', 'no.yaml'], 3);
    expect(stderr).toContain('no.yaml does not exist.');
    const { document } = await fails(['config', 'path', '--config', 'no.yaml', '--json'], 3);
    expect(document).toMatchObject({ ok: false, files: [], error: { kind: 'config' } });
  });
});

test('config show masks what comes by reference whole (rule 39)', async () => {
  const run = await succeeds(['config', 'show', '--json'], {
    env: { DECENTRO_STAGING_ID: CANARIES.clientId },
    files: { '.decentrorc': '{"environments": {"staging": {"clientId": "env:DECENTRO_STAGING_ID"}}}' },
    stderr: [],
  });
  expect(run.document['settings']).toContainEqual(
    expect.objectContaining({ name: 'clientId', value: '********' }),
  );
});
