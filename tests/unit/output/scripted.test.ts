import { describe, expect, test } from '@jest/globals';
import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import type { Report } from '../../../src/output/report.js';
import { hasPath, renderEnv, renderField, renderShell, type Shape } from '../../../src/output/scripted.js';

const UNPRINTABLE = ['a\nb', 'a\rb', 'a\tb', '\u0000', '\u001B[31m', '\u009B', '\u202E', '\u2028'];

function reportOf(variables: Report['variables'], document: Report['document'] = {}): Report {
  return { document, blocks: [], ...(variables && { variables }) };
}

describe('env', () => {
  test('prints a line for each variable that is there', () => {
    const report = reportOf([
      ['A', '1'],
      ['B', null],
      ['C', 'it\'s $HOME `x` \\ "q"'],
    ]);
    expect(renderEnv(report)).toBe('A=1\nC=it\'s $HOME `x` \\ "q"\n');
    expect(renderEnv(reportOf(undefined))).toBe('');
  });

  test.each(UNPRINTABLE)('fails for %j instead of changing it (rule 22)', (value) => {
    for (const render of [renderEnv, renderShell]) {
      expect(() => render(reportOf([['NAME', value]]))).toThrow(
        expect.objectContaining({
          kind: 'upstream',
          message: 'NAME holds a line break, control or bidi character, and is not printed.',
          sent: 'yes',
        }),
      );
    }
  });
});

describe('shell', () => {
  test('quotes', () => {
    expect(renderShell(reportOf([['A', "it's $HOME"]]))).toBe("export A='it'\\''s $HOME'\n");
  });

  test('hands every printable value to a real shell as it is (rule 22)', () => {
    const unit = fc.constantFrom(...Array.from('aZ0 \'"`$\\!*?#~&|;<>(){}[]=%'), 'कि', '🙂');
    const value = fc.string({ unit }).filter((text) => !/##\w*\[/.test(text));
    const values = fc.array(value, { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(values, (list) => {
        const variables = list.map((value, index) => [`V${index}`, value] as const);
        const print = list.map((_, index) => `printf '%s\\0' "$V${index}"`).join('; ');
        const script = `${renderShell(reportOf(variables))}${print}`;
        const printed = execFileSync('sh', ['-c', script], { encoding: 'utf8' });
        expect(printed.split('\0').slice(0, -1)).toEqual(list);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a field', () => {
  const document = { text: 'x', none: null, list: [{ id: 'a' }], map: { é: 1, yes: true }, odd: 'a\nb' };

  test.each([
    ['text', 'x\n'],
    ['none', '\n'],
    ['none.deeper', '\n'],
    ['absent', '\n'],
    ['constructor', '\n'],
    ['text.length', '\n'],
    ['list', '[{"id":"a"}]\n'],
    ['list.0.id', 'a\n'],
    ['list.length', '1\n'],
    ['map.yes', 'true\n'],
    ['map', '{"é":1,"yes":true}\n'],
  ])('%s is %j', (path, printed) => {
    expect(renderField(reportOf(undefined, document), path)).toBe(printed);
  });

  test('that cannot be printed as it is fails (rule 22)', () => {
    expect(() => renderField(reportOf(undefined, document), 'odd')).toThrow('odd holds a line break');
  });
});

test.each([
  ['a', true],
  ['a.b', false],
  ['list', true],
  ['list.0', true],
  ['list.17.id', true],
  ['list.first', false],
  ['list.-1', false],
  ['list.0.no', false],
  ['map', true],
  ['map.x', true],
  ['map.y', false],
  ['raw', true],
  ['raw.what.ever.0', true],
  ['constructor', false],
  ['map.toString', false],
  ['', false],
  ['.', false],
])('hasPath(%j) is %p', (path, expected) => {
  const shape: Shape = { a: 'value', list: [{ id: 'value' }], map: { x: 'value' }, raw: 'any' };
  expect(hasPath(shape, path)).toBe(expected);
});
