import { setImmediate as nextTurn } from 'node:timers/promises';
import { describe, expect, jest, test } from '@jest/globals';
import { EventEmitter } from 'node:events';
import { closeSync, openSync, readFileSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { env } from 'node:process';
import { PassThrough, Writable } from 'node:stream';
import { Failure } from '../../../src/failure/failure.js';
import type { Signal } from '../../../src/failure/exit-codes.js';
import { createHost, type Host } from '../../../src/host/host.js';
import { cleanUp, temporaryDirectory } from '../../support/cleanup.js';

interface World {
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  readonly terminals?: readonly ('stdin' | 'stdout' | 'stderr')[];
  readonly stdin?: PassThrough;
  readonly stdout?: Writable;
  readonly stderr?: Writable;
}

function createProcess({
  args = ['init-session'],
  env = {},
  terminals = [],
  ...streams
}: World): NodeJS.Process {
  const stream = (name: 'stdin' | 'stdout' | 'stderr', own: object = new PassThrough()): object =>
    terminals.includes(name) ? Object.assign(own, { isTTY: true, columns: 132 }) : own;
  return Object.assign(new EventEmitter(), {
    argv: ['node', 'digilocker', ...args],
    env,
    platform: 'linux',
    versions: { node: '20.17.0' },
    cwd: () => '/cwd',
    getuid: () => 1000,
    stdin: stream('stdin', streams.stdin),
    stdout: stream('stdout', streams.stdout),
    stderr: stream('stderr', streams.stderr),
  }) as unknown as NodeJS.Process;
}

function hostOf(world: World = {}): Host {
  return createHost(createProcess(world));
}

function failing(code: string | undefined): Writable {
  return new Writable({
    write: (_chunk, _encoding, done) => {
      done(Object.assign(new Error('EPIPE and such'), code === undefined ? {} : { code }));
    },
  });
}

test('the host knows its process', () => {
  const host = hostOf({ args: ['explain', '5'], env: { A: '1' } });
  expect(host).toMatchObject({
    args: ['explain', '5'],
    env: { A: '1' },
    cwd: '/cwd',
    platform: 'linux',
    nodeVersion: '20.17.0',
    userId: 1000,
  });
  expect(host.homeFolder).toBe(os.homedir());
  expect(Math.abs(host.now() - Date.now())).toBeLessThan(60_000);
  expect(host.random()).toBeGreaterThanOrEqual(0);
  expect(host.random()).toBeLessThan(1);
});

describe('a user without HOME', () => {
  const failing = () => {
    throw new Error('made up: no entry in the list of users');
  };

  test('has the home folder of the account', () => {
    jest.spyOn(os, 'homedir').mockImplementation(failing);
    expect(hostOf().homeFolder).toBe(os.userInfo().homedir);
  });

  test('and without an entry in the list of users has none', () => {
    jest.spyOn(os, 'homedir').mockImplementation(failing);
    jest.spyOn(os, 'userInfo').mockImplementation(failing);
    const host = hostOf();
    expect([host.homeFolder, host.accountHome]).toEqual([undefined, undefined]);
  });
});

test('questions go to standard error, line by line on a terminal that moves no cursor', async () => {
  const stdin = new PassThrough();
  const stderr = new PassThrough();
  const host = hostOf({ stdin, stderr, terminals: ['stdin', 'stderr'], env: { TERM: 'dumb' } });
  const answer = host.prompter.text({ message: 'Name:' });
  stdin.write('Jane\n');
  expect(await answer).toBe('Jane');
  expect(String(stderr.read())).toBe('? Name: ');
});

test('a link is opened for a user with a display alone', async () => {
  expect(await hostOf().openUrl(new URL('https://kyc.example'), [])).toBe('this machine has no display');
});

describe('somebody can be asked (rule 26)', () => {
  test.each<[terminals: World['terminals'], env: Record<string, string>, expected: boolean]>([
    [['stdin', 'stderr'], {}, true],
    [['stdin', 'stdout', 'stderr'], {}, true],
    [['stdin', 'stderr'], { CI: '' }, true],
    [['stdin', 'stderr'], { CI: 'false' }, true],
    [['stdin', 'stderr'], { CI: '0' }, true],
    [['stdin', 'stderr'], { CI: '1' }, false],
    [['stdin', 'stderr'], { CI: 'true' }, false],
    [['stdin', 'stdout'], {}, false],
    [['stderr', 'stdout'], {}, false],
    [[], {}, false],
  ])('at %j with %j: %p', (terminals = [], env, expected) => {
    expect(hostOf({ terminals, env }).isInteractive).toBe(expected);
  });
});

describe('a stream', () => {
  test.each([
    ['linux', ['--help'], 'in the file'],
    ['darwin', ['--version'], 'in the file'],
    ['win32', ['--help'], ''],
    ['win32', ['explain'], ''],
    ['linux', ['explain'], 'in the file'],
  ])(
    'of %s, where the output is a file and the command is %j: without it %j is written',
    async (platform, args, written) => {
      const file = path.join(temporaryDirectory(), 'out');
      const stdout = openSync(file, 'w');
      cleanUp(() => {
        closeSync(stdout);
      });
      const process = Object.assign(createProcess({ args }), { platform });
      await createHost(process, { stdout, stderr: stdout }).stdout.write('in the file');
      expect(readFileSync(file, 'utf8')).toBe(written);
    },
  );

  test.each([[['--version']], [['init-session', '--help']], [['explain', '5']]])(
    'is opened by no command that has not asked for it: %j',
    (args) => {
      const opened: string[] = [];
      const process = createProcess({ args });
      for (const name of ['stdin', 'stdout', 'stderr']) {
        Object.defineProperty(process, name, { get: () => opened.push(name) });
      }
      createHost(process);
      expect(opened).toEqual([]);
    },
  );

  test.each<[terminals: World['terminals'], env: Record<string, string>, args: string[], expected: boolean]>([
    [['stdout'], {}, [], true],
    [[], {}, [], false],
    [['stdout'], { NO_COLOR: '1' }, [], false],
    [['stdout'], { NO_COLOR: '' }, [], true],
    [['stdout'], { TERM: 'dumb' }, [], false],
    [[], { FORCE_COLOR: '1' }, [], true],
    [[], { FORCE_COLOR: 'true', NO_COLOR: '1' }, [], true],
    [['stdout'], { FORCE_COLOR: '0' }, [], false],
    [['stdout'], { FORCE_COLOR: 'false' }, [], false],
    [['stdout'], {}, ['init-session', '--no-color'], false],
    [['stdout'], { FORCE_COLOR: '1' }, ['--no-color'], false],
    [['stdout'], {}, ['explain', '--', '--no-color'], true],
  ])('at %j with %j and %j has colours: %p', (terminals = [], env, args, expected) => {
    expect(hostOf({ terminals, env, args }).stdout.hasColors).toBe(expected);
  });

  test('is as wide as its terminal, and 80 columns elsewhere', () => {
    const host = hostOf({ terminals: ['stderr'] });
    expect([host.stdout.columns, host.stderr.columns]).toEqual([80, 132]);
    expect([host.stdout.isTerminal, host.stderr.isTerminal]).toEqual([false, true]);
  });

  test('takes text', async () => {
    const stdout = new PassThrough();
    await hostOf({ stdout }).stdout.write('text\n');
    expect(String(stdout.read())).toBe('text\n');
  });

  test.each([
    ['EPIPE', 'Standard output was closed before the result was written.'],
    ['ERR_STREAM_DESTROYED', 'Standard output was closed before the result was written.'],
    ['ENOSPC', 'Standard output could not be written (ENOSPC).'],
    [undefined, 'Standard output could not be written (no error code).'],
  ])('that fails with %s is told of (rule 24)', async (code, message) => {
    const { stdout } = hostOf({ stdout: failing(code) });
    await expect(stdout.write('x')).rejects.toMatchObject({ name: 'Failure', kind: 'output', message });
  });

  test('that nobody can read loses its text, where it is standard error (rule 24)', async () => {
    await expect(hostOf({ stderr: failing('EPIPE') }).stderr.write('x')).resolves.toBeUndefined();
  });
});

describe('the signal (rule 26)', () => {
  test.each<[name: Signal, exitCode: number]>([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ])('aborts on %s, once', async (name, exitCode) => {
    const process = createProcess({});
    const { signal } = createHost(process);
    expect(signal.aborted).toBe(false);
    process.emit(name, name);
    expect(signal.reason).toMatchObject({
      kind: 'interrupted',
      exitCode,
      message: `Interrupted by ${name}.`,
    });
    await nextTurn();
    expect(process.listenerCount(name)).toBe(0);
  });

  test.each([[['--version']], [['--help']], [['init-session', '--help']], [[]]])(
    'is left to the system by what only tells of the program: %j',
    (args) => {
      const process = createProcess({ args });
      createHost(process);
      expect(['SIGHUP', 'SIGINT', 'SIGTERM'].map((name) => process.listenerCount(name))).toEqual([0, 0, 0]);
    },
  );

  test('counts before the end of input that came with it', async () => {
    const stdin = new PassThrough();
    const process: NodeJS.EventEmitter & NodeJS.Process = createProcess({ stdin });
    const reading = createHost(process).readInput();
    stdin.end('half an address');
    stdin.once('end', () => setImmediate(() => process.emit('SIGINT', 'SIGINT')));
    await expect(reading).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
  });

  test('ends a write to standard output that nobody reads, of which a part may be out', async () => {
    const blocked = new Writable({ write: () => undefined });
    const process: NodeJS.EventEmitter & NodeJS.Process = createProcess({ stdout: blocked });
    const { stdout } = createHost(process);
    const writing = stdout.write('a result');
    process.emit('SIGTERM', 'SIGTERM');
    await expect(writing).rejects.toMatchObject({ kind: 'interrupted', exitCode: 143 });
    expect(stdout.isUsed).toBe(true);
  });

  test('lets the program say its last words, but not wait for their reader', async () => {
    const blocked = new Writable({ write: () => undefined });
    const process: NodeJS.EventEmitter & NodeJS.Process = createProcess({ stderr: blocked });
    const { stdout, stderr } = createHost(process);
    process.emit('SIGTERM', 'SIGTERM');
    await stdout.write('the rest');
    await expect(stderr.write('the IDs')).resolves.toBeUndefined();
  });

  test.each<[what: string, args: string[], terminals: World['terminals'], isIgnored: boolean]>([
    ['a sandbox without a terminal', ['sandbox'], [], true],
    ['a sandbox without a terminal, whatever its flags', ['--no-color', 'sandbox', '--port', '0'], [], true],
    ['a sandbox with a terminal', ['sandbox'], ['stderr'], false],
    ['another command', ['callback', '--listen', '127.0.0.1:8123'], [], false],
  ])('of a terminal that goes away is for %s', (_what, args, terminals, isIgnored) => {
    const process = createProcess({ args, terminals: terminals ?? [] });
    const { signal } = createHost(process);
    process.emit('SIGHUP', 'SIGHUP');
    expect(signal.aborted).toBe(!isIgnored);
    expect(process.listenerCount('SIGHUP')).toBe(1);
  });

  test('aborts with an error that nobody caught', () => {
    const process: NodeJS.EventEmitter & NodeJS.Process = createProcess({});
    const { signal } = createHost(process);
    const bug = new TypeError('a bug');
    process.emit('uncaughtException', bug);
    expect(signal.reason).toBe(bug);
  });

  test('ends a sleep', async () => {
    const process = createProcess({});
    const host = createHost(process);
    await expect(host.sleep(0)).resolves.toBeUndefined();
    const sleeping = host.sleep(60_000);
    process.emit('SIGINT', 'SIGINT');
    await expect(sleeping).rejects.toBeInstanceOf(Failure);
    await expect(host.sleep(60_000)).rejects.toMatchObject({ kind: 'interrupted' });
  });
});

describe('what the system says', () => {
  test.each<[what: string, answer: () => boolean, isRunning: boolean]>([
    ['runs', () => true, true],
    ["runs, and is somebody else's", failsWith('EPERM'), true],
    ['is gone', failsWith('ESRCH'), false],
  ])('of a process that %s', (_what, kill, isRunning) => {
    expect(createHost(Object.assign(createProcess({}), { kill })).isRunning(4711)).toBe(isRunning);
  });

  test('of a working directory that is gone is told when somebody asks for it', () => {
    const host = createHost(Object.assign(createProcess({}), { cwd: failsWith('ENOENT') }));
    expect(() => host.cwd).toThrow('The working directory does not exist any more.');
  });

  test.each(['', 'relative'])('of a home is not taken from HOME=%j', (home) => {
    const { HOME: before } = env;
    cleanUp(() => {
      if (before === undefined) delete env['HOME'];
      else env['HOME'] = before;
    });
    env['HOME'] = home;
    const host = hostOf();
    expect(host.homeFolder).toBe(os.userInfo().homedir);
    expect(host.accountHome).toBe(os.userInfo().homedir);
  });
});

describe('standard input', () => {
  test('is read to its end', async () => {
    const stdin = new PassThrough();
    stdin.end('one\ntwo');
    await expect(hostOf({ stdin }).readInput()).resolves.toBe('one\ntwo');
  });

  test('is UTF-8, whose characters may come in parts', async () => {
    const [stdin, latin1, cut] = [new PassThrough(), new PassThrough(), new PassThrough()];
    const [first, second] = [Buffer.of(0xef, 0xbb, 0xbf, 0xc3), Buffer.of(0xa9)];
    stdin.write(first);
    stdin.end(second);
    await expect(hostOf({ stdin }).readInput()).resolves.toBe('\uFEFFé');
    latin1.end(Buffer.of(0xe9, 0x0a));
    await expect(hostOf({ stdin: latin1 }).readInput()).rejects.toMatchObject({ kind: 'usage' });
    cut.end(Buffer.of(0x61, 0xc3));
    await expect(hostOf({ stdin: cut }).readInput()).rejects.toMatchObject({
      kind: 'usage',
      message: 'Standard input is not UTF-8.',
    });
  });

  test('may hold 64 KiB, or as much as is asked for', async () => {
    const [stdin, larger] = [new PassThrough(), new PassThrough()];
    const text = 'x'.repeat(64 * 1024 + 1);
    stdin.end(text);
    larger.end(text);
    await expect(hostOf({ stdin: larger }).readInput(text.length)).resolves.toBe(text);
    await expect(hostOf({ stdin }).readInput()).rejects.toMatchObject({
      kind: 'usage',
      message: 'Standard input is longer than 64 KiB.',
    });
  });

  test('that breaks tells its own error', async () => {
    const stdin = new PassThrough();
    const reading = hostOf({ stdin }).readInput();
    stdin.destroy(new Error('broken'));
    await expect(reading).rejects.toThrow('broken');
  });
});

test('a sleep ends with the reason of either signal', async () => {
  const other = new AbortController();
  const sleeping = hostOf().sleep(60_000, other.signal);
  const reason = new Error('enough');
  other.abort(reason);
  await expect(sleeping).rejects.toBe(reason);
});

function failsWith(code: string): () => never {
  return () => {
    throw Object.assign(new Error(code), { code });
  };
}
