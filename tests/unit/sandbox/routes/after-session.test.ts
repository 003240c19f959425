import { describe, expect, test } from '@jest/globals';
import { dealt } from '../../../support/generated.js';
import {
  CREDENTIALS,
  callFor,
  envelopeOf,
  start,
  startSession,
  type CallName,
  type Suite,
} from '../support.js';

const PAN = 'in.gov.pan-PANCR-XXXXX0000X';
const AADHAAR = 'in.gov.uidai-ADHAR-00000000000000000000000000000000';
const LICENCE = 'in.gov.transport-DRVLC-XX000000000000';
const HOUR_MS = 3_600_000;

const CALLS: [name: CallName, fields: object][] = [
  ['issuedFiles', {}],
  ['file', { file_urn: PAN }],
  ['data', { file_urn: PAN }],
  ['eaadhaar', {}],
];

/** A session that needs no token, so that its files can be asked for once the end user consented. */
const OPEN: Record<Suite, object> = { classic: { abstract_access_token: true }, sso: {} };

async function outcomeOf(response: Response): Promise<[status: number, key: string, message: string]> {
  const { responseKey, message } = await envelopeOf(response);
  return [response.status, responseKey, message];
}

const refusal = (message: string) => [400, 'error_provider_error', message];

describe.each(['classic', 'sso'] as const)('In the suite %s', (suite) => {
  async function consented(changes: object = {}) {
    const sandbox = await start();
    const { id, link } = await startSession(sandbox, suite, { ...OPEN[suite], ...changes });
    sandbox.visit(link, 'allow');
    return { sandbox, id };
  }

  test('the issued files are a bare array of the documents', async () => {
    const { sandbox, id } = await consented();
    const envelope = await envelopeOf(await callFor(sandbox, suite, 'issuedFiles', id));
    expect(envelope).toMatchObject({
      status: 'SUCCESS',
      responseCode: 'S00000',
      responseKey: 'success_issued_files',
    });
    const files = envelope.data as unknown as Record<string, unknown>[];
    expect(files.map(({ uri }) => uri)).toEqual([AADHAAR, PAN, LICENCE]);
    expect(files[1]).toEqual({
      name: 'PAN Verification Record',
      description: 'PAN Verification Record',
      type: 'file',
      size: '',
      date: expect.stringMatching(/^\d\d-\d\d-\d{4}$/),
      parent: '',
      mime: ['application/json', 'application/xml', 'application/pdf'],
      uri: PAN,
      doctype: 'PANCR',
      issuerid: 'in.gov.pan',
      issuer: 'Income Tax Department',
    });
  });

  test.each([
    [AADHAAR, '%PDF-'],
    [PAN, '%PDF-'],
    [LICENCE, '\xff\xd8\xff'],
  ])('%s is downloaded in base64', async (urn, beginning) => {
    const { sandbox, id } = await consented();
    const { responseKey, data } = await envelopeOf(
      await callFor(sandbox, suite, 'file', id, { file_urn: urn }),
    );
    expect(responseKey).toBe('success_file_download');
    expect(Object.keys(data ?? {})).toEqual(['file']);
    expect(Buffer.from(String(data?.['file']), 'base64').toString('latin1').startsWith(beginning)).toBe(true);
  });

  test('the data of a file is there where the list calls JSON', async () => {
    const { sandbox, id } = await consented();
    const answer = await envelopeOf(await callFor(sandbox, suite, 'data', id, { file_urn: PAN }));
    expect(answer.responseKey).toBe('success_file_data');
    expect(answer.data).toEqual({
      documentIssuer: 'Income Tax Department',
      documentName: 'PAN Verification Record',
      documentType: 'PANCR',
      idNumber: 'XXXXX0000X',
      userName: 'Asha Example',
      userDateOfBirth: '01-01-1990',
      userGender: 'FEMALE',
      documentVerifiedOn: expect.stringMatching(/^\d\d-\d\d-\d{4} \d\d:\d\d:\d\d$/),
      documentStatus: 'Active',
    });
    expect(await outcomeOf(await callFor(sandbox, suite, 'data', id, { file_urn: LICENCE }))).toEqual(
      refusal('The file has no data as JSON.'),
    );
  });

  test('the eAadhaar has a PDF and an XML where they are asked for', async () => {
    const { sandbox, id } = await consented();
    const ask = async (fields: object) =>
      (await envelopeOf(await callFor(sandbox, suite, 'eaadhaar', id, fields))).data as
        Record<string, unknown> | undefined;
    const plain = await ask({});
    expect(Object.keys(plain ?? {})).toEqual([
      'aadhaarReferenceNumber',
      'aadhaarUid',
      'proofOfIdentity',
      'proofOfAddress',
      'image',
    ]);
    expect(plain).toMatchObject({
      aadhaarReferenceNumber: '',
      aadhaarUid: 'xxxxxxxx0000',
      proofOfIdentity: { name: 'Asha Example', dob: '01-01-1990', gender: 'F' },
    });
    const begins = (text: unknown) => Buffer.from(String(text), 'base64').toString('latin1').slice(0, 5);
    expect(begins(plain?.['image'])).toBe('\xff\xd8\xff\xe0\x00');
    const whole = await ask({ generate_pdf: true, generate_xml: true });
    expect([begins(whole?.['pdf']), begins(whole?.['xml'])]).toEqual(['%PDF-', '<?xml']);
    expect(await ask({ generate_pdf: false })).toEqual(plain);
  });

  test.each([
    ['generate_pdf', 'true'],
    ['generate_xml', 1],
    ['generate_pdf', null],
  ])('the eAadhaar is refused with %s %p', async (name, value) => {
    const { sandbox, id } = await consented();
    const response = await callFor(sandbox, suite, 'eaadhaar', id, { [name]: value });
    expect((await outcomeOf(response))[1]).toBe('error_malformed_request');
  });

  test.each([undefined, '', null, 7])('a file is refused with the URN %p', async (urn) => {
    const { sandbox, id } = await consented();
    for (const name of ['file', 'data'] as const) {
      const response = await callFor(sandbox, suite, name, id, { file_urn: urn });
      expect((await outcomeOf(response))[1]).toBe('error_malformed_request');
    }
  });

  test('a file that the session does not have is refused', async () => {
    const { sandbox, id } = await consented();
    for (const name of ['file', 'data'] as const) {
      const response = await callFor(sandbox, suite, name, id, { file_urn: `${PAN}x` });
      expect(await outcomeOf(response)).toEqual(refusal('The session has no such file.'));
    }
  });

  describe.each(CALLS)('%s', (name, fields) => {
    test('is refused before the end user has consented, and after they denied', async () => {
      const sandbox = await start();
      const { id, link } = await startSession(sandbox, suite, OPEN[suite]);
      const ask = async () => outcomeOf(await callFor(sandbox, suite, name, id, fields));
      expect(await ask()).toEqual(refusal('The end user has not consented yet.'));
      sandbox.visit(link, 'deny');
      expect(await ask()).toEqual(refusal('The end user denied the consent.'));
    });

    test('is refused after DigiLocker failed', async () => {
      const sandbox = await start({ scenario: 'redirect-failure' });
      const { id, link } = await startSession(sandbox, suite, OPEN[suite]);
      sandbox.visit(link, 'allow');
      expect(await outcomeOf(await callFor(sandbox, suite, name, id, fields))).toEqual(
        refusal('DigiLocker failed before the consent was complete.'),
      );
    });

    test("is refused for an unknown session, and for another client's", async () => {
      const { sandbox, id } = await consented();
      const unknown = 'No session of this client has this transaction ID.';
      for (const other of ['A'.repeat(32), id.toLowerCase(), 'x'])
        expect(await outcomeOf(await callFor(sandbox, suite, name, other, fields))).toEqual(refusal(unknown));
      const stranger = { ...CREDENTIALS, client_id: 'somebody-else' };
      expect(await outcomeOf(await callFor(sandbox, suite, name, id, fields, stranger))).toEqual(
        refusal(unknown),
      );
    });

    test('is refused an hour after the access began', async () => {
      const { sandbox, id } = await consented();
      sandbox.clockOffsetMs = HOUR_MS - 60_000;
      expect((await callFor(sandbox, suite, name, id, fields)).status).toBe(200);
      sandbox.clockOffsetMs = HOUR_MS;
      expect(await outcomeOf(await callFor(sandbox, suite, name, id, fields))).toEqual(
        refusal('The access to this session has expired: it lasted 1 hour.'),
      );
    });

    test('is refused with a reference ID that was used before', async () => {
      const { sandbox, id } = await consented();
      const given = { ...fields, reference_id: 'twice' };
      expect((await callFor(sandbox, suite, name, id, given)).status).toBe(200);
      expect((await outcomeOf(await callFor(sandbox, suite, name, id, given)))[1]).toBe(
        'error_duplicate_reference_id',
      );
    });
  });

  test.each<[name: CallName, scenario: string, part: string]>([
    ['file', 'bad-base64', 'file'],
    ['file', 'wrong-type', 'file'],
    ['eaadhaar', 'bad-base64', 'image'],
    ['eaadhaar', 'wrong-type', 'pdf'],
  ])('%s plays %s, whatever the session is', async (name, scenario, part) => {
    const fields = { file_urn: PAN, generate_pdf: true, reference_id: `sbx-${scenario}-1` };
    const { data } = await envelopeOf(await callFor(await start(), suite, name, 'unknown', fields));
    const text = String(data?.[part]);
    const isBase64 = /^[A-Za-z0-9+/]+=*$/.test(text);
    expect(isBase64).toBe(scenario === 'wrong-type');
    if (isBase64) expect(Buffer.from(text, 'base64').toString()).toMatch(/^GIF89a/);
  });

  test.each([
    ['data-not-found', 'eAadhaar could not be fetched: try again, data not found'],
    ['not-linked', 'eAadhaar could not be fetched: aadhaar is not linked to the account'],
  ] as const)('the eAadhaar plays %s, in the words that are documented', async (scenario, message) => {
    const sandbox = await start({ scenario });
    const { id } = await startSession(sandbox, suite);
    expect(await outcomeOf(await callFor(sandbox, suite, 'eaadhaar', id))).toEqual(refusal(message));
  });
});

