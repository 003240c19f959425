import { describe, expect, test } from '@jest/globals';
import { parseEnvelope, findUrn, salvageTransactionIds, text } from '../../../src/api/envelope.js';

const parse = (value: unknown) => parseEnvelope(Buffer.from(JSON.stringify(value)));

describe('parseEnvelope', () => {
  const camel = {
    decentroTxnId: 'TXN',
    status: 'SUCCESS',
    responseCode: 'S00000',
    message: 'Done.',
    data: { authorizationUrl: 'https://x.example' },
    responseKey: 'success_initiate_session',
    novelty: [1],
  };

  test('reads every key, and keeps the whole answer (rule 15)', () => {
    const { novelty, ...known } = camel;
    expect(novelty).toEqual([1]);
    expect(parse(camel)).toEqual({ ...known, raw: camel });
  });

  test('reads snake case', () => {
    const snake = { decentro_txn_id: 'TXN', status: 'FAILURE', response_code: 'E', response_key: 'error_x' };
    expect(parse(snake)).toMatchObject({
      decentroTxnId: 'TXN',
      status: 'FAILURE',
      responseCode: 'E',
      responseKey: 'error_x',
      message: null,
      data: null,
      raw: snake,
    });
  });

  test('takes what is of a wrong type, or empty, for absent (rule 15)', () => {
    expect(parse({ status: 'FAILURE', decentroTxnId: 42, responseKey: '', message: {} })).toMatchObject({
      decentroTxnId: null,
      responseKey: null,
      message: null,
      data: null,
    });
  });

  test('takes a number for no text, however long it is (rule 15)', () => {
    const envelope = parseEnvelope(Buffer.from('{"status":"SUCCESS","decentroTxnId":9007199254740993}'));
    expect(envelope).toMatchObject({ decentroTxnId: null, raw: { decentroTxnId: '9007199254740993' } });
  });

  test.each([
    { status: 'SUCCESS' },
    { status: 'FAILURE' },
    { responseKey: 'new' },
    { status: 'X', response_key: 'k' },
  ])('%j is an envelope (rule 15)', (value) => {
    expect(parse(value)).toBeDefined();
  });

  test.each([
    null,
    [],
    42,
    'SUCCESS',
    true,
    {},
    { status: 'success' },
    { status: 'PENDING' },
    { status: 1 },
    { message: 'x' },
  ])('%j is none (rule 15)', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  test.each([
    { decentroTxnId: 'A', decentro_txn_id: 'B', status: 'SUCCESS' },
    { responseKey: 'a', response_key: 'b', status: 'SUCCESS' },
    { responseCode: 'a', response_code: 'b', status: 'SUCCESS' },
  ])('%j contradicts itself, and is none', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  test('may say the same in both spellings', () => {
    expect(parse({ decentroTxnId: 'A', decentro_txn_id: 'A', status: 'SUCCESS' })?.decentroTxnId).toBe('A');
  });

  test('strips one byte order mark (rule 15)', () => {
    const bytes = Buffer.from('\uFEFF{"status":"SUCCESS"}');
    expect(parseEnvelope(bytes)).toBeDefined();
    expect(parseEnvelope(Buffer.concat([Buffer.from('\uFEFF'), bytes]))).toBeUndefined();
  });

  test.each([
    Buffer.from(''),
    Buffer.from('{"status":"SUCCESS"'),
    Buffer.from("{'status':'SUCCESS'}"),
    Buffer.from('{"status":"SUCCESS","message":"\xFF"}', 'latin1'),
    Buffer.from('{"status":"SUCCESS"}', 'utf16le'),
    Buffer.from(
      '{"status":"SUCCESS","data":{"authorizationUrl":"https://a","authorizationUrl":"https://b"}}',
    ),
  ])('takes only strict JSON in strict UTF-8 (%#) (rule 15)', (bytes) => {
    expect(parseEnvelope(bytes)).toBeUndefined();
  });

  test('takes 64 levels and no more (rule 15)', () => {
    const nested = (levels: number) =>
      Buffer.from(`{"status":"SUCCESS","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);
    expect(parseEnvelope(nested(64))).toBeDefined();
    expect(parseEnvelope(nested(65))).toBeUndefined();
    expect(parseEnvelope(nested(100_000))).toBeUndefined();
  });
});

test('text finds own properties alone, in whatever spelling holds something', () => {
  expect(text({ a: '', b: 'x', c: 7 }, 'a', 'b', 'c')).toBe('x');
  expect(text({ a: 'x', b: 'x' }, 'a', 'b')).toBe('x');
  expect(text({}, 'constructor', 'toString')).toBeNull();
});

test('text takes no side where two spellings differ', () => {
  expect(text({ a: 'x', b: 'y' }, 'a', 'b')).toBeNull();
});

describe('salvageTransactionIds', () => {
  test('reads UTF-16', () => {
    expect(salvageTransactionIds(Buffer.from('{"decentroTxnId":"abc"}', 'utf16le'))).toEqual(['abc']);
  });

  test.each([
    ['{"decentroTxnId": "ABC-1_2", "status"', ['ABC-1_2']],
    ['…\'x\' {"decentro_txn_id":"abc"', ['abc']],
    ["{'decentroTxnId': 'abc'}", ['abc']],
    ['{"error":"upstream: {\\"decentroTxnId\\":\\"abc\\"}"}', ['abc']],
    ['<pre>{&quot;decentroTxnId&quot;:&quot;abc&quot;}</pre>', ['abc']],
    ['{"decentroTxnId":"a"}{"decentroTxnId":"a"}', ['a']],
    ['{"decentroTxnId":"a","decentroTxnId":"b"}', ['a', 'b']],
    ['{"decentroTxnId":"a","decentro_txn_id":"b"}', ['a', 'b']],
    ['{"decentroTxnId":"A1:é"}', ['A1:é']],
    [`{"decentroTxnId":"${'a'.repeat(128)}"`, ['a'.repeat(128)]],
    ['{"decentroTxnId":"abc', []],
    ['{"decentroTxnId":""', []],
    ['{"decentroTxnId":"a b"', []],
    ['{"decentroTxnId":42}', []],
    ['{"initial_decentro_txn":"a"}', []],
    [`{"decentroTxnId":"${'a'.repeat(129)}"`, []],
    ['nothing', []],
  ])('of %j are %j', (body, ids) => {
    expect(salvageTransactionIds(Buffer.from(body))).toEqual(ids);
  });
});

test.each([
  [{ 'x-decentro-urn': 'URN' }, 'URN'],
  [{ 'x-decentro-urn': '' }, null],
  [{ 'x-decentro-urn': ['a', 'b'] }, null],
  [{}, null],
])('reads the URN of %j', (headers, urn) => {
  expect(findUrn({ status: 500, headers, body: Buffer.alloc(0) })).toBe(urn);
});
