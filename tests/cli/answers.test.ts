import { afterEach, describe, expect, jest, test } from '@jest/globals';
import { RESPONSE_KEYS } from '../../src/api/response-keys.js';
import { SESSION_CREATED } from '../support/answer.js';
import { createFakeHost } from '../support/fake-host.js';
import { createRecorder, type Answer } from '../support/recorder.js';
import { credentials, fails, runHost, runMain, succeeds } from '../support/run-main.js';
import { heldRecorder } from '../support/session.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent', '--retries', '0'];
const PARAMS = [
  '--consent',
  '--consent-purpose',
  'KYC for opening a bank account',
  '--redirect-url',
  'https://a.example',
];
const CODES = { caller: 5, operator: 4, decentro: 6 } as const;

function against(url: string, ...flags: readonly string[]): string[] {
  return ['init-session', '--base-url', url, '--allow-host', '127.0.0.1', ...PARAMS, ...flags];
}

describe('every response key of a refusal', () => {
  const refusals = Object.entries(RESPONSE_KEYS).flatMap(([name, { move, remedy, canRetry }]) =>
    move === null ? [] : [{ name, code: CODES[move], remedy, canRetry }],
  );

  test.each(refusals)(
    '$name ends with exit code $code, its IDs and its remedy',
    async ({ name, code, remedy, canRetry }) => {
      const id = `sbx-${name}-1`;
      const { document } = await fails([...SANDBOX, '--reference-id', id, '--json'], code);
      expect(document).toMatchObject({
        ok: false,
        environment: 'sandbox',
        referenceId: id,
        decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
        status: 'FAILURE',
        responseKey: name,
        authorizationUrl: null,
        sessionCreated: name === 'error_duplicate_reference_id' ? 'unknown' : 'no',
        attempts: [{ referenceId: id, sent: 'yes' }],
        raw: { responseKey: name },
        error: {
          exitCode: code,
          hint: expect.stringContaining(remedy),
          sent: 'yes',
          // The ID is given, and no fresh one takes its place.
          retryable: canRetry && name !== 'error_duplicate_reference_id',
        },
      });
    },
  );

  test('is shown to a human with its meaning', async () => {
    const { stderr } = await fails([...SANDBOX, '--reference-id', 'sbx-error_provider_error-1'], 6);
    expect(stderr).toMatch(
      /^Reference ID: sbx-error_provider_error-1\nerror: Decentro failed: error_provider_error \(HTTP 400\)\.\n\nTransaction ID {2}[0-9A-F]{32}\n/,
    );
    expect(stderr).toContain('Status          FAILURE (E00009, HTTP 400)\n');
    expect(stderr).toContain('Response key    error_provider_error\n');
    expect(stderr).toContain('Meaning         DigiLocker, the provider behind Decentro, failed.\n');
    expect(stderr).toMatch(/\n\nhint: Try again later\.\n$/);
  });
});

describe('every other scenario of the sandbox', () => {
  test.each([
    ['http-401', 4, 'no', 'yes'],
    ['http-403-html', 4, 'no', 'yes'],
    ['http-429', 6, 'unknown', 'yes'],
    ['http-500', 6, 'unknown', 'yes'],
    ['http-502-html', 8, 'unknown', 'yes'],
    ['http-503', 6, 'unknown', 'yes'],
    ['reset', 8, 'unknown', 'unknown'],
    ['cut', 8, 'unknown', 'yes'],
    ['malformed', 6, 'unknown', 'yes'],
    ['slow', 8, 'unknown', 'unknown'],
  ])('%s ends with exit code %i', async (name, code, sessionCreated, sent) => {
    const id = `sbx-${name}-1`;
    const limit = name === 'slow' ? ['--timeout', '150ms'] : [];
    const { document } = await fails([...SANDBOX, '--reference-id', id, '--json', ...limit], code);
    expect(document).toMatchObject({ referenceId: id, sessionCreated, error: { exitCode: code, sent } });
  });

  test('a cut answer keeps its transaction ID', async () => {
    const { document } = await fails([...SANDBOX, '--reference-id', 'sbx-cut-1', '--json'], 8);
    expect(document).toMatchObject({
      decentroTxnId: expect.stringMatching(/^[0-9A-F]{32}$/),
      httpStatus: 200,
    });
  });

  test('a refused connection ends with exit code 7 (rule 18)', async () => {
    const recorder = await createRecorder();
    await recorder.close();
    const { document } = await fails(against(recorder.url, '--json', '--retries', '1'), 7, {
      env: credentials,
    });
    expect(document).toMatchObject({
      sessionCreated: 'no',
      attempts: [{}, {}],
      error: { kind: 'network', sent: 'no' },
    });
  });
});

