import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { folderFault, isFolder, placeFault, writeDocuments } from '../../../src/host/document-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const BYTES = Buffer.from('%PDF-1.7');
const isPosix = process.platform !== 'win32';

function write(file: string, replaces = false) {
  const [one] = writeDocuments([{ about: 'it', file, bytes: BYTES, replaces }]);
  return one?.written;
}

describe('a place for a document', () => {
  test('is free where nothing is, and taken by a file unless it may be replaced', () => {
    const file = path.join(temporaryDirectory(), 'a.pdf');
    expect(placeFault(file, false)).toBeUndefined();
    writeFileSync(file, 'old');
    expect(placeFault(file, false)).toEqual({ what: 'exists already', reason: 'exists' });
    expect(placeFault(file, true)).toBeUndefined();
  });

  test('is neither a folder nor a link, nor has a name that is too long', () => {
    const folder = temporaryDirectory();
    expect(placeFault(folder, true)?.what).toBe('is a folder');
    expect(placeFault(path.join(folder, 'x'.repeat(221)), true)?.what).toBe('has a name that is too long');
    if (isPosix) {
      symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'link'));
      expect(placeFault(path.join(folder, 'link'), true)?.what).toMatch(/^is a link/);
      expect(placeFault('/dev/null', true)?.what).toBe('is not a regular file');
    }
  });

  (isPosix ? test : test.skip)('cannot be below a file', () => {
    const file = path.join(temporaryDirectory(), 'a');
    writeFileSync(file, '');
    const below = path.join(file, 'x'.repeat(200));
    expect(isFolder(below)).toBe(false);
    expect(folderFault(file)?.what).toBe('does not exist, or is not a folder');
    expect(isFolder(`${file}\0`)).toBe(false);
    expect(placeFault(path.join(path.dirname(file), `${'x/'.repeat(3000)}a`), false)?.what).toBe(
      'cannot be used (ENAMETOOLONG)',
    );
  });

  (isPosix ? test : test.skip)('cannot be in a folder whose path leaves no room for a name', () => {
    let folder = temporaryDirectory();
    for (const length of [200, 10]) {
      try {
        for (;;) {
          const below = path.join(folder, 'x'.repeat(length));
          mkdirSync(below);
          folder = below;
        }
      } catch {
        // It has become as long as it may.
      }
    }
    expect(folderFault(folder)?.what).toBe('cannot be written to (ENAMETOOLONG)');
  });
});

describe('documents', () => {
  test('get the next number where a name was taken, and leave what is there alone', () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a.pdf');
    writeFileSync(file, 'old');
    writeFileSync(`${file}.1`, 'older');
    expect(write(file)).toEqual({ file: `${file}.2` });
    expect(readFileSync(file, 'utf8')).toBe('old');
    expect(readFileSync(`${file}.2`)).toEqual(BYTES);
    expect(readdirSync(folder).sort()).toEqual(['a.pdf', 'a.pdf.1', 'a.pdf.2']);
  });

  test('take the place of a file where they may, and the next number where that is a folder', () => {
    const folder = temporaryDirectory();
    const [file, taken] = [path.join(folder, 'a.pdf'), path.join(folder, 'b.pdf')];
    writeFileSync(file, 'old');
    mkdirSync(taken);
    expect(write(file, true)).toEqual({ file });
    expect(readFileSync(file)).toEqual(BYTES);
    expect(write(taken, true)).toEqual({ file: `${taken}.1` });
  });

  test('are not written where a hundred names are taken', () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'a.pdf');
    for (const name of [file, ...Array.from({ length: 99 }, (_, index) => `${file}.${index + 1}`)])
      writeFileSync(name, '');
    expect(write(file)).toEqual({ code: 'EEXIST' });
    expect(readdirSync(folder)).toHaveLength(100);
  });

  test('tell what kept one of them from being written, and write the others', () => {
    const folder = temporaryDirectory();
    const files = [path.join(folder, 'nowhere', 'a.pdf'), path.join(folder, 'b.pdf')];
    const written = writeDocuments(
      files.map((file, about) => ({ about, file, bytes: BYTES, replaces: false })),
    );
    expect(written).toEqual([
      { about: 0, written: { code: 'ENOENT' } },
      { about: 1, written: { file: files[1] } },
    ]);
  });
});
