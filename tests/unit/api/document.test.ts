import { describe, expect, test } from '@jest/globals';
import { parseDocument } from '../../../src/api/document.js';

const encode = (text: string | Buffer): string => Buffer.from(text).toString('base64');

test.each([
  ['%PDF-1.7', 'pdf'],
  ['<?xml version="1.0"?>', 'xml'],
  ['\ufeff \r\n\t<Certificate/>', 'xml'],
  ['<!-- a comment -->', 'xml'],
  ['<!DOCTYPE Certificate>', 'xml'],
  [Buffer.from('\ufeff<a/>', 'utf16le'), 'xml'],
  [Buffer.from('\ufeff<a/>', 'utf16le').swap16(), 'xml'],
  [Buffer.from([0xff, 0xd8, 0xff, 0xdb]), 'jpeg'],
])('the first bytes of %j say that it is a document: %s', (content, type) => {
  const document = parseDocument(encode(content));
  expect(document.type).toBe(type);
  expect(document.bytes).toEqual(Buffer.from(content));
});

test.each([
  [' %PDF-1.7'],
  ['GIF89a'],
  ['<html>'],
  ['<!DOCTYPE HTML>'],
  ['< a>'],
  ['{"a": 1}'],
  [Buffer.from([0xff, 0xd8])],
  [Buffer.from([0xfe, 0xff])],
])('%j is no document', (content) => {
  expect(parseDocument(encode(content)).type).toBeUndefined();
});

describe('base64', () => {
  test.each([['JVBERi0='], ['JVBERi0'], ['JVBE\r\nRi0=\r\n'], [' JVBERi0= ']])('is read as %j', (text) => {
    expect(parseDocument(text)).toEqual({ type: 'pdf', bytes: Buffer.from('%PDF-') });
  });

  test('is read in the alphabet of URLs', () => {
    expect(parseDocument('_9j_').type).toBe('jpeg');
  });

  test.each([['JVBERi0*'], ['JVBER'], ['JVBERi0=='], ['=JVBERi0'], ['JVBE=Ri0='], ['JVBERi0é']])(
    'is not %j, which is kept as it came',
    (text) => {
      expect(parseDocument(text)).toEqual({ type: undefined, bytes: Buffer.from(text) });
    },
  );
});
