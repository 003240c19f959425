import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { temporaryDirectory } from '../support/cleanup.js';
import { examined } from '../support/doctor.js';
import { writeFiles } from '../support/fake-host.js';
import { CANARIES } from '../support/run-main.js';

describe('the settings', () => {
  test('of a config file that cannot be used are a problem, and what depends on it is skipped', async () => {
    const files = { '.decentrorc': `environments: {staging: {clientSecret: [${CANARIES.clientSecret}` };
    const checks = await examined({ files, env: {} }, 3);
    expect(checks['config-files']).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('.decentrorc'),
    });
    for (const id of ['environment', 'credentials', 'consent-purpose', 'redirect-url', 'other-settings'])
      expect(checks[id]?.status).toBe('skipped');
    expect(checks['tcp']?.status).toBe('problem');
  });

  test('of two sources are a problem, with its remedy', async () => {
    const files = { '.decentrorc': `environments: {staging: {clientSecret: 'env:DECENTRO_X'}}` };
    const checks = await examined({ files }, 3);
    expect(checks['environment']).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('must come from one source'),
      remedy: expect.stringContaining('Remove them from'),
    });
    expect(checks['credentials']?.status).toBe('skipped');
  });

  test.each([
    [{ DECENTRO_STAGING: CANARIES.clientSecret }, 'production and staging have the same clientSecret'],
    [{ DECENTRO_STAGING: 'another' }, undefined],
  ])('that production and staging share are told: %#', async (variables, detail) => {
    const files = {
      '.decentrorc': `environments:
  production: {clientId: a-client-id, clientSecret: ${CANARIES.clientSecret}}
  staging: {clientId: b-client-id, clientSecret: 'env:DECENTRO_STAGING'}`,
    };
    const checks = await examined({ files, env: variables }, 7);
    expect(checks['credentials-environment']).toMatchObject(
      detail === undefined ? { status: 'ok' } : { status: 'warning', detail },
    );
  });

  test.each([
    ['https://app.example/return', 'ok', 'https://app.example/return (--redirect-url)'],
    ['http://127.0.0.1:3000/return', 'ok', 'http://127.0.0.1:3000/return (--redirect-url)'],
    [
      'http://localhost:3000/return',
      'warning',
      '--redirect-url leads to localhost, which may be 127.0.0.1 or [::1]',
    ],
    ['http://app.example/return', 'warning', '--redirect-url is plain HTTP'],
    ['https://app.example/return#top', 'warning', '--redirect-url holds a fragment'],
    ['https://user:pass@app.example/', 'warning', '--redirect-url holds a user name or password'],
    [`https://app.example/${'x'.repeat(2000)}`, 'warning', '--redirect-url has 2020 characters'],
    ['app.example/return', 'problem', '--redirect-url is not an absolute http(s) URL'],
  ])('have a redirect URL that makes sense: %s', async (url, status, detail) => {
    const checks = await examined({}, status === 'problem' ? 3 : 7, '--redirect-url', url);
    expect(checks['redirect-url']).toMatchObject({ status, detail });
  });

  test('have a purpose of the right length', async () => {
    const checks = await examined({}, 3, '--consent-purpose', 'KYC');
    expect(checks['consent-purpose']).toMatchObject({
      status: 'problem',
      remedy: 'Decentro would answer error_short_purpose_length.',
    });
  });
});

describe('a file that holds secrets', () => {
  const SECRETS = {
    '.decentrorc': `environments: {staging: {clientId: my-client-id, clientSecret: ${CANARIES.clientSecret}}}`,
  };

  function createTree(files: Readonly<Record<string, string>> = {}) {
    const cwd = temporaryDirectory();
    writeFiles(cwd, { ...SECRETS, ...files });
    const PATH = process.env['PATH'] ?? '';
    const git = (...args: readonly string[]) =>
      execFileSync('git', args, { cwd, env: { PATH, HOME: cwd }, stdio: 'pipe' });
    git('init', '--quiet');
    return { cwd, git, env: { PATH } };
  }

  (process.platform === 'win32' ? test.skip : test)(
    'and cannot be looked at is none that others can read',
    async () => {
      const cwd = temporaryDirectory();
      writeFiles(cwd, { plain: 'x' });
      symlinkSync(path.join(cwd, 'nowhere'), path.join(cwd, 'dangling'));
      const env = { DECENTRO_CLIENT_SECRET_FILE: 'dangling', DECENTRO_MODULE_SECRET_FILE: 'plain/below' };
      const checks = await examined({ cwd, env }, 3);
      expect(checks['file-modes']).toMatchObject({
        status: 'ok',
        detail: `only their owner can read ${path.join(cwd, 'dangling')}`,
      });
    },
  );

  test('and is tracked by git is a problem (rule 7)', async () => {
    const { cwd, env, git } = createTree();
    git('add', '.decentrorc');
    const checks = await examined({ cwd, env }, 3);
    expect(checks['secrets-in-git']).toMatchObject({
      status: 'problem',
      detail: `git tracks ${path.join(cwd, '.decentrorc')}`,
      remedy: expect.stringContaining('git rm --cached'),
    });
  });

  test('and that git would take in is told, the one that it refers to as well', async () => {
    const files = {
      '.decentrorc': `environments: {staging: {clientId: my-client-id, clientSecret: 'file:secrets/one'}}`,
      'secrets/one': CANARIES.clientSecret,
    };
    const { cwd, env } = createTree(files);
    const checks = await examined({ cwd, env }, 7);
    expect(checks['secrets-in-git']).toMatchObject({
      status: 'warning',
      detail: `git does not ignore ${path.join(cwd, 'secrets/one')}`,
    });
  });

  test('and is ignored is in order', async () => {
    const { cwd, env } = createTree({ '.gitignore': '.decentrorc\n' });
    const checks = await examined({ cwd, env }, 7);
    expect(checks['secrets-in-git']).toMatchObject({ status: 'ok' });
  });

  test('is skipped where there is no git', async () => {
    const { cwd } = createTree();
    const checks = await examined({ cwd, env: { PATH: cwd } }, 7);
    expect(checks['secrets-in-git']?.status).toBe('skipped');
  });

  (process.platform === 'win32' ? test.skip : test)('and can be read by others is told', async () => {
    const cwd = temporaryDirectory();
    writeFiles(cwd, SECRETS);
    const file = path.join(cwd, '.decentrorc');
    expect((await examined({ cwd, env: {} }, 7))['file-modes']?.status).toBe('ok');
    chmodSync(file, 0o644);
    expect((await examined({ cwd, env: {} }, 7))['file-modes']).toMatchObject({
      status: 'warning',
      remedy: `chmod 600 ${file}`,
    });
  });
});
