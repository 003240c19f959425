import { describe, expect, test } from '@jest/globals';
import { readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { ALONE } from '../../groups/alone.js';

const TESTS = fileURLToPath(new URL('../../', import.meta.url));
const FOLDERS = ['cli', 'unit'];

const read = (name: string) => readFileSync(path.join(TESTS, name), 'utf8');
const filesOf = (folder: string) =>
  readdirSync(path.join(TESTS, folder), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.test.ts'))
    .map((name) => `${folder}/${name.replaceAll(path.sep, '/')}`);

test.each(FOLDERS)('the groups of %s hold each of its files once', (folder) => {
  const calls = filesOf('groups').flatMap((name) => [
    ...read(name).matchAll(/runGroup\('(\w+)', (\d+), (\d+)\)/g),
  ]);
  const hands = calls
    .filter(([, name]) => name === folder)
    .map(([, , hand, hands]) => `${hand ?? ''} of ${hands ?? ''}`);
  expect(hands.sort()).toEqual(hands.map((_hand, index) => `${index + 1} of ${hands.length}`));
  expect(hands).not.toEqual([]);
});

describe('what a file of a group does to the others', () => {
  const files = FOLDERS.flatMap(filesOf);

  test('a file that puts something in the place of a module runs alone', () => {
    const mocking = files.filter((name) => /\bjest\.unstable_mockModule\(/.test(read(name)));
    expect(mocking).toEqual(ALONE);
  });

  test('what a file prepares for its tests stands in a describe', () => {
    const hooked = files.filter((name) => /^before(?:All|Each)\(/m.test(read(name)));
    expect(hooked).toEqual([]);
  });
});
