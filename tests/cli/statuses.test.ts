import { describe, expect, test } from '@jest/globals';
import { SESSION_CREATED, type Answer } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { dealt } from '../support/generated.js';
import { createRecorder } from '../support/recorder.js';
import { credentials, runMain } from '../support/run-main.js';

const { decentroTxnId } = SESSION_CREATED;
const refusal = (responseKey?: string) => ({ decentroTxnId, status: 'FAILURE', message: 'No.', responseKey });

/** The bodies, by what they say. */
const BODIES = {
  nothing: '',
  page: '<h1>No</h1>',
  keyless: refusal(),
  unknown: refusal('error_of_tomorrow'),
  caller: refusal('error_consent_false'),
  operator: refusal('error_no_subscription_found'),
  decentro: refusal('error_provider_error'),
  success: SESSION_CREATED,
} as const;
type Body = keyof typeof BODIES;
const ALL = Object.keys(BODIES) as Body[];

type End = readonly [code: number, sessionCreated: 'no' | 'yes' | 'unknown'];

/** How a status ends without an envelope, with one that names no key, and with one whose key is unknown. */
const STATUSES: readonly (readonly [status: number, bare: End, keyless: End, unknown: End])[] = [
  ...[200, 201, 202, 203, 206].map((status) => [status, [6, 'unknown'], [5, 'no'], [5, 'no']] as const),
  ...[300, 301, 302, 303, 307, 308].map((status) => [status, [6, 'unknown'], [6, 'no'], [6, 'no']] as const),
  ...[400, 402, 404, 405, 409, 413, 415, 422, 425, 431, 451].map(
    (status) => [status, [5, 'no'], [5, 'no'], [5, 'no']] as const,
  ),
  ...[401, 403].map((status) => [status, [4, 'no'], [4, 'no'], [5, 'no']] as const),
  ...[429, 500, 503].map((status) => [status, [6, 'unknown'], [6, 'no'], [6, 'no']] as const),
  ...[408, 501, 502, 504, 511, 520, 599, 999].map(
    (status) => [status, [8, 'unknown'], [8, 'unknown'], [8, 'unknown']] as const,
  ),
];

/** Retry-After, and the waits that it leads to after 429. */
const RETRY_AFTER: readonly (readonly [value: string | string[] | undefined, waits: readonly number[]])[] = [
  [undefined, []],
  ['0', [0, 0]],
  ['2', [2000, 2000]],
  ['3600', []],
  ['Fri, 02 Jan 2026 03:04:07 GMT', [2000, 0]],
  ['Thu, 01 Jan 2026 00:00:00 GMT', [0, 0]],
  ['soon', []],
  ['-1', []],
  ['1.5', []],
  // Node hands on the first of two.
  [
    ['2', '3600'],
    [2000, 2000],
  ],
  [['3600', '2'], []],
];

/** The bodies and the Retry-After that a status is met with: for 429, which is repeated, the most. */
function answersTo(status: number): readonly (readonly [body: Body, value: string | string[] | undefined])[] {
  const row = STATUSES.findIndex(([other]) => other === status);
  const crossed = RETRY_AFTER.flatMap(([value], index) =>
    dealt(ALL, index, 2).map((body) => [body, value] as const),
  );
  if (status === 429) return crossed;
  if (status === 503) return dealt(crossed, row, 3);
  const bare = dealt(ALL, row, 2).map((body) => [body, undefined] as const);
  const values = dealt(RETRY_AFTER.slice(1), row, 10);
  return [...bare, ...values.flatMap(([value]) => [['page', value] as const, ['decentro', value] as const])];
}

function endOf(status: number, body: Body, [bare, keyless, unknown]: readonly End[]): End | undefined {
  const isRedirect = status >= 300 && status < 400;
  const ends: Record<Body, End | undefined> = {
    nothing: bare,
    page: bare,
    keyless,
    unknown,
    caller: [5, 'no'],
    operator: [4, 'no'],
    decentro: [6, 'no'],
    success: isRedirect ? [6, 'unknown'] : [0, 'yes'],
  };
  return ends[body];
}

