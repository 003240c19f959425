import { describe, expect, test } from '@jest/globals';
import { parseEnvelope, readUrn, salvageTransactionId, text } from '../../../src/api/envelope.js';

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

  test('reads every key, and keeps the whole answer', () => {
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

  test('takes what is of a wrong type, or empty, for absent', () => {
    expect(
      parse({ status: 'FAILURE', decentroTxnId: 42, responseKey: '', message: {}, data: [] }),
    ).toMatchObject({
      decentroTxnId: null,
      responseKey: null,
      message: null,
      data: null,
    });
  });

  test.each([
    { status: 'SUCCESS' },
    { status: 'FAILURE' },
    { responseKey: 'new' },
    { status: 'X', response_key: 'k' },
  ])('%j is an envelope', (value) => {
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
  ])('%j is none', (value) => {
    expect(parse(value)).toBeUndefined();
  });

  test('strips one byte order mark', () => {
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
  ])('takes only strict JSON in strict UTF-8 (%#)', (bytes) => {
    expect(parseEnvelope(bytes)).toBeUndefined();
  });

  test('takes 64 levels and no more', () => {
    const nested = (levels: number) =>
      Buffer.from(`{"status":"SUCCESS","x":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`);
    expect(parseEnvelope(nested(64))).toBeDefined();
    expect(parseEnvelope(nested(65))).toBeUndefined();
    expect(parseEnvelope(nested(100_000))).toBeUndefined();
  });
});

test('text finds own properties alone, the first spelling that holds something', () => {
  expect(text({ a: '', b: 'x', c: 'y' }, 'a', 'b', 'c')).toBe('x');
  expect(text({}, 'constructor', 'toString')).toBeNull();
});

test.each([
  ['{"decentroTxnId": "ABC-1_2", "status"', 'ABC-1_2'],
  ['…\'x\' {"decentro_txn_id":"abc"', 'abc'],
  ['{"decentroTxnId":""', null],
  ['{"decentroTxnId":"a b"', null],
  [`{"decentroTxnId":"${'a'.repeat(65)}"`, null],
  ['nothing', null],
])('salvages the transaction ID of %j', (body, id) => {
  expect(salvageTransactionId(Buffer.from(body))).toBe(id);
});

test.each([
  [{ 'x-decentro-urn': 'URN' }, 'URN'],
  [{ 'x-decentro-urn': '' }, null],
  [{ 'x-decentro-urn': ['a', 'b'] }, null],
  [{}, null],
])('reads the URN of %j', (headers, urn) => {
  expect(readUrn({ status: 500, headers, body: Buffer.alloc(0) })).toBe(urn);
});
