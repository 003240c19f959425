import { html, raw } from 'hono/html';
import { STYLE_ELEMENT } from './style.js';

export type Page = ReturnType<typeof html>;

interface PageParts {
  readonly title: string;
  /** A line above the title, for where in the flow this is. */
  readonly step?: string;
  /** Whether it tells of a good or a bad end. */
  readonly tone?: 'good' | 'bad';
  readonly content: Page;
  /** Whose session this is, for the developer who looks for it in a log. */
  readonly transactionId?: string;
}

// The sand of the banner, so that the tab differs from DigiLocker's as well.
const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><rect width="16" height="16" rx="3" fill="#ffd84d"/><path d="M0 13 3 10h4l-6 6H0zm6 3 6-6h4l-6 6z"/><path d="M4 3h8v2H4zm0 3h8v2H4z"/></svg>';
const ICON_ELEMENT = raw(`<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}" />`);

const MARKS = { good: '✓', bad: '✕' } as const;

/** The frame of every page; it must not be mistaken for DigiLocker's. */
export function page({ title, step, tone, content, transactionId }: PageParts): Page {
  return html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${title} - sandbox</title>
        ${ICON_ELEMENT} ${STYLE_ELEMENT}
      </head>
      <body>
        <header class="banner">
          <p><strong>SANDBOX</strong> This is not DigiLocker. Nothing here is real.</p>
        </header>
        <main>
          ${step === undefined ? '' : html`<p class="step">${step}</p>`}
          <h1>${markOf(tone)}${title}</h1>
          ${content}
        </main>
        ${
          transactionId === undefined
            ? ''
            : html`<footer>
                <p>Transaction ID <code>${transactionId}</code></p>
              </footer>`
        }
      </body>
    </html>`;
}

function markOf(tone: PageParts['tone']): Page | string {
  return tone === undefined ? '' : html`<span class="mark ${tone}" aria-hidden="true">${MARKS[tone]}</span>`;
}
