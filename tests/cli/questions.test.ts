import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { createFakeHost } from '../support/fake-host.js';
import { CREDENTIAL_ANSWERS, sessionAskedFor } from '../support/questions.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runHost, runMain, succeeds } from '../support/run-main.js';

const PURPOSE = 'KYC for opening a bank account';
const REDIRECT = 'https://app.example/return';

// Said before the first of them, where no credentials are configured.
const NOTHING_YET = {
  stderr: [
    /^Reference ID: /,
    'No credentials for staging yet. Store credentials with digilocker config init, or try it without an account: --env sandbox.',
  ],
};

describe('the questions', () => {
  test('come in their order, and their answers make the request', async () => {
    const recorder = await createRecorder([{}]);
    const { questions } = await succeeds(sessionAskedFor(recorder.url), {
      ...NOTHING_YET,
      answers: [
        ...CREDENTIAL_ANSWERS,
        ['Consent purpose (20 to 50', PURPOSE],
        ['Redirect URL', REDIRECT],
        [`“${PURPOSE}”`, true],
      ],
    });
    expect(questions.map(({ type }) => type)).toEqual([
      'text',
      'secret',
      'secret',
      'text',
      'text',
      'confirm',
    ]);
    const [request] = recorder.requests;
    expect(request?.header('client_id')).toBe(CANARIES.clientId);
    expect(request?.header('client_secret')).toBe(CANARIES.clientSecret);
    expect(request?.header('module_secret')).toBe(CANARIES.moduleSecret);
    expect(request?.json()).toEqual({
      reference_id: expect.any(String),
      consent: true,
      consent_purpose: PURPOSE,
      redirect_url: REDIRECT,
      abstract_access_token: true,
    });
  });

  test('have defaults for purpose and redirect URL, and count the characters of the purpose', async () => {
    const recorder = await createRecorder([{}]);
    const { questions } = await succeeds([...sessionAskedFor(recorder.url), '--consent'], {
      env: credentials,
      answers: [
        ['20 to 50', 'कि', ''],
        ['Redirect', ''],
      ],
    });
    expect(questions[0]?.suggestion).toMatch(/^.{20,50}$/);
    expect(questions[0]?.progress).toEqual(['[2]', `[${questions[0]?.suggestion?.length ?? 0}]`]);
    expect(questions[1]?.suggestion).toBe('http://localhost:3000/digilocker/callback');
    expect(recorder.requests[0]?.json()).toMatchObject({
      consent_purpose: questions[0]?.suggestion,
      redirect_url: questions[1]?.suggestion,
    });
  });

  test('check what is typed', async () => {
    const recorder = await createRecorder([{}]);
    const { questions } = await succeeds([...sessionAskedFor(recorder.url), '--consent'], {
      ...NOTHING_YET,
      answers: [
        ['Client ID', ' ', 'é', 'two words', CANARIES.clientId],
        ['Client secret', '', 'a\tb', CANARIES.clientSecret],
        ['Module secret', 'b ', ''],
        ['20 to 50', 'too short', 'x'.repeat(51), PURPOSE],
        ['Redirect', 'app.example', REDIRECT],
      ],
    });
    expect(questions.map(({ objections }) => objections)).toEqual([
      [
        'That starts or ends with a space.',
        'That contains a character that HTTP headers do not allow.',
        'That contains a space: a client ID has none.',
      ],
      ['A value is needed.', 'That contains a tab.'],
      ['That starts or ends with a space.'],
      ['That has 9 characters, and needs at least 20.', 'That has 51 characters, and may have 50.'],
      ['That is not an absolute http(s) URL.'],
    ]);
    expect(recorder.requests[0]?.header('module_secret')).toBeUndefined();
  });

  test('leave out what is known', async () => {
    const recorder = await createRecorder([{}]);
    const config = `defaults: { consentPurpose: ${PURPOSE}, redirectUrl: '${REDIRECT}' }`;
    await succeeds(sessionAskedFor(recorder.url), {
      env: credentials,
      files: { '.decentrorc': config },
      answers: [[`“${PURPOSE}”`, true]],
    });
    expect(recorder.requests).toHaveLength(1);
  });

  test('complete the source in force, without asking for a module secret', async () => {
    const recorder = await createRecorder([{}]);
    await succeeds(
      [
        ...sessionAskedFor(recorder.url),
        '--consent',
        '--consent-purpose',
        PURPOSE,
        '--redirect-url',
        REDIRECT,
      ],
      {
        env: { DECENTRO_CLIENT_ID: CANARIES.clientId },
        answers: [['Client secret', CANARIES.clientSecret]],
      },
    );
    expect(recorder.requests[0]?.header('module_secret')).toBeUndefined();
  });

  test('in the sandbox are about consent alone', async () => {
    const { questions } = await runMain(['init-session', '--env', 'sandbox'], {
      answers: [['Did the end user agree', true]],
    });
    expect(questions[0]?.message).toContain('Yes asserts that to Decentro.');
  });

  test('end with exit code 2 when consent is refused', async () => {
    const { stderr } = await fails(['init-session', '--env', 'sandbox'], 2, { answers: [['agree', false]] });
    expect(stderr.replaceAll('\n', ' ')).toContain('Decentro would answer error_consent_false');
  });

  test.each([
    [new Failure('interrupted', 'Interrupted.'), 130],
    [new Failure('usage', 'Input ended before the question was answered.'), 2],
  ])('end with what ended them: %s', async (failure, code) => {
    const { stdout, stderr } = await fails(['init-session', '--env', 'sandbox'], code, {
      answers: [['agree', failure]],
    });
    expect(stdout).toBe('');
    expect(stderr).toBe(`error: ${failure.message}\n`);
  });

  test('that are interrupted end in a JSON document, where one was asked for', async () => {
    const failure = new Failure('interrupted', 'Interrupted.');
    const { document } = await fails(['init-session', '--env', 'sandbox', '--json'], 130, {
      answers: [['agree', failure]],
    });
    expect(document).toMatchObject({
      environment: 'sandbox',
      sessionCreated: 'no',
      error: { kind: 'interrupted', exitCode: 130, sent: 'no' },
    });
  });

  test('are not asked for what --print does not need', async () => {
    const { stdout } = await runMain(['init-session', '--print', 'json', '--consent'], {
      answers: [
        ['20 to 50', PURPOSE],
        ['Redirect', REDIRECT],
      ],
    });
    expect(JSON.parse(stdout)).toMatchObject({ body: { consent_purpose: PURPOSE } });
  });
});

