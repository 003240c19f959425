import { decode, encode } from '@jridgewell/sourcemap-codec';

/**
 * A source map without the names of variables, which nothing here reads, and without what leads to other sources than
 * wanted: a frame in one of those keeps its place in the bundle.
 *
 * @param {string} text the source map
 * @param {(source: string) => boolean} isWanted
 */
export function leanMap(text, isWanted) {
  const { sources, mappings } = JSON.parse(text);
  const wanted = sources.map(isWanted);
  const lines = decode(mappings).map((line) => {
    const segments = [];
    for (const [column, source, row, place] of line) {
      if (source !== undefined && wanted[source]) segments.push([column, source, row, place]);
      // Where a wanted source ends, since the mapping before it would go on.
      else if (segments.at(-1)?.length > 1) segments.push([column]);
    }
    return segments;
  });
  return JSON.stringify({ version: 3, sources, names: [], mappings: encode(lines) });
}
