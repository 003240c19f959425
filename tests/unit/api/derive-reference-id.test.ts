import { expect, test } from '@jest/globals';
import { createHash } from 'node:crypto';
import { deriveReferenceId } from '../../../src/api/derive-reference-id.js';

const SOURCE = { environment: 'staging', batch: 'rekyc-2026-11', key: 'C0000012', attempt: 1 };

test('a derived reference ID is the UUIDv8 of the SHA-256 of its source, the same on every machine', () => {
  const digest = createHash('sha256')
    .update('["digilocker-batch/1","staging","rekyc-2026-11","C0000012",1]')
    .digest('hex');
  const id = deriveReferenceId(SOURCE);
  expect(id).toMatch(/^[\da-f]{8}-[\da-f]{4}-8[\da-f]{3}-[89ab][\da-f]{3}-[\da-f]{12}$/);
  const hex = id.replaceAll('-', '');
  // Version and variant take two digits of it.
  const expected =
    digest.slice(0, 12) + hex.charAt(12) + digest.slice(13, 16) + hex.charAt(16) + digest.slice(17, 32);
  expect(hex).toBe(expected);
});

test('another environment, batch, key or attempt is another reference ID', () => {
  const others = [
    SOURCE,
    { ...SOURCE, environment: 'production' },
    { ...SOURCE, batch: 'rekyc-2026-12' },
    { ...SOURCE, key: 'C0000013' },
    { ...SOURCE, attempt: 2 },
    // Parts that only run together may not meet.
    { ...SOURCE, batch: 'rekyc-2026-11","C', key: '0000012' },
  ];
  expect(new Set(others.map(deriveReferenceId)).size).toBe(others.length);
});

test('keys of any script and lone surrogates have reference IDs of their own', () => {
  const keys = ['ग्राहक-1', 'ग्राहक-2', '\ud800', '\ud801', ''];
  expect(new Set(keys.map((key) => deriveReferenceId({ ...SOURCE, key }))).size).toBe(keys.length);
});
