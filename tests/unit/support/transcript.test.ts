import { describe, expect, test } from '@jest/globals';
import { createStripper, stripControls } from '../../support/control-sequences.js';
import { Transcript } from '../../support/transcript.js';

describe('waitFor', () => {
  test('finds what is there already and what comes later, in pieces', async () => {
    const transcript = new Transcript();
    transcript.append('ready\n');
    await transcript.waitFor('ready');
    const later = transcript.waitFor(/port (\d+)\n/);
    transcript.append('port 40');
    transcript.append('10\n');
    expect((await later)[1]).toBe('4010');
  });

  test('does not find the same text twice', async () => {
    const transcript = new Transcript();
    transcript.append('Name? Name');
    await transcript.waitFor('Name');
    await transcript.waitFor(/name/gi);
    transcript.end('over');
    await expect(transcript.waitFor('Name')).rejects.toThrow('over');
  });

  test('skips what stands before a match', async () => {
    const transcript = new Transcript();
    transcript.append('one two');
    await transcript.waitFor('two');
    await expect(transcript.waitFor('one', 1)).rejects.toThrow('not seen within 1 ms');
  });

  test('takes a string literally', async () => {
    const transcript = new Transcript();
    transcript.append('a-c (y/N)?');
    await transcript.waitFor('a-c (y/N)?');
    await expect(transcript.waitFor('.', 1)).rejects.toThrow('not seen');
  });

  test('shows the text so far when it gives up', async () => {
    const transcript = new Transcript();
    transcript.append('seen, rest');
    await transcript.waitFor('seen');
    const waiting = transcript.waitFor('never');
    transcript.end('the program ended (1)');
    await expect(waiting).rejects.toThrow(
      '/never/g: the program ended (1)\n--- consumed\nseen\n--- since then\n, rest\n---',
    );
  });

  test('serves those who wait in the order in which they asked', async () => {
    const transcript = new Transcript();
    const [first, second] = [transcript.waitFor(/\d/), transcript.waitFor(/\d/)];
    transcript.append('12');
    expect([(await first)[0], (await second)[0]]).toEqual(['1', '2']);
  });
});

describe('control sequences', () => {
  const drawn =
    '\u001B[?25l\u001B[1;31mred\u001B[0m\r\n\u001B]8;;https://x\u0007link\u001B]8;;\u001B\\\u001B[2 q\u001B7\u001B(B\tend\b';

  test('are taken out', () => {
    expect(stripControls(drawn)).toBe('red\nlink\tend');
    expect(stripControls('plain [31m text é 🙂')).toBe('plain [31m text é 🙂');
  });

  test('are taken out wherever the chunks are cut', () => {
    for (let cut = 0; cut <= drawn.length; cut += 1) {
      const strip = createStripper();
      expect(strip(drawn.slice(0, cut)) + strip(drawn.slice(cut))).toBe('red\nlink\tend');
    }
    const strip = createStripper();
    expect(drawn.split(/(?:)/u).map(strip).join('')).toBe('red\nlink\tend');
  });
});
