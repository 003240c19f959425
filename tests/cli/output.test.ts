import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED } from '../support/answer.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { credentials, fails, runMain, succeeds } from '../support/run-main.js';
import { documentOf, PAIR, sessionAt } from '../support/session.js';

const { decentroTxnId: ID, data } = SESSION_CREATED;
const LINK = data.authorizationUrl;
const REFUSED: Answer = {
  status: 400,
  body: { decentroTxnId: ID, status: 'FAILURE', responseKey: 'error_consent_false', message: 'No.' },
};

/** A message with everything that could steer a terminal, and a tab, which may not. */
const HOSTILE = 'a\tb\u001b[31m\u0007\u0000\u007f\u009b2J\u202eevil\u2066\u200f\u2028\r\nc';
const STEERING = /(?![\n\t])[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]/u;

async function succeedsWith(
  flags: readonly string[],
  answer: Answer = {},
  env: Record<string, string> = PAIR,
) {
  const recorder = await createRecorder([answer]);
  return succeeds(sessionAt(recorder, '--reference-id', 'ref-1', ...flags), {
    env,
    stderr: ['Reference ID: ref-1'],
  });
}

describe('stdout holds the result and nothing else: (rule 23)', () => {
  test('human', async () => {
    const { stdout } = await succeedsWith([]);
    expect(stdout).toMatch(/^DigiLocker session started \(staging\)\n/);
    const text = stdout.replace(/\s+/g, ' ');
    for (const part of [
      `Transaction ID ${ID}`,
      'Reference ID ref-1',
      `works once: only the end user may open it) ${LINK} `,
      'redirects to https://app.example/digilocker/return with status=SUCCESS and the transaction ID.',
      'Decentro fetches the access token itself',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).not.toContain('success_initiate_session');
  });

  test.each([['--json'], ['--output=json'], ['-ojson']])('json, with %s', async (flag) => {
    const { stdout, document } = await succeedsWith([flag]);
    expect(JSON.parse(stdout)).toMatchObject({ schema: 'digilocker.session/1', raw: SESSION_CREATED });
    expect(documentOf({ document }).error).toBeNull();
  });

  test('env', async () => {
    expect((await succeedsWith(['-o', 'env'])).stdout).toBe(
      `DECENTRO_TXN_ID=${ID}\nDECENTRO_REFERENCE_ID=ref-1\n` +
        `DECENTRO_RESPONSE_KEY=success_initiate_session\nDECENTRO_AUTHORIZATION_URL=${LINK}\n`,
    );
  });

  test.each([
    ['decentroTxnId', ID],
    ['authorizationUrl', LINK],
    ['httpStatus', '200'],
    ['ok', 'true'],
    ['attempts.0.referenceId', 'ref-1'],
    ['attempts', '[{"referenceId":"ref-1","httpStatus":200,"sent":"yes"}]'],
    ['raw.data', JSON.stringify(data)],
    ['raw.data.authorizationUrl', LINK],
    ['raw.not.there', ''],
    ['error', ''],
  ])('--field %s', async (field, value) => {
    expect((await succeedsWith(['--field', field])).stdout).toBe(`${value}\n`);
  });

  test('the next step tells whose the access token is', async () => {
    const { stdout } = await succeedsWith(['--no-abstract-access-token']);
    expect(stdout.replace(/\s+/g, ' ')).toContain(
      'Exchange the code for an access token within 1 hour: digilocker access-token.',
    );
  });
});

describe('a failure', () => {
  test.each([[['-o', 'env']], [['-o', 'shell']], [['--field', 'decentroTxnId']], [[]]])(
    'prints nothing on stdout with %j, and the transaction ID on stderr',
    async (flags) => {
      const recorder = await createRecorder([REFUSED]);
      const { stderr } = await fails(sessionAt(recorder, ...flags), 5, { env: PAIR });
      expect(stderr).toMatch(new RegExp(`^Transaction ID +${ID}$`, 'm'));
      expect(stderr).toMatch(/^Reference ID +\S+$/m);
    },
  );

  test('is on stdout alone with --json, but for the reference ID (rule 23)', async () => {
    const recorder = await createRecorder([REFUSED]);
    const { stderr } = await fails(sessionAt(recorder, '--json'), 5, { env: PAIR });
    expect(stderr).toMatch(/^Reference ID: \S+\n$/);
  });
});

describe('--verbose', () => {
  test('shows the exchange on stderr, secrets masked even where the server echoes them (rule 27)', async () => {
    const echo = Object.values(credentials).join(' / ');
    const body = { ...SESSION_CREATED, message: echo };
    const recorder = await createRecorder([{ body, headers: { 'X-Echo': echo } }]);
    const result = await runMain(sessionAt(recorder, '-v', '--json'), { env: credentials });
    expect(result.code).toBe(0);
    expect(result.stderr).toContain(`> POST ${recorder.url}/v2/kyc/digilocker/initiate_session\n`);
    expect(result.stderr).toMatch(/^> client_id: \*{4}4wm0$/m);
    expect(result.stderr).toMatch(/^> client_secret: \*{8}$/m);
    expect(result.stderr).toMatch(/^> module_secret: \*{8}$/m);
    expect(result.stderr).toMatch(/^> \{"reference_id":/m);
    expect(result.stderr).toMatch(/^< HTTP 200$/m);
    expect(result.stderr).toMatch(/^< x-echo: \*{4}4wm0 \/ \*{8} \/ \*{8}$/m);
    expect(result.stderr).toMatch(/^< \{"decentroTxnId":/m);
  });

  test('shows no character that could steer a terminal (rule 22)', async () => {
    const recorder = await createRecorder([{ status: 502, body: HOSTILE }]);
    const { stderr } = await fails(sessionAt(recorder, '-v'), 8, { env: PAIR });
    expect(stderr).not.toMatch(STEERING);
    expect(stderr).toContain('\\u001b[31m');
  });
});

describe('colour', () => {
  const COLOUR = /\p{Cc}\[\d/u;

  test.each([
    [[], true],
    [['--json'], false],
    [['-o', 'env'], false],
    [['--field', 'ok'], false],
  ])('on a terminal that has them, with %j: %j', async (flags, isColoured) => {
    const recorder = await createRecorder([{}]);
    const { code, stdout } = await runMain(sessionAt(recorder, ...flags), { env: PAIR, hasColors: true });
    expect(code).toBe(0);
    expect(COLOUR.test(stdout)).toBe(isColoured);
  });

  test.each([true, false])('of a failure, where there are some: %j', async (hasColors) => {
    const { stderr } = await fails(['init-session'], 3, { hasColors });
    expect(COLOUR.test(stderr)).toBe(hasColors);
  });
});

test('no line for people is wider than 80 columns in a pipe, but for links and IDs', async () => {
  const message = 'A message that goes on and on, '.repeat(9);
  const success = await succeedsWith([], { body: { ...SESSION_CREATED, message } });
  const recorder = await createRecorder([
    { status: 400, body: { ...SESSION_CREATED, status: 'FAILURE', message } },
  ]);
  const failure = await fails(sessionAt(recorder), 5, { env: PAIR });
  const explained = await succeeds(['explain'], { stderr: [] });
  const missing = await fails(['init-session'], 3);
  const lines = [success.stdout, failure.stderr, explained.stdout, missing.stderr].join('').split('\n');
  expect(lines.filter((line) => line.length > 80 && !line.includes('https://'))).toEqual([]);
});
