import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { startCountdown } from '../../../src/output/countdown.js';
import { createFakeHost } from '../../support/fake-host.js';

beforeEach(() => {
  jest.useFakeTimers();
});

afterEach(() => {
  jest.useRealTimers();
});

const LINE_START = '\r\u001b[K';

function start(waitMs: number, options: { isInteractive: boolean; columns?: number }) {
  const { stderr } = createFakeHost([], options);
  const end = startCountdown({ stderr, now: () => Date.now() }, Date.now() + waitMs);
  return { stderr, end };
}

describe('the remaining time of a wait', () => {
  test('is one line of a terminal that is written over each second, and taken away at the end', async () => {
    const { stderr, end } = start(600_000, { isInteractive: true });
    jest.advanceTimersByTime(2_000);
    await end();
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

  test('never takes more than one line, however narrow the terminal is', () => {
    const { stderr } = start(600_000, { isInteractive: true, columns: 30 });
    const [, line = ''] = stderr.text.split(LINE_START);
    expect(line).toBe('Waiting for the end user, 10:');
  });

  test('is not shown where there is no terminal', async () => {
    const { stderr, end } = start(600_000, { isInteractive: false });
    jest.advanceTimersByTime(3_000);
    await end();
    expect(stderr.text).toBe('');
  });
});
