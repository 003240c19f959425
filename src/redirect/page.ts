// What the end user sees after the redirect. Static: nothing of the request is in it.
import { createHash } from 'node:crypto';
import { isDeclined } from './callback.js';
import type { Callback } from '../failure/facts.js';

const STYLE = `
:root { color-scheme: light dark; --ink: #1b1d22; --paper: #fff; }
@media (prefers-color-scheme: dark) { :root { --ink: #eceef2; --paper: #15171b; } }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; color: var(--ink); background: var(--paper); font: 1.125rem/1.5 system-ui, sans-serif; }
main { max-width: 34rem; padding: 1.5rem; }
h1 { margin: 0 0 0.5rem; font-size: 1.5rem; line-height: 1.2; }
svg { display: block; width: 3rem; margin-bottom: 1rem; }
`;

const MARKS = {
  good: ['#2e9e54', 'm4 8 3 3 5-6'],
  bad: ['#d0453a', 'm5 5 6 6m0-6-6 6'],
} as const;

const STYLE_HASH = createHash('sha256').update(STYLE).digest('base64');

export const PAGE_HEADERS = {
  'Content-Type': 'text/html; charset=utf-8',
  'Content-Security-Policy': `default-src 'none'; style-src 'sha256-${STYLE_HASH}'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
  'Cache-Control': 'no-store',
  'Referrer-Policy': 'no-referrer',
  'X-Content-Type-Options': 'nosniff',
  Connection: 'close',
} as const;

const ARRIVED_PAGE = page(
  'You can go back to the terminal',
  'DigiLocker has sent you back, and the terminal has what it was waiting for.',
  'good',
);

const REFUSED_PAGE = page(
  'The request was not granted',
  'DigiLocker reports a refusal or an error. The terminal says more: you can go back to it.',
  'bad',
);

/** For everything that is not the redirect. */
export const STRAY_PAGE = page('Nothing to see here', 'This is not what the terminal is waiting for.');

/** For a redirect that has to come again. */
export const TOO_LARGE_PAGE = page(
  'Please open this address in a private window',
  'Your browser keeps more cookies of other programs on this machine than fit into one request. Copy the address of this page into a private window, or delete the cookies of 127.0.0.1 and reload.',
);

/** The page for the redirect. */
export function arrivalPage(callback: Callback): string {
  return isDeclined(callback) ? REFUSED_PAGE : ARRIVED_PAGE;
}

function page(title: string, text: string, tone?: keyof typeof MARKS): string {
  const mark = tone === undefined ? '' : drawn(MARKS[tone]);
  return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(mark)}">
<style>${STYLE}</style>
</head>
<body>
<main>
${mark}<h1>${title}</h1>
<p>${text}</p>
</main>
</body>
</html>
`;
}

function drawn([colour, lines]: readonly [colour: string, lines: string]): string {
  const line = `<path d="${lines}" fill="none" stroke="#fff" stroke-width="2"/>`;
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16" aria-hidden="true"><circle cx="8" cy="8" r="8" fill="${colour}"/>${line}</svg>\n`;
}
