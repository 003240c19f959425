import { describe, expect, test } from '@jest/globals';
import type { CallEvent } from '../../../../src/api/call.js';
import { createChatter } from '../../../../src/commands/calling/chatter.js';
import { createFakeHost } from '../../../support/fake-host.js';

const EVENTS: readonly CallEvent[] = [
  { type: 'attempt', referenceId: 'ref-1' },
  {
    type: 'request',
    request: {
      method: 'POST',
      url: new URL('https://gw.example/x'),
      headers: { A: '1', B: '2' },
      body: '{}',
    },
  },
  {
    type: 'response',
    answer: { status: 429, headers: { a: '1', b: ['2', '3'] }, body: Buffer.from('no\u001B[2J') },
  },
  { type: 'retry', reason: 'Too many.', delayMs: 1250 },
  { type: 'attempt', referenceId: 'ref-1' },
  { type: 'attempt', referenceId: 'ref-2' },
];

async function said(isQuiet: boolean, isVerbose: boolean): Promise<string[]> {
  const { stderr } = createFakeHost();
  const chatter = createChatter(stderr, { format: 'human', isQuiet, isVerbose });
  for (const event of EVENTS) await chatter.observe(event);
  await chatter.note('A note.');
  return stderr.text.split('\n').slice(0, -1);
}

describe('chatter', () => {
  test('tells each reference ID once, repetitions and notes (rule 21)', async () => {
    expect(await said(false, false)).toEqual([
      'Reference ID: ref-1',
      'Trying again in 1.3 s. Too many.',
      'Reference ID: ref-2',
      'A note.',
    ]);
  });

  test('tells reference IDs alone when it is quiet (rule 21)', async () => {
    expect(await said(true, false)).toEqual(['Reference ID: ref-1', 'Reference ID: ref-2']);
  });

  test('tells the exchange line by line when it is verbose', async () => {
    expect(await said(false, true)).toEqual([
      'Reference ID: ref-1',
      '> POST https://gw.example/x',
      '> A: 1',
      '> B: 2',
      '> {}',
      '< HTTP 429',
      '< a: 1',
      '< b: 2,3',
      '< no\\u001b[2J',
      'Trying again in 1.3 s. Too many.',
      'Reference ID: ref-2',
      'A note.',
    ]);
  });
});
