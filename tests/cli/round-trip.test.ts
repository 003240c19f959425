import { describe, expect, test } from '@jest/globals';
import { createFakeHost } from '../support/fake-host.js';
import { dealt } from '../support/generated.js';
import { forward, freePort } from '../support/loopback.js';
import { OTHER_ID, REDIRECTS } from '../support/redirects.js';
import { fails, runHost, runMain, succeeds } from '../support/run-main.js';
import { createStaging, LINK, TXN_ID } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent', '--wait'];
const ALLOW = [...SANDBOX, '--end-user', 'allow'];
const DENY = [...SANDBOX, '--end-user', 'deny'];
const WITH_CODE = '--no-abstract-access-token';
const REFERENCE = /^Reference ID: [0-9a-f-]{36}$/;
const TRANSACTION = /^Transaction ID: [0-9A-F]{32}$/;
const LABEL = 'Link (works once: only the end user may open it)';
const SANDBOX_LINK = /^ {2}http:\/\/127\.0\.0\.1:\d+\/digilocker\/\S+$/;
const TOLD = { stderr: [REFERENCE, TRANSACTION, LABEL, SANDBOX_LINK] };
const VARIABLES =
  'DECENTRO_TXN_ID=[0-9A-F]{32}\nDECENTRO_REFERENCE_ID=[0-9a-f-]{36}\nDECENTRO_RESPONSE_KEY=success_initiate_session\nDECENTRO_AUTHORIZATION_URL=http://127\\S+\n';
const EXISTING = new RegExp(`^${VARIABLES}$`);
const CODE = '[0-9a-f]{40}';

const flat = (text: string) => text.replaceAll('\n', ' ');

describe('an end user who allows', () => {
  test('ends the wait with the code, and the link is reported at once (rules 23, 28, 32)', async () => {
    let early = '';
    const host = createFakeHost([...ALLOW, WITH_CODE], {
      onWait: () => (early = host.stdout.text + host.stderr.text),
    });
    const { stdout, code, stderr } = await runHost(host);
    expect(code).toBe(0);
    expect(early).toBe(stderr);
    expect(stderr).toMatch(
      /^Reference ID: \S+\nTransaction ID: [0-9A-F]{32}\nLink \(works once.*\)\n {2}http:\/\/127\S+\n$/,
    );
    expect(stdout).toMatch(/^DigiLocker session completed \(sandbox\)\n\nTransaction ID {3}[0-9A-F]{32}\n/);
    expect(stdout).toMatch(new RegExp(`^DigiLocker code {2}${CODE}$`, 'm'));
    expect(stdout.match(new RegExp(CODE, 'g'))).toHaveLength(1);
    expect(stdout).toMatch(/^Valid until {6}(?:\d Jan )?\d\d:\d\d [A-Z+:\d]+, in 60 min$/m);
    expect(flat(stdout)).toContain(
      'Next: Exchange the code for an access token within 1 hour: digilocker access-token.',
    );
    expect(stdout).not.toContain('http://');
  });

  test('ends the wait with a status where Decentro fetches the access token', async () => {
    const { stdout } = await succeeds(ALLOW, TOLD);
    expect(stdout).toContain('Redirect status  SUCCESS\n');
    expect(stdout).not.toContain('DigiLocker code');
    expect(flat(stdout)).toContain('Next: Decentro fetches the access token itself');
    const { document } = await succeeds([...ALLOW, '--json', '--quiet'], TOLD);
    expect(document).toMatchObject({
      ok: true,
      callback: {
        status: 'SUCCESS',
        code: null,
        codeExpiresAt: null,
        state: null,
        decentroTxnId: document['decentroTxnId'],
        error: null,
        errorDescription: null,
      },
    });
  });

  test('gives a document with a callback', async () => {
    const { document } = await succeeds([...ALLOW, WITH_CODE, '--json', '--quiet'], TOLD);
    expect(document).toMatchObject({
      ok: true,
      status: 'SUCCESS',
      authorizationUrl: expect.stringMatching(/^http:\/\/127/),
      callback: {
        status: null,
        code: expect.stringMatching(new RegExp(`^${CODE}$`)),
        codeExpiresAt: '2026-01-02T04:04:05.000Z',
        state: document['decentroTxnId'],
        error: null,
        errorDescription: null,
      },
      error: null,
    });
  });

  test.each([
    [['-o', 'env'], new RegExp(`^${VARIABLES}DIGILOCKER_CODE=${CODE}\n$`)],
    [['-o', 'shell'], new RegExp(`\nexport DIGILOCKER_CODE='${CODE}'\n$`)],
    [['--field', 'callback.code'], new RegExp(`^${CODE}\n$`)],
    [['--field', 'callback.error'], /^\n$/],
  ])('is told in the form of %p', async (form, expected) => {
    for (const quiet of [[], ['--quiet']]) {
      const { stdout } = await succeeds([...ALLOW, WITH_CODE, ...form, ...quiet], TOLD);
      expect(stdout).toMatch(expected);
    }
  });
});

