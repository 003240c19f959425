import { describe, expect, test } from '@jest/globals';
import process from 'node:process';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { PassThrough } from 'node:stream';
import { Failure } from '../../../src/failure/failure.js';
import type { Prompter } from '../../../src/host/prompter.js';
import { createPrompter } from '../../../src/host/terminal-prompter.js';
import { CANARIES } from '../../support/canaries.js';
import { createStripper } from '../../support/control-sequences.js';
import { Transcript } from '../../support/transcript.js';

interface Screen {
  readonly prompter: Prompter;
  readonly input: PassThrough;
  readonly controller: AbortController;
  /** What was shown, without escape sequences. */
  readonly shown: Transcript;
  readonly raw: () => string;
  readonly type: (text: string) => void;
}

function createScreen({ hasColors = true, columns = 200 } = {}): Screen {
  const input = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => undefined });
  // No pipe ends standard error.
  const output = Object.assign(new PassThrough(), { isTTY: true, columns, end: () => undefined });
  const controller = new AbortController();
  const shown = new Transcript();
  const strip = createStripper();
  let raw = '';
  output.on('data', (chunk: Buffer) => {
    raw += chunk.toString();
    shown.append(strip(chunk.toString()));
  });
  const prompter = createPrompter({ input, output, hasColors, signal: controller.signal, signals: process });
  return {
    prompter,
    input,
    controller,
    shown,
    raw: () => raw,
    type: (text) => {
      input.write(text);
    },
  };
}

describe('a text', () => {
  test('is answered as it is typed', async () => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.text({ message: 'Client ID:' });
    await shown.waitFor('Client ID:');
    type('made-up\r');
    expect(await answer).toBe('made-up');
  });

  test('has a question that breaks between its words where the screen is too narrow', async () => {
    const { prompter, shown, type } = createScreen({ columns: 40 });
    const message =
      'A question of three lines, which says\nhow long words such as abcdefghijklmnopqrstuvwxyzabcdefghij stay:';
    const answer = prompter.text({ message });
    await shown.waitFor(
      /A question of three lines,\r?\n {2}which says\r?\n {2}how long words such as\r?\n {2}abcdefgh/,
    );
    type('yes\r');
    expect(await answer).toBe('yes');
  });

  test('may be the suggestion, which is shown', async () => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.text({ message: 'Redirect URL:', suggestion: 'https://app.example' });
    await shown.waitFor('https://app.example');
    type('\r');
    expect(await answer).toBe('https://app.example');
  });

  test('is checked, and asked for again', async () => {
    const { prompter, shown, type } = createScreen();
    const check = (answer: string) => (answer === 'good' ? undefined : 'That is bad.');
    const answer = prompter.text({ message: 'Purpose:', check });
    await shown.waitFor('Purpose:');
    type('bad\r');
    await shown.waitFor('That is bad.');
    type('\u007F\u007F\u007Fgood\r');
    expect(await answer).toBe('good');
  });

  test('shows its progress while it is typed', async () => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.text({ message: 'Purpose:', progress: ({ length }) => `[${length}]` });
    await shown.waitFor('[0]');
    type('abc');
    await shown.waitFor('[3] abc');
    type('\r');
    expect(await answer).toBe('abc');
  });

  test('cannot be steered by its own message (rule 22)', async () => {
    const { prompter, shown, raw, type } = createScreen();
    const answer = prompter.text({ message: 'For \u001B[2J:' });
    await shown.waitFor('For \\u001b[2J:');
    type('\r');
    await answer;
    expect(raw()).not.toContain('\u001B[2J');
  });
});

describe('a secret', () => {
  test('is masked, also after Ctrl-T (rule 27)', async () => {
    const { prompter, shown, raw, type } = createScreen();
    const answer = prompter.secret({ message: 'Client secret:', isOptional: false });
    await shown.waitFor('Client secret:');
    type(CANARIES.clientSecret);
    await shown.waitFor('*'.repeat(CANARIES.clientSecret.length));
    type('\u0014');
    type('\r');
    expect(await answer).toBe(CANARIES.clientSecret);
    expect(raw()).not.toContain(CANARIES.clientSecret.slice(0, 8));
  });

  test('may be left out where it is optional', async () => {
    const { prompter, shown, type } = createScreen();
    const check = () => 'A value is needed.';
    const answer = prompter.secret({ message: 'Module secret:', isOptional: true, check });
    await shown.waitFor('Module secret:');
    type('\r');
    expect(await answer).toBe('');
  });

  test('is needed where it is not', async () => {
    const { prompter, shown, type } = createScreen();
    const check = (answer: string) => (answer === '' ? 'A value is needed.' : undefined);
    const answer = prompter.secret({ message: 'Client secret:', isOptional: false, check });
    await shown.waitFor('Client secret:');
    type('\r');
    await shown.waitFor('A value is needed.');
    type('x\r');
    expect(await answer).toBe('x');
  });
});

describe('a consent', () => {
  test.each([
    ['\r', false],
    ['y\r', true],
    ['yes\r', true],
    ['n\r', false],
  ])('answered with %j is %p', async (typed, expected) => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.confirm({ message: 'Agreed?' });
    await shown.waitFor(/Agreed\? .*y\/N/);
    type(typed);
    expect(await answer).toBe(expected);
  });
});