test.each([
  ['env', ['-o', 'env']],
  ['shell', ['-o', 'shell']],
  ['field', ['--field', 'decentroTxnId']],
])('the form %s prints nothing without a session', async (_name, flags) => {
  await fails([...SANDBOX, ...flags, '--reference-id', 'sbx-error_provider_error-1'], 6);
});

describe('an answer that a script could not read', () => {
  const answer: Answer = { body: { ...SESSION_CREATED, responseKey: 'success\u202E_initiate' } };

  test.each([
    [['-o', 'env'], 'DECENTRO_RESPONSE_KEY'],
    [['-o', 'shell'], 'DECENTRO_RESPONSE_KEY'],
    [['--field', 'responseKey'], 'responseKey'],
  ])('is not printed with %j, and its IDs are told (rule 22)', async (flags, name) => {
    const recorder = await createRecorder([answer]);
    const { stderr } = await fails(against(recorder.url, ...flags), 6, { env: credentials });
    expect(stderr).toContain(`error: ${name} holds a line break, control or bidi character`);
    expect(stderr).toContain(`Transaction ID     ${SESSION_CREATED.decentroTxnId}\n`);
    expect(stderr).toContain('success\\u202e_initiate');
    expect(stderr).toContain(SESSION_CREATED.data.authorizationUrl);
  });

  test('is escaped in JSON (rule 22)', async () => {
    const recorder = await createRecorder([answer]);
    const { stdout, document } = await succeeds(against(recorder.url, '--json'), { env: credentials });
    expect(stdout).toContain('"success\\u202e_initiate"');
    expect(document).toMatchObject({ responseKey: 'success\u202E_initiate' });
  });
});

test('--debug is --verbose', async () => {
  const recorder = await createRecorder([{ body: SESSION_CREATED }]);
  const { stderr } = await runMain(against(recorder.url, '--debug'), { env: credentials });
  expect(stderr).toMatch(/^> POST http/m);
});

test('a key that the catalogue does not hold is shown as it came', async () => {
  const body = { ...SESSION_CREATED, responseKey: 'success_of_the_future' };
  const recorder = await createRecorder([{ body }]);
  const { stdout } = await runMain(against(recorder.url, '--verbose'), { env: credentials });
  expect(stdout).toContain(
    'Response key    success_of_the_future\nMeaning         Not in the catalogue of this version.\n',
  );
});

test('an answer without a body still shows its status', async () => {
  const recorder = await createRecorder([{ status: 503, headers: { 'X-DECENTRO-URN': 'URN1' }, body: '' }]);
  const { stderr } = await fails(against(recorder.url), 6, { env: credentials });
  expect(stderr).toContain('Status        HTTP 503\n');
  expect(stderr.replaceAll('\n', ' ')).toContain('Quote X-DECENTRO-URN URN1 to support.');
});

test('verbose shows the beginning of a long answer, made visible (rule 22)', async () => {
  const recorder = await createRecorder([{ status: 503, body: `\u001B[2J${'x'.repeat(10_000)}` }]);
  const { stderr } = await runMain(against(recorder.url, '-v'), { env: credentials });
  const line = stderr.split('\n').find((text) => text.startsWith('< \\u001b')) ?? '';
  expect(line).toHaveLength(2 + 4096 + 5);
});

describe('the time that a call takes', () => {
  const { setTimeout: realSetTimeout } = globalThis;

  afterEach(() => {
    jest.restoreAllMocks();
  });

  test('is counted down on a terminal once it takes a second, and the line is taken away', async () => {
    jest
      .spyOn(globalThis, 'setTimeout')
      .mockImplementation((callback: () => void, delayMs = 0, ...args: []) =>
        realSetTimeout(callback, delayMs === 1_000 ? 0 : delayMs, ...args),
      );
    const { recorder, release } = await heldRecorder();
    const host = createFakeHost(against(recorder.url, '--no-open', '--timeout', '90s'), {
      env: credentials,
      isInteractive: true,
    });
    const stderr = Object.assign(Object.create(host.stderr) as typeof host.stderr, {
      write: async (text: string) => {
        await host.stderr.write(text);
        if (text.includes('Waiting')) release();
      },
    });
    expect((await runHost({ ...host, stderr })).code).toBe(0);
    expect(host.stderr.text).toContain(
      `\r\u001b[KWaiting for 127.0.0.1:${recorder.port}, 1:30 left (Ctrl-C ends it)\r\u001b[K`,
    );
  });

  test('is named with its flag where it is over', async () => {
    const recorder = await createRecorder({ then: 'hang' });
    const args = against(recorder.url, '--json', '--retries', '0', '--timeout', '100ms');
    const host = createFakeHost(args, { env: credentials });
    const { code, document } = await runHost({ ...host, elapsed: () => performance.now() });
    expect(code).toBe(8);
    expect(document).toMatchObject({
      error: {
        kind: 'unknown',
        hint: expect.stringMatching(/^The time limit was 100ms; --timeout sets it\. /),
      },
    });
  });
});
