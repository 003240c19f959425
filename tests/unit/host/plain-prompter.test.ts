import { expect, test } from '@jest/globals';
import process from 'node:process';
import { PassThrough } from 'node:stream';
import { Failure } from '../../../src/failure/failure.js';
import { createPrompter } from '../../../src/host/terminal-prompter.js';
import { CANARIES } from '../../support/canaries.js';
import { Transcript } from '../../support/transcript.js';

function createDumbScreen() {
  const modes: boolean[] = [];
  const input = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (isRaw: boolean) => modes.push(isRaw),
  });
  const output = new PassThrough();
  const shown = new Transcript();
  output.on('data', (chunk: Buffer) => {
    shown.append(chunk.toString());
  });
  const controller = new AbortController();
  const { signal } = controller;
  const prompter = createPrompter({
    input,
    output,
    hasColors: false,
    isDumb: true,
    signal,
    signals: process,
  });
  return { prompter, input, shown, modes, controller, type: (text: string) => input.write(text) };
}

test('a text is asked for on a line, and again with a line of its own where it is wrong', async () => {
  const { prompter, shown, type } = createDumbScreen();
  const check = (answer: string) => (answer === 'good' ? undefined : 'That is bad.');
  const answer = prompter.text({ message: 'Purpose:', check });
  await shown.waitFor('? Purpose: ');
  type('bad\n');
  await shown.waitFor('> That is bad.\n? Purpose: ');
  type(' good \n');
  expect(await answer).toBe('good');
  expect(shown.text).not.toContain('\u001B');
});

test('a suggestion is taken with Enter', async () => {
  const { prompter, shown, type } = createDumbScreen();
  const answer = prompter.text({ message: 'Redirect URL:', suggestion: 'https://app.example' });
  await shown.waitFor('? Redirect URL: (https://app.example) ');
  type('\n');
  expect(await answer).toBe('https://app.example');
});

test('a secret is read without an echo, and Backspace and Ctrl-U work', async () => {
  const { prompter, shown, modes, type } = createDumbScreen();
  const check = (answer: string) => (answer === CANARIES.clientSecret ? undefined : 'That is wrong.');
  const answer = prompter.secret({ message: 'Client secret:', isOptional: false, check });
  await shown.waitFor('? Client secret: ');
  expect(modes).toEqual([true]);
  type('nothing\r');
  await shown.waitFor('> That is wrong.\n? Client secret: ');
  type(`nothing\u0015${CANARIES.clientSecret}x\u007F\r`);
  expect(await answer).toBe(CANARIES.clientSecret);
  expect(modes).toEqual([true, false, true, false]);
  expect(shown.text).toBe('? Client secret: \n> That is wrong.\n? Client secret: \n');
});

test('a secret that may be left out is left out with Enter', async () => {
  const { prompter, shown, type } = createDumbScreen();
  const answer = prompter.secret({ message: 'Module secret:', isOptional: true, check: () => 'Wrong.' });
  await shown.waitFor('? Module secret: ');
  type('\r');
  expect(await answer).toBe('');
});

test('a choice is typed, and the suggestion taken with Enter', async () => {
  const { prompter, shown, type } = createDumbScreen();
  const question = { message: 'Environment:', choices: ['staging', 'production'], suggestion: 'staging' };
  const typed = prompter.choose(question);
  await shown.waitFor('? Environment: staging, production (staging) ');
  type('prod\n');
  await shown.waitFor('> Answer with one of staging, production.\n');
  type('production\n');
  expect(await typed).toBe('production');
  const taken = prompter.choose(question);
  type('\n');
  expect(await taken).toBe('staging');
});

test.each([
  ['y', false, true],
  ['No', true, false],
  ['', true, true],
  ['', false, false],
])('%j confirms, where the default is %p: %p', async (typed, isDefaultYes, expected) => {
  const { prompter, shown, type } = createDumbScreen();
  const answer = prompter.confirm({ message: 'Go on?', isDefaultYes });
  await shown.waitFor(isDefaultYes ? '? Go on? (Y/n) ' : '? Go on? (y/N) ');
  type('perhaps\n');
  await shown.waitFor('> Answer yes or no.\n');
  type(`${typed}\n`);
  expect(await answer).toBe(expected);
});

test('a question that is taken off rejects with the reason', async () => {
  const { prompter, shown } = createDumbScreen();
  const takenOff = new AbortController();
  const answer = prompter.confirm({ message: 'Open it?', signal: takenOff.signal });
  await shown.waitFor('? Open it? ');
  const reason = new Error('answered elsewhere');
  takenOff.abort(reason);
  await expect(answer).rejects.toBe(reason);
  expect(shown.text).toBe('? Open it? (y/N) \n');
});

test.each(['text', 'secret'] as const)('a signal ends a %s', async (kind) => {
  const { prompter, shown, controller } = createDumbScreen();
  const answer = prompter[kind]({ message: 'Say:', isOptional: true });
  await shown.waitFor('? Say: ');
  const reason = new Failure('interrupted', 'Interrupted by SIGTERM.', { signal: 'SIGTERM' });
  controller.abort(reason);
  await expect(answer).rejects.toBe(reason);
});

test.each(['text', 'secret'] as const)('the end of input ends a %s with usage', async (kind) => {
  const { prompter, shown, input } = createDumbScreen();
  const answer = prompter[kind]({ message: 'Say:', isOptional: true });
  await shown.waitFor('? Say: ');
  input.end();
  await expect(answer).rejects.toMatchObject({
    kind: 'usage',
    message: expect.stringMatching(/^Input ended/),
  });
});

test.each([
  ['\u0003', 'interrupted'],
  ['\u0004', 'usage'],
])('%j ends a secret: %s', async (key, kind) => {
  const { prompter, shown, modes, type } = createDumbScreen();
  const answer = prompter.secret({ message: 'Say:', isOptional: true });
  await shown.waitFor('? Say: ');
  type(`abc${key}`);
  await expect(answer).rejects.toMatchObject({ kind });
  expect(modes).toEqual([true, false]);
});
