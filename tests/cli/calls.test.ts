import { describe, expect, test } from '@jest/globals';
import { callTo, answerWith, CONSENT, PURPOSE, refusalOf } from '../support/calls.js';
import { createRecorder } from '../support/recorder.js';
import { CANARIES, credentials, fails, runMain, succeeds } from '../support/run-main.js';

const URN = 'in.gov.pan-PANCR-CANARY0000X';
const NAME = 'Asha Canary';

interface Case {
  readonly args: readonly string[];
  readonly path: string;
  /** Of the request, besides what all have. */
  readonly body?: object;
  readonly schema: string;
  readonly data: unknown;
  readonly doubt: RegExp;
}

const CALLS: Readonly<Record<string, Case>> = {
  'issued-files': {
    args: ['issued-files', 'TXN-1'],
    path: '/v2/kyc/digilocker/issued_files',
    schema: 'digilocker.issued-files/1',
    data: [{ name: NAME, doctype: 'PANCR', issuer: 'Income Tax Department', date: '01-01-2020', uri: URN }],
    doubt: /list may have been made/,
  },
  'file --data': {
    args: ['file', 'TXN-1', URN, '--data'],
    path: '/v2/kyc/digilocker/file/data',
    body: { file_urn: URN },
    schema: 'digilocker.file/1',
    data: { userName: NAME, documentType: 'PANCR', 'a key of its own': 1 },
    doubt: /may have been fetched and billed/,
  },
  eaadhaar: {
    args: ['eaadhaar', 'TXN-1'],
    path: '/v2/kyc/digilocker/eaadhaar',
    schema: 'digilocker.eaadhaar/1',
    data: {
      aadhaarReferenceNumber: '',
      aadhaarUid: 'xxxxxxxx0000',
      proofOfIdentity: { name: NAME, dob: '01-02-1990' },
      proofOfAddress: { house: '7 Canary Street', state: 'Nowhere' },
      image: 'AAAA',
    },
    doubt: /may have been fetched and billed/,
  },
};

describe.each(Object.entries(CALLS))('%s', (_name, { args, path, body = {}, schema, data, doubt }) => {
  test('sends the documented fields, and no other', async () => {
    const recorder = await createRecorder(answerWith(data));
    await succeeds(callTo(recorder.url, ...args, '--reference-id', 'ref-1', '--json'), { env: credentials });
    const [request] = recorder.requests;
    expect([request?.method, request?.path]).toEqual(['POST', path]);
    expect(JSON.parse(request?.body ?? '')).toEqual({
      reference_id: 'ref-1',
      consent: true,
      consent_purpose: PURPOSE,
      initial_decentro_transaction_id: 'TXN-1',
      ...body,
    });
  });

  test('prints a document with the session, the call and the data', async () => {
    const recorder = await createRecorder(answerWith(data));
    const run = await succeeds(callTo(recorder.url, ...args, '--json'), { env: credentials });
    expect(run.document).toMatchObject({
      schema,
      ok: true,
      sessionTxnId: 'TXN-1',
      decentroTxnId: 'CALL-1',
      effect: 'yes',
      data,
      raw: null,
      error: null,
    });
  });

  test('prints the IDs as variables, and nothing of the person', async () => {
    const recorder = await createRecorder(answerWith(data));
    const { stdout } = await succeeds(
      callTo(recorder.url, ...args, '--reference-id', 'ref-1', '--output', 'env'),
      { env: credentials },
    );
    expect(stdout).toBe(
      'DECENTRO_TXN_ID=TXN-1\nDECENTRO_CALL_TXN_ID=CALL-1\nDECENTRO_REFERENCE_ID=ref-1\nDECENTRO_RESPONSE_KEY=success_of_a_call\n',
    );
  });

  test.each([[['--verbose']], [['--verbose', '--json']]])(
    'shows personal data in the result alone, with %j',
    async (form) => {
      const recorder = await createRecorder(answerWith(data));
      const run = await runMain(callTo(recorder.url, ...args, ...form), { env: credentials });
      expect(run.code).toBe(0);
      expect(run.stdout).toContain(NAME);
      expect(run.stderr).not.toContain('anary');
      expect(run.stderr).not.toContain('CANARY');
    },
  );

  test('shows no URN with --print', async () => {
    const { stdout } = await succeeds([...args, ...CONSENT, '--env', 'sandbox', '--print', 'json']);
    expect(JSON.parse(stdout)).toMatchObject({ body: { initial_decentro_transaction_id: 'TXN-1' } });
    expect(stdout).not.toContain('CANARY');
  });

  test('is not repeated once it may have arrived, and says what is in doubt', async () => {
    const recorder = await createRecorder([{ then: 'reset' }]);
    const { document } = await fails(callTo(recorder.url, ...args, '--json'), 8, { env: credentials });
    expect(document).toMatchObject({
      sessionTxnId: 'TXN-1',
      effect: 'unknown',
      error: { hint: expect.stringMatching(doubt) },
    });
    expect(JSON.stringify(document)).not.toContain('link');
  });

  test('fails where a success brings nothing', async () => {
    const recorder = await createRecorder(answerWith('nothing'));
    const { document } = await fails(callTo(recorder.url, ...args, '--json'), 6, { env: credentials });
    expect(document).toMatchObject({
      effect: 'unknown',
      error: { message: expect.stringMatching(/response has no .*\(data\)/) },
    });
  });

  test('shows a refusal whose key is unknown as it came', async () => {
    const recorder = await createRecorder(refusalOf('A message of tomorrow.', 'error_of_tomorrow'));
    const { document } = await fails(callTo(recorder.url, ...args, '--json'), 5, { env: credentials });
    expect(document).toMatchObject({
      effect: 'no',
      responseKey: 'error_of_tomorrow',
      message: 'A message of tomorrow.',
    });
  });

  test('masks a secret that the data holds', async () => {
    const echo = JSON.parse(JSON.stringify(data).replaceAll(NAME, CANARIES.clientSecret)) as unknown;
    const recorder = await createRecorder(answerWith(echo));
    const { stdout } = await succeeds(callTo(recorder.url, ...args, '--json'), { env: credentials });
    expect(stdout).toContain('********');
  });

  test('asks on a terminal for what is missing', async () => {
    const recorder = await createRecorder(answerWith(data));
    const [command = ''] = args;
    const flags = args.filter((word) => word.startsWith('--'));
    const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--json'];
    await runMain([command, ...flags, ...target], {
      env: credentials,
      answers: [
        [/Transaction ID of the session/, 'TXN-2'],
        ...(args.includes(URN) ? ([[/URN of the document/, 'URN-2']] as const) : []),
        [/Consent purpose/, PURPOSE],
        [/Did the end user agree/, true],
      ],
    });
    expect(JSON.parse(recorder.requests[0]?.body ?? '')).toMatchObject({
      initial_decentro_transaction_id: 'TXN-2',
      ...(args.includes(URN) && { file_urn: 'URN-2' }),
    });
  });
});

