import { describe, expect, jest, test } from '@jest/globals';
import { describeRow } from '../../../../src/commands/batch/batch-row.js';
import { hashKey, isInShard, KeyIndex, keyOf } from '../../../../src/commands/batch/keys.js';
import {
  roughDurationText,
  progressLine,
  rateText,
  startProgress,
} from '../../../../src/commands/batch/progress.js';
import { RowStates } from '../../../../src/commands/batch/row-states.js';
import { countsFault, emptyCounts, summaryBlocks } from '../../../../src/commands/batch/summary.js';
import { createRowReader, parseColumnMapping } from '../../../../src/commands/batch/columns.js';
import { watchRun } from '../../../../src/commands/batch/watch.js';
import { Failure } from '../../../../src/failure/failure.js';
import { createFakeHost } from '../../../support/fake-host.js';
import { useFakeTimers } from '../../../support/fake-timers.js';

describe('progress', () => {
  const figures = {
    rows: { ...emptyCounts(), total: 4000, created: 1000, refused: 2, open: 2998 },
    inFlight: 64,
    ended: 1002,
    left: 2998,
  };

  test.each([
    [499, '0 s'],
    [59_000, '59 s'],
    [60_000, '1 min'],
    [3_540_000, '59 min'],
    [3_600_000, '1 h 0 min'],
    [24_420_000, '6 h 47 min'],
    [172_800_000, '2 days 0 h'],
    [180_000_000, '2 days 2 h'],
  ])('%d ms read %s', (ms, text) => {
    expect(roughDurationText(ms)).toBe(text);
  });

  test.each([
    [0, '0.0/s'],
    [12.34, '12.3/s'],
    [0.1, '0.1/s'],
    [0.04, '2.4/min'],
    [0.0001, '0.4/h'],
    [1 / 86_400, '1.0/day'],
    [1e-10, 'under 0.1/day'],
  ])('no pace reads as nothing: %d a second is %s', (perSecond, text) => {
    expect(rateText(perSecond)).toBe(text);
  });

  test('a line tells counts, pace and the time left', () => {
    expect(progressLine(figures, 100_200)).toBe(
      '1,002 of 4,000  25 %  10.0/s  created 1,000  refused 2  in flight 64  5 min left',
    );
  });

  test('a line without a row, and one without time, tell no pace', () => {
    const none = { rows: { ...emptyCounts(), total: 0 }, inFlight: 0, ended: 0, left: 0 };
    expect(progressLine(none, 0)).toBe('0 of 0  100 %  0.0/s  created 0  in flight 0');
  });

  test('a terminal is left without the line that is written over', async () => {
    const host = createFakeHost([], { isInteractive: true });
    const progress = startProgress(
      host,
      false,
      () => figures,
      () => 0,
    );
    progress.note('A note.');
    progress.warn('A warning.');
    await progress.end();
    const erase = '\r\u001b[K';
    expect(host.stderr.text).toBe(`${erase}A note.\n${erase}A warning.\n${erase}`);
  });

  test.each([
    ['a terminal, four times a second, cut to its width', true, 250, '\r\u001b[K1,002 of 4,000  25 '],
    ['anything else, every half a minute', false, 30_000, `${progressLine(figures, 0)}\n`],
  ])('is written to %s', async (_where, isInteractive, everyMs, text) => {
    useFakeTimers();
    const host = createFakeHost([], { isInteractive, columns: isInteractive ? 20 : 80 });
    const progress = startProgress(
      host,
      false,
      () => figures,
      () => 0,
    );
    jest.advanceTimersByTime(2 * everyMs);
    await progress.end();
    expect(host.stderr.text).toBe(`${text}${text}${isInteractive ? '\r\u001b[K' : ''}`);
  });

  test('a user who wants quiet reads warnings alone', async () => {
    const host = createFakeHost([], { isInteractive: true });
    const progress = startProgress(
      host,
      true,
      () => figures,
      () => 0,
    );
    progress.note('A note.');
    progress.warn('A warning.');
    await progress.end();
    expect(host.stderr.text).toBe('A warning.\n');
  });
});

test('a run shows every ten seconds that it lives, and ends within a second of a take-over', () => {
  useFakeTimers();
  const records: unknown[] = [];
  const journal = {
    append: (record: unknown) => {
      records.push(record);
      return Promise.resolve();
    },
  };
  const objections: Failure[] = [];
  const watch = watchRun(new AbortController().signal, journal, () => objections[0]);
  jest.advanceTimersByTime(20_000);
  expect(records).toEqual([{ t: 'alive' }, { t: 'alive' }]);
  expect(watch.signal.aborted).toBe(false);
  objections.push(new Failure('usage', 'Another process took the job over.'));
  jest.advanceTimersByTime(1_000);
  expect(watch.signal.reason).toBe(objections[0]);
  watch.end();
  jest.advanceTimersByTime(60_000);
  expect(records).toHaveLength(2);
});

