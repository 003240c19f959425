// What a program shows on a terminal, as text and as a picture.
import xterm from '@xterm/headless';
import { clearTimeout, setTimeout } from 'node:timers';
import { spawn } from '@lydell/node-pty';

const CELL = { width: 8.4, height: 19, size: 14 };
const MARGIN = 16;
const TIME_LIMIT_MS = 60_000;

/** The colours of a terminal: its ground, its text, and the 16 that programs name by number. */
const THEMES = {
  light: {
    ground: '#ffffff',
    frame: '#d1d9e0',
    text: '#1f2328',
    palette: (
      '#24292f #cf222e #116329 #7d4e00 #0969da #8250df #1b7c83 #59636e ' +
      '#59636e #a40e26 #1a7f37 #633c01 #218bff #a475f9 #3192aa #818b98'
    ).split(' '),
  },
  dark: {
    ground: '#0d1117',
    frame: '#3d444d',
    text: '#e6edf3',
    palette: (
      '#484f58 #ff7b72 #3fb950 #d29922 #58a6ff #bc8cff #39c5cf #b1bac4 ' +
      '#8b949e #ffa198 #56d364 #e3b341 #79c0ff #d2a8ff #56d4dd #f0f6fc'
    ).split(' '),
  },
};

/**
 * Runs a command on a pseudo-terminal to its end, and returns the screen that is left.
 *
 * @param {readonly string[]} command
 * @param {{ shown: string, cwd: string, env: Record<string, string>, cols?: number, onText?: (text: string, type: (keys: string) => void) => void }} options
 *   `shown` is the command line as a user types it
 */
export async function recordScreen([file, ...args], { shown, cwd, env, cols = 80, onText }) {
  const terminal = new xterm.Terminal({ cols, rows: 60, scrollback: 1000, allowProposedApi: true });
  terminal.write(`$ ${shown}\r\n`);
  const pty = spawn(file, args, { name: 'xterm-256color', cols, rows: 60, cwd, env });
  pty.onData((text) => {
    terminal.write(text);
    onText?.(text, (keys) => pty.write(keys));
  });
  const limit = setTimeout(() => pty.kill(), TIME_LIMIT_MS);
  const { exitCode } = await new Promise((resolve) => pty.onExit(resolve));
  clearTimeout(limit);
  await new Promise((resolve) => terminal.write('', resolve));
  return { exitCode, lines: linesOf(terminal) };
}

/** The lines of a screen down to the last that is not empty, each a list of stretches of one style. */
function linesOf(terminal) {
  const buffer = terminal.buffer.active;
  const lines = Array.from({ length: buffer.length }, (_, y) =>
    stretchesOf(buffer.getLine(y), terminal.cols),
  );
  const last = lines.findLastIndex((stretches) => textOf(stretches).trim() !== '');
  return lines.slice(0, last + 1);
}

function stretchesOf(line, cols) {
  const stretches = [];
  for (let x = 0; x < cols; x += 1) {
    const cell = line.getCell(x);
    const style = JSON.stringify({
      color: cell.isFgPalette() ? cell.getFgColor() : null,
      isBold: cell.isBold() !== 0,
      isDim: cell.isDim() !== 0,
      isUnderlined: cell.isUnderline() !== 0,
    });
    const last = stretches.at(-1);
    const text = cell.getChars() || ' ';
    if (last?.style === style) last.text += text;
    else stretches.push({ x, style, text });
  }
  return stretches;
}

function textOf(stretches) {
  return stretches
    .map(({ text }) => text)
    .join('')
    .trimEnd();
}

/** A screen as plain text. */
export function screenText(lines) {
  return `${lines.map(textOf).join('\n')}\n`;
}

/** A screen as an SVG. @param {'light' | 'dark'} theme */
export function screenPicture(lines, theme, title, cols = 80) {
  const { ground, frame, text, palette } = THEMES[theme];
  const width = Math.ceil(cols * CELL.width) + 2 * MARGIN;
  const height = lines.length * CELL.height + 2 * MARGIN;
  const drawn = lines.flatMap((stretches, y) =>
    stretches
      .filter((stretch) => stretch.text.trim() !== '')
      .map((stretch) => drawStretch(stretch, MARGIN + (y + 0.75) * CELL.height, palette)),
  );
  return `${[
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}" viewBox="0 0 ${width} ${height}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect x="0.5" y="0.5" width="${width - 1}" height="${height - 1}" rx="6" fill="${ground}" stroke="${frame}"/>`,
    `<g fill="${text}" font-size="${CELL.size}" font-family="ui-monospace, SFMono-Regular, Menlo, Consolas, 'Liberation Mono', monospace">`,
    ...drawn,
    '</g>',
    '</svg>',
  ].join('\n')}\n`;
}

function drawStretch({ x, style, text }, y, palette) {
  const { color, isBold, isDim, isUnderlined } = JSON.parse(style);
  const shown = text.trimEnd();
  const indent = shown.length - shown.trimStart().length;
  const length = shown.length - indent;
  const attributes = [
    `x="${round(MARGIN + (x + indent) * CELL.width)}"`,
    `y="${round(y)}"`,
    // Whatever font there is, a cell is as wide as all others.
    `textLength="${round(length * CELL.width)}"`,
    'lengthAdjust="spacingAndGlyphs"',
    ...(color === null ? [] : [`fill="${palette[color] ?? palette[7]}"`]),
    ...(isBold ? ['font-weight="600"'] : []),
    ...(isDim ? ['opacity="0.7"'] : []),
    ...(isUnderlined ? ['text-decoration="underline"'] : []),
  ];
  return `<text ${attributes.join(' ')} xml:space="preserve">${escaped(shown.trimStart())}</text>`;
}

function escaped(text) {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function round(number) {
  return Number(number.toFixed(2));
}
