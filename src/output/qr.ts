import type { Output } from '../host/output.js';

// Version 40 at level L (ISO/IEC 18004, table 7).
const MAX_BYTES = 2953;

/**
 * Draws a text as a QR code, in half blocks, dark on light whatever the terminal's own colours are. `undefined` where
 * the terminal is too narrow, no code is large enough, or no code can hold the text. The library is loaded with the
 * first code.
 */
export async function renderQr(
  text: string,
  { columns }: Pick<Output, 'columns'>,
): Promise<string | undefined> {
  if (!isDrawable(text)) return undefined;
  const { encode } = await import('uqr');
  // Scanners want four light modules on each side (ISO/IEC 18004, section 6.3.8).
  const { data, size } = encode(text, { ecc: 'L', border: 4 });
  if (size > columns) return undefined;
  const isDark = (row: number, column: number) => data[row]?.[column] === true;
  const halves = ['\u2588', '\u2584', '\u2580', ' '];
  const lines = Array.from({ length: Math.ceil(size / 2) }, (_, line) => {
    const cells = Array.from({ length: size }, (_cell, column) => {
      const [upper, lower] = [isDark(2 * line, column), isDark(2 * line + 1, column)];
      return halves[(upper ? 1 : 0) + (lower ? 2 : 0)];
    });
    // Light blocks in bright white on black: a theme's own white may be grey.
    return `\u001b[97;40m${cells.join('')}\u001b[0m\n`;
  });
  return lines.join('');
}

/** Whether some code can hold a text: UTF-8 has no lone surrogates, which a URL may hold. */
export function isDrawable(text: string): boolean {
  return Buffer.byteLength(text) <= MAX_BYTES && !/\p{Cs}/u.test(text);
}