describe('an end user who denies', () => {
  test('is exit 9 with the words of the redirect', async () => {
    const denied = await fails(DENY, 9);
    expect(denied.stderr).toContain('error: The redirect reports status DENIED.\n');
    const { stderr } = await fails([...DENY, WITH_CODE], 9);
    expect(stderr).toContain('error: The redirect reports access_denied: The end user denied the consent.\n');
    expect(stderr).toMatch(/^Transaction ID {2}[0-9A-F]{32}$/m);
    expect(stderr).toContain('The end user refused. A new try needs a new session.');
  });

  test('gives a document with the session and the refusal', async () => {
    const { document } = await fails([...DENY, WITH_CODE, '--json'], 9);
    expect(document).toMatchObject({
      ok: false,
      environment: 'sandbox',
      sessionCreated: 'yes',
      decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
      callback: {
        code: null,
        codeExpiresAt: null,
        state: document['decentroTxnId'],
        error: 'access_denied',
        errorDescription: 'The end user denied the consent.',
      },
      error: { kind: 'declined', exitCode: 9, sent: 'yes', retryable: false },
    });
  });

  test.each([
    [['-o', 'env'], EXISTING],
    [['-o', 'shell'], /^export DECENTRO_TXN_ID='[0-9A-F]{32}'\n/],
    [['--field', 'decentroTxnId'], /^[0-9A-F]{32}\n$/],
    [['--field', 'callback.error'], /^access_denied\n$/],
  ])('leaves to %p what exists', async (form, stdout) => {
    await fails([...DENY, WITH_CODE, ...form], 9, { stdout });
  });
});

describe('a wait that nobody ends', () => {
  test('is exit 124 after ten minutes, or as long as it was to last, and says how to go on', async () => {
    const { stderr, sleeps } = await fails(SANDBOX, 124, { waitsRunOut: true });
    expect(flat(stderr)).toContain('error: Timed out after 10m waiting for the redirect.');
    expect(stderr).toMatch(/^Transaction ID {5}[0-9A-F]{32}$/m);
    expect(stderr).toMatch(/^Link \(works once\) {2}http:\/\/127/m);
    expect(flat(stderr)).toContain('The sandbox ended with this command, and the link with it.');
    expect(sleeps).toEqual([600_000]);
    const short = await fails([...SANDBOX, '90s'], 124, { waitsRunOut: true });
    expect(short.sleeps).toEqual([90_000]);
  });

  test('gives a document with the session', async () => {
    const { document } = await fails([...SANDBOX, '--json'], 124, { waitsRunOut: true });
    expect(document).toMatchObject({
      ok: false,
      sessionCreated: 'yes',
      authorizationUrl: expect.stringMatching(/^http/),
      callback: null,
      error: { kind: 'timeout', sent: 'yes' },
    });
  });

  test.each([
    [['-o', 'env'], EXISTING],
    [['--field', 'decentroTxnId'], /^[0-9A-F]{32}\n$/],
    [['--field', 'callback.code'], /^\n$/],
  ])('leaves to %p what exists', async (form, stdout) => {
    await fails([...SANDBOX, ...form], 124, { waitsRunOut: true, stdout });
  });

  test.each([
    ['SIGINT', 130, []],
    ['SIGINT', 130, ['--json']],
    ['SIGINT', 130, ['-o', 'env']],
    ['SIGTERM', 143, ['-o', 'env']],
    ['SIGHUP', 129, ['-o', 'env']],
  ] as const)('ends at %s with exit %d and what exists in the form of %p', async (signal, code, form) => {
    const host = createFakeHost([...SANDBOX, ...form], {
      onWait: () => {
        host.interrupt(signal);
      },
    });
    const run = await runHost(host);
    expect(run.code).toBe(code);
    if (form.length === 1) {
      expect(run.document).toMatchObject({ sessionCreated: 'yes', error: { kind: 'interrupted' } });
      return;
    }
    expect(run.stdout).toMatch(form.length === 0 ? /^$/ : EXISTING);
    expect(run.stderr).toMatch(/^Transaction ID {5}[0-9A-F]{32}$/m);
    expect(run.stderr).toContain(`error: Interrupted by ${signal}.`);
  });

  test('shows on a terminal, unless it is quiet, how long it goes on', async () => {
    const line = '\r\u001b[KWaiting for the end user, 10:00 left (Ctrl-C ends it)\r\u001b[K';
    const args = [...ALLOW, '--no-open'];
    expect((await runHost(createFakeHost(args, { isInteractive: true }))).stderr).toContain(line);
    const quiet = await runHost(createFakeHost([...args, '-q'], { isInteractive: true }));
    expect(quiet.stderr).not.toContain('Waiting');
    expect(quiet.stderr).toContain(LABEL);
  });
});

