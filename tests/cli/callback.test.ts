import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { OTHER_ID, REDIRECTS, SESSION_ID as STATE } from '../support/redirects.js';
import { fails, runMain, succeeds } from '../support/run-main.js';

const QUERY = `code=4f1c&state=${STATE}`;
const ADDRESS = `https://app.example/digilocker/return?${QUERY}`;
const REFUSAL = `https://app.example/return?error=access_denied&error_description=The+user+said+no.&state=${STATE}`;
const CALLBACK = {
  status: null,
  code: '4f1c',
  codeExpiresAt: null,
  state: STATE,
  decentroTxnId: null,
  error: null,
  errorDescription: null,
};
const REFUSED = {
  ...CALLBACK,
  code: null,
  error: 'access_denied',
  errorDescription: 'The user said no.',
};
const QUIETLY = { stderr: [] };
const WITH_DOUBT = {
  stderr: [`This machine started no session ${STATE}: --state ID checks that the code is for yours.`],
};
const NAMELESS = { stderr: ['The redirect does not say which session its code is for.'] };

describe('a redirect that was caught by nobody', () => {
  test('is read from the address of the browser (rule 32)', async () => {
    const { stdout } = await succeeds(['callback', ADDRESS], WITH_DOUBT);
    expect(stdout).toBe(`The end user came back

DigiLocker code  4f1c
State            ${STATE}

The code is valid for 1 hour after the redirect.
`);
  });

  test('is read from its query alone, and from standard input', async () => {
    for (const [argument, input] of [
      [QUERY, ''],
      [`?${QUERY}`, ''],
      ['-', `${ADDRESS}\n`],
      ['-', QUERY],
    ] as const) {
      const { stdout } = await succeeds(['callback', argument, '--field', 'callback.code'], {
        ...WITH_DOUBT,
        input,
      });
      expect(stdout).toBe('4f1c\n');
    }
  });

  test('is asked for on a terminal', async () => {
    const { questions, document } = await succeeds(['callback', '--json'], {
      ...WITH_DOUBT,
      answers: [['URL that the browser ended up at:', 'what?', '', ADDRESS]],
    });
    expect(document).toMatchObject({ ok: true, callback: CALLBACK });
    expect(questions[0]?.objections).toEqual([
      expect.stringMatching(/^Copy the whole URL/),
      expect.stringMatching(/^Copy the whole URL/),
    ]);
  });

  test('is missing where nobody can be asked', async () => {
    for (const [args, isInteractive] of [
      [['callback'], false],
      [['callback', '--no-input'], true],
      [['callback', '-o', 'env'], false],
    ] as const) {
      const { stderr } = await fails(args, 2, { isInteractive });
      expect(stderr.replaceAll('\n', ' ')).toContain('No redirect URL given, and no terminal to prompt on.');
      expect(stderr.replaceAll('\n', ' ')).toContain('pipe it to `digilocker callback -`');
    }
  });

  test('is none when the question is interrupted, or its input ends', async () => {
    const interrupted = new Failure('interrupted', 'Interrupted.');
    await fails(['callback'], 130, { answers: [['URL that', interrupted]] });
    const ended = new Failure('usage', 'Input ended before the question was answered.');
    await fails(['callback'], 2, { answers: [['URL that', ended]] });
  });

  test.each([
    ['hello', 'Not a DigiLocker redirect: neither a URL nor a query.'],
    ['', 'Not a DigiLocker redirect: neither a URL nor a query.'],
    ['https://app.example/return', 'Not a DigiLocker redirect: it has no code, status or error.'],
  ])('is not %p', async (argument, message) => {
    const { stderr } = await fails(['callback', argument], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(stderr).toContain('Copy the whole URL');
    const { document } = await fails(['callback', argument, '--json'], 2);
    expect(document).toMatchObject({ callback: null, error: { kind: 'usage', sent: 'no' } });
  });

  test('is refused where the ID of the session is empty, as that of an unset variable is (rule 29)', async () => {
    for (const line of [['code=4f1c'], ['--listen', '127.0.0.1:8123']]) {
      const { stderr } = await fails(['callback', ...line, '--state', ''], 2);
      expect(stderr).toContain('--state is empty.');
    }
  });

  test('hands on the ID that was given, however the redirect spells it', async () => {
    const named = `The redirect names transaction OTHER: this session is ${STATE}. Go on with the ID of this session.`;
    for (const [query, stderr] of [
      [`status=SUCCESS&initiation_decentro_transaction_id=${STATE.toLowerCase()}`, []],
      [`status=SUCCESS&initiation_decentro_transaction_id=OTHER&code=4f1c&state=${STATE}`, [named]],
    ] as const) {
      const line = ['callback', `https://app.example/?${query}`, '--state', STATE, '--output', 'env'];
      expect((await succeeds(line, { stderr })).stdout).toContain(`DECENTRO_TXN_ID=${STATE}\n`);
    }
  });

  test('says that it names two sessions, and with --quiet nothing', async () => {
    const query = `${QUERY}&status=SUCCESS&initiation_decentro_transaction_id=${OTHER_ID}`;
    const both = `The redirect names two sessions: ${STATE} as state, ${OTHER_ID} as transaction.`;
    await succeeds(['callback', query], { stderr: [both] });
    await succeeds(['callback', query, '--quiet'], QUIETLY);
  });

  test('brings a status and the ID of its session where Decentro fetches the access token', async () => {
    const address = `https://app.example/return?status=SUCCESS&initiation_decentro_transaction_id=${STATE}`;
    const { stdout } = await succeeds(['callback', address], QUIETLY);
    expect(stdout).toBe(`The end user came back

Redirect status  SUCCESS
Transaction ID   ${STATE}

The session is complete: Decentro fetches the access token itself.
`);
    const { document } = await succeeds(['callback', address, '--json'], QUIETLY);
    expect(document['callback']).toEqual({
      ...CALLBACK,
      status: 'SUCCESS',
      code: null,
      state: null,
      decentroTxnId: STATE,
    });
    const env = await succeeds(['callback', address, '-o', 'env'], QUIETLY);
    expect(env.stdout).toBe(`DECENTRO_TXN_ID=${STATE}\n`);
  });

  test("keeps the parameters of the app's own redirect URL apart", async () => {
    const own = 'https://app.example/return?code=7&status=new';
    const address = `${own}&status=SUCCESS&initiation_decentro_transaction_id=${STATE}`;
    const { document } = await succeeds(['callback', address, '--redirect-url', own, '--json'], QUIETLY);
    expect(document).toMatchObject({ callback: { status: 'SUCCESS', code: null } });
    await fails(['callback', address], 2);
  });
});

describe('a redirect that is held against the ID of a session (rule 29)', () => {
  const CODES = { success: 0, declined: 9, mismatch: 11, usage: 2 };

  test.each(REDIRECTS)('in the $form form, with $what, ends as it should', async (redirect) => {
    const { query, elsewhere, fault = '' } = redirect;
    const args = ['callback', `https://app.example/return?${query}`, '--state', STATE];
    if (elsewhere === 'success') {
      await succeeds(args, QUIETLY);
      return;
    }
    const { stderr } = await fails(args, CODES[elsewhere]);
    expect(stderr.replaceAll('\n', ' ')).toContain(fault);
    const { document } = await fails([...args, '--json'], CODES[elsewhere]);
    expect(document).toMatchObject({ ok: false, error: { kind: elsewhere, exitCode: CODES[elsewhere] } });
    expect(document['callback'] === null).toBe(elsewhere !== 'declined');
  });

  test('names both sessions where it is the redirect of another', async () => {
    const { stderr } = await fails(['callback', `code=4f1c&state=${OTHER_ID}`, '--state', STATE], 11);
    const text = stderr.replaceAll('\n', ' ');
    expect(text).toContain(`This is a redirect with state ${OTHER_ID}: the session is ${STATE}.`);
    expect(text).not.toContain('4f1c');
    await fails(
      ['callback', `code=4f1c&state=${OTHER_ID}`, '--state', STATE, '--field', 'callback.code'],
      11,
      {
        stdout: '',
      },
    );
  });

  test('says whose session it is where none was named', async () => {
    const { stdout } = await succeeds(
      ['callback', `status=SUCCESS&initiation_decentro_transaction_id=${OTHER_ID}`, '-o', 'env'],
      QUIETLY,
    );
    expect(stdout).toBe(`DECENTRO_TXN_ID=${OTHER_ID}\n`);
  });
});

describe('the forms of a callback', () => {
  test('the JSON document has every key, in its order', async () => {
    const { document } = await succeeds(['callback', ADDRESS, '--json'], WITH_DOUBT);
    const expected = { schema: 'digilocker.callback/1', ok: true, callback: CALLBACK, error: null };
    expect(document).toEqual(expected);
    expect(Object.keys(document)).toEqual(Object.keys(expected));
    expect(Object.keys(document['callback'] as object)).toEqual(Object.keys(CALLBACK));
  });

  test.each([
    [['-o', 'env'], `DECENTRO_TXN_ID=${STATE}\nDIGILOCKER_CODE=4f1c\n`],
    [['-o', 'shell'], `export DECENTRO_TXN_ID='${STATE}'\nexport DIGILOCKER_CODE='4f1c'\n`],
    [['--field', 'callback.state'], `${STATE}\n`],
    [['--field', 'callback.error'], '\n'],
    [['--field', 'ok'], 'true\n'],
  ])('%p prints its values', async (form, expected) => {
    const { stdout } = await succeeds(['callback', ADDRESS, ...form], WITH_DOUBT);
    expect(stdout).toBe(expected);
  });

  test.each(['code', 'callback.nope', 'callback.code.length', ''])(
    '--field %p names nothing',
    async (field) => {
      const { stderr } = await fails(['callback', ADDRESS, '--field', field], 2);
      expect(stderr.replaceAll('\n', ' ')).toContain('is not in the document');
    },
  );

  test('a code that could steer a terminal is shown as text, escaped, or not printed (rule 22)', async () => {
    const steering = 'code=%1b]0;x%07%e2%80%ae%c2%9b4f1c';
    const human = await succeeds(['callback', steering], NAMELESS);
    expect(human.stdout).toContain('DigiLocker code  \\u001b]0;x\\u0007\\u202e\\u009b4f1c\n');
    const json = await succeeds(['callback', steering, '--json'], NAMELESS);
    expect(json.stdout).toContain('"code": "\\u001b]0;x\\u0007\\u202e\\u009b4f1c"');
    expect(json.document).toMatchObject({ callback: { code: '\u001b]0;x\u0007\u202e\u009b4f1c' } });
    for (const form of [
      ['-o', 'env'],
      ['-o', 'shell'],
      ['--field', 'callback.code'],
    ]) {
      const { stderr } = await fails(['callback', steering, ...form], 6);
      expect(stderr.replaceAll('\n', ' ')).toContain('holds a line break, control or bidi character');
    }
  });
});

describe('a refusal', () => {
  test('is exit 9, with its words, for a person', async () => {
    const { stderr } = await fails(['callback', REFUSAL], 9);
    expect(stderr).toBe(`error: The redirect reports access_denied: The user said no.

State        ${STATE}
Error        access_denied
Description  The user said no.

hint: The end user refused. A new try needs a new session.
`);
    const failed = await fails(['callback', 'status=FAILURE'], 9);
    expect(failed.stderr).toContain('error: The redirect reports status FAILURE.\n');
    const denied = await fails(['callback', 'status=denied'], 9);
    expect(denied.stderr).toContain('The end user refused. A new try needs a new session.');
    const other = await fails(['callback', 'error=server_error'], 9);
    expect(other.stderr).toContain('error: The redirect reports server_error.\n');
    expect(other.stderr).not.toContain('The end user refused');
  });

  test('is a document with its callback', async () => {
    const { document } = await fails(['callback', REFUSAL, '--json'], 9);
    expect(document).toMatchObject({ schema: 'digilocker.callback/1', ok: false, callback: REFUSED });
    expect(document).toMatchObject({
      error: { kind: 'declined', exitCode: 9, sent: 'yes', retryable: false },
    });
  });

  test.each([
    [['-o', 'env'], `DECENTRO_TXN_ID=${STATE}\n`],
    [['-o', 'shell'], `export DECENTRO_TXN_ID='${STATE}'\n`],
    [['--field', 'callback.error'], 'access_denied\n'],
    [['--field', 'callback.code'], '\n'],
    [['--field', 'error.kind'], 'declined\n'],
  ])('%p prints what the redirect brought, and it fails all the same', async (form, stdout) => {
    const { stderr } = await fails(['callback', REFUSAL, ...form], 9, { stdout });
    expect(stderr).toContain('The redirect reports access_denied');
  });

  test('with words that could steer a terminal shows them as text (rule 22)', async () => {
    const steering = 'error=%1b[31m%0ared&error_description=a%0ab%e2%80%ae.';
    const { stderr } = await fails(['callback', steering], 9);
    expect(stderr).toContain('reports \\u001b[31m\\u000ared: a\\u000ab\\u202e.');
    const json = await runMain(['callback', steering, '--json']);
    expect(json.stdout).toContain('"error": "\\u001b[31m\\nred"');
    expect(json.stdout).toContain('"errorDescription": "a\\nb\\u202e."');
    expect(json.document).toMatchObject({
      callback: { error: '\u001b[31m\nred', errorDescription: 'a\nb\u202e.' },
    });
    await fails(['callback', steering, '--field', 'callback.errorDescription'], 6);
  });
});
