import { isIP } from 'node:net';

/**
 * Reads a URL, or returns `undefined`. `URL.canParse` does not help: once it has been called some thousand times and V8 has
 * optimised the call, Node 20 denies every text with a character from U+0080 to U+00FF.
 */
export function parseUrl(text: string, base?: URL): URL | undefined {
  try {
    return new URL(text, base);
  } catch {
    return undefined;
  }
}

/** 127.0.0.0/8 or [::1], written as an address: `localhost` is whatever the machine's resolver says. */
export function isLiteralLoopback({ hostname }: URL): boolean {
  return hostname === '[::1]' || (isIP(hostname) === 4 && hostname.startsWith('127.'));
}

/** Whether a URL leads to this machine, by address or by the usual name. */
export function isLocal(url: URL | undefined): boolean {
  return url !== undefined && (isLiteralLoopback(url) || /(^|\.)localhost$/.test(url.hostname));
}

/** Reads an absolute http(s) URL, or returns `undefined`. */
export function parseHttpUrl(text: string): URL | undefined {
  const url = parseUrl(text);
  // A URL such as `https:app.example` parses, but is written wrongly.
  return url !== undefined && /^https?:\/\//i.test(text) ? url : undefined;
}
