import { describe, expect, test } from '@jest/globals';
import { CANARIES } from '../../support/canaries.js';
import type { Run } from '../../support/program.js';
import { asksForJson, assertFailed, assertNoSecrets, assertSucceeded } from '../../support/verdict.js';

const success: Run = { code: 0, signal: null, stdout: 'done\n', stderr: 'Reference ID: r-1\n' };
const failure: Run = { code: 2, signal: null, stdout: '', stderr: 'Missing: --consent\n' };
const document = { ok: false, error: { exitCode: 2 } };
const jsonFailure: Run = { ...failure, stdout: JSON.stringify(document) };

describe('assertSucceeded', () => {
  test('accepts a success that announces its reference ID, or nothing', () => {
    assertSucceeded(success);
    assertSucceeded({ ...success, stderr: '' });
  });

  test('refuses another exit code and a signal', () => {
    expect(() => assertSucceeded({ ...success, code: 1 })).toThrow('ended with exit code 1');
    expect(() => assertSucceeded({ ...success, code: null, signal: 'SIGTERM' })).toThrow('SIGTERM');
  });

  test('refuses a line on stderr that was not promised', () => {
    expect(() => assertSucceeded({ ...success, stderr: 'Reference ID: r-1\n(node:1) Warning\n' })).toThrow(
      'unexpected line on stderr: (node:1) Warning',
    );
    expect(() => assertSucceeded(success, { stderr: [] })).toThrow('unexpected line');
  });

  test('takes a promised string for a whole line', () => {
    assertSucceeded({ ...success, stderr: 'one\n\ntwo\n' }, { stderr: ['one', /w/] });
    expect(() => assertSucceeded({ ...success, stderr: 'one more\n' }, { stderr: ['one'] })).toThrow(
      'unexpected line on stderr: one more',
    );
  });

  test('misses a promised line that did not come', () => {
    expect(() => assertSucceeded(success, { stderr: [/^Reference/, /^Production/] })).toThrow(
      'no line on stderr matches /^Production/',
    );
  });

  test('matches every line with an expression that has a state', () => {
    assertSucceeded({ ...success, stderr: 'a1\na2\na3\n' }, { stderr: [/a/g] });
  });

  test('returns the JSON document and refuses one that tells of a failure', () => {
    expect(assertSucceeded({ ...success, stdout: '{"ok":true}\n' }, { json: true })).toEqual({ ok: true });
    expect(() => assertSucceeded({ ...success, stdout: '{"ok":false}' }, { json: true })).toThrow(
      'it is none',
    );
    expect(() => assertSucceeded({ ...success, stdout: '' }, { json: true })).toThrow(
      'not one JSON document',
    );
  });

  test('refuses a leaked secret', () => {
    expect(() => assertSucceeded({ ...success, stdout: CANARIES.moduleSecret })).toThrow('leaked on stdout');
  });
});

describe('assertFailed', () => {
  test('accepts the exact exit code with an empty stdout', () => {
    expect(assertFailed(failure, 2)).toBeUndefined();
  });

  test('refuses another exit code, a success and a signal', () => {
    expect(() => assertFailed(failure, 3)).toThrow('ended with exit code 2 instead of exit code 3');
    expect(() => assertFailed({ ...failure, code: 0 }, 2)).toThrow('ended with exit code 0');
    expect(() => assertFailed({ ...failure, code: null, signal: 'SIGINT' }, 130)).toThrow('SIGINT');
  });

  test('refuses anything on stdout that was not promised', () => {
    expect(() => assertFailed({ ...failure, stdout: '\n' }, 2)).toThrow('promised: empty');
    assertFailed({ ...failure, stdout: 'id\n' }, 2, { stdout: 'id\n' });
    assertFailed({ ...failure, stdout: 'id\n' }, 2, { stdout: /^id$/m });
    expect(() => assertFailed(failure, 2, { stdout: /id/ })).toThrow('promised: /id/');
  });

  test('refuses a failure that says nothing', () => {
    expect(() => assertFailed({ ...failure, stderr: '\n' }, 2)).toThrow('without a word');
  });

  test.each([
    'Error: x\n    at main (file.js:1:1)\n',
    '    at main',
    'node:internal/process/promises:394',
    '{"message":"x\\n    at main"}',
  ])('refuses a stack trace: %j', (stderr) => {
    expect(() => assertFailed({ ...failure, stderr }, 2)).toThrow('stack trace');
    expect(() => assertFailed({ ...failure, stdout: stderr }, 2)).toThrow('stack trace');
  });

  test('returns the JSON document', () => {
    expect(assertFailed(jsonFailure, 2, { json: true })).toEqual(document);
    assertFailed({ ...jsonFailure, stderr: '' }, 2, { json: true });
  });

  test.each([
    ['nothing', '', 'not one JSON document'],
    ['two documents', '{}\n{}', 'not one JSON document'],
    ['text before the document', `hello ${jsonFailure.stdout}`, 'not one JSON document'],
    ['an array', '[]', 'no object'],
    ['a success', '{"ok":true,"error":{"exitCode":2}}', '"ok": false'],
    ['another exit code', '{"ok":false,"error":{"exitCode":3}}', 'not 2'],
    ['no error', '{"ok":false,"error":null}', 'not 2'],
  ])('refuses %s where the JSON document should be', (_, stdout, message) => {
    expect(() => assertFailed({ ...failure, stdout }, 2, { json: true })).toThrow(message);
  });
});

describe('assertNoSecrets', () => {
  const { clientId, clientSecret, moduleSecret } = CANARIES;

  test.each([
    ['client secret', clientSecret],
    ['module secret', moduleSecret],
    ['client ID', clientId],
    ['secret in upper case', clientSecret.toUpperCase()],
    ['secret with colours in it', clientSecret.replace(/.{3}/g, '$&\u001B[31m')],
    ['beginning of a secret', `${clientSecret.slice(0, 8)}…`],
    ['middle of a secret', `"…${moduleSecret.slice(12, 22)}…"`],
  ])('finds a %s on either stream', (_, leak) => {
    expect(() => {
      assertNoSecrets({ stdout: `a ${leak} b`, stderr: '' });
    }).toThrow('leaked on stdout');
    expect(() => {
      assertNoSecrets({ stdout: '', stderr: `a ${leak} b` });
    }).toThrow('leaked on stderr');
  });

  test('lets the end of the client ID be shown', () => {
    assertNoSecrets({ stdout: `…${clientId.slice(-4)}`, stderr: '' });
  });

  test("finds the caller's secrets, however short", () => {
    expect(() => {
      assertNoSecrets({ stdout: 'my pin', stderr: '' }, ['', 'pin']);
    }).toThrow('leaked on stdout: pin');
  });
});

test.each([
  [['--json'], true],
  [['a', '-o', 'json'], true],
  [['-ojson'], true],
  [['--output', 'json'], true],
  [['--output=json'], true],
  [['--output', 'env'], false],
  [['json', '-o'], false],
  [['--', '--json'], false],
])('asksForJson(%j) is %p', (args, expected) => {
  expect(asksForJson(args)).toBe(expected);
});
