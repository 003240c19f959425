import { describe, expect, jest, test } from '@jest/globals';
import fs, {
  closeSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { createFile, createLargeFile, takeName } from '../../../src/host/create-file.js';
import { appendToFile } from '../../../src/host/append-to-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';

function failLinks(code: string): void {
  jest.spyOn(fs, 'linkSync').mockImplementation(() => {
    throw Object.assign(new Error('made up'), { code });
  });
}

describe('a new file', () => {
  test('appears with its first text, for its owner alone, and never over another one', () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a');
    const descriptor = createFile(file, 'one\n');
    expect(descriptor).toEqual(expect.any(Number));
    if (descriptor !== undefined) closeSync(descriptor);
    expect(createFile(file, 'two\n')).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('one\n');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('is not made in a folder that is not there', () => {
    expect(() => createFile(path.join(temporaryDirectory(), 'nowhere', 'a'), '')).toThrow(/ENOENT/);
  });
});

describe('a new file of parts', () => {
  test('leaves one that has its name alone, unless it may replace it', async () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a');
    expect(await createLargeFile(file, ['one ', 'two'])).toBe(true);
    expect(await createLargeFile(file, ['three'])).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('one two');
    expect(await createLargeFile(file, ['three'], true)).toBe(true);
    expect(readFileSync(file, 'utf8')).toBe('three');
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('leaves nothing where its parts end with an error', async () => {
    const folder = temporaryDirectory();
    function* parts(): Generator<string> {
      yield 'one';
      throw new Error('no more');
    }
    await expect(createLargeFile(path.join(folder, 'a'), parts())).rejects.toThrow('no more');
    expect(readdirSync(folder)).toEqual([]);
  });
});

test('a name is given to no file that is gone', () => {
  const folder = temporaryDirectory();
  expect(() => takeName(path.join(folder, 'gone'), path.join(folder, 'a'))).toThrow(/ENOENT/);
  expect(readdirSync(folder)).toEqual([]);
});

// As exFAT, FAT on Windows, and some of the network.
describe.each(['EPERM', 'EISDIR', 'ENOTSUP'])('on a disk without hard links (%s)', (code) => {
  test('a new file appears with its first text, is appended to, and replaces no other one', () => {
    failLinks(code);
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a');
    const descriptor = createFile(file, 'one\n') ?? -1;
    writeSync(descriptor, 'two\n');
    closeSync(descriptor);
    expect(createFile(file, 'three\n')).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('one\ntwo\n');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['a']);
  });

  test('a new file of parts replaces no other one', async () => {
    failLinks(code);
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a');
    expect(await createLargeFile(file, ['one ', 'two'])).toBe(true);
    expect(await createLargeFile(file, ['three'])).toBe(false);
    expect(readFileSync(file, 'utf8')).toBe('one two');
    expect(readdirSync(folder)).toEqual(['a']);
  });
});

test('a new file that the disk has no room to name leaves nothing', () => {
  failLinks('ENOSPC');
  const folder = temporaryDirectory();
  expect(() => createFile(path.join(folder, 'a'), 'one\n')).toThrow('made up');
  expect(readdirSync(folder)).toEqual([]);
});

describe('what is appended', () => {
  test('goes by the end of the file, and makes it', () => {
    const file = path.join(temporaryDirectory(), 'a');
    expect(appendToFile(file, (tail) => `[${tail}]`)).toBeUndefined();
    expect(appendToFile(file, (tail) => `[${tail}]`)).toBeUndefined();
    expect(readFileSync(file, 'utf8')).toBe('[][[]]');
  });

  test('does not go into a file to which there is an objection', () => {
    const file = path.join(temporaryDirectory(), 'a');
    writeFileSync(file, 'old');
    expect(
      appendToFile(
        file,
        () => 'new',
        () => 'is not ours',
      ),
    ).toBe('is not ours');
    expect(readFileSync(file, 'utf8')).toBe('old');
  });

  test('goes into no device and no folder', () => {
    const folder = path.join(temporaryDirectory(), 'a');
    mkdirSync(folder);
    expect(() => appendToFile(folder, () => 'new')).toThrow();
    if (process.platform !== 'win32')
      expect(appendToFile('/dev/null', () => 'new')).toBe('is not a regular file');
  });
});
