import { createRequire } from 'node:module';
import { afterAll, beforeAll } from '@jest/globals';
import { chromium, type Browser, type BrowserContextOptions, type Page } from 'playwright-core';
import { cleanUp } from '../support/cleanup.js';

const FLAGS = [
  '--headless',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
];

let browser: Browser | undefined;

beforeAll(async () => {
  const isRoot = process.getuid?.() === 0;
  browser = await chromium.launch({
    executablePath: process.env['CHROMIUM'] ?? '',
    args: isRoot ? [...FLAGS, '--no-sandbox'] : FLAGS,
    chromiumSandbox: !isRoot,
  });
});

afterAll(async () => {
  await browser?.close();
});

/** Every size and colour scheme in which the pages have to be right. */
export const SCREENS = [
  ['phone', 'light'],
  ['phone', 'dark'],
  ['desktop', 'light'],
  ['desktop', 'dark'],
] as const;

export type Screen = (typeof SCREENS)[number];

const SIZES = { phone: { width: 360, height: 740 }, desktop: { width: 1280, height: 800 } };

export interface Tab {
  readonly page: Page;
  /** The hosts that something was asked of, without their ports. */
  readonly hosts: ReadonlySet<string>;
  /** What the pages complained of, such as a breach of their own policy. */
  readonly complaints: readonly string[];
}

/** Opens a tab in a browser profile of its own, for the running test. */
export async function openTab(
  [device, colorScheme]: Screen = ['desktop', 'light'],
  options: BrowserContextOptions = {},
): Promise<Tab> {
  if (browser === undefined) throw new Error('the browser did not start');
  const context = await browser.newContext({
    viewport: SIZES[device],
    colorScheme,
    hasTouch: device === 'phone',
    javaScriptEnabled: false,
    ...options,
  });
  cleanUp(() => context.close());
  context.setDefaultTimeout(15_000);
  const hosts = new Set<string>();
  const complaints: string[] = [];
  context.on('request', (request) => hosts.add(new URL(request.url()).hostname));
  context.on('console', (message) => complaints.push(message.text()));
  return { page: await context.newPage(), hosts, complaints };
}

const AXE = createRequire(import.meta.url).resolve('axe-core');

interface AxeResults {
  readonly violations: readonly {
    readonly id: string;
    readonly nodes: readonly { readonly html: string; readonly failureSummary: string }[];
  }[];
  readonly passes: readonly { readonly id: string }[];
}

/** What axe-core has against a page, and the rules that the page holds. */
export async function inspect(page: Page): Promise<{ problems: string[]; passed: string[] }> {
  await page.addScriptTag({ path: AXE });
  const { violations, passes } = await page.evaluate<AxeResults>(
    `axe.run({ runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'] })`,
  );
  return {
    problems: violations.flatMap(({ id, nodes }) =>
      nodes.map(({ html, failureSummary }) => `${id}: ${html}\n${failureSummary}`),
    ),
    passed: passes.map(({ id }) => id),
  };
}

/** How far a page can be scrolled sideways, in CSS pixels. */
export function overflowOf(page: Page): Promise<number> {
  return page.evaluate<number>('document.documentElement.scrollWidth - document.documentElement.clientWidth');
}
