import { describe, expect, test } from '@jest/globals';
import { symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { temporaryDirectory } from '../support/cleanup.js';
import { privateFile } from '../support/private-file.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, fails, succeeds } from '../support/run-main.js';
import { GIVEN } from '../support/session.js';

const SESSION = ['init-session', ...GIVEN] as const;

describe('a reference', () => {
  const secretOf = async (clientSecret: string, role: 'project' | 'user' | 'named', cwd: string) => {
    const recorder = await createRecorder([{}]);
    const home = temporaryDirectory();
    const content = { environments: { staging: { clientId: 'some-client-id', clientSecret } } };
    const place = {
      project: [cwd, '.decentrorc'],
      user: [home, '.config/decentro/config.json'],
      named: [cwd, 'named'],
    } as const;
    privateFile(place[role][0], place[role][1], content);
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
    const flags = role === 'named' ? ['--config', 'named'] : [];
    const env = { DECENTRO_MINE: CANARIES.clientSecret, MINE: CANARIES.clientSecret };
    await succeeds([...SESSION, ...target, ...flags], { cwd, home, env });
    return recorder.requests[0]?.header('client_secret');
  };

  const refusalOf = async (clientSecret: string, cwd: string, content = {}) => {
    const staging = { clientId: 'some-client-id', clientSecret, ...content };
    privateFile(cwd, '.decentrorc', { environments: { staging } });
    const { stderr } = await fails([...SESSION], 3, { cwd, env: { MINE: CANARIES.clientSecret } });
    return stderr.replace(/\s+/g, ' ');
  };

  test('to a variable or to a file below its folder is followed, line end and all', async () => {
    const cwd = temporaryDirectory();
    privateFile(cwd, 'secrets/one', `${CANARIES.clientSecret}\r\n`);
    expect(await secretOf('env:DECENTRO_MINE', 'project', cwd)).toBe(CANARIES.clientSecret);
    expect(await secretOf('file:secrets/one', 'project', cwd)).toBe(CANARIES.clientSecret);
  });

  test('of a user file, or of one that is named, may lead anywhere', async () => {
    const cwd = temporaryDirectory();
    const elsewhere = privateFile(temporaryDirectory(), 'secret', CANARIES.clientSecret);
    for (const role of ['user', 'named'] as const) {
      expect(await secretOf('env:MINE', role, cwd)).toBe(CANARIES.clientSecret);
      expect(await secretOf(`file:${elsewhere}`, role, cwd)).toBe(CANARIES.clientSecret);
    }
  });

  test('of a project file leads to no variable of another name, and to no file above its folder (rule 9)', async () => {
    const cwd = temporaryDirectory();
    const elsewhere = privateFile(temporaryDirectory(), 'secret', CANARIES.clientSecret);
    symlinkSync(elsewhere, path.join(cwd, 'inside'));
    expect(await refusalOf('env:MINE', cwd)).toContain('begin with DECENTRO_');
    for (const file of [elsewhere, '../secret', 'inside', '/etc/hostname', '.']) {
      expect(await refusalOf(`file:${file}`, cwd)).toContain('below the config file');
    }
  });

  test.each([
    ['that is not there', undefined, /does not exist/],
    ['that is empty', '\n', /is empty/],
    ['of two lines', `${CANARIES.clientSecret}\nmore\n`, /more than one line/],
    ['that no header can carry', `${CANARIES.clientSecret}\u00e9`, /HTTP headers do not allow/],
    ['of more than 64 KiB', 'x'.repeat(70_000), /64 KiB/],
  ])('to a file %s ends with 3 (rules 2, 3)', async (_what, content, message) => {
    const cwd = temporaryDirectory();
    if (content !== undefined) privateFile(cwd, 'secret', content);
    expect(await refusalOf('file:secret', cwd)).toMatch(message);
  });

  test('to a variable that is not set leaves the credential missing, and says why', async () => {
    const text = await refusalOf('env:DECENTRO_UNSET', temporaryDirectory());
    expect(text).toContain('the client secret');
    expect(text).toContain('DECENTRO_UNSET');
  });
});

test('secrets in a file that others can read are warned about, and used (rule 7)', async () => {
  const cwd = temporaryDirectory();
  const staging = { clientId: 'some-client-id', clientSecret: CANARIES.clientSecret };
  writeFileSync(path.join(cwd, '.decentrorc'), JSON.stringify({ environments: { staging } }), {
    mode: 0o644,
  });
  const recorder = await createRecorder([{}]);
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1'];
  const stderr = [/^warning: .*\.decentrorc .*chmod 600/, /^Reference ID: /];
  await succeeds([...SESSION, ...target], { cwd, stderr });
});
