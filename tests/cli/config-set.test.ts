import { describe, expect, test } from '@jest/globals';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { isPosix, modeOf, readConfig } from '../support/config-init.js';
import { writeFiles } from '../support/fake-host.js';
import { CANARIES, fails, succeeds } from '../support/run-main.js';

const SET = ['config', 'set'] as const;
const UNSET = ['config', 'unset'] as const;
const QUIET = { stderr: [] };

const FILE = `# ours
defaults:
  consentPurpose: KYC for opening a bank account   # for all
environments:
  staging:
    clientId: made-up-id   # of the dashboard
    clientSecret: env:DECENTRO_STAGING_SECRET
`;

(process.platform === 'linux' ? test : test.skip)('a home that takes no folder is named', async () => {
  const { stderr } = await fails([...SET, '--global', 'defaults.open', 'never'], 3, { home: '/proc/self' });
  expect(stderr).toContain('config.yaml cannot be written (ENOENT).');
});

describe('config set', () => {
  test('makes a project file that only the user can read, and keeps it out of git first', async () => {
    const cwd = temporaryDirectory();
    mkdirSync(path.join(cwd, '.git'));
    const { stdout } = await succeeds([...SET, 'defaults.redirectUrl', 'https://app.example/return'], {
      cwd,
      stderr: [`Added .decentrorc to ${cwd}/.gitignore.`],
    });
    expect(stdout).toBe(`Set defaults.redirectUrl in ${cwd}/.decentrorc\n`);
    expect(readConfig(cwd)).toBe('defaults:\n  redirectUrl: https://app.example/return\n');
    expect(readConfig(cwd, '.gitignore')).toBe('.decentrorc\n');
    if (isPosix) expect(modeOf(path.join(cwd, '.decentrorc'))).toBe(0o600);
  });

  test('changes one setting and leaves every other byte, in the file above as well', async () => {
    const root = temporaryDirectory();
    const cwd = path.join(root, 'below');
    mkdirSync(cwd);
    mkdirSync(path.join(root, '.git'));
    writeFiles(root, { '.decentrorc': FILE });
    const purpose = 'Opening an account with us';
    const { stdout } = await succeeds([...SET, 'consentPurpose', purpose], { ...QUIET, cwd });
    expect(stdout).toContain(`${root}/.decentrorc`);
    expect(readConfig(root)).toBe(FILE.replace('KYC for opening a bank account', purpose));
    expect(existsSync(path.join(root, '.gitignore'))).toBe(false);
    await succeeds([...SET, 'environments.staging.moduleSecret', 'env:DECENTRO_STAGING_MODULE'], {
      cwd,
      env: { DECENTRO_STAGING_MODULE: CANARIES.moduleSecret },
      ...QUIET,
    });
    expect(readConfig(root)).toContain('    moduleSecret: env:DECENTRO_STAGING_MODULE\n');
  });

  test('writes booleans and lists with their types', async () => {
    const [cwd, home] = [temporaryDirectory(), temporaryDirectory()];
    writeFiles(cwd, { '.decentrorc.json': '{"environment":"staging"}\n' });
    await succeeds([...SET, 'defaults.redirectToSignup', 'false'], { ...QUIET, cwd });
    expect(readConfig(cwd, '.decentrorc.json')).toBe(
      '{"environment":"staging","defaults":{"redirectToSignup":false}}\n',
    );
    const { stdout } = await succeeds([...SET, '--global', 'allowHosts', 'a.example, b.example:8443'], {
      ...QUIET,
      cwd,
      home,
    });
    const file = path.join(home, '.config/decentro/config.yaml');
    expect(stdout).toBe(`Set allowHosts in ${file}\n`);
    expect(readFileSync(file, 'utf8')).toBe('allowHosts:\n  - a.example\n  - b.example:8443\n');
  });

  test('names a variable that is not set yet, and what keeps the setting from being used', async () => {
    const cwd = temporaryDirectory();
    const { document } = await succeeds(
      [...SET, 'environments.staging.clientSecret', 'env:DECENTRO_STAGING_SECRET', '--json'],
      { cwd, stderr: [/DECENTRO_STAGING_SECRET is not set yet/] },
    );
    expect(document).toMatchObject({
      schema: 'digilocker.config/1',
      ok: true,
      action: 'created',
      key: 'environments.staging.clientSecret',
      path: path.join(cwd, '.decentrorc'),
      error: null,
    });
  });

  test.each<[string, string, RegExp]>([
    ['environments.staging.clientSecret', CANARIES.clientSecret, /config init/],
    ['environments.staging.moduleSecret', CANARIES.moduleSecret, /config init/],
    ['environments.staging.clientId', 'two words', /contains a space/],
    ['environments.staging.clientSecret', 'env:HOME', /begin with DECENTRO_/],
    ['environments.staging.clientSecret', 'file:/etc/hostname', /own folder/],
    ['environments.staging.clientSecret', 'exec:op read x', /user file[^]*--global/],
    ['environments.production.clientSecret', 'env:DECENTRO_STAGING_SECRET', /environment staging/],
    ['environments.staging.baseUrl', 'kyc.example', /not an absolute/],
    ['environments.staging.baseUrl', 'http://kyc.example', /not HTTPS/],
    ['environments.sandbox.clientId', 'x', /built in/],
    ['environments.a b.clientId', 'x', /name of an environment/],
    ['environment', 'production', /selects production[^]*--env production/],
    ['environment', 'stagign', /Did you mean staging\?/],
    ['defaults.consentPurpose', 'short', /has 5 characters/],
    ['defaults.redirectUrl', 'app.example', /not an absolute/],
    ['defaults.redirectToSignup', 'yes', /true or false/],
    ['defaults.open', 'sometimes', /ask, always or never/],
    ['allowHosts', 'a.example', /user file[^]*--global/],
    ['journal', 'never', /user file[^]*--global/],
    ['defaults.consentPurpse', 'x', /Did you mean defaults\.consentPurpose/],
    ['clientId', 'x', /environments\.staging\.clientId/],
    ['constructor', 'x', /No setting named/],
  ])('refuses %s %s, and changes nothing', async (key, value, message) => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': FILE });
    const { stderr } = await fails([...SET, key, value], 2, { cwd });
    expect(stderr.replaceAll(/\s+/g, ' ')).toMatch(message);
    expect(readConfig(cwd)).toBe(FILE);
  });

  test('refuses hosts that are none', async () => {
    expect((await fails([...SET, '--global', 'allowHosts', 'https://a.example'], 2)).stderr).toContain(
      'host names or addresses',
    );
  });

  test('warns of another file that keeps the next command from using the setting', async () => {
    const cwd = temporaryDirectory();
    const home = temporaryDirectory();
    writeFiles(home, { '.config/decentro/config.yaml': 'environments: [' });
    const args = [...SET, 'environments.staging.clientId', 'made-up-id'];
    await succeeds(args, { cwd, home, columns: 400, stderr: [/^warning: .*config\.yaml/] });
    expect(readConfig(cwd)).toContain('clientId: made-up-id');
  });

  test('does not touch a file that cannot be understood', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': 'nonsense: 1\n' });
    await fails([...SET, 'defaults.open', 'never'], 3, { cwd });
    expect(readConfig(cwd)).toBe('nonsense: 1\n');
  });
});

