// What every call after a session says of a refusal, of doubt, and of the person whom it is about.
import { describe, expect, test } from '@jest/globals';
import { listIssuedFiles, pullFile, revokeSession } from '../../src/library/index.js';
import { Failure } from '../../src/failure/failure.js';
import type { Answer } from '../support/answer.js';
import { answerWith, callTo, CONSENT, PURPOSE, refusalOf } from '../support/calls.js';
import { createFakeHost } from '../support/fake-host.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, fails, runHost, runMain } from '../support/run-main.js';

const URN = 'in.gov.pan-PANCR-CANARY0000X';
const CODE = 'code-canary-7f';
const NUMBER = 'CANRY1234Z';
const NAME = 'Ashä Canary';

interface Case {
  readonly args: readonly string[];
  /** What it sends of a person. */
  readonly canaries: readonly string[];
  readonly remedy: RegExp;
  readonly doubt: RegExp;
  /** A success brings this. */
  readonly data: unknown;
}

const withUrn = { canaries: [URN, 'CANARY0000X'], remedy: /the URN/, doubt: /fetched and billed/ };
const PULL = ['pull-file', 'TXN-1', '--suite', 'sso', '--type', 'PAN', '--id-number', NUMBER];

const CALLS: Readonly<Record<string, Case>> = {
  'access-token': {
    args: ['access-token', 'TXN-1', '--code', CODE],
    canaries: [CODE],
    remedy: /the code, which works once/,
    doubt: /code may have been exchanged/,
    data: { expiresIn: 3600 },
  },
  'access-token of SSO': {
    args: ['access-token', 'TXN-1', '--code', CODE, '--suite', 'sso'],
    canaries: [CODE],
    remedy: /the code, which works once/,
    doubt: /code may have been exchanged/,
    data: { expiresIn: 3600 },
  },
  'issued-files': {
    args: ['issued-files', 'TXN-1'],
    canaries: [],
    remedy: /consented/,
    doubt: /list may have been made/,
    data: [],
  },
  file: { args: ['file', 'TXN-1', URN, '--to', '-'], data: { file: 'JVBERi0=' }, ...withUrn },
  'file --data': { args: ['file', 'TXN-1', URN, '--data'], data: { documentType: 'PANCR' }, ...withUrn },
  eaadhaar: {
    args: ['eaadhaar', 'TXN-1'],
    canaries: [],
    remedy: /consented/,
    doubt: /fetched and billed/,
    data: { aadhaarUid: 'x' },
  },
  'pull-file': {
    args: [...PULL, '--full-name', NAME, '--related', 'dlno=KA05CANARY'],
    canaries: [NUMBER, NAME, 'Ashä', 'KA05CANARY'],
    remedy: /number and name/,
    doubt: /may be among the issued files/,
    data: null,
  },
  revoke: {
    args: ['revoke', 'TXN-1', '--suite', 'sso'],
    canaries: [],
    remedy: /revoked before/,
    doubt: /may have been revoked/,
    data: { revoked: true },
  },
  api: {
    args: [
      'api',
      'POST',
      '/v2/kyc/digilocker/x',
      '--data',
      `pan=${NUMBER}`,
      '--data',
      `deep:={"a":["${URN}"]}`,
    ],
    canaries: [NUMBER, URN],
    remedy: /what else the request names/,
    doubt: /may have taken effect/,
    data: {},
  },
};

/** The command line of a call to a server; `api` and `revoke` have no consent. */
function lineTo(url: string, args: readonly string[], ...more: readonly string[]): string[] {
  const bare = ['api', 'revoke'].includes(args[0] ?? '');
  return callTo(url, ...args, ...more).filter(
    (word) => !bare || !(CONSENT as readonly string[]).includes(word),
  );
}

