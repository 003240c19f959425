import { describe, expect, test } from '@jest/globals';
import { Failure } from '../../../src/failure/failure.js';
import { createFakePrompter } from '../../support/fake-prompter.js';

const check = (answer: string) => (answer === 'good' ? undefined : `“${answer}” is bad.`);

describe('the fake prompter', () => {
  test('gives the scripted answers, and keeps what was asked', async () => {
    const prompter = createFakePrompter([
      ['Name', 'bad', 'good'],
      [/^Secret/, ''],
      ['Sure', true],
    ]);
    expect(await prompter.text({ message: 'Name:', check, progress: ({ length }) => `[${length}]` })).toBe(
      'good',
    );
    expect(await prompter.secret({ message: 'Secret:', isOptional: true, check })).toBe('');
    expect(await prompter.confirm({ message: 'Sure?' })).toBe(true);
    expect(prompter.questions).toEqual([
      { type: 'text', message: 'Name:', objections: ['“bad” is bad.'], progress: ['[3]', '[4]'] },
      { type: 'secret', message: 'Secret:', objections: [], progress: [] },
      { type: 'confirm', message: 'Sure?', objections: [], progress: [] },
    ]);
    prompter.verify();
  });

  test('takes the suggestion for an empty answer', async () => {
    const prompter = createFakePrompter([['Name', '']]);
    expect(await prompter.text({ message: 'Name:', suggestion: 'good', check })).toBe('good');
  });

  test('rejects where it was told to', async () => {
    const failure = new Failure('interrupted', 'Interrupted.');
    await expect(createFakePrompter([['Sure', failure]]).confirm({ message: 'Sure?' })).rejects.toBe(failure);
  });

  test.each([
    ['a question that nobody foresaw', [], /Unexpected question: Name:/],
    ['another question', [['Age', 'good']], /Asked “Name:” where “Age” was foreseen/],
    ['an answer that is refused', [['Name', 'bad']], /“Name:” does not take “bad”: “bad” is bad\./],
    ['an answer that should have been refused', [['Name', 'good', 'good']], /“Name:” takes “good”/],
    ['an answer of the wrong type', [['Name', true]], /“Name:” was answered with true/],
  ] as const)('complains of %s, even if nobody listens', async (_name, answers, complaint) => {
    const prompter = createFakePrompter(answers);
    await prompter.text({ message: 'Name:', check }).catch(() => undefined);
    expect(() => {
      prompter.verify();
    }).toThrow(complaint);
  });

  test('complains of a text where a yes or no is wanted', async () => {
    const prompter = createFakePrompter([['Sure', 'yes']]);
    await expect(prompter.confirm({ message: 'Sure?' })).rejects.toThrow('was answered with a text');
    expect(() => {
      prompter.verify();
    }).toThrow();
  });

  test('complains of answers that nobody wanted, once', () => {
    const prompter = createFakePrompter([
      ['Name', 'x'],
      [/^Age/, 'y'],
    ]);
    expect(() => {
      prompter.verify();
    }).toThrow('Never asked: Name\nNever asked: /^Age/');
    prompter.verify();
  });
});
