import { describe, expect, test } from '@jest/globals';
import * as YAML from 'js-yaml';
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { Failure } from '../../src/failure/failure.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { isPosix, modeOf } from '../support/config-init.js';
import { createFakeHost, writeFiles, type FakeHostOptions } from '../support/fake-host.js';
import type { ScriptedAnswer } from '../support/fake-prompter.js';
import { CREDENTIAL_ANSWERS, sessionAskedFor } from '../support/questions.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runHost, runMain, succeeds } from '../support/run-main.js';

const PURPOSE = 'KYC for opening a bank account';
const REDIRECT = 'https://app.example/return';

describe('after a failed connection, answers are offered for keeping:', () => {
  const UNREACHABLE = [...sessionAskedFor('http://127.0.0.1:1'), '--retries', '0'];
  const TYPED = [
    ...CREDENTIAL_ANSWERS,
    ['Consent purpose (20 to 50', PURPOSE],
    ['Redirect URL', REDIRECT],
    ['Did the end user agree', true],
  ] as const;

  function userFile(home: string): string {
    return path.join(home, '.config', 'decentro', 'config.yaml');
  }

  test('a yes writes what config init writes, and the failure stays', async () => {
    const [home, other] = [temporaryDirectory(), temporaryDirectory()];
    const { stderr, questions } = await fails(UNREACHABLE, 7, { home, answers: [...TYPED, ['Keep', true]] });
    expect(questions.at(-1)?.message).toBe(
      'No answer came from 127.0.0.1:1.\nKeep your answers (client ID, client secret, module secret, consent purpose, ' +
        `redirect URL) in ${userFile(home)}?`,
    );
    expect(stderr.replaceAll('\n', ' ')).toMatch(
      /Your answers are in .*config\.yaml\. error: .*ECONNREFUSED/,
    );
    await succeeds(['config', 'init', '--global'], {
      home: other,
      stderr: [],
      answers: [
        ['Environment', 'staging'],
        ['Client ID', CANARIES.clientId],
        ['Keep the secret in a variable', false],
        ['Client secret', CANARIES.clientSecret],
        ['Module secret', CANARIES.moduleSecret],
        ['Consent purpose', PURPOSE],
        ['Redirect URL', REDIRECT],
      ],
    });
    const written = [home, other].map((folder) => YAML.load(readFileSync(userFile(folder), 'utf8')));
    expect(written[0]).toEqual(written[1]);
    if (isPosix) expect(modeOf(userFile(home))).toBe(0o600);
    const { code, questions: none } = await runMain([...UNREACHABLE, '--consent'], {
      home,
      isInteractive: true,
    });
    expect([code, none]).toEqual([7, []]);
  });

  test.each([
    ['a no', false],
    ['Ctrl-C', new Failure('interrupted', 'Interrupted.')],
    ['the end of input', new Failure('usage', 'Input ended before the question was answered.')],
  ])('%s writes nothing, and the failure stays', async (_what, answer) => {
    const home = temporaryDirectory();
    const { document } = await fails([...UNREACHABLE, '--json'], 7, {
      home,
      answers: [...TYPED, ['Keep', answer]],
    });
    expect(document).toMatchObject({ error: { kind: 'network', sent: 'no' } });
    expect(existsSync(userFile(home))).toBe(false);
  });

  test('SIGTERM at the question ends the command as a signal does', async () => {
    const host = createFakeHost(UNREACHABLE, {
      answers: [
        ...TYPED,
        ['Keep', new Failure('interrupted', 'Interrupted by SIGTERM.', { signal: 'SIGTERM' })],
      ],
    });
    const confirm = host.prompter.confirm.bind(host.prompter);
    host.prompter.confirm = (question) => {
      if (question.message.includes('Keep')) host.interrupt('SIGTERM');
      return confirm(question);
    };
    expect((await runHost(host)).code).toBe(143);
  });

  test('a file that cannot be changed costs a warning', async () => {
    const home = temporaryDirectory();
    const host = createFakeHost(UNREACHABLE, { home, answers: [...TYPED, ['Keep', true]] });
    const confirm = host.prompter.confirm.bind(host.prompter);
    host.prompter.confirm = (question) => {
      if (question.message.includes('Keep')) writeFiles(home, { '.config/decentro/config.yaml': '[' });
      return confirm(question);
    };
    const { code, stderr } = await runHost(host);
    expect(code).toBe(7);
    expect(stderr).toContain('warning: Your answers were not kept.');
    expect(readFileSync(userFile(home), 'utf8')).toBe('[');
  });

  test('what the user file says of a credential is not replaced', async () => {
    const home = temporaryDirectory();
    const content = `environments: { staging: { clientId: ${CANARIES.clientId}, clientSecret: 'env:OWN_SECRET' } }`;
    writeFiles(home, { '.config/decentro/config.yaml': content });
    await fails([...UNREACHABLE, '--consent-purpose', PURPOSE, '--redirect-url', REDIRECT, '--consent'], 7, {
      home,
      answers: [['Client secret', CANARIES.clientSecret]],
    });
  });

  test.each<[string, FakeHostOptions, ScriptedAnswer[], string]>([
    [
      'the purpose alone, where the credentials are of the variables',
      { env: credentials },
      [
        ['Consent purpose (20', PURPOSE],
        ['Redirect', REDIRECT],
        ['agree', true],
      ],
      '(consent purpose, redirect URL)',
    ],
    [
      'no secret beside an ID of the variables: both have to come from one source',
      { env: { DECENTRO_CLIENT_ID: CANARIES.clientId } },
      [
        ['Client secret', CANARIES.clientSecret],
        ['Consent purpose (20', PURPOSE],
        ['Redirect', REDIRECT],
        ['agree', true],
      ],
      '(consent purpose, redirect URL)',
    ],
    [
      'no secret that a config file would read as a reference',
      {},
      [
        ['Client ID', CANARIES.clientId],
        ['Client secret', 'env:SOME_SECRET'],
        ['Module secret', ''],
        ['Consent purpose (20', PURPOSE],
        ['Redirect', REDIRECT],
        ['agree', true],
      ],
      '(consent purpose, redirect URL)',
    ],
  ])('%s', async (_what, options, answers, offered) => {
    const { questions } = await runMain(UNREACHABLE, { ...options, answers: [...answers, ['Keep', false]] });
    expect(questions.at(-1)?.message).toContain(offered);
  });

  test.each<[string, FakeHostOptions, string[], ScriptedAnswer[]]>([
    [
      'what no file holds',
      { env: credentials },
      ['--consent-purpose', PURPOSE, '--redirect-url', REDIRECT],
      [['agree', true]],
    ],
    [
      'what --config keeps from being read',
      { files: { 'own.yaml': 'environment: staging' } },
      ['--config', 'own.yaml'],
      [...TYPED],
    ],
  ])('never %s', async (_what, options, flags, answers) => {
    await fails([...UNREACHABLE, ...flags], 7, { ...options, answers });
  });

  test('never after an answer of Decentro', async () => {
    const recorder = await createRecorder([{ status: 502, body: '' }]);
    await fails(sessionAskedFor(recorder.url), 8, { answers: [...TYPED] });
  });
});