describe('keys', () => {
  const row = (key: unknown) => ({ number: 3, line: 4, cells: new Map([['id', key]]) });

  test.each([
    ['C1', 'C1'],
    [7, '7'],
  ])('a cell %j names its row', (cell, key) => {
    expect(keyOf(row(cell), { type: 'column', column: 'id' })).toBe(key);
  });

  test.each([
    [undefined, 'is empty'],
    [null, 'is empty'],
    ['', 'is empty'],
    [1.5, 'is not text'],
    [true, 'is not text'],
    [{}, 'is not text'],
  ])('a cell %j names no row', (cell, fault) => {
    expect(() => keyOf(row(cell), { type: 'column', column: 'id' })).toThrow(
      `The key of row 3 (line 4) ${fault}.`,
    );
  });

  test('an index of many keys finds each of them and no other', () => {
    const index = new KeyIndex();
    const numbers = Array.from({ length: 5000 }, (_, at) => at + 1);
    expect(numbers.filter((number) => index.add(hashKey(`C${number}`), number) !== undefined)).toEqual([]);
    expect(index.size).toBe(5000);
    expect(index.add(hashKey('C4711'), 9)).toBe(4711);
    expect(index.find(hashKey('C1'))).toBe(1);
    expect(index.find(hashKey('C5001'))).toBeUndefined();
  });

  test('every key is in one shard', () => {
    for (let number = 1; number <= 100; number += 1) {
      const shards = [1, 2, 3].filter((index) => isInShard(hashKey(`C${number}`), { index, count: 3 }));
      expect(shards).toHaveLength(1);
    }
  });
});

describe('the states of rows', () => {
  test('a row that no record names is open, however high', () => {
    const states = new RowStates();
    expect(states.stateOf(1_000_000)).toBe('open');
    expect(states.attemptOf(1_000_000)).toBe(0);
    expect(states.placesOf(1_000_000)).toEqual([]);
  });

  test('a row beyond all others is remembered beside them', () => {
    const states = new RowStates();
    const intent = { t: 'i', n: 1, k: 'C', id: 'id', at: 0 } as const;
    states.apply({ ...intent, r: 2 }, { segment: 1, start: 10 });
    states.apply({ ...intent, r: 50_000 }, { segment: 1, start: 20 });
    expect([states.stateOf(2), states.stateOf(50_000), states.highest]).toEqual(['sent', 'sent', 50_000]);
    expect(states.placesOf(50_000)).toEqual([{ segment: 1, start: 20 }]);
  });
});

describe('rows as they are told', () => {
  const intent = { t: 'i', r: 1, n: 1, k: 'C1', id: 'made-up-1', at: 0 } as const;
  const outcome = {
    ...intent,
    t: 'o',
    end: 'refused',
    txn: null,
    link: null,
    key: null,
    http: 500,
    kind: 'upstream',
    sent: 'yes',
  } as const;

  test('a request without an answer may have created a session', () => {
    expect(describeRow(1, 'sent', [intent])).toMatchObject({
      key: 'C1',
      end: 'unknown',
      sessionCreated: 'unknown',
      kind: 'unknown',
      attempts: [{ referenceId: 'made-up-1', httpStatus: null, sent: 'unknown' }],
      at: '1970-01-01T00:00:00.000Z',
    });
  });

  test.each([
    ['upstream', 'upstream'],
    ['access', 'account'],
    ['rejected', 'refused'],
  ] as const)('a refusal of the kind %s leaves the row %s', (kind, state) => {
    const states = new RowStates();
    states.apply({ ...outcome, kind }, { segment: 1, start: 0 });
    expect(states.stateOf(1)).toBe(state);
    expect(describeRow(1, state, [{ ...outcome, kind }])).toMatchObject({
      end: 'refused',
      sessionCreated: 'no',
      kind,
      attempts: [{ httpStatus: 500, sent: 'yes' }],
    });
  });
});

describe('summaries', () => {
  test('counts that do not add up are a bug', () => {
    expect(countsFault({ ...emptyCounts(), total: 3, created: 2 })).toMatchObject({
      kind: 'internal',
      message: 'The counts of this run do not add up: 2 of 3 rows have an end.',
    });
    expect(countsFault({ ...emptyCounts(), total: 2, created: 2 })).toBeUndefined();
  });

  test('without rows there is nothing to tell', () => {
    const nothing = { environment: null, batch: null, job: null, shard: null, input: null, rows: null };
    const document = { ...nothing, responseKeys: {}, requests: 0, pauses: 0, durationMs: 0, stopped: null };
    expect(summaryBlocks(document)).toEqual([]);
  });
});

describe('what a row asks for', () => {
  const mapping = parseColumnMapping([], 'classic');
  const cells = (given: Readonly<Record<string, unknown>>) => ({
    number: 1,
    line: 2,
    cells: new Map(Object.entries(given)),
  });
  const PURPOSE = 'Verification of your identity for an account';

  test('its own cells come before the defaults', () => {
    const read = createRowReader(
      'classic',
      mapping,
      { redirectUrl: 'https://app.test/', consentPurpose: 'x' },
      true,
    );
    const given = {
      consent_purpose: PURPOSE,
      redirect_url: 'https://row.test/',
      redirect_to_signup: 'true',
      abstract_access_token: 'false',
    };
    expect(read(cells(given), false)).toMatchObject({
      type: 'send',
      params: {
        consentPurpose: PURPOSE,
        redirectUrl: 'https://row.test/',
        redirectToSignup: true,
        abstractAccessToken: false,
      },
    });
  });

  test('cells of JSON have the types of the wire', () => {
    const read = createRowReader('classic', mapping, {}, false);
    const given = {
      consent: true,
      consent_purpose: 7,
      redirect_url: null,
      redirect_to_signup: 'true',
      abstract_access_token: null,
    };
    expect(read(cells(given), true)).toMatchObject({
      type: 'invalid',
      faults: [
        'consent_purpose is not text',
        'redirect_to_signup is neither true nor false',
        'consent_purpose is missing',
        'redirect_url is missing',
      ],
    });
    expect(read(cells({ consent: 'true' }), true)).toEqual({ type: 'withheld' });
  });
});
