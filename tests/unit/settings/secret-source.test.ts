import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { chmodSync, symlinkSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import {
  MAX_FILE_BYTES,
  parseSecretSource,
  readSecretFile,
  foreignReferenceFault,
} from '../../../src/settings/secret-source.js';
import { temporaryDirectory } from '../../support/cleanup.js';
import { writeFiles } from '../../support/fake-host.js';

const USER = process.getuid?.();

test.each([
  ['env:DECENTRO_X', { type: 'variable', name: 'DECENTRO_X' }],
  ['env:', { type: 'variable', name: '' }],
  ['file:secrets/x', { type: 'file', path: '/folder/secrets/x' }],
  ['file:/run/secrets/x', { type: 'file', path: '/run/secrets/x' }],
  ['file:../x', { type: 'file', path: '/x' }],
  ['a-secret', { type: 'literal', value: 'a-secret' }],
  ['ENV:X', { type: 'literal', value: 'ENV:X' }],
  ['https://x', { type: 'literal', value: 'https://x' }],
])('%s is %j', (text, source) => {
  expect(parseSecretSource(text, '/folder')).toEqual(source);
});

describe('a project file may refer (rule 9)', () => {
  function folderWith(files: Readonly<Record<string, string>> = {}): string {
    const root = temporaryDirectory();
    writeFiles(root, { 'outside/secret': 'x', 'project/inside/secret': 'x', ...files });
    return path.join(root, 'project');
  }

  function refuse(text: string, folder: string): string | undefined {
    return foreignReferenceFault(parseSecretSource(text, folder), folder);
  }

  test.each(['a-secret', 'env:DECENTRO_X', 'file:inside/secret', 'file:./not/there', 'file:..data/x'])(
    'to %s',
    (text) => {
      expect(refuse(text, folderWith())).toBeUndefined();
    },
  );

  test.each(['env:AWS_SECRET_ACCESS_KEY', 'env:', 'env:decentro_x'])('but not to %s', (text) => {
    expect(refuse(text, folderWith())).toContain('begin with DECENTRO_');
  });

  test.each([
    'file:../outside/secret',
    'file:/etc/passwd',
    'file:.',
    'file:',
    'file:inside/../../outside/secret',
  ])('but not to %s', (text) => {
    expect(refuse(text, folderWith())).toContain("below the config file's own folder");
  });

  test('but not to a link that leads out of its folder', () => {
    const folder = folderWith();
    symlinkSync('../outside', path.join(folder, 'link'));
    symlinkSync('inside/secret', path.join(folder, 'own'));
    expect(refuse('file:link/secret', folder)).toContain("below the config file's own folder");
    expect(refuse('file:own', folder)).toBeUndefined();
  });
});

describe('a secret in a file', () => {
  function fileOf(content: string): string {
    const folder = temporaryDirectory();
    writeFiles(folder, { secret: content });
    return path.join(folder, 'secret');
  }

  test.each([
    ['made-up', 'made-up'],
    ['made-up\n', 'made-up'],
    ['made-up\r\n', 'made-up'],
    ['\uFEFFmade-up\n', 'made-up'],
    [' made up ', ' made up '],
  ])('%j is %j', (content, secret) => {
    expect(readSecretFile(fileOf(content), USER)).toBe(secret);
  });

  test.each([
    ['', 'is empty'],
    ['\n', 'is empty'],
    ['made-up\nsecond', 'holds more than one line'],
    ['made-up\n\n', 'holds more than one line'],
    ['made-up\rsecond', 'holds more than one line'],
    ['x'.repeat(MAX_FILE_BYTES + 1), 'is larger than 64 KiB'],
  ])('content %# %s (rules 2, 3)', (content, what) => {
    const file = fileOf(content);
    expect(() => readSecretFile(file, USER)).toThrow(
      expect.objectContaining({ kind: 'config', message: `${file} ${what}.` }),
    );
  });

  test('that does not exist, or is none, is named by its path (rules 2, 3)', () => {
    const folder = temporaryDirectory();
    execFileSync('mkfifo', [path.join(folder, 'fifo')]);
    expect(() => readSecretFile(folder, USER)).toThrow(`${folder} is not a regular file.`);
    expect(() => readSecretFile(path.join(folder, 'fifo'), USER)).toThrow('is not a regular file.');
    expect(() => readSecretFile(path.join(folder, 'no'), USER)).toThrow(`${folder}/no does not exist.`);
  });

  test.each([0o620, 0o602, 0o666])('that others may write is refused with mode %i (rule 38)', (mode) => {
    const file = fileOf('made-up');
    chmodSync(file, mode);
    expect(() => readSecretFile(file, USER)).toThrow(
      expect.objectContaining({
        message: `${file} can be changed by other users.`,
        hint: `chmod go-w ${file}`,
      }),
    );
    expect(readSecretFile(file, undefined)).toBe('made-up');
  });

  test('that has to be below a folder is not read through a link that leads out of it (rules 9, 38)', () => {
    const [outside, folder] = [path.dirname(fileOf('made-up')), path.dirname(fileOf('made-up'))];
    symlinkSync(outside, path.join(folder, 'link'));
    symlinkSync('secret', path.join(folder, 'own'));
    expect(() => readSecretFile(path.join(folder, 'link/secret'), USER, folder)).toThrow(
      'leads out of its folder',
    );
    expect(readSecretFile(path.join(folder, 'own'), USER, folder)).toBe('made-up');
  });
});