test.each(dealt(['classic', 'sso'] as const, 0, 2))(
  'a huge file of %s is more than 32 MiB',
  async (suite) => {
    const fields = { file_urn: PAN, reference_id: 'sbx-huge-file-1' };
    const response = await callFor(await start(), suite, 'file', 'unknown', fields);
    expect((await response.arrayBuffer()).byteLength).toBeGreaterThan(32 * 1024 * 1024);
  },
);

describe('Without abstraction', () => {
  test('the files are there once the code has been exchanged, in one step or two', async () => {
    const sandbox = await start();
    for (const name of ['token', 'eaadhaar'] as const) {
      const { id, link } = await startSession(sandbox, 'classic');
      const code = new URL(sandbox.visit(link, 'allow')).searchParams.get('code');
      expect(await outcomeOf(await callFor(sandbox, 'classic', 'issuedFiles', id))).toEqual(
        refusal('The session has no access token: exchange its code first.'),
      );
      const path = name === 'token' ? 'access_token/code' : 'eaadhaar/onetime';
      const exchange = await fetch(`${sandbox.url}/v2/kyc/digilocker/${path}`, {
        method: 'POST',
        headers: CREDENTIALS,
        body: JSON.stringify({
          reference_id: `exchange-${name}`,
          consent: true,
          consent_purpose: 'KYC for opening a bank account',
          initial_decentro_transaction_id: id,
          digilocker_code: code,
        }),
      });
      expect(exchange.status).toBe(200);
      expect((await callFor(sandbox, 'classic', 'issuedFiles', id)).status).toBe(200);
    }
  });

  test('a code expires after an hour by the clock of the API', async () => {
    const sandbox = await start({ clockOffsetMs: HOUR_MS });
    const { id, link } = await startSession(sandbox, 'classic');
    const code = new URL(sandbox.visit(link, 'allow')).searchParams.get('code');
    const exchange = () => callFor(sandbox, 'classic', 'token', id, { digilocker_code: code });
    expect(await outcomeOf(await exchange())).toEqual(
      refusal('The code has expired: it was valid for 1 hour.'),
    );
    sandbox.clockOffsetMs = 0;
    expect((await exchange()).status).toBe(200);
  });
});

test('With abstraction, there is no code to exchange', async () => {
  const sandbox = await start();
  const { id, link } = await startSession(sandbox, 'classic', OPEN.classic);
  sandbox.visit(link, 'allow');
  expect(await outcomeOf(await callFor(sandbox, 'classic', 'token', id, { digilocker_code: 'x' }))).toEqual(
    refusal('Decentro exchanged the code of this session itself.'),
  );
});

test("One suite's calls take the other suite's sessions", async () => {
  const sandbox = await start();
  const classic = await startSession(sandbox, 'classic', OPEN.classic);
  const sso = await startSession(sandbox, 'sso');
  for (const { link } of [classic, sso]) sandbox.visit(link, 'allow');
  expect((await callFor(sandbox, 'sso', 'issuedFiles', classic.id)).status).toBe(200);
  expect((await callFor(sandbox, 'classic', 'issuedFiles', sso.id)).status).toBe(200);
});
