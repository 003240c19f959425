import { describe, expect, test } from '@jest/globals';
import {
  createClient,
  deriveReferenceId,
  Failure,
  fetchEaadhaar,
  initiateSession,
  parseCallback,
  pullFile,
  type CallOptions,
  type ClientOptions,
} from '../../../src/library/index.js';
import { SESSION_CREATED } from '../../support/answer.js';
import { CANARIES } from '../../support/canaries.js';
import { cleanUp } from '../../support/cleanup.js';
import { createCertificate } from '../../support/certificate.js';
import { createRecorder } from '../../support/recorder.js';

const PARAMS = {
  consent: true,
  consentPurpose: 'KYC for opening a bank account',
  redirectUrl: 'https://app.example/return',
} as const;

const PARAMS_OF_CALL = { transactionId: 'TXN-1', consent: true, consentPurpose: PARAMS.consentPurpose };

const at = (baseUrl: string) => ({ baseUrl, credentials: CANARIES });

/** What a call of a program without types ends with. */
async function failureOf(call: () => unknown): Promise<Failure> {
  try {
    await call();
  } catch (error) {
    if (error instanceof Failure) return error;
    throw error;
  }
  throw new Error('It succeeded');
}

const untyped = {
  initiateSession,
  fetchEaadhaar,
  createClient,
  deriveReferenceId,
  parseCallback,
  pullFile,
} as unknown as Record<string, (...args: unknown[]) => unknown>;

describe('a program without types', () => {
  test.each<[string, unknown[], string, RegExp]>([
    [
      'initiateSession',
      [{ ...PARAMS, redirectURL: 'x' }, at('http://127.0.0.1:1')],
      'usage',
      /redirectURL.*params/,
    ],
    ['initiateSession', [PARAMS, { ...at('http://127.0.0.1:1'), timeout: 1 }], 'usage', /timeout.*options/],
    ['fetchEaadhaar', [{ generatePDF: true }, at('http://127.0.0.1:1')], 'usage', /generatePDF/],
    [
      'fetchEaadhaar',
      [{ ...PARAMS_OF_CALL, generatePdf: 'yes' }, at('http://127.0.0.1:1')],
      'usage',
      /^generatePdf must be true or false\.$/,
    ],
    [
      'initiateSession',
      [{ ...PARAMS, redirectToSignup: 1 }, at('http://127.0.0.1:1')],
      'usage',
      /^redirectToSignup must be true or false\.$/,
    ],
    [
      'initiateSession',
      [
        { ...PARAMS, documentsForConsent: 'ADHAR' },
        { ...at('http://127.0.0.1:1'), suite: 'sso' },
      ],
      'usage',
      /^documentsForConsent must be a list of texts\.$/,
    ],
    ['initiateSession', [PARAMS], 'usage', /options must be an object/],
    ['initiateSession', [], 'usage', /params must be an object/],
    ['fetchEaadhaar', [], 'usage', /params must be an object/],
    ['createClient', [], 'config', /environment, or baseUrl/],
    ['createClient', [{ ...at('http://127.0.0.1:1'), retry: 1 }], 'usage', /retry/],
    [
      'initiateSession',
      [PARAMS, { baseUrl: 'http://127.0.0.1:1', credentials: { ...CANARIES, module_secret: 'x' } }],
      'usage',
      /"module_secret" in credentials/,
    ],
    [
      'initiateSession',
      [
        { ...PARAMS, documentsForConsent: ['ADHAR', 'PAN\r\n'] },
        { ...at('http://127.0.0.1:1'), suite: 'sso' },
      ],
      'usage',
      /documentsForConsent ends with a line break/,
    ],
    [
      'pullFile',
      [
        { transactionId: 'T', documentType: 'DRVLC', related: { year: NaN } },
        { ...at('http://127.0.0.1:1'), suite: 'sso' },
      ],
      'usage',
      /related has a number that JSON does not hold exactly \(year\)/,
    ],
    [
      'pullFile',
      [
        { ...PARAMS_OF_CALL, documentType: 'PAN', idNumber: 123 },
        { ...at('http://127.0.0.1:1'), suite: 'sso' },
      ],
      'usage',
      /^idNumber must be a text\.$/,
    ],
    [
      'pullFile',
      [
        { ...PARAMS_OF_CALL, documentType: 'PAN', idNumber: '1', fullName: null, related: null },
        { ...at('http://127.0.0.1:1'), suite: 'sso' },
      ],
      'usage',
      /^fullName must be a text\.\nrelated must be an object\.$/,
    ],
    ...[null, 'abc', ['a']].map((extra): [string, unknown[], string, RegExp] => [
      'initiateSession',
      [{ ...PARAMS, extra }, at('http://127.0.0.1:1')],
      'usage',
      /^extra must be an object\.$/,
    ]),
    ['deriveReferenceId', [], 'usage', /source must be an object/],
    ['deriveReferenceId', [null], 'usage', /source must be an object/],
    ['parseCallback', [new Set(['x']), { state: 'T' }], 'usage', /neither a URL nor a query/],
    ['parseCallback', ['/x?code=1', { stat: 'T' }], 'usage', /stat/],
    ['parseCallback', ['/x?code=1'], 'usage', /state/],
  ])('that calls %s(%j) gets a Failure', async (name, args, kind, message) => {
    const failure = await failureOf(() => untyped[name]?.(...args));
    expect(failure).toMatchObject({ kind, message: expect.stringMatching(message) });
  });

  test('is told the near miss', async () => {
    const failure = await failureOf(() =>
      untyped['initiateSession']?.({ ...PARAMS, redirectURL: 'x' }, at('http://127.0.0.1:1')),
    );
    expect(failure.hint).toBe('Did you mean redirectUrl?');
  });
});

