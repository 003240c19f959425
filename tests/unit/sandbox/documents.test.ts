import { describe, expect, test } from '@jest/globals';
import { aadhaarPdf, aadhaarXml, photo } from '../../../src/sandbox/documents/content.js';

const bytesOf = (base64: string) => Buffer.from(base64, 'base64');

test('The PDF has its objects where its table says', () => {
  const pdf = bytesOf(aadhaarPdf(null)).toString('latin1');
  const start = Number(/startxref\n(\d+)\n%%EOF\n$/.exec(pdf)?.[1]);
  expect(pdf.startsWith('xref\n0 6\n0000000000 65535 f \n', start)).toBe(true);
  const offsets = [...pdf.slice(start).matchAll(/^(\d{10}) 00000 n $/gm)].map(([, offset]) => Number(offset));
  expect(offsets).toHaveLength(5);
  for (const [index, offset] of offsets.entries())
    expect(pdf.startsWith(`${index + 1} 0 obj\n`, offset)).toBe(true);
  const [, length, stream] = /<< \/Length (\d+) >>\nstream\n([^]*?)\nendstream/.exec(pdf) ?? [];
  expect(Number(length)).toBe(stream?.length);
  expect(stream).toContain('(SPECIMEN.');
});

describe('The JPEG', () => {
  test('is one frame of 128 by 128 grey pixels, in whole segments', () => {
    const jpeg = bytesOf(photo(null));
    expect(jpeg.subarray(0, 2).toString('hex')).toBe('ffd8');
    expect(jpeg.subarray(-2).toString('hex')).toBe('ffd9');
    const markers: string[] = [];
    let at = 2;
    let marker = '';
    while (marker !== 'ffda') {
      marker = jpeg.subarray(at, at + 2).toString('hex');
      markers.push(marker);
      if (marker === 'ffc0') expect([...jpeg.subarray(at + 4, at + 10)]).toEqual([8, 0, 128, 0, 128, 1]);
      at += 2 + jpeg.readUInt16BE(at + 2);
    }
    expect(markers).toEqual(['ffe0', 'ffdb', 'ffc0', 'ffc4', 'ffc4', 'ffda']);
    const scan = jpeg.subarray(at, -2).toString('hex').match(/../g) ?? [];
    for (const [index, byte] of scan.entries()) if (byte === 'ff') expect(scan[index + 1]).toBe('00');
  });

  test('decodes into the shades that went into it', () => {
    const jpeg = bytesOf(photo(null));
    const at = jpeg.indexOf(Buffer.from([0xff, 0xda])) + 10;
    const stuffed = [...jpeg.subarray(at, -2)];
    const bytes = stuffed.filter((byte, index) => !(byte === 0 && stuffed[index - 1] === 0xff));
    let bits = bytes.map((byte) => byte.toString(2).padStart(8, '0')).join('');
    const take = (count: number) => {
      const taken = bits.slice(0, count);
      bits = bits.slice(count);
      return taken;
    };
    let mean = 0;
    const means = Array.from({ length: 16 * 16 }, () => {
      const size = Number.parseInt(take(4), 2);
      const value = size === 0 ? 0 : Number.parseInt(take(size), 2);
      mean += size > 0 && value < 2 ** (size - 1) ? value - 2 ** size + 1 : value;
      expect(take(1)).toBe('0');
      return mean;
    });
    expect(bits).toMatch(/^1{0,7}$/);
    expect([...new Set(means)].sort((a, b) => a - b)).toEqual([-110, -40, 0, 40, 100]);
    expect(means.slice(0, 6)).toEqual([100, 100, 100, 100, 100, 100]);
  });
});

test('The XML says that it is a specimen, and holds the photograph', () => {
  const xml = bytesOf(aadhaarXml(null)).toString();
  expect(xml).toMatch(/^<\?xml version="1\.0" encoding="UTF-8"\?>\n<!-- SPECIMEN/);
  expect(xml).toContain(`<Pht>${photo(null)}</Pht>`);
});
