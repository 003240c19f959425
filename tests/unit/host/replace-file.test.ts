import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { replacingFault, replaceFile } from '../../../src/host/replace-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const isPosix = process.platform !== 'win32';

describe('replaceFile', () => {
  test('replaces content and mode, and leaves nothing beside', () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'config');
    writeFileSync(file, 'old', { mode: 0o644 });
    replaceFile(file, 'new', 0o600);
    expect(readFileSync(file, 'utf8')).toBe('new');
    if (isPosix) expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['config']);
  });

  test('leaves nothing behind when the last step fails', () => {
    const folder = temporaryDirectory();
    mkdirSync(path.join(folder, 'config', 'inside'), { recursive: true });
    expect(() => {
      replaceFile(path.join(folder, 'config'), 'new', 0o600);
    }).toThrow(expect.objectContaining({ code: expect.stringMatching(/^E/) }));
    expect(readdirSync(folder)).toEqual(['config']);
  });

  test('fails where there is no folder', () => {
    expect(() => {
      replaceFile(path.join(temporaryDirectory(), 'no', 'config'), 'new', 0o600);
    }).toThrow(expect.objectContaining({ code: 'ENOENT' }));
  });
});

describe('replacingFault', () => {
  test('objects to links, folders and files of others, and to nothing else (rule 8)', () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, 'file');
    writeFileSync(file, '');
    expect(replacingFault(file, statSync(file).uid)).toBeUndefined();
    expect(replacingFault(path.join(folder, 'absent'))).toBeUndefined();
    expect(replacingFault(folder)).toBe('is not a regular file');
    expect(replacingFault(file, statSync(file).uid + 1)).toMatch(/^belongs to another user/);
    symlinkSync(file, path.join(folder, 'link'));
    symlinkSync(path.join(folder, 'nowhere'), path.join(folder, 'dangling'));
    for (const name of ['link', 'dangling'])
      expect(replacingFault(path.join(folder, name))).toBe('is a link, which is never written through');
  });
});