describe('production', () => {
  const REAL = ['init-session', '--env', 'production', '--consent', '--consent-purpose', PURPOSE];
  const env = { ...credentials, DECENTRO_ENV: 'production' };

  test('asks once more on a terminal, and sends nothing after a no', async () => {
    const { stderr } = await fails([...REAL, '--redirect-url', REDIRECT], 2, {
      env,
      answers: [['This request goes to production (in.decentro.tech) and may be billed. Continue?', false]],
    });
    expect(stderr).toBe('error: Nothing was sent to production.\n');
  });

  test.each([['--yes'], ['-y'], ['--no-input']])('says on one line with %s that it is', async (flag) => {
    const args = [...REAL, '--redirect-url', REDIRECT, flag];
    const host = createFakeHost(args, { env, isInteractive: true });
    host.interrupt('SIGINT');
    const { code, stderr } = await runHost(host);
    expect(stderr).toMatch(/^This is production: in\.decentro\.tech\.\nReference ID: /);
    expect(code).toBe(130);
  });
});

describe('where nobody can be asked (rule 26)', () => {
  const EVERYTHING = [
    'the client ID: DECENTRO_CLIENT_ID, or environments.staging.clientId in .decentrorc',
    'the client secret: DECENTRO_CLIENT_SECRET, or environments.staging.clientSecret in .decentrorc',
    'the consent purpose: --consent-purpose, DECENTRO_CONSENT_PURPOSE, or defaults.consentPurpose',
    'the redirect URL: --redirect-url, DECENTRO_REDIRECT_URL, or defaults.redirectUrl',
    'the consent: --consent, which says that the end user agreed',
  ].map((line) => `- ${line}`);

  test.each([
    [[], false],
    [['--no-input'], true],
  ])('everything that is missing is named at once (%j)', async (flags, isInteractive) => {
    const { document } = await fails(['init-session', '--json', ...flags], 3, { isInteractive });
    expect(document).toMatchObject({
      schema: 'digilocker.session/1',
      ok: false,
      environment: 'staging',
      sessionCreated: 'no',
      attempts: [],
      error: {
        kind: 'config',
        message: ['Missing (no terminal to prompt on):', ...EVERYTHING].join('\n'),
      },
    });
  });

  test('what is wrong is named along with what is missing', async () => {
    const { stderr } = await fails(['init-session', '--env', 'sandbox', '--consent-purpose', 'short'], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain('--consent-purpose has 5 characters');
    expect(stderr).toContain(EVERYTHING.at(-1));
  });

  test('a flag alone is wrong usage', async () => {
    const { stderr } = await fails(['init-session', '--env', 'sandbox'], 2);
    expect(stderr).toBe(`error: Missing (no terminal to prompt on):\n${EVERYTHING.at(-1) ?? ''}\n`);
  });

  test('why credentials are absent is said as well', async () => {
    const { stderr } = await fails(['init-session', '--env', 'production', '--consent'], 3, {
      env: credentials,
    });
    expect(stderr.replaceAll('\n', ' ')).toContain('set DECENTRO_ENV=production to use them for this one.');
  });

  test('--print does without credentials, and not without parameters', async () => {
    const { stderr } = await fails(['init-session', '--print', 'curl'], 3);
    expect(stderr).not.toContain('DECENTRO_CLIENT_ID');
    expect(stderr).toContain('the consent purpose');
  });
});
