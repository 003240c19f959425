import { describe, expect, test } from '@jest/globals';
import { writeFileSync } from 'node:fs';
import path from 'node:path';
import { EXIT_CODES, type FailureKind } from '../../../src/failure/exit-codes.js';
import { bugFailure } from '../../../src/failure/bug.js';
import { combine, Failure } from '../../../src/failure/failure.js';
import { sourceFrames } from '../../../src/failure/source-frames.js';
import { checkNetworkPermission, withPermissionHint } from '../../../src/failure/permission.js';
import { temporaryDirectory } from '../../support/cleanup.js';

test('the table holds the codes and kinds of the promise', () => {
  expect(EXIT_CODES.map(({ code, kind }) => [code, kind])).toEqual([
    [0, null],
    [1, 'internal'],
    [2, 'usage'],
    [3, 'config'],
    [4, 'access'],
    [5, 'rejected'],
    [6, 'upstream'],
    [7, 'network'],
    [8, 'unknown'],
    [9, 'declined'],
    [10, 'partial'],
    [11, 'mismatch'],
    [74, 'output'],
    [124, 'timeout'],
    [129, 'interrupted'],
    [130, 'interrupted'],
    [143, 'interrupted'],
  ]);
});

test.each(EXIT_CODES)('code $code says what it means, whether a session exists, and what to do', (row) => {
  for (const text of [row.meaning, row.session, row.remedy]) expect(text).toMatch(/^\S.*\S$/);
});

describe('Failure', () => {
  test.each<[FailureKind, number]>([
    ['internal', 1],
    ['usage', 2],
    ['config', 3],
    ['access', 4],
    ['rejected', 5],
    ['upstream', 6],
    ['network', 7],
    ['unknown', 8],
    ['partial', 10],
    ['output', 74],
    ['interrupted', 130],
  ])('%s exits with %i', (kind, exitCode) => {
    expect(new Failure(kind, 'x').exitCode).toBe(exitCode);
  });

  test.each([
    ['SIGHUP', 129],
    ['SIGINT', 130],
    ['SIGTERM', 143],
  ] as const)('%s exits with %i', (signal, exitCode) => {
    expect(new Failure('interrupted', 'x', { signal }).exitCode).toBe(exitCode);
  });

  test('of several problems gives each hint once', () => {
    const full = (what: string) => new Failure('output', what, { hint: 'Make room.' });
    expect(combine([full('a'), full('b')])).toMatchObject({ kind: 'output', hint: 'Make room.' });
    expect(combine([full('a'), full('b'), new Failure('usage', 'c', { hint: 'Go.' })])).toMatchObject({
      message: 'a\nb\nc',
      hint: 'Make room.\nGo.',
    });
  });

  test('has sent nothing, and is not worth a repetition, unless it says so', () => {
    expect(new Failure('usage', 'wrong')).toMatchObject({
      name: 'Failure',
      message: 'wrong',
      hint: null,
      sent: 'no',
      retryable: false,
      details: {},
    });
  });

  test('keeps everything when more of the document becomes known', () => {
    const failure = new Failure('interrupted', 'Stopped.', {
      hint: 'Wait.',
      sent: 'yes',
      retryable: true,
      details: { referenceId: 'ref-1', message: 'one' },
      signal: 'SIGTERM',
    });
    expect(failure.with({ message: 'two' })).toMatchObject({
      kind: 'interrupted',
      message: 'Stopped.',
      hint: 'Wait.',
      sent: 'yes',
      retryable: true,
      exitCode: 143,
      details: { referenceId: 'ref-1', message: 'two' },
    });
    expect(failure.with({}, 'unknown').sent).toBe('unknown');
  });
});

describe("what Node's permission model denies", () => {
  const denied = (permission?: string) =>
    Object.assign(new Error('Access to this API has been restricted.'), {
      code: 'ERR_ACCESS_DENIED',
      permission,
    });

  test.each<[string | undefined, FailureKind, RegExp]>([
    ['Net', 'network', /--allow-net as well/],
    ['FileSystemRead', 'config', /--allow-fs-read=PATH as well/],
    ['ChildProcess', 'config', /--allow-child-process as well/],
    ['', 'config', /^Start Node without --permission\.$/],
    ['toString', 'config', /^Start Node without --permission\.$/],
    [undefined, 'config', /^Start Node without --permission\.$/],
  ])('is no bug, and has a remedy: %s', (permission, kind, hint) => {
    const { kind: told, message, hint: remedy } = bugFailure(denied(permission));
    expect([told, message, remedy]).toEqual([
      kind,
      expect.stringMatching(/^Node's permission model denies what this needs/),
      expect.stringMatching(hint),
    ]);
  });

  test.each([
    [
      'x cannot be read (ERR_ACCESS_DENIED).',
      'Choose another.',
      /^Choose another\.\n.*without --permission\.$/,
    ],
    ['x cannot be read (ERR_ACCESS_DENIED).', undefined, /^Node's permission model denies it/],
    ['x (ERR_ACCESS_DENIED).', 'Start Node without --permission.', /^Start Node without --permission\.$/],
    ['x cannot be read (EACCES).', 'Choose another.', /^Choose another\.$/],
  ])('may be a file that a failure names: %s %s', (message, hint, told) => {
    const failure = withPermissionHint(new Failure('config', message, { hint }));
    expect(failure).toMatchObject({ kind: 'config', message, hint: expect.stringMatching(told) });
  });

  test('may be a part of the program', () => {
    const { message, hint } = bugFailure(Object.assign(denied(), { name: 'IncompleteInstallation' }));
    expect(message).toBe('This digilocker installation may not be read (ERR_ACCESS_DENIED).');
    expect(hint).toContain('--allow-fs-read');
  });

  test('is asked for before a server listens, of a Node that may deny the network', () => {
    const flags = (...names: readonly string[]) => ({ allowedNodeEnvironmentFlags: new Set(names) });
    const permission = { has: (scope: string) => scope !== 'net' };
    const check = (node?: Parameters<typeof checkNetworkPermission>[0]) => () => {
      checkNetworkPermission(node);
    };
    expect(check({ permission, ...flags('--allow-net') })).toThrow(
      expect.objectContaining({
        kind: 'network',
        exitCode: 7,
        hint: 'Start Node with --allow-net as well, or without --permission.',
      }),
    );
    expect(check({ permission, ...flags() })).not.toThrow();
    expect(check({ permission: { has: () => true }, ...flags('--allow-net') })).not.toThrow();
    expect(check(flags('--allow-net'))).not.toThrow();
    expect(check()).not.toThrow();
  });
});

test('a frame tells its place in the source, where the file has a map, and stays as it is elsewhere', () => {
  const folder = temporaryDirectory();
  const file = path.join(folder, 'main.cjs');
  // The first column of the first line comes from line 3, column 5 of the source.
  const map = { version: 3, sources: ['../src/main.ts'], names: [], mappings: 'AAEI' };
  writeFileSync(`${file}.map`, JSON.stringify(map));
  const other = `    at other (${path.join(folder, 'other.cjs')}:1:1)`;
  expect(sourceFrames([`    at a (${file}:1:1)`, other])).toBe(
    `    at ${path.join(folder, '../src/main.ts')}:3:5\n${other}\n`,
  );
});
