import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { renderHuman } from '../../../src/output/human.js';
import { renderNote, renderWrapped } from '../../../src/output/note.js';
import type { Block } from '../../../src/output/report.js';
import { createFakeHost } from '../../support/fake-host.js';
import { stripControls } from '../../support/control-sequences.js';
import { anyCharacter } from '../../support/generated.js';

const WIDE = { columns: 80, hasColors: false };
const NARROW = { columns: 40, hasColors: false };
const COLOURED = { columns: 80, hasColors: true };

const LINK = `https://digilocker.example/${'x'.repeat(100)}`;
const BLOCKS: readonly Block[] = [
  { type: 'title', text: 'DigiLocker session started (staging)', tone: 'good' },
  {
    type: 'fields',
    rows: [
      ['Transaction ID', '59F864A69B6E4DE0BCD4DD927A5D6160'],
      ['Absent', null],
      ['Meaning', 'The session was created; the link is in data.authorizationUrl, and works once.'],
    ],
  },
  { type: 'link', label: 'Link', url: LINK },
  { type: 'text', text: 'Two things:\n- the first of them is long enough to need a second line\n- second' },
];

test('a text too long to be wrapped in good time is left to the terminal', () => {
  const text = `a${' '.repeat(30_000)}b`;
  expect(renderHuman([{ type: 'text', text }], WIDE)).toBe(`${text}\n`);
});

test('at 80 columns', () => {
  expect(renderHuman(BLOCKS, WIDE)).toBe(
    [
      'DigiLocker session started (staging)',
      '',
      'Transaction ID  59F864A69B6E4DE0BCD4DD927A5D6160',
      'Meaning         The session was created; the link is in data.authorizationUrl,',
      '                and works once.',
      '',
      'Link',
      `  ${LINK}`,
      '',
      'Two things:',
      '- the first of them is long enough to need a second line',
      '- second',
      '',
    ].join('\n'),
  );
});

test('at 40 columns values hang under each other, and no ID or link is broken', () => {
  expect(renderHuman(BLOCKS, NARROW)).toBe(
    [
      'DigiLocker session started (staging)',
      '',
      'Transaction ID',
      '  59F864A69B6E4DE0BCD4DD927A5D6160',
      'Meaning         The session was created;',
      '                the link is in',
      '                data.authorizationUrl,',
      '                and works once.',
      '',
      'Link',
      `  ${LINK}`,
      '',
      'Two things:',
      '- the first of them is long enough to',
      '  need a second line',
      '- second',
      '',
    ].join('\n'),
  );
});

test('wider than 100 columns is 100 columns', () => {
  const text = 'word '.repeat(60).trim();
  expect(renderHuman([{ type: 'text', text }], { columns: 300, hasColors: false })).toBe(
    renderHuman([{ type: 'text', text }], { columns: 100, hasColors: false }),
  );
});

test.each([0, 1, 10])('%i columns lose nothing', (columns) => {
  const shown = renderHuman(BLOCKS, { columns, hasColors: false });
  for (const word of [
    '59F864A69B6E4DE0BCD4DD927A5D6160',
    LINK,
    'data.authorizationUrl',
    'second',
    'session',
  ]) {
    expect(shown).toContain(word);
  }
});

describe('colours', () => {
  const paint = (block: Block) => renderHuman([block], COLOURED);

  test.each([
    ['good', '\u001B[32m\u001B[1mDone\u001B[22m\u001B[39m\n'],
    ['bad', '\u001B[31m\u001B[1mDone\u001B[22m\u001B[39m\n'],
    ['plain', '\u001B[1mDone\u001B[22m\n'],
  ] as const)('say that a title is %s', (tone, shown) => {
    expect(paint({ type: 'title', text: 'Done', tone })).toBe(shown);
  });

  test('underline a link and dim labels', () => {
    expect(paint({ type: 'link', label: 'Link', url: 'https://x.example' })).toBe(
      'Link\n  \u001B[36m\u001B[4mhttps://x.example\u001B[24m\u001B[39m\n',
    );
    expect(paint({ type: 'fields', rows: [['A', 'b']] })).toBe('\u001B[2mA  \u001B[22mb\n');
  });

  test('change no text', () => {
    const plain = renderHuman(BLOCKS, WIDE);
    expect(stripControls(renderHuman(BLOCKS, COLOURED))).toBe(plain);
  });
});

test('a block without rows, and no block at all', () => {
  expect(renderHuman([{ type: 'fields', rows: [['A', null]] }], WIDE)).toBe('\n');
  expect(renderHuman([], WIDE)).toBe('');
});

test('whatever a server sends steers no terminal (rule 22)', () => {
  const anything = fc.string({ unit: anyCharacter, minLength: 1 });
  fc.assert(
    fc.property(anything, (text) => {
      const shown = renderHuman(
        [
          { type: 'title', text, tone: 'bad' },
          { type: 'text', text },
          { type: 'fields', rows: [['Label', text]] },
          { type: 'link', label: text, url: text },
        ],
        WIDE,
      );
      expect(shown.replaceAll('\n', '').replaceAll('\t', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
    }),
  );
});

test('a note is one line (rule 22)', () => {
  expect(renderNote('a\nb\u001B[2J')).toBe('a\\u000ab\\u001b[2J\n');
});

describe('a note on standard error', () => {
  const LINE = `Trying again in 0.2 s: see ${LINK} for the reason.`;

  test.each([30, 50, 80])('is broken between words on a terminal of %i columns', (columns) => {
    const { stderr } = createFakeHost([], { isInteractive: true, columns });
    const lines = renderWrapped(LINE, stderr).trimEnd().split('\n');
    expect(lines.join(' ')).toBe(LINE);
    expect(lines.filter((line) => line.length > columns)).toEqual([LINK]);
  });

  test('stays one line elsewhere', () => {
    expect(renderWrapped(LINE, createFakeHost([], { columns: 30 }).stderr)).toBe(`${LINE}\n`);
  });
});

test('an ID that finds no room beside its label goes below it, whole', () => {
  const id = '01a217bb-9ccb-77be-b18a-b5c49efdc74d';
  const blocks: Block[] = [{ type: 'fields', rows: [['Reference ID', id]] }];
  expect(renderHuman(blocks, NARROW)).toBe(`Reference ID\n  ${id}\n`);
});

describe('a table', () => {
  const blocks: Block[] = [
    {
      type: 'table',
      rows: [
        { tone: 'plain', cells: ['Name', 'Issuer', 'URI'] },
        { tone: 'plain', cells: ['PAN', 'Income Tax Department', 'in.gov.pan-PANCR-X'] },
      ],
    },
  ];
  const COLUMNS = 'Name  Issuer                 URI\nPAN   Income Tax Department  in.gov.pan-PANCR-X\n';

  test('has columns where there is room for them, and behind a pipe', () => {
    expect(renderHuman(blocks, { ...WIDE, isTerminal: true })).toBe(COLUMNS);
    expect(renderHuman(blocks, { ...NARROW, isTerminal: false })).toBe(COLUMNS);
  });

  test('has the cells of a row below its first on a narrow terminal, each whole', () => {
    expect(renderHuman(blocks, { ...NARROW, columns: 30, isTerminal: true })).toBe(
      'Name\n  Issuer  URI\nPAN\n  Income Tax Department\n  in.gov.pan-PANCR-X\n',
    );
  });
});