describe.each(Object.entries(CALLS))('%s', (name, { args, canaries, remedy, doubt, data }) => {
  const options = { env: credentials };
  const json = args.includes('-') ? args.slice(0, -2) : args;

  test('a refusal by DigiLocker says what to check, and is not worth a repetition', async () => {
    const { url } = await createRecorder(refusalOf('Unknown session.', 'error_provider_error'));
    const { document } = await fails(lineTo(url, json, '--json'), 6, options);
    expect(document).toMatchObject({
      effect: 'no',
      error: { hint: expect.stringMatching(remedy), retryable: false },
    });
    expect(document['error']).toMatchObject({ hint: expect.stringMatching(/check the transaction ID/) });
    expect(document['error']).toMatchObject({ hint: expect.not.stringMatching(/reference ID/) });
  });

  test('an unreadable success says what is in doubt', async () => {
    const { url } = await createRecorder({ body: 'Hello.' });
    const { document } = await fails(lineTo(url, json, '--json'), 6, options);
    expect(document).toMatchObject({ effect: 'unknown', error: { hint: expect.stringMatching(doubt) } });
  });

  test('Ctrl-C during the wait says what is in doubt', async () => {
    let interrupt: () => void = () => undefined;
    const { url } = await createRecorder((): Answer => {
      interrupt();
      return { then: 'hang' };
    });
    const host = createFakeHost(lineTo(url, json, '--json'), options);
    interrupt = () => {
      host.interrupt('SIGINT');
    };
    const { code, document } = await runHost(host);
    expect(code).toBe(130);
    expect(document).toMatchObject({ effect: 'unknown', error: { hint: expect.stringMatching(doubt) } });
  });

  test('a result that cannot be written says what is lost', async () => {
    const { url } = await createRecorder(answerWith(data));
    const stdoutError = new Failure('output', 'Standard output could not be written (ENOSPC).');
    const { code, stderr } = await runMain(lineTo(url, args), { ...options, stdoutError });
    expect(code).toBe(74);
    expect(stderr).toMatch(doubt);
    expect(stderr).toContain('CALL-1');
  });

  if (canaries.length === 0) return;

  const echo = canaries.join(' | ');
  const ESCAPED = [
    echo,
    encodeURIComponent(echo),
    echo.toUpperCase(),
    JSON.stringify(echo).replaceAll(/[^ -~]/g, (unit) => `\\u00${unit.charCodeAt(0).toString(16)}`),
  ];
  const answers: Readonly<Record<string, Answer>> = {
    'a refusal': refusalOf(ESCAPED.join(), 'error_of_tomorrow'),
    'a refusal with a key of it': refusalOf('No.', echo),
    'a success': answerWith(data, { message: ESCAPED.join() }),
    'an unreadable page': {
      headers: { 'Content-Type': 'text/html' },
      body: `<title>${ESCAPED.join()}</title>`,
    },
    'a 502': { status: 502, headers: { 'X-DECENTRO-URN': 'CODE' }, body: ESCAPED.join() },
    'a redirect': { status: 302, headers: { Location: `https://b.example/${encodeURIComponent(echo)}` } },
  };
  // The document of `api` holds the whole answer, which is what was asked for.
  const forms = [[], name === 'api' ? ['--verbose'] : ['--json', '--verbose'], ['--field', 'message']];

  test.each(Object.entries(answers))('shows nothing of the person that %s repeats', async (_what, answer) => {
    const headers = { ...answer.headers, 'X-Echo': encodeURIComponent(echo) };
    const { url } = await createRecorder({ ...answer, headers });
    for (const form of forms) {
      const { stdout, stderr } = await runMain(lineTo(url, json, ...form), options);
      const shown = `${stdout}${stderr}`.toLowerCase();
      for (const canary of canaries) {
        expect(shown).not.toContain(canary.toLowerCase());
        expect(shown).not.toContain(encodeURIComponent(canary).toLowerCase());
      }
    }
  });
});

describe('a failure of the library', () => {
  const target = (baseUrl: string) => ({
    baseUrl,
    credentials: { clientId: 'client-1', clientSecret: 'made-up-secret' },
  });
  const given = { transactionId: 'TXN-1', consent: true, consentPurpose: PURPOSE } as const;

  test('shows nothing of the person that the answer repeats', async () => {
    const { url } = await createRecorder(refusalOf(`${NUMBER} of ${NAME}`, 'error_provider_error'));
    const asked = { ...given, documentType: 'PAN', idNumber: NUMBER, fullName: NAME };
    const error: unknown = await pullFile(asked, { ...target(url), suite: 'sso' }).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({
      kind: 'upstream',
      retryable: false,
      details: { message: '******** of ********' },
    });
    expect(JSON.stringify(error)).not.toMatch(/CANRY|Canary/);
  });

  test('speaks of options, not of flags', async () => {
    const untyped = listIssuedFiles as (params: object, options: object) => Promise<unknown>;
    await expect(
      untyped({ ...given, transactionID: 'x' }, target('http://127.0.0.1:1')),
    ).rejects.toMatchObject({
      hint: 'Did you mean transactionId?',
    });
    await expect(untyped({ ...given, zzzzzzzz: 'x' }, target('http://127.0.0.1:1'))).rejects.toMatchObject({
      hint: 'Valid keys: transactionId, consentPurpose, consent, referenceId.',
    });
    const error = await revokeSession({ transactionId: 'TXN-1' }, target('http://127.0.0.1:1')).catch(
      (thrown: unknown) => thrown,
    );
    expect(error).toMatchObject({ kind: 'usage', hint: expect.stringMatching(/options\.suite 'sso'/) });
    expect(error).toMatchObject({ hint: expect.not.stringMatching(/--suite/) });
  });

  test('of a call without a reference ID speaks of none', async () => {
    const unreachable = { ...target('http://127.0.0.1:1'), suite: 'sso', retries: 0 } as const;
    await expect(revokeSession({ transactionId: 'TXN-1' }, unreachable)).rejects.toMatchObject({
      kind: 'network',
      hint: 'It is safe to repeat.',
    });
  });

  test('says what is in doubt where its signal ends the call', async () => {
    const controller = new AbortController();
    const { url } = await createRecorder((): Answer => {
      controller.abort();
      return { then: 'hang' };
    });
    await expect(listIssuedFiles(given, { ...target(url), signal: controller.signal })).rejects.toMatchObject(
      {
        kind: 'interrupted',
        hint: expect.stringMatching(/details\.effect says .*\n.*list may have been made/),
      },
    );
  });
});
