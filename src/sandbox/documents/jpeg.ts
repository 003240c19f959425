const BLOCK = 8;

// Brightness from 0 to 255 less 128, of one block each.
const SHADES: Readonly<Record<string, number>> = { ' ': 100, '.': 40, o: 0, '+': -40, '#': -110 };

/**
 * A greyscale JPEG of one block of 8 × 8 pixels for each character: baseline, Huffman-coded (ITU T.81), with nothing
 * but the mean of each block, so that the tables stay as small as they can be.
 */
export function createJpeg(rows: readonly string[]): Buffer {
  const width = Math.max(...rows.map(({ length }) => length));
  const blocks = rows.flatMap((row) => Array.from(row.padEnd(width), (character) => SHADES[character] ?? 0));
  return Buffer.concat([
    Buffer.from([0xff, 0xd8]),
    segment(0xe0, [...Buffer.from('JFIF\0'), 1, 1, 0, 0, 1, 0, 1, 0, 0]),
    // Quantised by 8, a block's first coefficient is its mean.
    segment(0xdb, [0, ...Array.from({ length: 64 }, () => 8)]),
    segment(0xc0, [8, ...uint16(rows.length * BLOCK), ...uint16(width * BLOCK), 1, 1, 0x11, 0]),
    // Twelve sizes of differences, each by a code of four bits: the size itself.
    segment(0xc4, [0x00, 0, 0, 0, 12, ...zeros(12), 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11]),
    // One code of one bit: no other coefficients.
    segment(0xc4, [0x10, 1, ...zeros(15), 0x00]),
    segment(0xda, [1, 1, 0x00, 0, 63, 0]),
    encode(blocks),
    Buffer.from([0xff, 0xd9]),
  ]);
}

function encode(blocks: readonly number[]): Buffer {
  let bits = '';
  let previous = 0;
  for (const mean of blocks) {
    const difference = mean - previous;
    previous = mean;
    const size = difference === 0 ? 0 : Math.floor(Math.log2(Math.abs(difference))) + 1;
    bits += size.toString(2).padStart(4, '0');
    // A negative difference is the ones' complement of its size.
    if (size > 0)
      bits += (difference < 0 ? difference + 2 ** size - 1 : difference).toString(2).padStart(size, '0');
    bits += '0';
  }
  const bytes = (bits.match(/.{1,8}/g) ?? []).map((byte) => Number.parseInt(byte.padEnd(8, '1'), 2));
  return Buffer.from(bytes.flatMap((byte) => (byte === 0xff ? [0xff, 0] : [byte])));
}

function segment(marker: number, content: readonly number[]): Buffer {
  return Buffer.from([0xff, marker, ...uint16(content.length + 2), ...content]);
}

function uint16(value: number): number[] {
  return [value >> 8, value & 0xff];
}

function zeros(length: number): number[] {
  return Array.from({ length }, () => 0);
}
