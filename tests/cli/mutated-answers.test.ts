import { beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { gzipSync } from 'node:zlib';
import { Failure } from '../../src/failure/failure.js';
import { renderHuman } from '../../src/output/human.js';
import { sessionFailure } from '../../src/commands/init-session/session-report.js';
import { jsonText } from '../../src/safety/visible.js';
import { SESSION_CREATED } from '../support/answer.js';
import { temporaryDirectory } from '../support/cleanup.js';
import { DOCUMENT_KEYS } from '../support/document-keys.js';
import { createFakeHost } from '../support/fake-host.js';
import { anyCharacter, generated, generatedTimeoutMs } from '../support/generated.js';
import { createRecorder, type Answer, type Recorder } from '../support/recorder.js';
import { start } from '../unit/api/call.js';

const RUNS = 10_000;
const ID = SESSION_CREATED.decentroTxnId;
const { authorizationUrl } = SESSION_CREATED.data;

const BASES: readonly (readonly (readonly [key: string, value: unknown])[])[] = [
  Object.entries(SESSION_CREATED),
  [
    ['decentro_txn_id', ID],
    ['status', 'SUCCESS'],
    ['response_code', 'S00000'],
    ['data', { authorization_url: authorizationUrl }],
    ['response_key', 'success_initiate_session'],
  ],
  [
    ['decentroTxnId', ID],
    ['status', 'FAILURE'],
    ['responseKey', 'error_consent_false'],
  ],
];

const anyKey = fc.oneof(fc.constantFrom(...BASES.flat().map(([key]) => key), '__proto__'), fc.string());
const anyValue = fc.oneof(
  fc.jsonValue({ stringUnit: anyCharacter }),
  fc.constantFrom(
    'SUCCESS',
    'FAILURE',
    'javascript:alert(1)',
    { authorizationUrl: 'file:///etc/passwd' },
    '',
  ),
);
const place = fc.nat(9);

/** A change to the members of an object, which may name a key twice. */
type Edit = (members: (readonly [string, unknown])[]) => void;
const jsonEdit: fc.Arbitrary<Edit> = fc.oneof(
  place.map(
    (at): Edit =>
      (members) =>
        void members.splice(at % (members.length + 1), 1),
  ),
  fc.tuple(place, anyValue).map(
    ([at, value]): Edit =>
      (members) =>
        void members.splice(at, 1, [members[at]?.[0] ?? 'x', value]),
  ),
  fc.tuple(place, anyKey).map(
    ([at, key]): Edit =>
      (members) =>
        void members.splice(at, 1, [key, members[at]?.[1]]),
  ),
  fc.tuple(anyKey, anyValue).map(
    ([key, value]): Edit =>
      (members) =>
        void members.push([key, value]),
  ),
);

function textOf(members: readonly (readonly [string, unknown])[]): string {
  return `{${members.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value ?? null)}`).join()}}`;
}

const json = fc
  .tuple(fc.constantFrom(...BASES), fc.array(jsonEdit, { maxLength: 3 }), fc.nat(20))
  .map(([base, edits, wrapping]) => {
    const members = [...base];
    for (const edit of edits) edit(members);
    const text = textOf(members);
    if (wrapping === 0) return `[${text}]`;
    return wrapping === 1 ? `<pre>${text}</pre>` : text;
  });

/** Puts bytes in the place of others, anywhere. */
const byteEdit = fc.record({
  at: fc.double({ min: 0, max: 1, noNaN: true }),
  gone: fc.nat(8),
  bytes: fc.uint8Array({ maxLength: 6 }),
});

const body = fc
  .tuple(json, fc.oneof({ weight: 2, arbitrary: fc.constant([]) }, fc.array(byteEdit, { maxLength: 3 })))
  .map(([text, edits]) => {
    let bytes = Buffer.from(text);
    for (const { at, gone, bytes: added } of edits) {
      const from = Math.floor(at * bytes.length);
      bytes = Buffer.concat([bytes.subarray(0, from), added, bytes.subarray(from + gone)]);
    }
    return bytes;
  });

const way = fc.oneof(
  { weight: 8, arbitrary: fc.constant('whole' as const) },
  fc.constantFrom('gzip' as const, 'cut' as const),
);
const status = fc.oneof(
  { weight: 6, arbitrary: fc.constant(200) },
  fc.constantFrom(201, 302, 400, 401, 500, 502),
);

function answerOf(bytes: Buffer, sent: 'whole' | 'gzip' | 'cut', code: number): Answer {
  if (sent === 'gzip')
    return { status: code, headers: { 'Content-Encoding': 'gzip' }, body: gzipSync(bytes) };
  if (sent === 'whole') return { status: code, body: bytes };
  return {
    status: code,
    headers: { 'Content-Length': String(bytes.length + 1) },
    body: bytes,
    then: 'close',
  };
}

/** Whether the ID stands in it as it should, and no other one does. */
function isIdReadable(bytes: Buffer): boolean {
  const text = bytes.toString('latin1');
  const named = text.match(/decentro(?:TxnId|_txn_id)/g) ?? [];
  return named.length === 1 && /"decentro(?:TxnId|_txn_id)":"59F864A69B6E4DE0BCD4DD927A5D6160"/.test(text);
}

describe('answers with faults of the wire', () => {
  let recorder: Recorder;
  let folder: string;
  let answer: Answer = {};

  beforeAll(async () => {
    folder = temporaryDirectory();
    recorder = await createRecorder(() => answer);
  });

  test(
    'a mutated answer is a session only if it is a good one, and loses no transaction ID (rules 15, 16, 17)',
    async () => {
      const property = fc.asyncProperty(body, way, status, async (bytes, sent, code) => {
        answer = answerOf(bytes, sent, code);
        const host = createFakeHost([], { cwd: folder, home: folder });
        const { error, result, facts } = await start(recorder.url, { host, timeoutMs: 10_000, retries: 0 });
        if (result !== undefined) {
          const raw = JSON.parse(bytes.toString()) as Record<string, unknown>;
          expect(raw['status']).toBe('SUCCESS');
          expect(Object.values(raw)).toContain(result.decentroTxnId);
          expect(result.authorizationUrl).toMatch(/^https:\/\//i);
          expect(facts).toMatchObject({ effect: 'yes', decentroTxnId: result.decentroTxnId });
          return;
        }
        if (!(error instanceof Failure)) throw error;
        expect(['access', 'rejected', 'upstream', 'unknown']).toContain(error.kind);
        expect(error.sent).toBe('yes');
        const report = sessionFailure(error);
        const document = JSON.parse(jsonText(report.document)) as Record<string, unknown>;
        expect(Object.keys(document)).toEqual(DOCUMENT_KEYS);
        const human = renderHuman(report.blocks, host.stderr);
        expect(human).not.toMatch(/\n {4}at |node:internal/);
        if (isIdReadable(bytes)) {
          expect(document['decentroTxnId']).toBe(ID);
          expect(human).toContain(ID);
        }
      });
      await fc.assert(property, generated('mutated answers', RUNS));
    },
    generatedTimeoutMs(240_000),
  );
});