test('a table shows the documents that the end user shared', async () => {
  const recorder = await createRecorder(answerWith(CALLS['issued-files']?.data));
  const { stdout } = await succeeds(callTo(recorder.url, 'issued-files', 'TXN-1'), { env: credentials });
  expect(stdout).toMatch(/^Name +Type +Issuer +Date +URI$/m);
  expect(stdout).toMatch(
    /^Asha Canary +PANCR +Income Tax Department +01-01-2020 +in\.gov\.pan-PANCR-CANARY0000X$/m,
  );
});

test.each([[[]], [{ items: [] }]])('no documents are no failure: %j', async (data) => {
  const recorder = await createRecorder(answerWith(data));
  const args = callTo(recorder.url, 'issued-files', 'TXN-1');
  const { stdout } = await succeeds(args, { env: credentials });
  expect(stdout).toContain('The end user shared no documents.');
  expect(stdout).not.toContain('digilocker file');
  const { document } = await succeeds([...args, '--json'], { env: credentials });
  expect(document['data']).toEqual([]);
});

test('--field names one document of the list', async () => {
  const recorder = await createRecorder(answerWith(CALLS['issued-files']?.data));
  const args = callTo(recorder.url, 'issued-files', 'TXN-1', '--field', 'data.0.uri');
  expect((await succeeds(args, { env: credentials })).stdout).toBe(`${URN}\n`);
});

test.each(['data.0.uri', 'data.5'])(
  '--field %s of an empty list prints nothing, and says so',
  async (field) => {
    const recorder = await createRecorder(answerWith([]));
    const args = callTo(recorder.url, 'issued-files', 'TXN-1', '--field', field);
    const { code, stdout, stderr } = await runMain(args, { env: credentials });
    expect([code, stdout]).toEqual([0, '']);
    expect(stderr).toContain(`The answer has nothing at ${field}.`);
    const quiet = await runMain([...args, '--quiet'], { env: credentials });
    expect(quiet.stderr).not.toContain('nothing');
  },
);

test('one argument of file is the URN, where the session comes from the variable', async () => {
  const recorder = await createRecorder(answerWith({ userName: NAME }));
  await succeeds(callTo(recorder.url, 'file', URN, '--data', '--json'), {
    env: { ...credentials, DECENTRO_TXN_ID: 'TXN-3' },
  });
  expect(JSON.parse(recorder.requests[0]?.body ?? '')).toMatchObject({
    initial_decentro_transaction_id: 'TXN-3',
    file_urn: URN,
  });
});

test('file --data prints nothing but the data on standard output', async () => {
  const recorder = await createRecorder(answerWith({ userName: NAME, documentType: 'PANCR' }));
  const { stdout, stderr } = await runMain(callTo(recorder.url, 'file', 'TXN-1', URN, '--data'), {
    env: credentials,
  });
  expect(JSON.parse(stdout)).toEqual({ userName: NAME, documentType: 'PANCR' });
  expect(stderr).toMatch(/^Session +TXN-1\nCall +CALL-1$/m);
});

test('the human form of the eAadhaar has its data, and no base64', async () => {
  const image = 'QUFB'.repeat(200);
  const data = { ...(CALLS['eaadhaar']?.data as object), image };
  const recorder = await createRecorder(answerWith(data));
  const { stdout } = await succeeds(callTo(recorder.url, 'eaadhaar', 'TXN-1'), { env: credentials });
  expect(stdout).toMatch(/^Name +Asha Canary$/m);
  expect(stdout).toMatch(/^Address +7 Canary Street, Nowhere$/m);
  expect(stdout).not.toContain('QUFB');
});

test.each([
  ['eAadhaar could not be fetched: Try again, data not found', /refresh the Aadhaar card in DigiLocker/],
  ['aadhaar is not linked to the account', /there is no eAadhaar to fetch/],
])('the refusal "%s" has a remedy of its own', async (message, remedy) => {
  const recorder = await createRecorder(refusalOf(message, 'error_provider_error'));
  const { document } = await fails(callTo(recorder.url, 'eaadhaar', 'TXN-1', '--json'), 6, {
    env: credentials,
  });
  expect(document).toMatchObject({
    effect: 'no',
    message,
    error: { hint: expect.stringMatching(remedy), retryable: false },
  });
});
