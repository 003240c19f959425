import { describe, expect, jest, test } from '@jest/globals';
import { startCountdown } from '../../../src/output/countdown.js';
import { createFakeHost } from '../../support/fake-host.js';
import { useFakeTimers } from '../../support/fake-timers.js';

const LINE_START = '\r\u001b[K';

const WHAT = 'Waiting for the end user';

function start(waitMs: number, options: { isInteractive: boolean; columns?: number }) {
  useFakeTimers();
  const { stderr } = createFakeHost([], options);
  const screen = { columns: stderr.columns };
  const output = Object.create(stderr, { columns: { get: () => screen.columns } }) as typeof stderr;
  const countdown = startCountdown({ stderr: output, elapsed: () => Date.now() }, WHAT, Date.now() + waitMs);
  return { stderr, countdown, screen };
}

describe('the remaining time of a wait', () => {
  test('is one line of a terminal that is written over each second, and taken away at the end', async () => {
    const { stderr, countdown } = start(600_000, { isInteractive: true });
    jest.advanceTimersByTime(2_000);
    await countdown.end();
    jest.advanceTimersByTime(5_000);
    const shown = stderr.text.split(LINE_START);
    expect(shown).toEqual([
      '',
      'Waiting for the end user, 10:00 left (Ctrl-C ends it)',
      'Waiting for the end user, 9:59 left (Ctrl-C ends it)',
      'Waiting for the end user, 9:58 left (Ctrl-C ends it)',
      '',
    ]);
  });

  test('counts what has begun, and never less than nothing', () => {
    const { stderr } = start(1_500, { isInteractive: true });
    jest.advanceTimersByTime(4_000);
    const times = [...stderr.text.matchAll(/\d+:\d\d/g)].map(([time]) => time);
    expect(times).toEqual(['0:02', '0:01', '0:00', '0:00', '0:00']);
  });

  test.each([
    [80, 'Waiting for the end user, 10:00 left (Ctrl-C ends it)'],
    [50, 'Waiting for the end user, 10:00 left'],
    [30, '10:00 left'],
    [5, ''],
  ])('takes one line of a terminal with %i columns', (columns, expected) => {
    const { stderr } = start(600_000, { isInteractive: true, columns });
    expect(stderr.text).toBe(`${LINE_START}${expected}`);
  });

  test('leaves nothing behind in a window that becomes narrower', async () => {
    const { stderr, countdown, screen } = start(600_000, { isInteractive: true });
    screen.columns = 30;
    jest.advanceTimersByTime(1_000);
    const [, shrunk = ''] = stderr.text.split('(Ctrl-C ends it)');
    expect(shrunk).toBe('\r\u001b[1A\u001b[J9:59 left');
    await countdown.end();
    expect(stderr.text.endsWith(`9:59 left${LINE_START}`)).toBe(true);
  });

  test('lets a note through above it', async () => {
    const { stderr, countdown } = start(600_000, { isInteractive: true });
    const before = stderr.text.length;
    await countdown.note('Something \u001b[2Jhappened.');
    expect(stderr.text.slice(before)).toBe(
      `${LINE_START}Something \\u001b[2Jhappened.\n${LINE_START}Waiting for the end user, 10:00 left (Ctrl-C ends it)`,
    );
  });

  test('is not shown where there is no terminal, and its notes are', async () => {
    const { stderr, countdown } = start(600_000, { isInteractive: false });
    jest.advanceTimersByTime(3_000);
    await countdown.note('Something happened.');
    await countdown.end();
    expect(stderr.text).toBe('Something happened.\n');
  });
});
