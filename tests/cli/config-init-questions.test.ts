import { describe, expect, test } from '@jest/globals';
import { readdirSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { EXISTING, ID, INIT, isPosix, modeOf, readConfig } from '../support/config-init.js';
import { createFakeHost, writeFiles } from '../support/fake-host.js';
import { CANARIES, fails, runHost, runMain } from '../support/run-main.js';

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
        ['Consent purpose', 'short', 'KYC for opening a bank account'],
        ['Redirect URL', 'app.example', 'https://app.example/return'],
      ],
    });
    expect(questions.map(({ suggestion }) => suggestion)).toEqual([
      'staging',
      undefined,
      undefined,
      'DECENTRO_STAGING_SECRET',
      undefined,
      undefined,
      undefined,
    ]);
    expect(readConfig(cwd)).toBe(
      `environment: staging\ndefaults:\n  consentPurpose: KYC for opening a bank account\n  redirectUrl: https://app.example/return\nenvironments:\n  staging:\n    clientId: ${CANARIES.clientId}\n    clientSecret: env:DECENTRO_STAGING_SECRET\n`,
    );
    expect(stdout).toContain(`Created ${cwd}/.decentrorc\n`);
    expect(stdout).toContain('Client ID      ****4wm0\n');
    expect(stdout).toContain(
      "- export DECENTRO_STAGING_SECRET='…'\n- digilocker doctor\n- digilocker init-session --consent\n",
    );
    expect(stderr).toBe('');
    if (isPosix) expect(modeOf(path.join(cwd, '.decentrorc'))).toBe(0o600);
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
        ['Consent purpose', ''],
        ['Redirect URL', ''],
      ],
    });
    expect(questions.map(({ type }) => type)).toEqual([
      'text',
      'confirm',
      'secret',
      'secret',
      'text',
      'text',
    ]);
    expect(questions[2]?.objections).toEqual([
      'That is empty.',
      'That begins with env:, which a config file reads as a reference: keep it in a variable, and refer to that.',
    ]);
    expect(readConfig(cwd)).toBe(
      `environments:\n  production:\n    clientId: ${CANARIES.clientId}\n    clientSecret: ${CANARIES.clientSecret}\n    moduleSecret: ${CANARIES.moduleSecret}\n`,
    );
    expect(stdout).toContain('in the file, which only you can read');
    expect(stdout).toContain('- digilocker init-session --env production --consent');
  });

  test('offers environments as a list, and checks names of variables', async () => {
    const { questions } = await runMain(INIT, {
      answers: [
        ['Environment', 'production'],
        ['Client ID', CANARIES.clientId],
        ['Keep', true],
        ['client secret', 'HOME', 'DECENTRO_A B', 'DECENTRO_CLIENT_SECRET', 'DECENTRO_PRODUCTION_SECRET'],
        ['module secret', 'DECENTRO_M'],
        ['Consent purpose', ''],
        ['Redirect URL', ''],
      ],
    });
    expect(questions[0]).toMatchObject({ type: 'choose', choices: ['staging', 'production'] });
    expect(questions[3]?.objections).toEqual([
      'That may only name variables that begin with DECENTRO_ (the user file and --config are free).',
      'That names no variable: letters, digits and _ make one.',
      'That names DECENTRO_CLIENT_SECRET, which is a source of credentials of its own: choose another name.',
    ]);
  });

  test('asks before it replaces, and keeps the rest with its comments', async () => {
    const cwd = temporaryDirectory();
    const answers = [
      ['already has credentials for staging. Replace them?', true],
      ['Keep', true],
      ['client secret', ''],
      ['module secret', ''],
      ['Consent purpose', ''],
      ['Redirect URL', ''],
    ] as const;
    const { stdout } = await runMain([...INIT, '--env', 'staging', ...ID], {
      cwd,
      files: { '.decentrorc': EXISTING },
      answers,
    });
    expect(stdout).toContain(`Updated ${cwd}/.decentrorc`);
    expect(readConfig(cwd)).toBe(
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
    expect(readConfig(cwd)).toBe(EXISTING);
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
        ['Consent purpose', ''],
        ['Redirect URL', ''],
      ],
    });
    const { prompter } = host;
    const confirm = (question: Parameters<typeof prompter.confirm>[0]) => {
      writeFiles(cwd, { '.decentrorc': EXISTING.replace('# ours', '# yours') });
      return prompter.confirm(question);
    };
    await runHost({ ...host, prompter: { ...prompter, confirm } });
    expect(readConfig(cwd)).toMatch(/^# yours\n/);
    expect(readConfig(cwd)).toContain('DECENTRO_PRODUCTION_SECRET');
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
