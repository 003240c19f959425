import { Chalk, type ChalkInstance } from 'chalk';
import { wrapAnsi } from 'fast-wrap-ansi';
import type { Output } from '../host/output.js';
import { visible } from '../safety/visible.js';
import { localTime } from './local-time.js';
import type { Block, Moment, ShownCheck, TableRow, Tone } from './report.js';

type Screen = Pick<Output, 'columns' | 'hasColors'> & Partial<Pick<Output, 'isTerminal'>>;

const MAX_COLUMNS = 100;

/** Lays blocks out for a terminal, or for a pipe that a person reads. IDs and links are never broken. */
export function renderHuman(blocks: readonly Block[], screen: Screen): string {
  return blocks
    .map((block, index) => {
      const isBelowError = block.type === 'hint' && blocks[index - 1]?.type === 'title';
      return `${index === 0 || isBelowError ? '' : '\n'}${renderBlock(block, screen)}\n`;
    })
    .join('');
}

/** Fits a help text to its screen, but for the commands of its examples, and makes its headings stand out. */
export function renderHelp(text: string, { columns, hasColors }: Screen): string {
  const paint = new Chalk({ level: hasColors ? 1 : 0 });
  const [body = '', ...examples] = text.split(/^(?=Examples:$)/m);
  // A topic is laid out already.
  const isTooWide = body.startsWith('Usage:') && body.split('\n').some((line) => line.length > columns);
  return [isTooWide ? narrowHelp(body, columns) : body, ...examples]
    .join('')
    .replace(/^(Usage:|[A-Z][^\n]*:$)/gm, (heading) => paint.bold(heading));
}

// The room that the descriptions beside flags and commands need; with less of it they go below them.
const MIN_DESCRIPTION_COLUMNS = 30;