describe('the redirect URL of a wait', () => {
  test('is the listener, on a path that nobody can guess, whatever is configured (rule 29)', async () => {
    const { recorder, args, env } = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const configured = { ...env, DECENTRO_REDIRECT_URL: 'https://app.example/return' };
    for (let round = 0; round < 2; round += 1) {
      const { document } = await succeeds([...args, '--wait', '--json'], {
        env: configured,
        stderr: [REFERENCE, TRANSACTION, LABEL, `  ${LINK}`],
      });
      expect(document).toMatchObject({ ok: true, callback: { code: '4f1c', state: TXN_ID } });
    }
    const urls = recorder.requests.map(
      (request) => (request.json() as { redirect_url: string }).redirect_url,
    );
    expect(urls).toEqual(
      Array(2).fill(expect.stringMatching(/^http:\/\/127\.0\.0\.1:\d+\/callback\/[\w-]{22}$/)),
    );
    expect(new Set(urls.map((url) => new URL(url).pathname)).size).toBe(2);
  });

  test('has the port that was asked for, until the wait is over (rules 29, 31)', async () => {
    const { recorder, args, env } = await createStaging(`code=4f1c&state=${TXN_ID}`);
    const port = await freePort();
    await succeeds([...args, '--wait', '-q', '--listen', `127.0.0.1:${port}`], {
      env,
      stderr: [REFERENCE, TRANSACTION, LABEL, `  ${LINK}`],
    });
    expect(recorder.requests[0]?.body).toContain(`"http://127.0.0.1:${port}/callback/`);
    await expect(forward(port, '/', 'nobody')).rejects.toMatchObject({ code: 'ECONNREFUSED' });
  });

  test('is not another one where that port is taken, and nothing is sent', async () => {
    const { recorder, args, env } = await createStaging();
    const { stderr } = await fails([...args, '--wait', '--listen', `127.0.0.1:${recorder.port}`], 2, { env });
    expect(flat(stderr)).toContain(
      `Cannot listen on port ${recorder.port} (EADDRINUSE), the port given by --listen.`,
    );
    expect(flat(stderr)).toContain('or leave --listen out');
    expect(recorder.requests).toHaveLength(0);
  });

  test("may be the user's own, which forwards to the listener (rule 29)", async () => {
    const { recorder, args, env } = await createStaging();
    const port = await freePort();
    const answers: Promise<string>[] = [];
    const redirectUrl = 'https://app.example/return?tab=1';
    const line = [
      ...args,
      '--wait',
      '--listen',
      `127.0.0.1:${port}`,
      '--redirect-url',
      redirectUrl,
      '--json',
    ];
    const run = await runHost(
      createFakeHost(line, {
        env,
        onWait: () => {
          const send = (target: string) => forward(port, target, 'app.example');
          answers.push(
            send('/return?tab=1&error=access_denied'),
            send('/other?code=4f1c'),
            send('/return?tab=1&code=evil&state=other'),
            Promise.all(answers).then(() => send(`/return?tab=1&code=4f1c&state=${TXN_ID}`)),
          );
        },
      }),
    );
    expect(run.document).toMatchObject({ ok: true, callback: { code: '4f1c', error: null } });
    expect(recorder.requests[0]?.json()).toMatchObject({ redirect_url: redirectUrl });
    expect((await Promise.all(answers)).map((answer) => answer.split(' ')[1])).toEqual([
      '400',
      '404',
      '400',
      '200',
    ]);
  });
});

