import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { renameSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import { readFileOnce } from '../../../src/host/read-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';

function twoFiles() {
  const folder = temporaryDirectory();
  const [file, other] = [path.join(folder, 'file'), path.join(folder, 'other')];
  writeFileSync(file, 'mine');
  writeFileSync(other, "somebody else's");
  return { file, other };
}

function textOf(result: ReturnType<typeof readFileOnce>): string {
  return 'wrong' in result ? result.wrong : result.bytes.toString();
}

describe('a file that is exchanged meanwhile (rule 38)', () => {
  test('is read as the one that was looked at', () => {
    const { file, other } = twoFiles();
    const exchange = () => {
      renameSync(other, file);
      return undefined;
    };
    expect(textOf(readFileOnce(file, 100, true, exchange))).toBe('mine');
  });

  test('is looked at once more when it is open', () => {
    const { file, other } = twoFiles();
    const sizes: number[] = [];
    const result = readFileOnce(file, 100, false, ({ size }) => {
      sizes.push(size);
      if (sizes.length === 1) renameSync(other, file);
      return size > 4 ? 'is another one' : undefined;
    });
    expect(sizes).toEqual([4, 15]);
    expect(textOf(result)).toBe('is another one');
  });

  test('is not followed where a link took its place', () => {
    const { file, other } = twoFiles();
    const result = readFileOnce(file, 100, false, () => {
      rmSync(file, { force: true });
      symlinkSync(other, file);
      return undefined;
    });
    expect(textOf(result)).toBe('cannot be read (ELOOP)');
  });

  test('is not waited for where a FIFO took its place', () => {
    const { file } = twoFiles();
    const result = readFileOnce(file, 100, false, () => {
      rmSync(file, { force: true });
      execFileSync('mkfifo', [file]);
      return undefined;
    });
    expect(textOf(result)).toBe('is not a regular file');
  });

  test('is read up to the limit where it grows', () => {
    const { file } = twoFiles();
    const grow = () => {
      writeFileSync(file, 'x'.repeat(2048));
      return undefined;
    };
    expect(textOf(readFileOnce(file, 1024, true, grow))).toBe('is larger than 1 KiB');
  });
});
