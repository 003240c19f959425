import { describe, expect, test } from '@jest/globals';
import {
  parseBriefly,
  parseRecord,
  renderRecord,
  SegmentReader,
  type BriefRecord,
} from '../../../../src/commands/batch/journal.js';
import { RowStates } from '../../../../src/commands/batch/row-states.js';
import { intent, outcome } from './records.js';

function readAll(bytes: Buffer): BriefRecord[] {
  const reader = new SegmentReader(parseBriefly);
  return [...reader.read(bytes)].map(({ record }) => record);
}

test('a record comes back from its line, whatever text it holds', () => {
  const record = outcome(3, 1, { link: 'https://x.example/\u2028"\\\u202e\n', key: null });
  const line = renderRecord(record);
  expect(line).toMatch(/^\{.*\} ~[\da-f]{8}\n$/);
  expect(line.slice(0, -1)).not.toContain('\n');
  expect(parseRecord(Buffer.from(line.slice(0, -1)))).toEqual(record);
});

test('a line with any byte changed is no record', () => {
  const line = renderRecord(intent(1, 1)).slice(0, -1);
  for (let place = 0; place < line.length; place += 1) {
    const changed = `${line.slice(0, place)}${line[place] === 'x' ? 'y' : 'x'}${line.slice(place + 1)}`;
    expect(parseRecord(Buffer.from(changed))).toBeUndefined();
    expect(parseBriefly(Buffer.from(changed))).toBeUndefined();
  }
});

test('what states depend on is read the same way, whatever texts stand around it', () => {
  const hostile = '","end":"lost","key":"x","http":1,"kind":null,"sent":"no"} ~00000000';
  const records = [
    intent(7, 2),
    ...[null, 'success_initiate_session', hostile, 'schlüssel', ''].flatMap((key) =>
      [null, 'network' as const].map((kind) =>
        outcome(8, 3, { k: hostile, link: hostile, txn: hostile, end: 'again', sent: 'unknown', key, kind }),
      ),
    ),
    { t: 'alive' as const },
  ];
  for (const record of records) {
    const line = Buffer.from(renderRecord(record).slice(0, -1));
    const brief = parseBriefly(line) ?? {};
    expect(parseRecord(line)).toMatchObject(brief);
    expect(brief).toMatchObject(
      record.t === 'o'
        ? { r: 8, n: 3, end: 'again', sent: 'unknown', key: record.key, kind: record.kind }
        : { t: record.t },
    );
  }
});

describe('a damaged segment', () => {
  const lines = [intent(1, 1), outcome(1, 1), intent(2, 1), outcome(2, 1), intent(3, 1)].map(renderRecord);

  test('a torn last line is ignored, at whichever byte it is torn', () => {
    const whole = lines.slice(0, 2).join('');
    const next = lines[2] ?? '';
    for (let length = 0; length < next.length; length += 1) {
      const states = new RowStates();
      for (const record of readAll(Buffer.from(whole + next.slice(0, length))))
        states.apply(record, { segment: 1, start: 0 });
      expect([states.stateOf(1), states.stateOf(2)]).toEqual(['created', 'open']);
    }
  });

  test('behind a damaged line intents count as sent, and outcomes do not count', () => {
    const broken = [lines[0], lines[1]?.replace('created', 'refused'), lines[2], lines[3], lines[4]].join('');
    const states = new RowStates();
    for (const record of readAll(Buffer.from(broken))) states.apply(record, { segment: 1, start: 0 });
    expect([1, 2, 3].map((row) => states.stateOf(row))).toEqual(['sent', 'sent', 'sent']);
  });

  test('zeros that a lost write left are one damaged line', () => {
    const bytes = Buffer.concat([
      Buffer.from(lines[0] ?? ''),
      Buffer.alloc(4096),
      Buffer.from(`\n${lines[2] ?? ''}`),
    ]);
    expect(readAll(bytes).map(({ t }) => t)).toEqual(['i', 'i']);
  });

  test('records tell where they stand, however the segment is cut for reading', () => {
    const bytes = Buffer.from(lines.join(''));
    const reader = new SegmentReader(parseRecord);
    const places: number[] = [];
    for (const byte of bytes) for (const { start } of reader.read(Buffer.from([byte]))) places.push(start);
    expect(places.map((start) => bytes.indexOf('{', start))).toEqual(places);
    expect(reader.isDamaged).toBe(false);
  });
});
