import { describe, expect, test } from '@jest/globals';
import { DOCUMENT_KEYS } from '../support/document-keys.js';
import { fails, runMain, succeeds } from '../support/run-main.js';
import { createStaging } from '../support/staging.js';

const SANDBOX = ['init-session', '--env', 'sandbox', '--consent'];
const ENDED = /^The sandbox ended with this command, and the link with it\. .*digilocker sandbox/;
const REFERENCE = /^Reference ID: [0-9a-f-]{36}$/;
const LINK = /^http:\/\/127\.0\.0\.1:\d+\/digilocker\/\S+$/;
const TRANSACTION_ID = /^[0-9A-F]{32}$/;

describe('the human form', () => {
  test('shows IDs, the link with its warning and the next step, and with --verbose status, key and meaning', async () => {
    const { stdout, stderr } = await succeeds(SANDBOX, { stderr: [REFERENCE] });
    expect(stdout).not.toContain('success_initiate_session');
    const id = stderr.trim().replace('Reference ID: ', '');
    expect(stdout).toMatch(/^DigiLocker session started \(sandbox\)\n\nTransaction ID {2}[0-9A-F]{32}\n/);
    expect(stdout).toContain(`Reference ID    ${id}\n`);
    const verbose = await runMain([...SANDBOX, '--verbose']);
    expect(verbose.stdout).toContain('Status          SUCCESS (S00000, HTTP 200)\n');
    expect(verbose.stdout).toContain('Response key    success_initiate_session\n');
    expect(verbose.stdout).toContain('Meaning         The session was created');
    expect(stdout).toMatch(
      /Link \(works once: only the end user may open it\)\n {2}http:\/\/127\.0\.0\.1:\d+\//,
    );
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'The sandbox ended with this command, and the link with it.',
    );
    expect(stdout).not.toContain('Next:');
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'The sandbox ended with this command, and the link with it.',
    );
  });

  test('tells the next step, by who fetches the access token', async () => {
    const { args, env } = await createStaging();
    const line = [...args, '--redirect-url', 'https://app.example/return'];
    const abstract = await succeeds(line, { env });
    expect(abstract.stdout.replaceAll('\n', ' ')).toMatch(
      /Next: the end user opens the link.* with status=SUCCESS and the transaction ID\. Decentro fetches/,
    );
    const { stdout } = await succeeds([...line, '--no-abstract-access-token'], { env });
    expect(stdout.replaceAll('\n', ' ')).toContain(
      'with a code. Exchange the code for an access token within 1 hour: digilocker access-token.',
    );
  });

  test('is coloured where the screen has colours', async () => {
    const { stdout } = await succeeds(SANDBOX, { hasColors: true });
    expect(stdout).toContain('\u001B[32m\u001B[1mDigiLocker session started (sandbox)');
  });
});

describe('the JSON form', () => {
  test('has every key of the promise, in its order', async () => {
    const { document } = await succeeds([...SANDBOX, '--json', '--reference-id', 'my-own-1'], {
      stderr: ['Reference ID: my-own-1', ENDED],
    });
    expect(Object.keys(document)).toEqual(DOCUMENT_KEYS);
    const decentroTxnId = expect.stringMatching(TRANSACTION_ID);
    const authorizationUrl = expect.stringMatching(LINK);
    expect(document).toEqual({
      schema: 'digilocker.session/1',
      ok: true,
      environment: 'sandbox',
      referenceId: 'my-own-1',
      decentroTxnId,
      status: 'SUCCESS',
      responseCode: 'S00000',
      responseKey: 'success_initiate_session',
      message: 'Session created successfully.',
      authorizationUrl,
      sessionCreated: 'yes',
      httpStatus: 200,
      durationMs: 0,
      attempts: [{ referenceId: 'my-own-1', httpStatus: 200, sent: 'yes' }],
      callback: null,
      raw: {
        decentroTxnId,
        status: 'SUCCESS',
        responseCode: 'S00000',
        message: 'Session created successfully.',
        data: { authorizationUrl },
        responseKey: 'success_initiate_session',
      },
      error: null,
    });
  });

  test.each([['-o', 'json'], ['--output=json'], ['-ojson'], ['-qojson'], ['-qo', 'json']])(
    'is asked for by %s %s',
    async (...flags) => {
      const { stdout } = await runMain([...SANDBOX, ...flags]);
      expect(JSON.parse(stdout)).toMatchObject({ ok: true });
    },
  );
});

