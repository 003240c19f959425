import { describe, expect, test } from '@jest/globals';
import jsqr from 'jsqr';
import { renderQr } from '../../../src/output/qr.js';

test('is none of a text with half a character', async () => {
  expect(await renderQr('https://a.example/\ud800', { columns: 1000 })).toBeUndefined();
});

const LINK = 'https://digilocker.example/consent/59F864A69B6E4DE0?a=1&b=%E0%A4%95';
const WIDE = { columns: 1000 };

const START = '\u001b[97;40m';
const END = '\u001b[0m';

/** Reads half blocks back: `true` is a dark module. The terminal's own colours must not count. */
function modulesOf(drawing: string): boolean[][] {
  const lines = drawing.split('\n').slice(0, -1);
  return lines.flatMap((line) => {
    if (!line.startsWith(START) || !line.endsWith(END)) throw new Error(`Not in its own colours: ${line}`);
    const halves = Array.from(line.slice(START.length, -END.length));
    return ['█▀', '█▄'].map((light) => halves.map((half) => !light.includes(half)));
  });
}

/** Points a scanner at it: each module is some pixels wide. */
function scan(modules: readonly (readonly boolean[])[]): string | undefined {
  const scale = 3;
  const width = (modules[0]?.length ?? 0) * scale;
  const height = modules.length * scale;
  const pixels = new Uint8ClampedArray(width * height * 4).fill(255);
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const isDark = modules[Math.floor(y / scale)]?.[Math.floor(x / scale)] === true;
      if (isDark) pixels.fill(0, 4 * (y * width + x), 4 * (y * width + x) + 3);
    }
  }
  return jsqr.default(pixels, width, height)?.data;
}

async function modulesFor(text: string) {
  return modulesOf((await renderQr(text, WIDE)) ?? '');
}

describe('a QR code', () => {
  test.each([
    'https://a.example/',
    LINK,
    `https://digilocker.example/${'x'.repeat(300)}`,
    `https://digilocker.example/${'long/'.repeat(400)}`,
  ])('of %s is read back as it is', async (link) => {
    expect(scan(await modulesFor(link))).toBe(link);
  });

  test('has four light modules on each side', async () => {
    const modules = await modulesFor(LINK);
    const size = modules[0]?.length ?? 0;
    const isInside = (index: number) => index >= 4 && index < size - 4;
    const dark = modules.flatMap((row, y) => row.flatMap((isDark, x) => (isDark ? [[y, x] as const] : [])));
    expect(dark.every(([y, x]) => isInside(y) && isInside(x))).toBe(true);
    expect(dark).toContainEqual([4, 4]);
    expect(dark).toContainEqual([4, size - 5]);
    expect(dark).toContainEqual([size - 5, 4]);
  });

  test('fits the terminal to the column, or is not drawn', async () => {
    const columns = (await modulesFor(LINK))[0]?.length ?? 0;
    expect(await renderQr(LINK, { columns })).toBeDefined();
    expect(await renderQr(LINK, { columns: columns - 1 })).toBeUndefined();
  });

  test('is not drawn of more than a code can hold', async () => {
    expect(await renderQr(`https://digilocker.example/${'x'.repeat(3000)}`, WIDE)).toBeUndefined();
  });
});
