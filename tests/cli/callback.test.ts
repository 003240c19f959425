import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../src/failure/failure.js';
import { fails, runMain, succeeds } from '../support/run-main.js';

const STATE = '59F864A69B6E4DE0BCD4DD927A5D6160';
const QUERY = `code=4f1c&state=${STATE}`;
const ADDRESS = `https://app.example/digilocker/return?${QUERY}`;
const REFUSAL = `https://app.example/return?error=access_denied&error_description=The+user+said+no.&state=${STATE}`;
const CALLBACK = {
  code: '4f1c',
  codeExpiresAt: '2026-01-02T04:04:05.000Z',
  state: STATE,
  error: null,
  errorDescription: null,
};
const REFUSED = {
  ...CALLBACK,
  code: null,
  codeExpiresAt: null,
  error: 'access_denied',
  errorDescription: 'The user said no.',
};
const QUIETLY = { stderr: [] };

describe('a redirect that was caught by nobody', () => {
  test('is read from the address of the browser (rule 32)', async () => {
    const { stdout } = await succeeds(['callback', ADDRESS], QUIETLY);
    expect(stdout).toBe(`The end user came back

DigiLocker code  4f1c
Valid until      2026-01-02T04:04:05.000Z
State            ${STATE}

The code is valid for 1 hour.
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
        ...QUIETLY,
        input,
      });
      expect(stdout).toBe('4f1c\n');
    }
  });

  test('is asked for on a terminal', async () => {
    const { questions, document } = await succeeds(['callback', '--json'], {
      ...QUIETLY,
      answers: [['Address that the browser ended up at:', 'what?', '', ADDRESS]],
    });
    expect(document).toMatchObject({ ok: true, callback: CALLBACK });
    expect(questions[0]?.objections).toEqual([
      expect.stringMatching(/^Copy the whole address/),
      expect.stringMatching(/^Copy the whole address/),
    ]);
  });

  test('is missing where nobody can be asked', async () => {
    for (const [args, isInteractive] of [
      [['callback'], false],
      [['callback', '--no-input'], true],
      [['callback', '-o', 'env'], false],
    ] as const) {
      const { stderr } = await fails(args, 2, { isInteractive });
      expect(stderr.replaceAll('\n', ' ')).toContain('nobody can be asked for it here');
      expect(stderr.replaceAll('\n', ' ')).toContain('pipe it to `digilocker callback -`');
    }
  });

  test('is none when the question is interrupted, or its input ends', async () => {
    const interrupted = new Failure('interrupted', 'Interrupted.');
    await fails(['callback'], 130, { answers: [['Address', interrupted]] });
    const ended = new Failure('usage', 'Input ended before the question was answered.');
    await fails(['callback'], 2, { answers: [['Address', ended]] });
  });

  test.each([
    ['hello', 'That is no address of a redirect.'],
    ['', 'That is no address of a redirect.'],
    ['https://app.example/return', 'because it holds neither a code nor an error.'],
    [`${ADDRESS}&code=5`, 'because it gives a parameter twice.'],
    [`${ADDRESS}&error=access_denied`, 'because it holds both a code and an error.'],
  ])('is not %p', async (argument, message) => {
    const { stderr } = await fails(['callback', argument], 2);
    expect(stderr.replaceAll('\n', ' ')).toContain(message);
    expect(stderr).toContain('Copy the whole address');
    const { document } = await fails(['callback', argument, '--json'], 2);
    expect(document).toMatchObject({ callback: null, error: { kind: 'usage', sent: 'no' } });
  });

  test('bears the state that is asked for, or is none (rule 29)', async () => {
    await succeeds(['callback', ADDRESS, '--state', STATE], QUIETLY);
    for (const address of [ADDRESS.replace('59F8', '59F9'), 'code=4f1c', 'error=access_denied']) {
      const { stderr } = await fails(['callback', address, '--state', STATE], 2);
      expect(stderr.replaceAll('\n', ' ')).toContain('its state is not the transaction ID of the session');
    }
  });

  test('may bring no code, where none is needed', async () => {
    const { stdout } = await succeeds(['callback', `https://app.example/return?state=${STATE}`], QUIETLY);
    expect(stdout).toContain('The redirect brought no code, and none is needed.');
  });
});

describe('the forms of a callback', () => {
  test('the JSON document has every key, in its order', async () => {
    const { document } = await succeeds(['callback', ADDRESS, '--json'], QUIETLY);
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
    const { stdout } = await succeeds(['callback', ADDRESS, ...form], QUIETLY);
    expect(stdout).toBe(expected);
  });

  test.each(['code', 'callback.nope', 'callback.code.length', ''])(
    '--field %p names nothing',
    async (field) => {
      const { stderr } = await fails(['callback', ADDRESS, '--field', field], 2);
      expect(stderr.replaceAll('\n', ' ')).toContain('names nothing that the document has');
    },
  );

  test('a code that could steer a terminal is shown as text, escaped, or not printed (rule 22)', async () => {
    const steering = 'code=%1b]0;x%07%e2%80%ae%c2%9b4f1c';
    const human = await succeeds(['callback', steering], QUIETLY);
    expect(human.stdout).toContain('DigiLocker code  \\u001b]0;x\\u0007\\u202e\\u009b4f1c\n');
    const json = await succeeds(['callback', steering, '--json'], QUIETLY);
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

The end user refused. A new try needs a new session.
`);
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
