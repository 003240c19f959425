import { describe, expect, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { Readable } from 'node:stream';
import zlib from 'node:zlib';
import { decompress, receive } from '../../../../src/api/http/reception.js';

const TEXT = '{"decentroTxnId":"T1","data":{"authorizationUrl":"https://digilocker.example/x"}}';
const MAX_BYTES = 4096;

describe('a body is kept as it comes', () => {
  function respond() {
    const outgoing = new EventEmitter();
    const reception = receive(outgoing, 10);
    const response = new Readable({ read: () => undefined });
    outgoing.emit('response', response);
    return { reception, response };
  }

  test('in one buffer, which holds on to none of its pieces', () => {
    const { reception, response } = respond();
    const pieces = Array.from('{"a":1}', (character) => Buffer.from(character));
    for (const piece of pieces) response.push(piece);
    for (const piece of pieces) piece.fill(0);
    expect(String(reception.body)).toBe('{"a":1}');
  });

  test('up to the limit, where the response ends (rule 14)', () => {
    const { reception, response } = respond();
    response.push(Buffer.alloc(10));
    expect(response.destroyed).toBe(false);
    response.push(Buffer.alloc(1000));
    expect(response.destroyed).toBe(true);
    expect(reception.body).toHaveLength(11);
  });
});

describe('the content codings of an answer come off:', () => {
  const { gzipSync: gzip, brotliCompressSync: br, deflateSync: deflate, deflateRawSync: raw } = zlib;

  test.each<[codings: string, body: Buffer]>([
    ['gzip', gzip(TEXT)],
    ['x-gzip', gzip(TEXT)],
    ['X-GZip', gzip(TEXT)],
    ['br', br(TEXT)],
    ['deflate', deflate(TEXT)],
    ['deflate', raw(TEXT)],
    ['x-deflate', deflate(TEXT)],
    ['identity', Buffer.from(TEXT)],
    ['', Buffer.from(TEXT)],
    ['gzip, identity', gzip(TEXT)],
    ['gzip, br', br(gzip(TEXT))],
    ['deflate ,x-gzip', gzip(deflate(TEXT))],
    ['gzip,, gzip', gzip(gzip(TEXT))],
    ['br, deflate, gzip, identity', gzip(deflate(br(TEXT)))],
    ['gzip', Buffer.concat([gzip(TEXT.slice(0, 20)), gzip(TEXT.slice(20))])],
    ['utf-8', Buffer.from(TEXT)],
    ['utf-8, gzip', gzip(TEXT)],
  ])('%s', async (codings, body) => {
    const decoded = await decompress(body, codings, MAX_BYTES);
    expect(decoded).toEqual({ body: Buffer.from(TEXT), obstacle: undefined });
  });

  test('as far as they go, where the end is missing', async () => {
    const { body, obstacle } = await decompress(
      gzip(deflate(TEXT)).subarray(0, -12),
      'deflate, gzip',
      MAX_BYTES,
    );
    expect(TEXT.startsWith(String(body))).toBe(true);
    expect(body.length).toBeGreaterThan(10);
    expect(obstacle).toBeUndefined();
  });

  test.each<[what: string, codings: string, body: Buffer, obstacle: string]>([
    ['more than anybody needs', 'gzip, gzip, gzip, gzip, gzip, gzip', gzip(TEXT), 'TOO_MANY_CODINGS'],
    ['what grows beyond the limit', 'gzip', gzip(Buffer.alloc(MAX_BYTES + 1)), 'TOO_LARGE'],
    [
      'what grows beyond the limit in between',
      'gzip, gzip',
      gzip(gzip(Buffer.alloc(9_000_000))),
      'TOO_LARGE',
    ],
    ['what was never compressed', 'gzip', Buffer.from(TEXT), 'Z_DATA_ERROR'],
    ['what was compressed once, and not twice', 'gzip, gzip', gzip(TEXT), 'Z_DATA_ERROR'],
  ])('but not %s', async (_what, codings, body, obstacle) => {
    const decoded = await decompress(body, codings, MAX_BYTES);
    expect(decoded.obstacle).toBe(obstacle);
    expect(decoded.body.length).toBeLessThanOrEqual(MAX_BYTES);
  });

  const { zstdCompressSync: zstd } = zlib as unknown as { zstdCompressSync?: (text: string) => Buffer };
  (zstd === undefined ? test.skip : test)('zstd, where Node.js can', async () => {
    const body = zstd?.(TEXT) ?? Buffer.alloc(0);
    expect(String((await decompress(body, 'zstd', MAX_BYTES)).body)).toBe(TEXT);
  });
});