const ACCESS = [['--abstract-access-token'], ['--no-abstract-access-token'], []];

describe.each(ACCESS.map((flags, index) => [flags, dealt(REDIRECTS, index, ACCESS.length)] as const))(
  'a redirect to a wait with %p',
  (flags, redirects) => {
    test.each(redirects)('in the $form form, with $what, is read', async ({ query, onSecretPath, form }) => {
      const genuine = `code=genuine&state=${TXN_ID}`;
      const { args, env, pages } = await createStaging(
        query,
        ...(onSecretPath === 'ignored' ? [genuine] : []),
      );
      const { code, document } = await runMain([...args, '--wait', '--json', '-q', ...flags], { env });
      const page = await pages[0];
      const isIgnored = onSecretPath === 'ignored';
      expect(page).toContain(
        { ignored: 'Nothing to see', success: 'go back to the terminal', declined: 'not granted' }[
          onSecretPath
        ],
      );
      expect(code).toBe(onSecretPath === 'declined' ? 9 : 0);
      const { code: brought, status } = document['callback'] as {
        code: string | null;
        status: string | null;
      };
      expect(brought === 'genuine').toBe(isIgnored);
      expect(status === null).toBe(isIgnored || form === 'code');
    });
  },
);

describe('the next step after a return', () => {
  test.each([
    [
      `status=SUCCESS&initiation_decentro_transaction_id=${TXN_ID}`,
      'Next: Decentro fetches the access token itself',
    ],
    [
      `code=4f1c&state=${TXN_ID}`,
      'Next: Exchange the code for an access token within 1 hour: digilocker access-token.',
    ],
  ])('goes by what came, whatever was asked for (%p)', async (query, next) => {
    for (const flag of ['--abstract-access-token', '--no-abstract-access-token']) {
      const { args, env } = await createStaging(query);
      const told = { env, stderr: [REFERENCE, TRANSACTION, LABEL, `  ${LINK}`] };
      const { stdout } = await succeeds([...args, '--wait', flag], told);
      expect(flat(stdout)).toContain(next);
      expect(stdout.match(/^Transaction ID/gm)).toHaveLength(1);
      expect(stdout).not.toContain('ID of the redirect');
    }
  });

  test('names the ID of the redirect where that is another one', async () => {
    const { args, env } = await createStaging(
      `status=SUCCESS&initiation_decentro_transaction_id=${OTHER_ID}`,
    );
    const { stdout } = await runMain([...args, '--wait'], { env });
    expect(stdout).toMatch(new RegExp(`^ID of the redirect +${OTHER_ID}$`, 'm'));
    expect(stdout).toMatch(new RegExp(`^Transaction ID +${TXN_ID}$`, 'm'));
  });
});

test('a code that could steer a terminal is shown as text, escaped, or not printed (rule 22)', async () => {
  const { args, env } = await createStaging(`code=%1b[2J%c2%9b%e2%80%ae&state=${TXN_ID}`);
  const line = [...args, '--wait'];
  const told = { env, stderr: [REFERENCE, TRANSACTION, LABEL, `  ${LINK}`] };
  const human = await succeeds(line, told);
  expect(human.stdout).toContain('DigiLocker code  \\u001b[2J\\u009b\\u202e\n');
  const json = await succeeds([...line, '--json'], told);
  expect(json.stdout).toContain('"code": "\\u001b[2J\\u009b\\u202e"');
  for (const form of [
    ['-o', 'env'],
    ['-o', 'shell'],
    ['--field', 'callback.code'],
  ]) {
    const { stderr } = await fails([...line, ...form], 6, { env });
    expect(stderr).toMatch(new RegExp(`^Transaction ID {3}${TXN_ID}$`, 'm'));
  }
});