test('an option that is null counts as absent', async () => {
  const recorder = await createRecorder([{ body: SESSION_CREATED }, { body: SESSION_CREATED }]);
  const options = { signal: null, onAttempt: null, proxy: null, ca: null, suite: null, retries: null };
  await untyped['initiateSession']?.(PARAMS, { ...at(recorder.url), ...options });
  const client = createClient({ ...at(recorder.url), ...options } as unknown as ClientOptions);
  await client.initiateSession(PARAMS, { signal: null } as unknown as Pick<CallOptions, 'signal'>);
  client.close();
  expect(recorder.requests).toHaveLength(2);
});

test('what a program has added to Object.prototype is not an option, nor a parameter', async () => {
  const added = {
    proxy: 'x',
    ca: 'x',
    suite: 'sso',
    retries: 'x',
    timeoutMs: 0,
    onAttempt: 1,
    maxConnections: 0,
  };
  for (const [name, value] of Object.entries({ ...added, moduleSecret: 'x', referenceId: '', extra: 1 })) {
    Object.defineProperty(Object.prototype, name, {
      value,
      enumerable: true,
      configurable: true,
      writable: true,
    });
    cleanUp(() => {
      Reflect.deleteProperty(Object.prototype, name);
    });
  }
  const recorder = await createRecorder([{ body: SESSION_CREATED }, { body: SESSION_CREATED }]);
  const credentials = { clientId: CANARIES.clientId, clientSecret: CANARIES.clientSecret };
  await initiateSession(PARAMS, { baseUrl: recorder.url, credentials });
  const client = createClient({ baseUrl: recorder.url, credentials });
  await client.initiateSession(PARAMS);
  client.close();
  expect(recorder.requests.map((request) => request.header('module_secret'))).toEqual([undefined, undefined]);
});

test('a call of a client has no credentials of its own, which its failures would not mask', async () => {
  const client = createClient(at('http://127.0.0.1:1'));
  const own = { credentials: CANARIES } as unknown as Pick<CallOptions, 'signal'>;
  const failure = await failureOf(() => client.initiateSession(PARAMS, own));
  client.close();
  expect(failure).toMatchObject({ kind: 'usage', message: 'Unknown key "credentials" in options.' });
});

test('JSON of a failure has its message', async () => {
  const failure = await failureOf(() => untyped['initiateSession']?.(PARAMS));
  expect(JSON.parse(JSON.stringify(failure))).toMatchObject({
    kind: 'usage',
    message: failure.message,
    sent: 'no',
    retryable: false,
    exitCode: 2,
  });
});

test.each([
  ['given', { referenceId: 'mine-1' }, false],
  ['generated', {}, true],
])('a duplicate of a reference ID that was %s is retryable: %p', async (_what, id, retryable) => {
  const duplicate = {
    status: 'FAILURE',
    responseCode: 'E00009',
    responseKey: 'error_duplicate_reference_id',
  };
  const recorder = await createRecorder([{ status: 400, body: { ...SESSION_CREATED, ...duplicate } }]);
  const failure = await failureOf(() => initiateSession({ ...PARAMS, ...id }, at(recorder.url)));
  expect(failure).toMatchObject({ kind: 'rejected', retryable });
});

describe('the connection', () => {
  test('trusts the authorities that are given', async () => {
    const certificate = createCertificate();
    const recorder = await createRecorder([{ body: SESSION_CREATED }], { tls: certificate });
    const session = await initiateSession(PARAMS, { ...at(recorder.url), ca: certificate.cert });
    expect(session.decentroTxnId).toBe(SESSION_CREATED.decentroTxnId);
  });

  test.each([
    ['ca', { ca: 'none' }, /^ca holds no certificate/],
    ['proxy', { proxy: 'socks5://proxy.example' }, /^proxy names a proxy of a kind/],
  ])('refuses a %s that cannot be used', async (_what, options, message) => {
    const failure = await failureOf(() =>
      initiateSession(PARAMS, { ...at('https://kyc.example'), ...options }),
    );
    expect(failure).toMatchObject({ kind: 'config', message: expect.stringMatching(message) });
    expect(failure.hint ?? '').not.toContain('NO_PROXY');
  });

  test('goes through the proxy that is given, and not for loopback', async () => {
    const options = { proxy: 'http://127.0.0.1:1', retries: 0 };
    const failure = await failureOf(() =>
      initiateSession(PARAMS, { ...at('https://kyc.example'), ...options }),
    );
    expect(failure).toMatchObject({
      kind: 'network',
      message: expect.stringContaining('the proxy 127.0.0.1:1'),
      hint: 'The proxy is the one that the option proxy names.',
    });
    const recorder = await createRecorder([{ body: SESSION_CREATED }]);
    await initiateSession(PARAMS, { ...at(recorder.url), ...options });
    expect(recorder.requests).toHaveLength(1);
  });
});