async function answered(answer: Answer, ...flags: readonly string[]) {
  const recorder = await createRecorder(() => answer);
  const target = ['--base-url', recorder.url, '--allow-host', '127.0.0.1', '--json', ...flags];
  const purpose = ['--consent', '--consent-purpose', 'KYC for opening a bank account'];
  const args = ['init-session', ...purpose, '--redirect-url', 'https://app.example', ...target];
  const folder = temporaryDirectory();
  const run = await runMain(args, { env: credentials, cwd: folder, home: folder });
  await recorder.close();
  const ids = recorder.requests.map((request) => (request.json() as { reference_id: string }).reference_id);
  return { ...run, ids, document: run.document as Record<string, unknown> & { attempts: object[] } };
}

describe('a status ends as promised, and only 429 that says when is repeated (rules 13, 18, 19, 20)', () => {
  test.each(STATUSES)('%i', async (status, ...ends) => {
    for (const [body, value] of answersTo(status)) {
      const [, foreseen] = RETRY_AFTER.find(([other]) => other === value) ?? [];
      const headers = value === undefined ? {} : { 'Retry-After': value };
      const run = await answered({ status, headers, body: BODIES[body] });
      const [code, sessionCreated] = endOf(status, body, ends) ?? [];
      const waits = status === 429 && code === 6 ? (foreseen ?? []) : [];
      const { document, ids } = run;
      const what = { status, body, value };
      expect({ ...what, code: run.code, sleeps: run.sleeps }).toEqual({ ...what, code, sleeps: waits });
      expect({ ...what, sessionCreated: document['sessionCreated'] }).toEqual({ ...what, sessionCreated });
      expect(new Set(ids).size).toBe(waits.length + 1);
      expect(document.attempts).toEqual(
        ids.map((referenceId) => ({ referenceId, httpStatus: status, sent: 'yes' })),
      );
      expect(run.stderr.match(/^Reference ID: .*$/gm)).toEqual(ids.map((id) => `Reference ID: ${id}`));
      const isReadable = body !== 'nothing' && body !== 'page';
      expect(document['decentroTxnId']).toBe(isReadable ? decentroTxnId : null);
    }
  });
});

describe('429 with Retry-After (rule 19)', () => {
  const busy = { status: 429, headers: { 'Retry-After': '0' }, body: 'Too Many Requests' };

  test('does not replace a reference ID that was given', async () => {
    const { code, ids, document } = await answered(busy, '--reference-id', 'mine');
    expect([code, ids]).toEqual([6, ['mine']]);
    expect(document['error']).toMatchObject({
      kind: 'upstream',
      retryable: true,
      hint: expect.stringMatching(/reference ID/),
    });
  });

  test.each(['0', '3'])(
    'is tried again as often as --retries %s says, and not once more',
    async (retries) => {
      const { code, ids } = await answered(busy, '--retries', retries);
      expect([code, new Set(ids).size]).toEqual([6, Number(retries) + 1]);
    },
  );

  test('of a key that waiting does not help ends the command', async () => {
    const { code, ids } = await answered({ ...busy, body: refusal('error_module_credits_exhausted') });
    expect([code, ids.length]).toEqual([4, 1]);
  });
});

test.each([204, 304])('%i has no body, whatever follows it', async (status) => {
  const { code, document } = await answered({ status, body: SESSION_CREATED });
  expect(code).toBe(6);
  expect(document).toMatchObject({ sessionCreated: 'unknown', decentroTxnId: null, httpStatus: status });
});

const body = JSON.stringify(SESSION_CREATED);
const head = `HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`;

test.each(['100 Continue', '102 Processing', '103 Early Hints\r\nLink: <https://a.example>'])(
  'HTTP %s is no answer yet',
  async (informational) => {
    const early = `HTTP/1.1 ${informational}\r\n\r\n`;
    const { code, ids } = await answered({ raw: `${early}${early}${head}${body}` });
    expect(code).toBe(0);
    expect(ids).toHaveLength(1);
  },
);

test('101 leads to nothing that could be read', async () => {
  const raw = `HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n${head}${body}`;
  const { code, document } = await answered({ raw });
  expect(code).toBe(8);
  expect(document).toMatchObject({ sessionCreated: 'unknown', attempts: [{ sent: 'unknown' }] });
  expect(JSON.stringify(document)).toContain('ERR_UNASKED_UPGRADE');
});
