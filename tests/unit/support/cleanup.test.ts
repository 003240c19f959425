import { afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import net, { type AddressInfo } from 'node:net';
import process from 'node:process';
import { cleanUp, temporaryDirectory } from '../../support/cleanup.js';
import { start, startShell } from '../../support/run.js';
import { program } from './fixture.js';

const checks: (() => void | Promise<void>)[] = [];

// Hooks of one level run in the order in which they were defined: this one after the module's own.
afterEach(async () => {
  for (const check of checks.splice(0)) await check();
});

test('a directory is gone when its test has ended', () => {
  const directory = temporaryDirectory();
  expect(existsSync(directory)).toBe(true);
  checks.push(() => {
    expect(existsSync(directory)).toBe(false);
  });
});

test('a program is killed when its test has ended', () => {
  const binary = program('setInterval(() => undefined, 60_000);');
  const { pid } = start([], { binary });
  process.kill(pid, 0);
  checks.push(() => {
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });
});

test('so is what a shell started', async () => {
  const server = net.createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const binary = program("import net from 'node:net';", `net.connect(${port}, '127.0.0.1');`);
  startShell('digilocker & wait', { binary });
  const [socket] = (await once(server, 'connection')) as [net.Socket];
  const closed = new Promise<void>((resolve) => {
    socket
      .on('error', () => undefined)
      .once('close', () => {
        resolve();
      });
  });
  server.close();
  checks.push(() => closed);
});

test('tasks run one after the other, the newest first', () => {
  const order: string[] = [];
  cleanUp(() => {
    order.push('first');
  });
  cleanUp(async () => {
    await Promise.resolve();
    order.push('second');
  });
  checks.push(() => {
    expect(order).toEqual(['second', 'first']);
  });
});

describe('what beforeAll made', () => {
  let directory = '';

  beforeAll(() => {
    directory = temporaryDirectory();
  });

  test.each([1, 2])('is there for test %d', () => {
    expect(existsSync(directory)).toBe(true);
  });
});