describe('the forms for scripts', () => {
  test('env prints NAME=value lines', async () => {
    const { stdout } = await succeeds([...SANDBOX, '-o', 'env', '-q'], { stderr: [REFERENCE] });
    expect(stdout).toMatch(
      /^DECENTRO_TXN_ID=[0-9A-F]{32}\nDECENTRO_REFERENCE_ID=[0-9a-f-]{36}\nDECENTRO_RESPONSE_KEY=success_initiate_session\nDECENTRO_AUTHORIZATION_URL=http:\/\/127\.0\.0\.1:\d+\/\S+\n$/,
    );
  });

  test('shell prints export lines', async () => {
    const { stdout } = await succeeds([...SANDBOX, '-o', 'shell', '-q']);
    expect(stdout.split('\n').slice(0, 3)).toEqual([
      expect.stringMatching(/^export DECENTRO_TXN_ID='[0-9A-F]{32}'$/),
      expect.stringMatching(/^export DECENTRO_REFERENCE_ID='[0-9a-f-]{36}'$/),
      "export DECENTRO_RESPONSE_KEY='success_initiate_session'",
    ]);
  });

  test.each([
    ['decentroTxnId', TRANSACTION_ID],
    ['authorizationUrl', LINK],
    ['raw.data.authorizationUrl', LINK],
    ['attempts.0.sent', /^yes$/],
    ['ok', /^true$/],
    ['error', /^$/],
    ['error.kind', /^$/],
    ['raw.no.such.thing', /^$/],
    ['attempts', /^\[\{"referenceId":".*","httpStatus":200,"sent":"yes"\}\]$/],
  ])('--field %s prints the bare value', async (field, pattern) => {
    const { stdout } = await succeeds([...SANDBOX, '-q', '--field', field]);
    expect(stdout).toMatch(/\n$/);
    expect(stdout.slice(0, -1)).toMatch(pattern);
  });

  test.each(['nope', 'decentroTxnId.length', 'attempts.first', 'attempts.0.id', 'error.stack', ''])(
    '--field %p is refused before anything is sent',
    async (field) => {
      const { stderr } = await fails([...SANDBOX, '--field', field], 2);
      expect(stderr).toContain('is not in the document');
      expect(stderr).not.toContain('Reference ID');
    },
  );
});

test.each([
  [['--field', 'ok', '--output', 'env'], '--field and --output'],
  [['--field', 'ok', '--output', 'human'], '--field and --output'],
  [['--quiet', '--verbose'], '--quiet and --verbose'],
  [['--print', 'curl', '--field', 'ok'], '--print curl and --field'],
  [['--print', 'curl', '-o', 'env'], '--print curl and --output'],
])('%p is a contradiction', async (flags, names) => {
  const { stderr } = await fails([...SANDBOX, ...flags], 2, {});
  expect(stderr.replaceAll('\n', ' ')).toContain(`${names.replace(' and ', ' cannot be combined with ')}.`);
});

test.each([
  ['--field', 'ok'],
  ['--output', 'env'],
  ['--print', 'json'],
])('--json cannot be combined with %s %s, which a JSON document says', async (...flags) => {
  const { document } = await fails([...SANDBOX, ...flags, '--json'], 2);
  expect(document).toMatchObject({ schema: 'digilocker.session/1', error: { kind: 'usage', sent: 'no' } });
});

describe('quiet and verbose', () => {
  test('quiet leaves the reference ID alone on stderr (rule 21)', async () => {
    await succeeds([...SANDBOX, '--json', '--quiet'], { stderr: [REFERENCE] });
  });

  test('verbose shows the exchange with masks (rule 27)', async () => {
    const { stderr } = await runMain([...SANDBOX, '--verbose']);
    expect(stderr).toMatch(/^> POST http:\/\/127\.0\.0\.1:\d+\/v2\/kyc\/digilocker\/initiate_session$/m);
    expect(stderr).toMatch(/^> client_id: \*\*\*\*t-id$/m);
    expect(stderr).toMatch(/^> client_secret: \*{8}$/m);
    expect(stderr).toMatch(/^> module_secret: \*{8}$/m);
    expect(stderr).toMatch(/^> \{"reference_id":".*"consent":true,/m);
    expect(stderr).toMatch(/^< HTTP 200$/m);
    expect(stderr).toMatch(/^< x-decentro-urn: [0-9A-F]{32}$/m);
    expect(stderr).toMatch(/^< \{"decentroTxnId":"[0-9A-F]{32}","status":"SUCCESS"/m);
    expect(stderr).not.toContain('sandbox-client-secret');
    expect(stderr.indexOf('Reference ID')).toBeLessThan(stderr.indexOf('> POST'));
  });
});
