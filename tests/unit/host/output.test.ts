import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import { closeSync, constants, openSync, readFileSync, readSync } from 'node:fs';
import path from 'node:path';
import process from 'node:process';
import { Writable } from 'node:stream';
import { createOutput, type OutputOptions } from '../../../src/host/output.js';
import { cleanUp, temporaryDirectory } from '../../support/cleanup.js';

function outputTo(descriptor: number, options: Partial<OutputOptions> = {}) {
  let opened = 0;
  const pieces: Buffer[] = [];
  const stream = new Writable({
    write: (chunk: Buffer, _encoding, done) => {
      pieces.push(chunk);
      done();
    },
  });
  const output = createOutput({
    open: () => {
      opened += 1;
      return stream as unknown as NodeJS.WriteStream;
    },
    descriptor,
    mayBlock: true,
    env: {},
    isPlain: false,
    signal: new AbortController().signal,
    onError: (error) => {
      throw error;
    },
    ...options,
  });
  return { output, opened: () => opened, streamed: () => Buffer.concat(pieces).toString() };
}

function open(file: string, flags: number): number {
  const descriptor = openSync(file, flags);
  cleanUp(() => {
    closeSync(descriptor);
  });
  return descriptor;
}

function fifo(flags = constants.O_NONBLOCK): { readonly reader: number; readonly writer: number } {
  const file = path.join(temporaryDirectory(), 'fifo');
  execFileSync('mkfifo', [file]);
  const reader = open(file, constants.O_RDONLY | constants.O_NONBLOCK);
  return { reader, writer: open(file, constants.O_WRONLY | flags) };
}

describe('output to a descriptor', () => {
  test('goes to a file without a stream', async () => {
    const file = path.join(temporaryDirectory(), 'out');
    const { output, opened } = outputTo(open(file, constants.O_WRONLY | constants.O_CREAT));
    expect(output.isUsed).toBe(false);
    await output.write('ünd ');
    await output.write(Buffer.from('so'));
    expect(readFileSync(file, 'utf8')).toBe('ünd so');
    expect(output).toMatchObject({ isUsed: true, isTerminal: false, columns: 80, hasColors: false });
    expect(opened()).toBe(0);
  });

  test('leaves to the stream what a pipe has no room for', async () => {
    const { reader, writer } = fifo();
    const { output, streamed } = outputTo(writer);
    const text = 'a line of twenty\n'.repeat(10_000);
    await output.write(text);
    await output.write('the end');
    const room = Buffer.alloc(text.length);
    const taken = room.toString('utf8', 0, readSync(reader, room));
    expect(taken.length).toBeGreaterThan(4096);
    expect(taken + streamed()).toBe(`${text}the end`);
  });

  (process.platform === 'linux' ? test : test.skip)(
    'is not held up by a pipe that would block, and leaves it as it is for others',
    async () => {
      const { reader, writer } = fifo(0);
      const { output, streamed, opened } = outputTo(writer, { mayBlock: false });
      await output.write('a line\n');
      expect(opened()).toBe(0);
      const text = 'a line of twenty\n'.repeat(10_000);
      await output.write(text);
      const room = Buffer.alloc(text.length);
      const taken = room.toString('utf8', 0, readSync(reader, room));
      expect(taken.length).toBeGreaterThan(4096);
      expect(taken + streamed()).toBe(`a line\n${text}`);
      // The stream may still hold some of it: what comes later waits for its turn there.
      await output.write('the end');
      expect(streamed().endsWith('the end')).toBe(true);
      const flags = /^flags:\s+(\d+)$/m.exec(readFileSync(`/proc/self/fdinfo/${writer}`, 'utf8'))?.[1] ?? '';
      expect(Number.parseInt(flags, 8) & constants.O_NONBLOCK).toBe(0);
    },
  );

  test('fails as a stream does when nobody reads any more', async () => {
    const file = path.join(temporaryDirectory(), 'fifo');
    execFileSync('mkfifo', [file]);
    const reader = openSync(file, constants.O_RDONLY | constants.O_NONBLOCK);
    const { output, opened } = outputTo(open(file, constants.O_WRONLY));
    closeSync(reader);
    await expect(output.write('too late')).rejects.toMatchObject({ code: 'EPIPE' });
    expect(output.isUsed).toBe(false);
    expect(opened()).toBe(0);
  });

  test.each([
    ['is a device', () => open('/dev/null', constants.O_WRONLY)],
    ['is closed', () => 4711],
  ])('goes through the stream where it %s', async (_what, descriptor) => {
    const { output, streamed } = outputTo(descriptor());
    await output.write('a text');
    expect(streamed()).toBe('a text');
  });

  test('has colours where they are forced', () => {
    const { writer } = fifo();
    expect(outputTo(writer, { env: { FORCE_COLOR: '1' } }).output.hasColors).toBe(true);
    expect(outputTo(writer, { env: { FORCE_COLOR: '1' }, isPlain: true }).output.hasColors).toBe(false);
  });
});
