import { describe, expect, test } from '@jest/globals';
import { mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { updateFile, type Change } from '../../../src/host/update-file.js';
import { temporaryDirectory } from '../../support/cleanup.js';

const MAX_BYTES = 64 * 1024;
const noSleep = () => Promise.reject(new Error('Nobody has to wait'));
const appended =
  (added: string): Change =>
  (bytes) =>
    Promise.resolve(`${bytes?.toString() ?? ''}${added}`);

describe('updateFile', () => {
  test('makes a file for its owner alone, changes it, and leaves nothing beside', async () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, '.decentrorc');
    expect(await updateFile(file, MAX_BYTES, appended('a'), noSleep)).toBe('created');
    expect(await updateFile(file, MAX_BYTES, appended('b'), noSleep)).toBe('updated');
    expect(readFileSync(file, 'utf8')).toBe('ab');
    if (process.platform !== 'win32') expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['.decentrorc']);
  });

  test.each([undefined, 'x'])('starts again where the file changes meanwhile, from %j', async (text) => {
    const file = path.join(temporaryDirectory(), '.decentrorc');
    if (text !== undefined) writeFileSync(file, text);
    let count = 0;
    const change: Change = async (bytes) => {
      count += 1;
      if (count === 1) await updateFile(file, MAX_BYTES, appended('other '), noSleep);
      return appended('own')(bytes);
    };
    expect(await updateFile(file, MAX_BYTES, change, noSleep)).toBe('updated');
    expect(readFileSync(file, 'utf8')).toBe(`${text ?? ''}other own`);
  });

  test('of many at once, each sees what the others wrote', async () => {
    const file = path.join(temporaryDirectory(), '.decentrorc');
    const sleep = () => new Promise<void>((resolve) => void setImmediate(resolve));
    const letters = Array.from('abcdefghijkl');
    await Promise.all(letters.map((letter) => updateFile(file, MAX_BYTES, appended(letter), sleep)));
    expect(Array.from(readFileSync(file, 'utf8')).sort()).toEqual(letters);
  });

  test('waits for another process, and says so in the end', async () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, '.decentrorc');
    mkdirSync(path.join(folder, '.decentrorc.writing'));
    let slept = 0;
    const sleep = (durationMs: number) => Promise.resolve(void (slept += durationMs));
    expect(await updateFile(file, MAX_BYTES, appended('a'), sleep)).toEqual({
      wrong: 'is being written by another process',
    });
    expect(slept).toBe(10_000);
    expect(readdirSync(folder)).toEqual(['.decentrorc.writing']);
  });

  test('removes what a killed process left, which git ignores', async () => {
    const folder = temporaryDirectory();
    const file = path.join(folder, '.decentrorc');
    const left = path.join(folder, '.decentrorc.writing');
    let ignored = '';
    const change: Change = (bytes) => appended('a')(bytes);
    mkdirSync(left);
    writeFileSync(path.join(left, '.decentrorc.tmp'), 'made-up-secret');
    utimesSync(left, new Date(0), new Date(0));
    expect(await updateFile(file, MAX_BYTES, change, () => Promise.resolve())).toBe('created');
    expect(readdirSync(folder)).toEqual(['.decentrorc']);
    // A folder in the place of the file keeps the last step from working, as a full disk would.
    const taken = path.join(folder, 'taken');
    const watching: Change = () => {
      mkdirSync(path.join(taken, 'inside'), { recursive: true });
      return Promise.resolve('a');
    };
    expect(await updateFile(taken, MAX_BYTES, watching, noSleep)).toEqual({ wrong: 'is not a regular file' });
    ignored = readdirSync(folder).join();
    expect(ignored).toBe('.decentrorc,taken');
  });

  test('makes no file larger than a reader takes', async () => {
    const file = path.join(temporaryDirectory(), '.decentrorc');
    const change = appended('x'.repeat(MAX_BYTES + 1));
    expect(await updateFile(file, MAX_BYTES, change, noSleep)).toEqual({
      wrong: 'would be larger than 64 KiB',
    });
    expect(statSync(file, { throwIfNoEntry: false })).toBeUndefined();
  });
});

describe('a place that is no file', () => {
  test('is left alone, whether it was there before or came meanwhile', async () => {
    const folder = path.join(temporaryDirectory(), 'taken');
    const taking: Change = (bytes) => {
      mkdirSync(folder);
      return appended('own')(bytes);
    };
    const wrong = { wrong: expect.any(String) };
    expect(await updateFile(folder, MAX_BYTES, taking, noSleep)).toEqual(wrong);
    expect(await updateFile(folder, MAX_BYTES, appended('own'), noSleep)).toEqual(wrong);
    expect(readdirSync(path.dirname(folder))).toEqual(['taken']);
  });

  test('in a folder that is not there is told by its code', async () => {
    const file = path.join(temporaryDirectory(), 'nowhere', 'a');
    await expect(updateFile(file, MAX_BYTES, appended('own'), noSleep)).rejects.toMatchObject({
      code: 'ENOENT',
    });
  });
});