describe('config unset', () => {
  test('removes one setting, with the mapping that it leaves empty', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': FILE });
    const { stdout } = await succeeds([...UNSET, 'defaults.consentPurpose'], { ...QUIET, cwd });
    expect(stdout).toBe(`Removed defaults.consentPurpose from ${cwd}/.decentrorc\n`);
    expect(readConfig(cwd)).toBe(FILE.replace(/defaults:\n.*\n/, ''));
    await succeeds([...UNSET, 'environments.staging.clientId'], { cwd, stderr: [] });
    expect(readConfig(cwd)).toBe(
      '# ours\nenvironments:\n  staging:\n    clientSecret: env:DECENTRO_STAGING_SECRET\n',
    );
  });

  test('leaves a file that can still be read', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { '.decentrorc': 'environment: staging\n' });
    await succeeds([...UNSET, 'environment'], { ...QUIET, cwd });
    await succeeds(['config', 'show'], { ...QUIET, cwd });
  });

  test('says that there was nothing to change, and makes no file', async () => {
    const cwd = temporaryDirectory();
    const { stdout } = await succeeds([...UNSET, 'environment'], {
      cwd,
      stderr: [`environment is not set in ${cwd}/.decentrorc.`],
    });
    expect(stdout).toBe('Nothing to change.\n');
    expect(existsSync(path.join(cwd, '.decentrorc'))).toBe(false);
    const { document } = await fails([...UNSET, 'nonsense', '--json'], 2, { cwd });
    expect(document).toMatchObject({
      ok: false,
      path: null,
      key: null,
      action: null,
      gitignore: null,
      notes: [],
      error: { kind: 'usage' },
    });
  });
});
