/**
 * Reads a URL, or returns `undefined`. `URL.canParse` is no help: once it has been called some thousand times and V8 has
 * optimised the call, Node 20 denies every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}