function narrowHelp(text: string, columns: number): string {
  const blocks = text.split('\n\n').map((block) => block.split('\n'));
  return blocks
    .map((lines) => {
      if (!lines.some((line) => line.startsWith('  '))) return wrap(lines.join(' '), columns);
      const margin = Math.max(...lines.map((line) => /^ {2}\S.*? {2,}/.exec(line)?.[0].length ?? 0));
      const isBeside = columns - margin >= MIN_DESCRIPTION_COLUMNS;
      // A line that is indented further goes on with the description above it.
      const items = lines
        .join('\n')
        .replaceAll(/\n {3,}/g, ' ')
        .split('\n');
      return items.flatMap((item) => {
        const [, term = item, description] = /^( {2}\S.*?) {2,}(.*)$/.exec(item) ?? [];
        if (description === undefined) return wrap(item, columns);
        const indent = ' '.repeat(isBeside ? margin : 6);
        const [first = '', ...rest] = wrap(description, columns - indent.length);
        const start = isBeside ? [term.padEnd(margin) + first] : [term, indent + first];
        return [...start, ...rest.map((line) => indent + line)];
      });
    })
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function renderBlock(block: Block, { columns, hasColors, isTerminal = false }: Screen): string {
  const paint = new Chalk({ level: hasColors ? 1 : 0 });
  const width = Math.min(columns, MAX_COLUMNS);
  const titles: Record<Tone, (text: string) => string> = {
    good: paint.green.bold,
    bad: paint.red.bold,
    plain: paint.bold,
  };
  switch (block.type) {
    case 'title':
      return paragraphs(typeof block.text === 'string' ? [block.text] : block.text, width)
        .map((line) => titles[block.tone](line))
        .join('\n');
    case 'text':
      return paragraphs(block.text.split('\n'), width).join('\n');
    case 'hint':
      return block.text
        .split('\n')
        .flatMap((hint) => wrap(`hint: ${hint}`, width))
        .map((line) => line.replace(/^hint:/, paint.cyan('hint:')))
        .join('\n');
    case 'listing':
      return block.text
        .split('\n')
        .map((line) => `  ${visible(line)}`.trimEnd())
        .join('\n');
    case 'link':
      return `${visible(block.label)}\n  ${paint.cyan.underline(visible(block.url))}`;
    case 'table':
      // Behind a pipe, grep wants a row a line.
      return renderTable(block.rows, isTerminal ? columns : Infinity, (tone, text) => titles[tone](text));
    case 'checks':
      return renderChecks(block.checks, width, paint);
    case 'fields': {
      const rows = block.rows.flatMap(([label, value]) =>
        value === null ? [] : ([[label, textOf(value)]] as const),
      );
      const indent = Math.max(...rows.map(([label]) => label.length)) + 2;
      return rows
        .map(([label, value]) => {
          const lines = wrap(value, Math.max(20, width - indent));
          // An ID that finds no room beside its label goes below it.
          const isBelow = lines.some((line) => line.length > width - indent);
          if (isBelow)
            return [paint.dim(label), ...wrap(value, width - 2).map((line) => `  ${line}`)].join('\n');
          const [first = '', ...rest] = lines;
          const margin = ' '.repeat(indent);
          return [`${paint.dim(label.padEnd(indent))}${first}`, ...rest.map((line) => margin + line)].join(
            '\n',
          );
        })
        .join('\n');
    }
  }
}

/** Rows in columns; on a screen that is too narrow for them, each row's first cell with the others below it. */
function renderTable(
  given: readonly TableRow[],
  columns: number,
  paint: (tone: Tone, text: string) => string,
): string {
  const rows = given.map(({ tone, cells }) => ({ tone, cells: cells.map((cell) => visible(textOf(cell))) }));
  const widths = rows[0]?.cells.map((_, column) =>
    Math.max(...rows.map(({ cells }) => (cells[column] ?? '').length)),
  );
  const lines = rows.map(({ tone, cells }) => ({
    tone,
    cells: cells.map((cell, column) => cell.padEnd(widths?.[column] ?? 0)),
  }));
  const isTooWide = lines.some(({ cells }) => cells.join('  ').trimEnd().length > columns);
  if (!isTooWide)
    return lines
      .map(({ tone, cells: [first = '', ...rest] }) => [paint(tone, first), ...rest].join('  ').trimEnd())
      .join('\n');
  return rows
    .flatMap(({ tone, cells: [first = '', ...rest] }) => {
      const below = rest.filter((cell) => cell !== '').join('  ');
      return [paint(tone, first), ...wrap(below, columns - 2).map((line) => `  ${line}`)];
    })
    .join('\n');
}

function textOf(value: string | Moment): string {
  return typeof value === 'string' ? value : localTime(value);
}

function renderChecks(checks: readonly ShownCheck[], width: number, paint: ChalkInstance): string {
  const paints = { ok: paint.green, warning: paint.yellow, problem: paint.red.bold, skipped: paint.dim };
  const titleWidth = Math.max(...checks.map(({ title }) => title.length)) + 2;
  const indent = 'warning'.length + 2 + titleWidth;
  const room = Math.max(20, width - indent);
  return checks
    .flatMap(({ status, title, detail, remedy }) => {
      const lines = detail.split('\n').flatMap((line) => wrap(line, room));
      const remedies = remedy === null ? [] : remedy.split('\n').flatMap((line) => wrap(line, room));
      const [first = '', ...rest] = [...lines, ...remedies.map((line) => paint.cyan(line))];
      const start = `${paints[status](status.padEnd('warning'.length))}  ${title.padEnd(titleWidth)}`;
      return [`${start}${first}`, ...rest.map((line) => ' '.repeat(indent) + line)];
    })
    .join('\n');
}

// The bullets of our own texts are kept.
function paragraphs(lines: readonly string[], width: number): string[] {
  return lines.flatMap((line) => {
    if (!line.startsWith('- ')) return wrap(line, width);
    return wrap(line.slice(2), width - 2).map((part, index) => `${index === 0 ? '- ' : '  '}${part}`);
  });
}

// The time that wrapping takes grows with the square of the length: a terminal breaks such a text by itself.
const MAX_WRAPPED_LENGTH = 20_000;

function wrap(text: string, width: number): string[] {
  const shown = visible(text);
  return shown.length > MAX_WRAPPED_LENGTH ? [shown] : wrapAnsi(shown, width).split('\n');
}
