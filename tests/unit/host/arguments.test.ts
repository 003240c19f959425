import { expect, test } from '@jest/globals';
import { readArguments } from '../../../src/host/arguments.js';

test.each([
  [['--json'], true],
  [['-o', 'json'], true],
  [['--output', 'json'], true],
  [['--output=json'], true],
  [['-ojson'], true],
  [['-qo', 'json'], true],
  [['-vojson'], true],
  [['-o', 'env'], false],
  [['--output'], false],
  [['-o', 'human', 'json'], false],
  [['--field', 'json'], false],
  [['--', '--json'], false],
  [[], false],
])('the line %j asks for JSON: %p', (args, expected) => {
  expect(readArguments(args).wantsJson).toBe(expected);
});

test.each([
  [['-v'], true],
  [['--verbose'], true],
  [['init-session', '--debug'], true],
  [['-qv'], true],
  [['-vojson'], true],
  [['-ov'], false],
  [['--', '-v'], false],
])('the line %j is verbose: %p', (args, expected) => {
  expect(readArguments(args).isVerbose).toBe(expected);
});

test('the command is the first word that is no flag', () => {
  expect(readArguments(['--no-color', 'explain', 'sandbox']).command).toBe('explain');
  expect(readArguments(['--', 'explain']).command).toBeUndefined();
});

test.each([
  [['--version'], true],
  [['-V'], true],
  [['version'], true],
  [['-v'], true],
  [['-v', 'init-session'], false],
  [['init-session', '-v'], false],
  [[], false],
])('the line %j asks for the version: %p', (args, expected) => {
  expect(readArguments(args).asksForVersion).toBe(expected);
});

test.each([
  [[], true],
  [['--help'], true],
  [['init-session', '-h'], true],
  [['help', 'exit-codes'], true],
  [['init-session'], false],
  [['completion', 'suggest', 'bash', '--', '--help'], false],
])('the line %j asks for help: %p', (args, expected) => {
  expect(readArguments(args).asksForHelp).toBe(expected);
});