describe('a choice', () => {
  const question = { message: 'Environment:', choices: ['sandbox', 'staging', 'production'] };

  test('is made with the arrow keys', async () => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.choose(question);
    await shown.waitFor('Environment:');
    type('\u001B[B\r');
    expect(await answer).toBe('staging');
  });

  test('begins at the suggestion', async () => {
    const { prompter, shown, type } = createScreen();
    const answer = prompter.choose({ ...question, suggestion: 'production' });
    await shown.waitFor('Environment:');
    type('\r');
    expect(await answer).toBe('production');
  });
});

describe('a question ends (rule 26)', () => {
  test('with Ctrl-C as an interruption', async () => {
    const screen = createScreen();
    const answer = screen.prompter.text({ message: 'Name:' });
    const outcome = expect(answer).rejects.toMatchObject({ kind: 'interrupted', exitCode: 130 });
    await screen.shown.waitFor('Name:');
    screen.type('\u0003');
    await outcome;
  });

  test.each(['\u0004', 'end'])('with the end of its input (%j) as wrong usage', async (how) => {
    const screen = createScreen();
    const answer = screen.prompter.text({ message: 'Name:' });
    const outcome = expect(answer).rejects.toMatchObject({
      kind: 'usage',
      message: 'Input ended before the question was answered.',
    });
    await screen.shown.waitFor('Name:');
    if (how === 'end') screen.input.end();
    else screen.type(how);
    await outcome;
  });

  test('not with Ctrl-Z, after which it goes on', async () => {
    const screen = createScreen();
    const answer = screen.prompter.text({ message: 'Name:' });
    await screen.shown.waitFor('Name:');
    screen.type('Jane');
    await screen.shown.waitFor('Jane');
    // What readline does once the shell lets it go on.
    process.emit('SIGCONT', 'SIGCONT');
    screen.input.pause();
    await nextTurn();
    screen.type(' Doe\r');
    expect(await answer).toBe('Jane Doe');
  });

  test('with Ctrl-D after Ctrl-Z', async () => {
    const screen = createScreen();
    const answer = screen.prompter.text({ message: 'Name:' });
    const outcome = expect(answer).rejects.toMatchObject({ kind: 'usage' });
    await screen.shown.waitFor('Name:');
    process.emit('SIGCONT', 'SIGCONT');
    screen.input.pause();
    await nextTurn();
    screen.type('\u0004');
    await outcome;
  });

  test('with the signal, for its reason', async () => {
    const screen = createScreen();
    const reason = new Failure('interrupted', 'Interrupted by SIGTERM.', { signal: 'SIGTERM' });
    const answer = screen.prompter.text({ message: 'Name:' });
    const outcome = expect(answer).rejects.toBe(reason);
    await screen.shown.waitFor('Name:');
    screen.controller.abort(reason);
    await outcome;
  });

  test('with a signal of its own, which clears it from the screen', async () => {
    const screen = createScreen();
    const taking = new AbortController();
    const answer = screen.prompter.confirm({ message: 'Agreed?', signal: taking.signal });
    const outcome = expect(answer).rejects.toThrow('over');
    await screen.shown.waitFor('Agreed?');
    const before = screen.raw().length;
    taking.abort(new Error('over'));
    await outcome;
    expect(screen.raw().slice(before).startsWith('\u001B[2K\u001B[G')).toBe(true);
    expect(screen.raw().slice(before)).not.toContain('\n');

    const answered = screen.prompter.confirm({ message: 'Again?', signal: new AbortController().signal });
    await screen.shown.waitFor('Again?');
    screen.type('y\r');
    expect(await answered).toBe(true);
    await screen.shown.waitFor('Yes');
  });

  test('with a gentle signal, where no answer is being typed', async () => {
    const screen = createScreen();
    const taking = new AbortController();
    const answer = screen.prompter.confirm({ message: 'Agreed?', gentleSignal: taking.signal });
    const outcome = expect(answer).rejects.toThrow('over');
    await screen.shown.waitFor('Agreed?');
    taking.abort(new Error('over'));
    await outcome;

    const late = screen.prompter.confirm({ message: 'Again?', gentleSignal: taking.signal });
    await expect(late).rejects.toThrow('over');
  });

  test('not with a gentle signal, while its answer is being typed', async () => {
    const screen = createScreen();
    const taking = new AbortController();
    const answer = screen.prompter.confirm({ message: 'Agreed?', gentleSignal: taking.signal });
    await screen.shown.waitFor('Agreed?');
    screen.type('y');
    await screen.shown.waitFor(/Agreed\?.* y$/);
    taking.abort(new Error('over'));
    screen.type('\r');
    expect(await answer).toBe(true);
  });

  test('without a trace on its input', async () => {
    const screen = createScreen();
    for (const name of ['one', 'two', 'three']) {
      const answer = screen.prompter.text({ message: `${name}:` });
      await screen.shown.waitFor(`${name}:`);
      screen.type('x\r');
      await answer;
    }
    expect([screen.input.listenerCount('pause'), screen.input.listenerCount('end')]).toEqual([
      0,
      expect.any(Number),
    ]);
  });
});

test.each([
  [true, true],
  [false, false],
])('with colours %p, questions are coloured: %p', async (hasColors, isColoured) => {
  const { prompter, shown, raw, type } = createScreen({ hasColors });
  const answer = prompter.text({ message: 'Name:', progress: () => '\u001B[36mso far\u001B[39m' });
  await shown.waitFor('so far');
  type('\r');
  await answer;
  expect(raw().includes('\u001B[36m')).toBe(isColoured);
  expect(raw()).toContain('\u001B[2K\u001B[G');
  expect(raw()).toContain('so far');
});
