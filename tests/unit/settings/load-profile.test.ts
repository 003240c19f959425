import { describe, expect, test } from '@jest/globals';
import { chmodSync } from 'node:fs';
import path from 'node:path';
import { Failure, combine } from '../../../src/failure/failure.js';
import { loadProfile } from '../../../src/settings/load-profile.js';
import { CANARIES } from '../../support/canaries.js';
import { createFakeHost } from '../../support/fake-host.js';

test('files, variables and secret files make a profile', async () => {
  const host = createFakeHost([], {
    env: { DECENTRO_REDIRECT_URL: 'https://app.example' },
    files: {
      '.decentrorc': 'environments: { staging: { clientId: id, clientSecret: "file:secret" } }',
      secret: `${CANARIES.clientSecret}\n`,
    },
  });
  const { profile, files, warnings } = await loadProfile(host, {});
  expect(profile).toMatchObject({
    credentials: { clientId: { value: 'id' }, clientSecret: { value: CANARIES.clientSecret } },
    redirectUrl: { value: 'https://app.example' },
    problems: [],
  });
  expect(files).toHaveLength(1);
  expect(warnings).toEqual([]);
});

test('a file that exposes secrets is warned of (rule 7)', async () => {
  const host = createFakeHost([], {
    files: { 'my.yml': `environments: { staging: { clientSecret: ${CANARIES.clientSecret} } }` },
  });
  const file = path.join(host.cwd, 'my.yml');
  chmodSync(file, 0o644);
  expect((await loadProfile(host, { config: 'my.yml' })).warnings).toEqual([
    `warning: ${file} holds secrets and can be read by other users: chmod 600 it.`,
  ]);
});

describe('combine', () => {
  const usage = new Failure('usage', 'One.', { hint: 'Do one.' });
  const config = new Failure('config', 'Two.');

  test('leaves one problem as it is', () => {
    expect(combine([usage])).toBe(usage);
  });

  test('joins several, the gravest kind first', () => {
    expect(combine([usage, config])).toMatchObject({
      kind: 'config',
      message: 'One.\nTwo.',
      hint: 'Do one.',
    });
    expect(combine([usage, usage])).toMatchObject({ kind: 'usage', hint: 'Do one.' });
    expect(combine([config, config])).toMatchObject({ kind: 'config', hint: null });
  });
});
